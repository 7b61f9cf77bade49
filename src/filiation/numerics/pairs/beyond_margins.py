"""Which two rows of a binary table agree beyond what the margins of both explain?

Every model chooses one of two sides of every item. Some items draw nearly everybody to one side,
and some models lean to one side of a whole stratum (caution, yea-saying, a published policy). With
both margins fixed stratum by stratum (`fixed_margins`), each cell has a probability p, its mean
over the draws, and a departure from it,

    e = (x - p) / sqrt(p (1 - p)),

which is the larger, the rarer the choice. The likeness of two rows is the correlation of their
departures over the items on which the *others* split, on Fisher's scale and less its mean over the
draws. Which items count for a pair never depends on the pair's own choices beyond their being
made, and it is one rule for all pairs.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.tails.fixed_margins import Mixing, Within, fixed_margin_draws

__all__ = ["Beyond", "beyond_margins"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

FEW: Final = 3  # items in common below which a correlation is none
LARGEST: Final = 1.0 - 1e-6  # of a correlation, before its arc tangent is taken


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beyond:
    """Every two rows of a table.

    Attributes:
        values: float64 [rows, rows], Fisher's z of the correlation of departures, less its mean
            over the draws; nan where too few items are in common.
        noise: float64 [rows, rows], variance of a value over the draws.
        items: int64 [rows, rows], items that counted for the pair.
        departures: float64 [rows, items], of every cell; nan where there is no choice, or where the
            margins leave none.
        mixing: How far the chain of draws went.
    """

    values: Float64
    noise: Float64
    items: Int64
    departures: Float64
    mixing: Mixing


def beyond_margins(
    ones: Mask, present: Mask, strata: Int64, rng: np.random.Generator, *, draws: int, split: int
) -> Beyond:
    """Compare every two rows given the margins of every stratum.

    Args:
        ones: bool [rows, items], at least two rows; who chose the first side.
        present: bool [rows, items], who chose at all.
        strata: int64 [items].
        rng: Random numbers of the chain.
        draws: Tables drawn.
        split: So many of the other rows must stand on each side, or the item does not count.
    """
    order = np.argsort(strata, kind="stable")
    ones, present = (ones & present)[:, order], present[:, order]
    within = Within(present=present, strata=np.asarray(strata[order], dtype=np.int64))
    mixing, chain = fixed_margin_draws(ones, rng, within)
    tables = [ones, *islice(chain, draws)]
    p = np.mean(tables, axis=0)
    count = _Count(p, present, ones, split)
    drawn = np.array([count.likeness(table) for table in tables[1:]])
    values = count.likeness(ones) - drawn.mean(axis=0)
    items = count.items(ones)
    return Beyond(
        values=np.where(items >= FEW, values, np.nan),
        noise=np.maximum(drawn.var(axis=0), np.finfo(np.float64).tiny),
        items=items,
        departures=count.departures(ones)[:, np.argsort(order)],
        mixing=mixing,
    )


@final
class _Count:
    """What the margins fix: the probability of every cell, and which items count for a pair."""

    def __init__(self, p: Float64, present: Mask, ones: Mask, split: int) -> None:
        free = present & (p > 0.0) & (p < 1.0)
        least = 1.0 / (len(p) + 1.0)
        spread = np.sqrt(np.clip(p, least, 1.0 - least) * (1.0 - np.clip(p, least, 1.0 - least)))
        self._p, self._free, self._scale = p, free, np.where(free, 1.0 / spread, 0.0)
        first, second = ones.sum(axis=0), (present & ~ones).sum(axis=0)
        self._both = (first - 2 >= split) & (second >= split)  # where both chose the first side
        self._neither = (first >= split) & (second - 2 >= split)
        self._one = (first - 1 >= split) & (second - 1 >= split)

    def likeness(self, table: Mask) -> Float64:
        """Fisher's z of every correlation of departures, float64 [rows, rows]."""
        departure = (table - self._p) * self._scale
        square = departure**2
        held = self._free.astype(np.float64)
        with_other = self._over(table, square, held)
        scale = np.sqrt(with_other * with_other.T)
        shared = self._over(table, departure, departure)
        r = np.divide(shared, scale, out=np.zeros_like(shared), where=scale > 0.0)
        return np.asarray(np.arctanh(np.clip(r, -LARGEST, LARGEST)))

    def departures(self, table: Mask) -> Float64:
        """What every cell departs from its probability by, in its standard deviations."""
        return np.asarray(np.where(self._free, (table - self._p) * self._scale, np.nan))

    def items(self, table: Mask) -> Int64:
        """How many items count for every pair, int64 [rows, rows]."""
        held = self._free.astype(np.float64)
        return np.asarray(np.rint(self._over(table, held, held)), dtype=np.int64)

    def _over(self, table: Mask, left: Float64, right: Float64) -> Float64:
        """Sum of left times right over the items that count for each pair."""
        a, b = np.where(table, left, 0.0), np.where(table, 0.0, left)
        c, d = np.where(table, right, 0.0), np.where(table, 0.0, right)
        return np.asarray(
            (a * self._both) @ c.T
            + (b * self._neither) @ d.T
            + (a * self._one) @ d.T
            + (b * self._one) @ c.T
        )
