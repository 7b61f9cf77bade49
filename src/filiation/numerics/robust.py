"""Location and scatter that a few relatives among strangers cannot move far."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["huber", "mad", "winsorised"]

Float64: TypeAlias = NDArray[np.float64]

CONSISTENT = 1.482602218505602  # makes the median absolute deviation a normal's standard deviation
BEND = 1.5  # scatters below zero, and
ABOVE = 1.0  # above: relatives nobody declared can only stand above what strangers show
CUT = 4.0  # scatters; a normal residual lies beyond it once in 16,000 times


def mad(x: Float64) -> float:
    """The median absolute deviation from the median, as a normal's standard deviation."""
    return CONSISTENT * float(np.median(np.abs(x - np.median(x))))


def huber(x: Float64, scatter: float) -> Float64:
    """Weights: 1 from -1.5 to 1 scatters, falling as 1/|x| beyond (Huber 1964).

    Bounded sooner above than below, because contamination has one side: undeclared relatives
    stand above. With equal bounds they raised what was expected of their kin.

    Never zero: a weight that dies cannot tell a relative from a stranger with an unusual trait,
    and leaves the latter unexplained, which would accuse it.
    """
    if scatter <= 0.0:
        return np.asarray(np.abs(x) <= 0.0, dtype=np.float64)
    bend = np.where(x > 0.0, ABOVE, BEND)
    return np.asarray(np.minimum(1.0, bend * scatter / np.maximum(np.abs(x), 1e-300)))


def winsorised(x: Float64) -> tuple[float, float]:
    """Median, and root mean square about it after pulling what lies beyond four MADs back to it.

    Pulled in and not dropped: a heavy tail still widens the scatter, a relative cannot rule it.
    """
    centre, scatter = float(np.median(x)), mad(x)
    if scatter <= 0.0:
        return centre, float(np.sqrt(np.mean((x - centre) ** 2)))
    pulled = np.clip(x - centre, -CUT * scatter, CUT * scatter)
    return centre, float(np.sqrt(np.mean(pulled**2)))
