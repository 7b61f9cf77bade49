"""Do two arrays agree at one constant offset, and at no other?

Two trainings whose initial values were drawn from one stream of random numbers, one of them after a
few draws more, agree at a single offset. Descent has none of its own: what is copied stands where
it stood, or is moved by whole units and in all matrices alike.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Waves", "agreement_at", "offset_peaks", "peaks_between"]

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
    return peaks_between(Waves.of(a), Waves.of(b), period)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waves:
    """The Fourier transforms of an array, to be set against those of others of its shape.

    Attributes:
        rows: How many rows.
        columns: Complex [columns, frequencies].
        present: Of which rows hold anything.
        moments: float64 [columns, columns]: second moments of those that do.
    """

    rows: int
    columns: NDArray[np.complexfloating]
    present: NDArray[np.complexfloating]
    moments: Float64

    @classmethod
    def of(cls, x: Float32) -> "Waves":
        size, there = _size(len(x)), x.any(axis=1)
        moments = x.T @ x / max(1, int(np.count_nonzero(there)))
        return cls(
            rows=len(x),
            columns=np.fft.rfft(np.ascontiguousarray(x.T), size),
            present=np.fft.rfft(there.astype(np.float64), size),
            moments=moments.astype(np.float64),
        )


def _size(rows: int) -> int:
    return 1 << (2 * rows - 1).bit_length()


def peaks_between(a: Waves, b: Waves, period: int = 1) -> Float64:
    """`offset_peaks` of arrays whose transforms are known."""
    n, size = a.rows, _size(a.rows)
    together = np.einsum("ck,ck->k", a.columns, np.conj(b.columns))
    agree = np.fft.irfft(together, size).astype(np.float64)
    overlap = np.fft.irfft(a.present * np.conj(b.present), size)
    spread = float(np.sum(a.moments * b.moments))
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
