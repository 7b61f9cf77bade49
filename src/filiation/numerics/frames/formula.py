"""Could anybody have written these values down? Told from a sample of a tensor.

Masks, identities, zero-initialised adapters, sinusoids, rotary caches, windows and tables of
relative positions are equal in models that have nothing to do with one another.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["distinct_values", "follows_formula"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]

FEWEST: Final = 24  # different values of a sample
COMMONEST: Final = 0.75  # share of the sample that the commonest value may have
EXACT: Final = 0.01  # share of a run's variance that the recurrence leaves
MOSTLY: Final = 0.5  # share of the runs


def distinct_values(sample: Float32) -> int:
    """Different values in a sample; 0 if hardly any, or nearly all are one."""
    values, counts = np.unique(sample, return_counts=True)
    few = len(values) < FEWEST or counts.max() > COMMONEST * len(sample)
    return 0 if few else len(values)


def follows_formula(runs: Float32) -> bool:
    """Whether neighbours follow x(t+1) + x(t-1) = c x(t) + m, as lines and sines of any phase do.

    Args:
        runs: Neighbouring values along one axis, float32 [runs, length], length at least 8.
    """
    x = runs.astype(np.float64)
    x = x - x.mean(axis=1, keepdims=True)
    spread = np.square(x).mean(axis=1)
    rests = np.array([_rest(run) for run in x])
    return bool(np.mean(rests <= EXACT * spread) >= MOSTLY)


def _rest(run: Float64) -> float:
    """Mean square of what the best recurrence leaves of a run."""
    target = run[2:] + run[:-2]
    basis = np.stack([run[1:-1], np.ones(len(target))], axis=1)
    fitted = basis @ np.linalg.lstsq(basis, target, rcond=None)[0]
    return float(np.square(target - fitted).mean())
