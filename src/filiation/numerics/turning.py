"""Which rotation takes the residual stream of one model to that of another?

Nothing here looks at where a unit or an axis stands: re-ordering the units or the axes of either
model re-orders what comes out and changes nothing else (up to rounding). That is what keeps tests
of those orders exact in a frame that was fitted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["Pairing", "fit_turn", "pair_by", "polar", "turn_of"]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]
Parts: TypeAlias = Sequence[Float32]  # per matrix, unit-length rows [units, width]

EXACT_TO: Final = 512  # units up to which pairs are an optimal assignment
SVD_TO: Final = 512  # width up to which the orthogonal factor is exact
QUINTIC: Final = (3.4445, -4.7750, 2.0315)  # Newton-Schulz with fast growth of small values
STEPS: Final = 4
WIDE: Final = 2048  # width beyond which one step must do
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
    """

    a: Indices
    b: Indices
    likeness: Float32

    def surest(self, share: float) -> "Pairing":
        count = max(1, int(len(self.a) * share))
        return Pairing(self.a[:count], self.b[:count], self.likeness[:count])


def pair_by(likeness: Float32) -> Pairing:
    """Pair rows with columns, one to one; beyond `EXACT_TO` only mutual nearest neighbours."""
    if max(likeness.shape) <= EXACT_TO:
        rows, columns = linear_sum_assignment(likeness, maximize=True)
    else:
        ahead, back = likeness.argmax(axis=1), likeness.argmax(axis=0)
        rows = np.flatnonzero(back[ahead] == np.arange(len(ahead)))
        columns = ahead[rows]
    values = likeness[rows, columns]
    order = np.argsort(-values, kind="stable")
    return Pairing(rows[order], columns[order], values[order])


def polar(matrix: Float32) -> Float32:
    """The nearest matrix with orthonormal rows or columns (for wide ones approximately)."""
    if min(matrix.shape) <= SVD_TO:
        u, _, v = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
        return np.asarray(u @ v, dtype=np.float32)
    x: Float32 = (matrix / np.linalg.norm(matrix)).astype(np.float32)
    one, three, five = (np.float32(c) for c in QUINTIC)
    for _ in range(STEPS if min(matrix.shape) <= WIDE else 1):
        square = x @ x.T
        x = np.asarray(one * x + (three * square + five * (square @ square)) @ x, np.float32)
    return x


def turn_of(a: Float32, b: Float32) -> Float32:
    """Q [width of b, width of a] such that b @ Q is as close to a as a rotation makes it."""
    return polar(b.T @ a)


def fit_turn(
    a: Sequence[Parts], b: Sequence[Parts], first: Sequence[Pairing]
) -> tuple[Float32, tuple[Pairing, ...], float]:
    """Alternate between the rotation that fits the pairs and the pairs that fit the rotation.

    Args:
        a: The source's layers.
        b: The subject's layers, each set against the source's layer of the same place.
        first: Pairs to begin with.

    Returns:
        Q as in `turn_of`, the last pairs, and their mean likeness (the surer half; a cosine).
    """
    pairs = tuple(pairing.surest(FIRST) for pairing in first)
    before = -np.inf
    for _ in range(ROUNDS):
        turn = turn_of(_rows(a, [p.a for p in pairs]), _rows(b, [p.b for p in pairs]))
        found = tuple(pair_by(_likeness(x, y, turn)) for x, y in zip(a, b, strict=True))
        mean = float(np.mean([pairing.surest(0.5).likeness.mean() for pairing in found]))
        pairs = tuple(pairing.surest(SURE) for pairing in found)
        if abs(mean - before) < SETTLED:
            break
        before = mean
    return turn, found, mean


def _likeness(a: Parts, b: Parts, turn: Float32) -> Float32:
    """Mean cosine over the matrices, [units of a, units of b]."""
    total = sum(x @ (y @ turn).T for x, y in zip(a, b, strict=True))
    return np.asarray(total / np.float32(len(a)), dtype=np.float32)


def _rows(layers: Sequence[Parts], chosen: Sequence[Indices]) -> Float32:
    return np.concatenate(
        [rows[at] for parts, at in zip(layers, chosen, strict=True) for rows in parts]
    )
