"""The logarithm of a sum of exponentials, for lists as short as ours.

The same operations in the same order as `scipy.special.logsumexp`, and so the same number to the
last digit, without what that costs for every kind of array: a survey asks some hundred a pair.
"""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_sum_exp"]


def log_sum_exp(values: NDArray[np.float64]) -> float:
    """Natural log of the sum of the exponentials of these finite numbers, one axis, one or more."""
    top = values.max()
    largest = values == top
    many = float(np.count_nonzero(largest))
    rest = float(np.exp(np.where(largest, -math.inf, values) - top).sum())
    return float(np.log1p(rest / many) + np.log(many) + top)
