"""Discrete Laplace noise: its frequencies, its bounds, and that counts with it are private."""

import hashlib
import hmac
import shutil
from collections import Counter
from dataclasses import replace
from math import exp
from pathlib import Path

import pytest

from filiation.errors import CaseError, UsageError
from filiation.model.blind import ROLES
from filiation.proceedings.blind import sets
from filiation.proceedings.blind.folder import opened_room
from filiation.sealed.blind.noise import Bits, laplace
from filiation.sealed.blind.session import coin_digest
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


def noisy(tmp_path: Path, controls: int = 3) -> Parties:
    """A session with an epsilon, up to the tribunal's turn."""
    parties = Parties(tmp_path / "p", audit=10, material="set", epsilon=100, controls=controls)
    claimant, respondent = (written(tmp_path / n, at, at + 60) for n, at in (("c", 0), ("r", 40)))
    parties.begin(claimant, respondent)
    for _ in range(6):
        parties.step()
    return parties


def others(tmp_path: Path, names: str) -> dict[str, Path]:
    return {name: written(tmp_path / name, 100 * n, 100 * n + 90)
            for n, name in enumerate(names.split(), 2)}  # fmt: skip


def test_the_noise_of_a_session_hangs_on_the_coin_of_all(tmp_path: Path) -> None:
    """Drawn again from the secret and the coin; another secret is none; no name moves it."""
    parties = noisy(tmp_path)
    controls = others(tmp_path, "one two three")
    with parties.at("tribunal"):
        room = opened_room(parties.folder("tribunal"))
        found, again = (sets.shared(room, controls) for _ in range(2))
        renamed = sets.shared(room, dict(zip(("z", "y", "x"), controls.values(), strict=True)))
        ground = replace(room, own=replace(room.own, scalar="ab" * 32))
        with pytest.raises(CaseError, match="another secret of the noise"):
            sets.shared(ground, controls)
    assert found == again and found.scale == 4.0 and renamed.common == found.common
    assert {one.common for one in renamed.controls} == {one.common for one in found.controls}
    secret, session = bytes.fromhex(room.own.scalar), room.session
    joined = session.says("join", "tribunal") or {}
    assert joined["noise"] == coin_digest(session.id, "tribunal", "noise", room.own.scalar)
    values = [bytes.fromhex(str((session.says("reveal", role) or {})["value"])) for role in ROLES]
    label, told = b"filiation blind audit\n", bytes.fromhex(session.id)
    coin = hashlib.sha256(label + told + b"".join(values)).digest()
    label = b"filiation blind noise key\n"
    assert session.noise(secret) == hmac.digest(secret, label + told + coin, "sha256")
    counted = {found.common, *(one.common for one in found.controls)}
    assert all(0 <= one <= 90 for one in counted)
    report = parties.compare(*(f"{name}={path}" for name, path in controls.items()))
    assert "Every count has noise (discrete Laplace of scale 4" in report
    assert f"About {found.common} of the respondent's 60" in report


def test_the_number_of_controls_is_agreed_before_the_noise_is_known(tmp_path: Path) -> None:
    """One more, one fewer, or one twice would be another draw of all noise."""
    parties = noisy(tmp_path, controls=2)
    named = others(tmp_path, "one two three")
    shutil.copyfile(named["one"], tmp_path / "four")
    for given in ("one", "one two three", "one four"):
        with pytest.raises(UsageError, match=r"--control: . different sets.*terms .* say 2"):
            parties.compare(*(f"{name}={tmp_path / name}" for name in given.split()))
        with parties.at("tribunal"), pytest.raises(CaseError, match="the terms say 2"):
            room = opened_room(parties.folder("tribunal"))
            sets.shared(room, {name: tmp_path / name for name in given.split()})
