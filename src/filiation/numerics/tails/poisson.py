"""Tails of the Poisson law; loading `scipy.stats` for them takes a quarter of a second."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr, pdtrc, pdtrik

__all__ = ["at_least_log_p", "at_most", "exceeded_with"]

Float64: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]


def at_least_log_p(count: Counts, expected: Float64 | float) -> Float64:
    """Natural log of the probability of so many or more; minus infinity below 1e-308."""
    with np.errstate(divide="ignore"):
        tail = np.log(np.asarray(pdtrc(np.maximum(count - 1.0, 0.0), expected), dtype=np.float64))
    return np.where(count < 1, 0.0, tail)


def at_most(count: Counts, expected: Float64 | float) -> Float64:
    """Probability of so many or fewer."""
    return np.asarray(pdtr(count, expected), dtype=np.float64)


def exceeded_with(p: float, expected: Float64) -> Float64:
    """The smallest count that is exceeded with a probability of at most p."""
    found = np.ceil(pdtrik(1.0 - p, expected))
    below = np.maximum(found - 1.0, 0.0)  # the inverse may be a last digit above a whole number
    return np.asarray(np.where(pdtr(below, expected) >= 1.0 - p, below, found))
