"""Where would examples that were not measured hurt the claim of an order most?

The statistic is the sum over examples of order times rank. Ranks of a list without ties are the
same numbers wherever an example stands, so the least statistic over all places of the missing ones
gives a p that is at least that of any likelihoods they could have had. The places that were
measured keep their order; a missing example with a later place in the order never stands above
one with an earlier place, so that each can be put in its best gap alone.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["worst_places"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]


def worst_places(order: Float64, likely: Float64, strata: Sequence[Int64]) -> Float64:
    """The likelihoods as places within each stratum, with a place for each that is missing.

    Args:
        order: Centred places in the training order, float64 [examples].
        likely: Log-likelihoods, not a number where missing, float64 [examples].
        strata: Positions of the examples of each stratum.

    Returns:
        float64 [examples]: numbers whose ranks within a stratum are the places.
    """
    found = np.zeros(len(likely))
    for places in strata:
        found[places] = _stratum(order[places], likely[places])
    return found


def _stratum(order: Float64, likely: Float64) -> Float64:
    lost = np.isnan(likely)
    if not lost.any():
        return likely
    values, group = np.unique(likely[~lost], return_inverse=True)
    known = order[~lost]
    # a gap lies below value 0, between two values, or above all: gap g has values 0 .. g-1 below
    below = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=len(values)))])
    summed = np.bincount(group, weights=known, minlength=len(values))
    above = known.sum() - np.concatenate([[0.0], np.cumsum(summed)])
    found = np.empty(len(likely))
    found[~lost] = group
    missing = np.flatnonzero(lost)
    by_order = missing[np.argsort(-order[missing], kind="stable")]  # the latest first: lowest
    for n, place in enumerate(by_order):
        gap = int(np.argmin(above + order[place] * below))
        found[place] = gap - 1.0 + (n + 1.0) / (len(missing) + 2.0)
    return found
