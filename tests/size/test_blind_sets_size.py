"""How often does a stranger's set of texts rank first among controls, and how often does a copy?

Sets are drawn from one vocabulary in which few texts are everybody's and most are rare. The p of
`Shared` is the larger of two ranks: by share and by number of texts in common.
"""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from filiation.model.blind import Control, Shared
from filiation.sealed.blind.noise import Bits, laplace

TEXTS, CONTROLS, TRIALS = 8_000, 19, 300
LEAST = 1 / (1 + CONTROLS)
NOISES = (0, 50, 200)  # hundredths of an epsilon, over all counts together
WEIGHTS = np.arange(1, TEXTS + 1)
FEW, MANY = 30, 4_000

Bools = NDArray[np.bool_]


def drawn(rng: np.random.Generator, size: int) -> Bools:
    """A set of so many texts; the n-th text is everybody's with a weight of 1/n."""
    found = np.zeros(TEXTS, dtype=bool)
    found[np.argpartition(rng.standard_exponential(TEXTS) * WEIGHTS, size)[:size]] = True
    return found


@cache
def counts(
    size: int = 0, copied: float = 0.0, spread: float = 2.0
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Of every trial: size and texts in common of the respondent's set, then of each control's.

    Args:
        size: Of the respondent's; 0: as the controls'.
        copied: Share of its texts that it took from the claimant's set, by lot.
        spread: Controls have 400 texts or up to so many times as many.
    """
    found = []
    for seed in range(TRIALS):
        rng = np.random.default_rng(seed)
        sizes = (400 * spread ** rng.random(CONTROLS + 2)).astype(int)
        ours, own = drawn(rng, sizes[0]), size or int(sizes[1])
        theirs = drawn(rng, own)
        taken = min(int(copied * own), int(ours.sum()))
        if taken:
            theirs[rng.choice(np.flatnonzero(theirs), taken, replace=False)] = False
            theirs[rng.choice(np.flatnonzero(ours), taken, replace=False)] = True
        sets = [theirs, *(drawn(rng, int(one)) for one in sizes[2:])]
        found.append(tuple((int(one.sum()), int((ours & one).sum())) for one in sets))
    return tuple(found)


def shared(trial: tuple[tuple[int, int], ...], seed: int, epsilon: int) -> Shared:
    """One trial as a tribunal would count it, with noise where there is an epsilon."""
    bits = Bits(seed.to_bytes(32, "big"))

    def told(size: int, common: int) -> int:
        noise = laplace(bits, 100 * (CONTROLS + 1), epsilon) if epsilon else 0
        return min(size, max(0, common + noise))

    (size, common), *others = [(size, told(size, common)) for size, common in trial]
    controls = [Control(name=f"{n}", size=s, common=c) for n, (s, c) in enumerate(others)]
    return Shared(sizes=(1, size), common=common, controls=tuple(controls))


def at_most(
    level: float, size: int = 0, copied: float = 0.0, spread: float = 2.0, epsilon: int = 0
) -> float:
    """How often p is at most that."""
    trials = enumerate(counts(size, copied, spread))
    found = [shared(one, seed, epsilon).p for seed, one in trials]
    return sum(p <= level + 1e-12 for p in found) / TRIALS


def most(rate: float) -> float:
    """Four deviations above a rate, of so many trials."""
    return rate + 4 * float(np.sqrt(rate * (1 - rate) / TRIALS))


@pytest.mark.parametrize("epsilon", NOISES)
@pytest.mark.parametrize("size", [0, FEW, MANY])
def test_a_stranger_is_first_no_oftener_than_stated(size: int, epsilon: int) -> None:
    """Of a usual size, of few texts or of many: no choice of its size makes a copy of it."""
    for level in (LEAST, 0.25, 0.5):
        assert at_most(level, size, epsilon=epsilon) <= most(level), level


def test_controls_of_very_other_sizes_cost_power_alone() -> None:
    assert at_most(LEAST, spread=10.0) <= most(LEAST)
    assert at_most(LEAST, copied=0.5, spread=10.0) < at_most(LEAST, copied=0.5)


def test_copies_are_found() -> None:
    """Half copied nearly always; noise for an epsilon of 2 costs some of it."""
    assert at_most(LEAST, copied=0.5) >= 0.85
    assert at_most(LEAST, copied=0.2) < at_most(LEAST, copied=0.5)
    assert 0.5 <= at_most(LEAST, copied=0.5, epsilon=200) <= at_most(LEAST, copied=0.5)


def test_by_one_rank_alone_a_chosen_size_would_gain() -> None:
    """Why both are asked: few texts are first by share, many by number, oftener than stated."""
    few = [shared(one, 0, 0) for one in counts(FEW)]
    many = [shared(one, 0, 0) for one in counts(MANY)]
    by_share = sum(
        all(one.common / one.size < f.common / f.sizes[1] for one in f.controls) for f in few
    )
    by_number = sum(all(one.common < f.common for one in f.controls) for f in many)
    assert min(by_share, by_number) / TRIALS > 2 * most(LEAST)
