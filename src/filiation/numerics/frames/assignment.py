"""Which unit goes with which, by likeness alone."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["assign", "best_total", "pair_units"]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]

ROWS = 256  # of the similarity matrix held at once, so that it stays in the processor's cache


def assign(likeness: NDArray[np.floating], *, least: bool = False) -> tuple[Indices, Indices]:
    """Rows and columns of the one-to-one pairing with the largest total, or the least."""
    from scipy.optimize import linear_sum_assignment  # an eighth of a second, if it is needed

    rows, columns = linear_sum_assignment(likeness, maximize=not least)
    return rows, columns


def pair_units(
    a: Float32, b: Float32, rng: np.random.Generator, *, exact_to: int, unsigned: bool = False
) -> Indices:
    """For each row of b the row of a it goes with, one to one; -1 where there is none.

    Up to `exact_to` rows the pairing maximises the summed inner product (linear assignment);
    beyond, only mutual nearest neighbours are paired. A's rows are shuffled first, so that ties
    are broken at random and never by index.

    Args:
        a: float32 [units, columns].
        b: float32 [units, columns]; may hold more or fewer units.
        rng: Breaks ties.
        exact_to: Largest number of units for which the optimal assignment is computed.
        unsigned: Whether opposite directions are as alike as equal ones.
    """
    order = rng.permutation(a.shape[0])
    shuffled = a[order]
    if max(a.shape[0], b.shape[0]) <= exact_to:
        likeness = shuffled @ b.T
        likeness = np.abs(likeness) if unsigned else likeness
        rows, columns = assign(likeness)
        partner = np.full(b.shape[0], -1, dtype=np.int64)
        partner[columns] = order[rows]
        return partner
    ahead, mutual = _mutual(b, shuffled, unsigned)
    return np.where(mutual, order[ahead], -1).astype(np.int64)


def best_total(a: Float32, b: Float32) -> float:
    """The largest total likeness of a one-to-one pairing; no order of the rows moves it."""
    likeness = a @ b.T
    rows, columns = assign(likeness)
    return float(likeness[rows, columns].sum(dtype=np.float64))


def _mutual(x: Float32, y: Float32, unsigned: bool) -> tuple[Indices, NDArray[np.bool_]]:
    """For each row of x the row of y with the largest inner product, and whether that is mutual."""
    ahead = np.empty(len(x), dtype=np.int64)
    most = np.empty(len(x), dtype=np.float32)
    of_y = np.full(len(y), -np.inf, dtype=np.float32)
    for start in range(0, len(x), ROWS):
        likeness = x[start : start + ROWS] @ y.T
        if unsigned:
            np.abs(likeness, out=likeness)
        here = slice(start, start + len(likeness))
        ahead[here] = likeness.argmax(axis=1)
        most[here] = likeness[np.arange(len(likeness)), ahead[here]]
        np.maximum(of_y, likeness.max(axis=0), out=of_y)
    candidates = np.flatnonzero(most == of_y[ahead])
    _, first = np.unique(ahead[candidates], return_index=True)  # of equals the first
    mutual = np.zeros(len(x), dtype=bool)
    mutual[candidates[first]] = True
    return ahead, mutual
