"""The exact tail of a sum of whole scores, each drawn evenly from its own list of equal length.

Unlike `independent_sum`, which rounds any scores to a lattice over the whole span of the sum, the
scores are whole already and nothing is rounded: a hundred thousand lists cost no power.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.roots import brent

__all__ = ["lattice_sum_log_p"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

TOGETHER: Final = 4096  # lists whose distributions are held at once
WIDEST: Final = 1 << 12  # of one list


def lattice_sum_log_p(observed: int, scores: Int64) -> float:
    """Log of P(sum of one even draw from each list >= observed).

    The draws are tilted until the mean falls on the observation, their distributions multiplied in
    pairs by Fourier transform, and the tilt undone in logs: the tail never underflows.

    Args:
        observed: The sum that was seen.
        scores: int64 [lists, values], each value of a list equally likely.

    Raises:
        ValueError: A list that is wider than 4,096.
    """
    if not scores.size:
        return 0.0
    low = scores.min(axis=1, keepdims=True)
    above = scores - low
    needed, most = int(observed) - int(low.sum()), int(above.max(axis=1).sum())
    if int(above.max()) >= WIDEST:
        raise ValueError(f"a list is {above.max()} wide, expected below {WIDEST}")
    if needed <= 0:
        return 0.0
    if needed >= most:
        return _top(above) if needed == most else -math.inf
    tilt = _tilt(above, needed)
    mass = _sum_of(above, tilt)[needed : most + 1]
    log_mean = float(np.log(np.exp(tilt * above).mean(axis=1)).sum())
    tail = float(mass @ np.exp(-tilt * np.arange(mass.size)))
    return min(0.0, math.log(tail) + log_mean - tilt * needed)


def _top(above: Int64) -> float:
    """Every draw at its largest."""
    share = (above == above.max(axis=1, keepdims=True)).mean(axis=1)
    return float(np.log(share).sum())


def _tilt(above: Int64, needed: int) -> float:
    """The tilt, never below 0, that puts the mean on what was seen."""

    def drift(tilt: float) -> float:
        weights = np.exp(tilt * (above - above.max(axis=1, keepdims=True)))
        return float(((above * weights).sum(axis=1) / weights.sum(axis=1)).sum()) - needed

    if drift(0.0) >= 0.0:
        return 0.0
    high = 1.0 / float(above.max())
    while drift(high) < 0.0 and high < 100.0:
        high *= 2.0
    return float(brent(drift, 0.0, high)) if drift(high) > 0.0 else high


def _sum_of(above: Int64, tilt: float) -> Float64:
    """The tilted distribution of the sum, from 0 on."""
    parts = [
        _product(_masses(above[start : start + TOGETHER], tilt))
        for start in range(0, len(above), TOGETHER)
    ]
    width = max(part.size for part in parts)
    padded = np.zeros((len(parts), width))
    for row, part in zip(padded, parts, strict=True):
        row[: part.size] = part
    return _product(padded)


def _masses(above: Int64, tilt: float) -> Float64:
    """The tilted distribution of each draw, float64 [lists, widest + 1]."""
    weights = np.exp(tilt * (above - above.max(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    width = int(above.max()) + 1
    at = above + width * np.arange(len(above))[:, None]
    found = np.bincount(at.ravel(), weights=weights.ravel(), minlength=width * len(above))
    return found.reshape(len(above), width).astype(np.float64)


def _product(masses: Float64) -> Float64:
    """The distribution of the sum, in pairs, pairs of pairs, and so on."""
    while len(masses) > 1:
        if len(masses) % 2:
            still = np.zeros((1, masses.shape[1]))
            still[0, 0] = 1.0
            masses = np.concatenate((masses, still))
        size = 1 << (2 * masses.shape[1] - 2).bit_length()
        turned = np.fft.rfft(masses, n=size)
        width = 2 * masses.shape[1] - 1
        masses = np.maximum(np.fft.irfft(turned[0::2] * turned[1::2], n=size)[:, :width], 0.0)
    only: Float64 = masses[0]
    return only
