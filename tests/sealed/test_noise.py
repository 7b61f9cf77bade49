"""Discrete Laplace noise: its frequencies, its bounds, and that counts with it are private."""

import hashlib
from collections import Counter
from math import exp
from pathlib import Path

import pytest

from filiation.proceedings.blind import sets
from filiation.proceedings.blind.folder import opened_room
from filiation.sealed.blind.noise import Bits, laplace
from sealed.parties import Parties
from sealed.test_blind_sets import written

DRAWS = 20_000


def key(of: object) -> bytes:
    return hashlib.sha256(repr(of).encode()).digest()


@pytest.mark.parametrize(("number", "of"), [(1, 1), (3, 1), (1, 2), (100, 7)])
def test_frequencies_are_those_of_the_distribution(number: int, of: int) -> None:
    """Each of its likelier values as often as exp(-|x| / scale) says, to four deviations."""
    bits, ratio = Bits(key((number, of))), exp(-of / number)
    found = Counter(laplace(bits, number, of) for _ in range(DRAWS))
    for value in range(-8, 9):
        p = (1 - ratio) / (1 + ratio) * ratio ** abs(value)
        if p * DRAWS < 10:
            continue
        assert abs(found[value] / DRAWS - p) < 4 * (p * (1 - p) / DRAWS) ** 0.5, value


def test_uniform_numbers_are() -> None:
    bits = Bits(key("uniform"))
    found = Counter(bits.below(10) for _ in range(DRAWS))
    assert set(found) == set(range(10))
    chi = sum((count - DRAWS / 10) ** 2 / (DRAWS / 10) for count in found.values())
    assert chi < 40  # nine degrees of freedom: one in a hundred thousand


def test_a_ratio_of_neighbours_is_at_most_what_epsilon_allows() -> None:
    """Counts that differ by one: no value of the noisy count is e^epsilon times as likely."""
    number, of = 2, 1  # epsilon .5
    bits, found = Bits(key("neighbours")), Counter[int]()
    for _ in range(5 * DRAWS):
        found[laplace(bits, number, of)] += 1
    for value in range(-4, 4):
        one, other = found[value], found[value + 1]
        ratio = max(one, other) / min(one, other)
        assert ratio < exp(of / number) * (1 + 4 * (1 / one + 1 / other) ** 0.5)


def test_the_noise_of_a_session_follows_from_the_tribunals_key(tmp_path: Path) -> None:
    """Drawn again from the same key, and from nothing that either side has."""
    parties = Parties(tmp_path / "p", audit=10, material="set", epsilon=100)
    claimant, respondent = (written(tmp_path / n, at, at + 60) for n, at in (("c", 0), ("r", 40)))
    parties.begin(claimant, respondent)
    for _ in range(6):
        parties.step()
    controls = {name: written(tmp_path / name, 100 * n, 100 * n + 90)
                for n, name in enumerate(("one", "two", "three"), 2)}  # fmt: skip
    with parties.at("tribunal"):
        room = opened_room(parties.folder("tribunal"))
        found, again = (sets.shared(room, controls) for _ in range(2))
    assert found == again and found.scale == 4.0
    counted = {found.common, *(one.common for one in found.controls)}
    assert all(0 <= one <= 90 for one in counted)
    report = parties.compare(*(f"{name}={path}" for name, path in controls.items()))
    assert "Every count has noise (discrete Laplace of scale 4" in report
    assert f"About {found.common} of the respondent's 60" in report
