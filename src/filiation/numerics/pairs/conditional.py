"""How alike are two things once a third has explained what it can? Partial correlations.

All is read from inner products, so that nothing but these has to be kept. Lines are through the
origin: weights have no mean to take away.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["correlation", "least_squares", "partial", "residual"]

Float64: TypeAlias = NDArray[np.float64]

TINY = 1e-12  # of a square: what is left is nothing but the precision of the numbers


def correlation(inner: Float64, one: Float64, other: Float64) -> Float64:
    """Cosines from inner products and squares, elementwise; 0 where one of them is nothing."""
    size = np.sqrt(np.maximum(one * other, 0.0))
    out = np.zeros_like(size, dtype=np.float64)
    return np.asarray(np.divide(inner, size, out=out, where=size > 0))


def partial(ac: Float64, ab: Float64, bc: Float64) -> Float64:
    """Correlation of a and c given b, elementwise, from the three correlations.

    0 where b explains one of the two wholly: nothing is left that could be alike.
    """
    left = (1.0 - ab**2) * (1.0 - bc**2)
    size = np.sqrt(np.maximum(left, 0.0))
    whole = np.minimum(1.0 - ab**2, 1.0 - bc**2) > TINY
    out = np.zeros_like(size)
    return np.asarray(np.divide(ac - ab * bc, size, out=out, where=whole & (size > 0)))


def least_squares(gram: Float64, of: int, on: Sequence[int]) -> tuple[Float64, float]:
    """Weights of the best sum of some for one, and the part of its square that this explains.

    Args:
        gram: float64 [n, n], inner products.
        of: Which is explained.
        on: By which.
    """
    inner = gram[np.ix_(on, on)]
    weights = np.asarray(np.linalg.lstsq(inner, gram[on, of], rcond=None)[0], np.float64)
    whole = float(gram[of, of])
    return weights, float(weights @ gram[on, of]) / whole if whole > 0 else 0.0


def residual(gram: Float64, on: Sequence[int]) -> Float64:
    """Inner products of what is left of all once some are taken out of them: float64 [n, n]."""
    weights = np.linalg.lstsq(gram[np.ix_(on, on)], gram[on], rcond=None)[0]
    return np.asarray(gram - gram[:, on] @ weights)
