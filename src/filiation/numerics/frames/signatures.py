"""What is left of a hidden unit when the axes of the residual stream are turned or re-ordered?

A unit is a vector in each matrix of its layer. Inner products between those vectors, and quadratic
forms x' C y and x' C D y with the second-moment matrices C, D of the layer's own matrices, do not
change when the stream is rotated, when its axes or the units are permuted, or when a unit's
reading row is scaled against its writing column. They identify units across such disguises. Where
up and down may change sign together (gated layers), facts that then change sign are kept apart and
compared up to one sign per unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Signatures", "distance_between", "signatures"]

Float32: TypeAlias = NDArray[np.float32]

TINY: Final = 1e-30


@final
@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Signatures of the units of one layer.

    Attributes:
        even: What no disguise moves, standardised over the units, float32 [units, features].
        odd: What changes sign with the unit, in units of its root mean square, likewise.
    """

    even: Float32
    odd: Float32


def signatures(
    parts: Sequence[Float32], sizes: Sequence[Float32], flips: Sequence[int] = ()
) -> Signatures:
    """Signatures of the units of one layer; the features are the same for as many parts.

    Args:
        parts: Per matrix, unit-length rows float32 [units, width].
        sizes: Further positive facts of each unit that no disguise moves, float32 [units].
        flips: Parts that may change sign together without a change of what the layer computes.
    """
    moments = [rows.T @ rows / np.float32(max(1, len(rows))) for rows in parts]
    even = [np.log(np.maximum(size, TINY)) for size in sizes]
    odd: list[Float32] = []
    for i, rows in enumerate(parts):
        kinds = [odd if (i in flips) != (k in flips) else even for k in range(len(parts))]
        for k in range(i + 1, len(parts)):
            kinds[k].append(_inner(rows, parts[k]))
        seen = [rows @ moment for moment in moments]
        for j, once in enumerate(seen):
            even.append(np.log(np.maximum(_inner(rows, once), TINY)))
            even.append(np.log(np.maximum(_inner(once, once), TINY)))
            even += [_inner(once, other) for other in seen[j + 1 :]]
            for k, other in enumerate(parts):
                if k != i:
                    kinds[k].append(_inner(other, once))
    table = np.stack(even, axis=1).astype(np.float64)
    return Signatures(
        even=_scaled(table - table.mean(axis=0)) if len(table) else table.astype(np.float32),
        odd=_scaled(_table(odd, len(table))),
    )


def distance_between(a: Signatures, b: Signatures) -> tuple[Float32, Float32]:
    """Squared distances, each unit of b taken with the nearer sign; and which sign that is.

    Returns:
        Two arrays float32 [units of a, units of b]; the second is the inner product of the odd
        facts, whose sign is meant.
    """
    signed = a.odd @ b.odd.T
    squares = _squares(a)[:, None] + _squares(b)[None]
    apart = squares - 2 * (a.even @ b.even.T) - 2 * np.abs(signed)
    return np.asarray(apart, dtype=np.float32), np.asarray(signed, dtype=np.float32)


def _squares(found: Signatures) -> Float32:
    return np.asarray(np.square(found.even).sum(axis=1) + np.square(found.odd).sum(axis=1))


def _table(columns: Sequence[Float32], units: int) -> NDArray[np.float64]:
    if not columns:
        return np.zeros((units, 0))
    return np.stack(columns, axis=1).astype(np.float64)


def _scaled(table: NDArray[np.float64]) -> Float32:
    spread = np.sqrt(np.square(table).mean(axis=0)) if len(table) else np.ones(table.shape[1])
    return np.asarray(table / np.where(spread > TINY, spread, 1.0), dtype=np.float32)


def _inner(x: Float32, y: Float32) -> Float32:
    return np.asarray(np.einsum("ij,ij->i", x, y))
