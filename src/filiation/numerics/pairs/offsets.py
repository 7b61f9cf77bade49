"""Do two arrays agree at one constant offset, and at no other?

Two trainings whose initial values were drawn from one stream of random numbers, one of them after a
few draws more, agree at a single offset. Descent has none of its own: what is copied stands where
it stood, or is moved by whole units and in all matrices alike.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["agreement_at", "offset_peaks"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]

AROUND: Final = 2  # periods on either side whose mean is taken away: what is smooth is no peak
FEWEST: Final = 16  # rows that must overlap


def offset_peaks(a: Float32, b: Float32, period: int = 1) -> Float64:
    """For every offset k how much a[i + k] is like b[i], in standard deviations of chance.

    The value at k is what exceeds the mean at k +- 1 and 2 periods. Rows of zeros take no part.

    Args:
        a: float32 [n, columns], centred by the caller.
        b: The same shape.
        period: Rows after which structure that has nothing to do with a stream comes again.

    Returns:
        float64 [2 n - 1]: offsets -(n - 1) .. n - 1; 0 where fewer than 16 rows overlap.
    """
    n = len(a)
    size = 1 << (2 * n - 1).bit_length()
    agree = np.zeros(size)
    spread = 0.0
    for column in range(a.shape[1]):
        one, two = (np.fft.rfft(x[:, column], size) for x in (a, b))
        agree += np.fft.irfft(one * np.conj(two), size)
    present = [np.fft.rfft(x.any(axis=1).astype(np.float64), size) for x in (a, b)]
    overlap = np.fft.irfft(present[0] * np.conj(present[1]), size)
    squares = [float(np.square(x, dtype=np.float64).sum()) for x in (a, b)]
    rows = [max(1, int(np.count_nonzero(x.any(axis=1)))) for x in (a, b)]
    if a.shape[1] == 1:
        spread = squares[0] / rows[0] * squares[1] / rows[1]
    else:
        moments = [x.T.astype(np.float64) @ x / m for x, m in zip((a, b), rows, strict=True)]
        spread = float(np.sum(moments[0] * moments[1]))
    order = np.arange(-(n - 1), n) % size
    counts = np.maximum(np.rint(overlap[order]), 0.0)
    z = np.where(
        counts >= FEWEST, agree[order] / np.sqrt(np.maximum(counts, 1.0) * max(spread, 1e-30)), 0.0
    )
    return z - _around(z, period)


def agreement_at(peaks: Float64, offset: int) -> float:
    """The value of `offset_peaks` at one offset."""
    return float(peaks[len(peaks) // 2 + offset])


def _around(z: Float64, period: int) -> Float64:
    padded = np.pad(z, AROUND * period)
    shifts = [k * period for k in range(-AROUND, AROUND + 1) if k]
    around = [padded[AROUND * period + s : AROUND * period + s + len(z)] for s in shifts]
    return np.asarray(np.mean(around, axis=0))
