"""Which rotation takes the residual stream of one model to that of another?

Nothing here looks at where a unit or an axis stands: re-ordering the units or the axes of either
model re-orders what comes out and changes nothing else (up to rounding), and so does changing the
sign of a unit in the parts named `flips`. That is what keeps tests of those orders and signs exact
in a frame that was fitted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.frames.assignment import assign

__all__ = ["Pairing", "fit_rotation", "likeness", "pair_by", "polar", "rotation_onto"]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]
Parts: TypeAlias = Sequence[Float32]  # per matrix, unit-length rows [units, width]

EXACT_TO: Final = 512  # units up to which pairs are an optimal assignment
ROUNDS: Final = 10
SETTLED: Final = 1e-5  # change of the mean likeness below which nothing moves any more
FIRST: Final = 0.6  # of the first pairs: the surest that signatures gave
SURE: Final = 0.5  # of the later pairs


@final
@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Units of a source's layer paired with units of a subject's layer, surest first.

    Attributes:
        a: Rows of the source's layer, int64 [pairs].
        b: Rows of the subject's layer, int64 [pairs].
        likeness: Of each pair; larger means more alike.
        sign: +1 or -1: how the flipping parts of the two units stand to each other.
    """

    a: Indices
    b: Indices
    likeness: Float32
    sign: Float32

    def surest(self, share: float) -> "Pairing":
        n = max(1, int(len(self.a) * share))
        return Pairing(self.a[:n], self.b[:n], self.likeness[:n], self.sign[:n])


def pair_by(likeness: Float32, signed: Float32 | None = None) -> Pairing:
    """Pair rows with columns, one to one; beyond `EXACT_TO` only mutual nearest neighbours.

    Args:
        likeness: float32 [rows, columns].
        signed: Whose sign each pair is given, float32 [rows, columns]; without it all are +1.
    """
    if max(likeness.shape) <= EXACT_TO:
        rows, columns = assign(likeness)
    else:
        ahead, back = likeness.argmax(axis=1), likeness.argmax(axis=0)
        rows = np.flatnonzero(back[ahead] == np.arange(len(ahead)))
        columns = ahead[rows]
    values = likeness[rows, columns]
    order = np.argsort(-values, kind="stable")
    rows, columns = rows[order], columns[order]
    sign = np.ones(len(rows)) if signed is None else np.where(signed[rows, columns] < 0, -1.0, 1.0)
    return Pairing(rows, columns, values[order], sign.astype(np.float32))


def polar(matrix: Float32) -> Float32:
    """The nearest matrix with orthonormal rows or columns."""
    u, _, v = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
    return np.asarray(u @ v, dtype=np.float32)


def rotation_onto(a: Float32, b: Float32) -> Float32:
    """Q [width of b, width of a] such that b @ Q is as close to a as a rotation makes it."""
    return polar(b.T @ a)


def fit_rotation(
    a: Sequence[Parts], b: Sequence[Parts], first: Sequence[Pairing], flips: Sequence[int] = ()
) -> tuple[Float32, tuple[Pairing, ...], float]:
    """Alternate between the rotation that fits the pairs and the pairs that fit the rotation.

    Args:
        a: The source's layers.
        b: The subject's layers, each set against the source's layer of the same place.
        first: Pairs to begin with.
        flips: Parts that may change sign together.

    Returns:
        Q as in `rotation_onto`, the last pairs, and their mean likeness (the surer half; a cosine).
    """
    pairs = tuple(pairing.surest(FIRST) for pairing in first)
    before = -np.inf
    for _ in range(ROUNDS):
        rotation = rotation_onto(_rows(a, pairs, "a", ()), _rows(b, pairs, "b", flips))
        found = tuple(pair_by(*likeness(x, y, rotation, flips)) for x, y in zip(a, b, strict=True))
        mean = float(np.mean([pairing.surest(0.5).likeness.mean() for pairing in found]))
        pairs = tuple(pairing.surest(SURE) for pairing in found)
        if abs(mean - before) < SETTLED:
            break
        before = mean
    return rotation, found, mean


def likeness(
    a: Parts, b: Parts, rotation: Float32, flips: Sequence[int] = ()
) -> tuple[Float32, Float32]:
    """Mean cosine over the matrices [units of a, units of b], and the sum over flipping parts.

    The flipping parts count by the size of their sum, whatever its sign.
    """
    cosines = [x @ (y @ rotation).T for x, y in zip(a, b, strict=True)]
    together = sum((cosines[k] for k in flips), np.zeros((1, 1), dtype=np.float32))
    alone = sum(cosine for k, cosine in enumerate(cosines) if k not in flips)
    mean = (alone + np.abs(together)) / np.float32(len(a))
    return np.asarray(mean, np.float32), np.broadcast_to(together, mean.shape)


def _rows(
    layers: Sequence[Parts],
    pairs: Sequence[Pairing],
    side: Literal["a", "b"],
    flips: Sequence[int],
) -> Float32:
    chosen = [
        rows[pairing.a if side == "a" else pairing.b]
        * (pairing.sign[:, None] if k in flips else np.float32(1))
        for parts, pairing in zip(layers, pairs, strict=True)
        for k, rows in enumerate(parts)
    ]
    return np.concatenate(chosen)
