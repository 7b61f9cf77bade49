"""Does what several line-ups agree on accuse strangers no more often than it says?

Tables of likeness of independent models: each model's own level in each channel, and rests that
channels share to a degree, as texts read in several ways do; heavy tails; relatives among the
controls that nobody declared. Every table goes through the two-way fit of the methods.
Stated rates: p <= .05 in at most 7 % and p <= .01 in at most 2 % of the pairs of strangers. Real
models: docs/validation/outputs.md, "What several line-ups agree on".
"""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from filiation.numerics.combining.agreement import agreement_log_p
from filiation.numerics.pairs.two_way import fit_two_way
from trials import trials

TRIALS = trials(300)
WORLDS = {  # channels, controls, share of the rests that channels have in common, tail
    "independent channels": (4, 12, 0.0, "normal"),
    "one text read four ways": (4, 12, 0.8, "normal"),
    "few controls": (3, 5, 0.4, "normal"),
    "many controls": (3, 30, 0.4, "normal"),
    "heavy tails": (4, 12, 0.4, "t4"),
    "undeclared relatives": (4, 14, 0.4, "kin"),
}


def tables(seed: int, world: str, *, pair: float = 0.0) -> list[NDArray[np.float64]]:
    """Symmetric tables of log likeness, one for each channel."""
    channels, controls, shared, tail = WORLDS[world]
    rng, n = np.random.default_rng([seed, len(world)]), controls + 2

    def rests() -> NDArray[np.float64]:
        drawn = rng.standard_t(4, (n, n)) if tail == "t4" else rng.normal(size=(n, n))
        return np.tril(drawn, -1) + np.tril(drawn, -1).T

    common, found = rests(), []
    for _ in range(channels):
        level = rng.normal(size=n)
        rest = math.sqrt(shared) * common + math.sqrt(1.0 - shared) * rests()
        if tail == "kin":
            rest[4, 3] = rest[3, 4] = rest[3, 4] + 4.0
        rest[1, 0] = rest[0, 1] = rest[0, 1] + pair
        found.append(level[:, None] + level + rest)
    return found


def log_p(seed: int, world: str, *, pair: float = 0.0) -> float:
    controls = WORLDS[world][1]
    use = np.ones((controls + 2, controls + 2), dtype=bool)
    use[0, 1] = use[1, 0] = False
    zs = []
    for table in tables(seed, world, pair=pair):
        zs.append(fit_two_way(table, use, np.zeros_like(table)).z)
    found = agreement_log_p(zs, controls)
    assert found is not None
    return found


@pytest.mark.parametrize("world", WORLDS)
def test_strangers_are_not_accused(world: str) -> None:
    found = np.array([log_p(seed, world) for seed in range(TRIALS)])
    rates = [float(np.mean(found <= math.log(level))) for level in (0.05, 0.01)]
    assert rates[0] <= 0.07 and rates[1] <= 0.02, f"{world}: {rates}"


def test_relatives_that_no_channel_finds_alone_are_found() -> None:
    """Two and a half scatters in each of four channels, among twelve controls, at one in 100."""
    found = [log_p(seed, "independent channels", pair=2.5) for seed in range(100)]
    assert np.mean(np.array(found) <= math.log(0.01)) > 0.8
