"""The tail of Student's t, in logs, that is never zero."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, stdtr

__all__ = ["t_log_p"]

Float64: TypeAlias = NDArray[np.float64]

SMALLEST = 1e-290  # below, the leading term of the tail: exact to far more digits than are shown


def t_log_p(t: Float64, freedom: float) -> Float64:
    """Log of P(T >= t) for Student's t; NaN stays NaN.

    P = I_x(freedom/2, 1/2) / 2 with x = freedom / (freedom + t^2); for small x the incomplete
    beta function is x^(freedom/2) / (freedom/2 B(freedom/2, 1/2)).
    """
    t = np.asarray(t, dtype=np.float64)
    p = np.asarray(stdtr(freedom, -t))
    half = freedom / 2.0
    far = half * -np.log1p(t * t / freedom) - np.log(2.0 * half) - betaln(half, 0.5)
    return np.asarray(np.where(p < SMALLEST, far, np.log(np.maximum(p, SMALLEST))))
