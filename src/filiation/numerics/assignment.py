"""Which unit goes with which, by likeness alone."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["pair_units"]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]

ROWS = 1024  # of the similarity matrix held at once by the search for nearest neighbours


def pair_units(a: Float32, b: Float32, rng: np.random.Generator, *, exact_to: int) -> Indices:
    """For each row of b the row of a it goes with, one to one; -1 where there is none.

    Up to `exact_to` rows the pairing maximises the summed inner product (linear assignment);
    beyond, only mutual nearest neighbours are paired. A's rows are shuffled first, so that ties
    are broken at random and never by index.

    Args:
        a: float32 [units, columns].
        b: float32 [units, columns].
        rng: Breaks ties.
        exact_to: Largest number of units for which the optimal assignment is computed.
    """
    order = rng.permutation(a.shape[0])
    shuffled = a[order]
    if a.shape[0] <= exact_to:
        rows, columns = linear_sum_assignment(shuffled @ b.T, maximize=True)
        partner = np.empty(b.shape[0], dtype=np.int64)
        partner[columns] = order[rows]
        return partner
    ahead, back = _nearest(b, shuffled), _nearest(shuffled, b)
    mutual = back[ahead] == np.arange(b.shape[0])
    return np.where(mutual, order[ahead], -1).astype(np.int64)


def _nearest(x: Float32, y: Float32) -> Indices:
    """For each row of x the row of y with the largest inner product."""
    parts = [(x[start : start + ROWS] @ y.T).argmax(axis=1) for start in range(0, x.shape[0], ROWS)]
    return np.concatenate(parts).astype(np.int64)
