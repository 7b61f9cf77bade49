"""Ranks of which equal values share the mean: midranks, as rank tests use them.

Not `scipy.stats.rankdata`: loading `scipy.stats` costs more than most commands do.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["mean_ranks"]

Float64: TypeAlias = NDArray[np.float64]


def mean_ranks(values: NDArray[Any]) -> Float64:
    """float64 [values], from 1; all NaN where one of them is, since then there is no order."""
    if np.isnan(values).any():
        return np.full(values.shape, np.nan)
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place.reshape(-1)])
