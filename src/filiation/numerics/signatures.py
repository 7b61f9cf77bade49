"""What is left of a hidden unit when the axes of the residual stream are turned or re-ordered?

A unit is a vector in each matrix of its layer. Inner products between those vectors, and quadratic
forms x' C y and x' C D y with the second-moment matrices C, D of the layer's own matrices, do not
change when the stream is rotated, when its axes or the units are permuted, or when a unit's
reading row is scaled against its writing column. They identify units across such disguises.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["signature_distance", "signatures"]

Float32: TypeAlias = NDArray[np.float32]

TINY: Final = 1e-30


def signatures(parts: Sequence[Float32], sizes: Sequence[Float32]) -> Float32:
    """Signatures of the units of one layer, standardised over the units.

    Args:
        parts: Per matrix, unit-length rows float32 [units, width].
        sizes: Further positive facts of each unit that no disguise moves, float32 [units].

    Returns:
        float32 [units, features]; the features are the same for every model with as many parts.
    """
    moments = [rows.T @ rows / np.float32(len(rows)) for rows in parts]
    columns = [np.log(np.maximum(size, TINY)) for size in sizes]
    for i, rows in enumerate(parts):
        columns += [_inner(rows, other) for other in parts[i + 1 :]]
        seen = [rows @ moment for moment in moments]
        for j, once in enumerate(seen):
            columns.append(np.log(np.maximum(_inner(rows, once), TINY)))
            columns.append(np.log(np.maximum(_inner(once, once), TINY)))
            columns += [_inner(once, other) for other in seen[j + 1 :]]
            columns += [_inner(other, once) for k, other in enumerate(parts) if k != i]
    table = np.stack(columns, axis=1).astype(np.float64)
    table -= table.mean(axis=0)
    spread = table.std(axis=0)
    return np.asarray(table / np.where(spread > TINY, spread, 1.0), dtype=np.float32)


def signature_distance(a: Float32, b: Float32) -> Float32:
    """Squared distances between two sets of signatures, float32 [len(a), len(b)]."""
    return np.asarray(
        np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)[None] - 2 * (a @ b.T),
        dtype=np.float32,
    )


def _inner(x: Float32, y: Float32) -> Float32:
    return np.asarray(np.einsum("ij,ij->i", x, y))
