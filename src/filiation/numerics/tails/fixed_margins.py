"""Random binary matrices with given row and column sums: the curveball chain.

Two rows are drawn; of the columns that only one of them holds, each row is dealt as many as it
had, at random. The chain is symmetric and reaches every matrix with the same margins (Strona et
al., Nature Communications 5 (2014); Carstens 2015).

Where cells are missing, or columns fall into strata, a trade deals within the columns of one
stratum that both rows hold a value in: the margins of every stratum and the holes stay where they
are, and the chain stays symmetric.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mixing", "Within", "fixed_margin_draws", "trade"]

Mask: TypeAlias = NDArray[np.bool_]
Int64: TypeAlias = NDArray[np.int64]

SETTLED = 0.01  # relative gain in distance below which doubling the chain is not worth it
MOST_DOUBLINGS = 8


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mixing:
    """How far the chain goes from the observed matrix.

    Attributes:
        trades: Trades between the observation and the hub, and between the hub and each draw.
        distance: Share of ones that stand elsewhere at the hub.
        gain: What the last doubling of the trades added to the distance, relative to it.
    """

    trades: int
    distance: float
    gain: float


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Within:
    """What a trade keeps to.

    Attributes:
        present: bool [rows, columns], where there is a value at all.
        strata: int64 [columns], not decreasing: the margins of each stratum are kept.
    """

    present: Mask
    strata: Int64


def trade(
    matrix: Mask, trades: int, rng: np.random.Generator, within: Within | None = None
) -> None:
    """Make so many trades between random rows, in place."""
    if within is not None:
        _trade_within(matrix, trades, rng, within)
        return
    rows = matrix.shape[0]
    first = rng.integers(0, rows, trades)
    second = (first + rng.integers(1, rows, trades)) % rows
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        apart = np.flatnonzero(matrix[i] != matrix[j])
        held = int(np.count_nonzero(matrix[i, apart]))
        dealt = np.zeros(apart.size, dtype=bool)
        dealt[rng.permutation(apart.size)[:held]] = True
        matrix[i, apart] = dealt
        matrix[j, apart] = ~dealt


def _trade_within(matrix: Mask, trades: int, rng: np.random.Generator, within: Within) -> None:
    """The same, dealt stratum by stratum where both rows have a value."""
    rows, present, strata = matrix.shape[0], within.present, within.strata
    first = rng.integers(0, rows, trades)
    second = (first + rng.integers(1, rows, trades)) % rows
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        one, other = matrix[i], matrix[j]
        apart = ((one ^ other) & present[i] & present[j]).nonzero()[0]
        dealt = one[apart[(strata[apart] + rng.random(apart.size)).argsort()]]
        one[apart] = dealt
        other[apart] = ~dealt


def fixed_margin_draws(
    observed: Mask, rng: np.random.Generator, within: Within | None = None
) -> tuple[Mixing, Iterator[Mask]]:
    """Matrices that are exchangeable with the observed one if it is uniform given its margins.

    From the observation the chain runs to a hub, and from the hub anew to every draw: observation
    and draws are then equally far from the hub, so that a Monte-Carlo p over them is exact
    however slowly the chain mixes; slow mixing costs power only. Source: Besag and Clifford,
    Generalized Monte Carlo significance tests, Biometrika 76 (1989), parallel method. The length
    of the way is settled beforehand by the distance it covers, doubling until it stops growing.

    Args:
        observed: bool [rows, columns], at least two rows.
        rng: Random numbers of the chain.
        within: Holes and strata that every matrix has in common with the observed one, if any;
            then the draws are uniform over what trades between two rows can reach.
    """
    mixing = _length(observed, rng, within)
    hub = observed.copy()
    trade(hub, mixing.trades, rng, within)
    return mixing, _from_hub(hub, mixing.trades, rng, within)


def _from_hub(
    hub: Mask, trades: int, rng: np.random.Generator, within: Within | None
) -> Iterator[Mask]:
    while True:
        draw = hub.copy()
        trade(draw, trades, rng, within)
        yield draw


def _length(observed: Mask, rng: np.random.Generator, within: Within | None) -> Mixing:
    trades, far = observed.shape[0], 0.0
    walker = observed.copy()
    trade(walker, trades, rng, within)
    ones = max(1, int(np.count_nonzero(observed)))
    for _ in range(MOST_DOUBLINGS):
        before, far = far, float(np.count_nonzero(observed & ~walker)) / ones
        gain = (far - before) / far if far > 0.0 else 0.0
        if gain < SETTLED:
            break
        trade(walker, trades, rng, within)
        trades *= 2
    return Mixing(trades=trades, distance=far, gain=gain)
