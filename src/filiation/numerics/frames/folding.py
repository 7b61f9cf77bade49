"""Rows of any number summed to a few, each with a sign of its own."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["folded"]

Float32: TypeAlias = NDArray[np.float32]


def folded(rows: Float32, drawn: Float32, columns: int) -> Float32:
    """Sums [columns, width] of every so-manieth row, each with its sign."""
    whole = len(rows) - len(rows) % columns
    parts = rows[:whole].reshape(-1, columns, rows.shape[1])
    total = np.einsum("rcw,rc->cw", parts, drawn[:whole].reshape(-1, columns))
    total[: len(rows) - whole] += rows[whole:] * drawn[whole:, None]
    return np.asarray(total)
