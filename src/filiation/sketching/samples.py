"""Which values of a tensor a sketch keeps as they are, so that two containers can be compared.

Positions depend on nothing but the tensor's shape, and a matrix is seen with its longer axis first:
so the same matrix gives the same values under another name, transposed, or in another dtype. A
square matrix could lie either way, so it is read both ways.
"""

import hashlib
from functools import lru_cache
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.layout import TensorInfo, WeightView
from filiation.model.sketch import RUN, RUNS, SCATTERED, VECTOR_VALUES

__all__ = ["SampledTensor", "sample_places", "sampled", "take_sample"]

Float32: TypeAlias = NDArray[np.float32]
Positions: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]

_CLUSTERS: Final = 2  # of RUN neighbouring indices, along each axis
_SINGLES: Final = 32  # indices beside them


@final
class SampledTensor:
    """The shape that counts for the choice, and how many values are kept."""

    __slots__ = ("columns", "rows", "size", "tall")

    def __init__(self, info: TensorInfo) -> None:
        self.rows = info.shape[0] if len(info.shape) > 1 else 1
        self.columns = int(np.prod(info.shape)) // max(1, self.rows)
        self.tall = len(info.shape) != 2 or self.rows >= self.columns
        square = len(info.shape) == 2 and self.rows == self.columns
        one = VECTOR_VALUES if self.rows == 1 else 2 * RUNS * RUN + SCATTERED
        self.size = one * (2 if square and self.rows > 1 else 1)


def sampled(view: WeightView) -> list[TensorInfo]:
    """The tensors of which values are kept: all that hold any and can be read."""
    return [
        info for info in view.tensors if info.nbytes and info.name not in view.layout.unreadable
    ]


def take_sample(view: WeightView, info: TensorInfo, seed: int) -> Float32:
    """The values of one tensor at its positions, float32 [size]; a square one's twice."""
    shape = SampledTensor(info)
    swapped = info.name in view.layout.transposed
    if shape.rows == 1:
        draws = _draws(seed, f"vector {shape.columns}", VECTOR_VALUES)
        return np.asarray(view.rows(info.name, [0])[0][(draws % shape.columns).astype(np.int64)])
    if shape.tall:
        rows, columns = _positions(seed, shape.rows, shape.columns)
    else:
        columns, rows = _positions(seed, shape.columns, shape.rows)
    found = _values(view, info.name, rows, columns, swapped=swapped)
    if shape.size == len(found):
        return found
    return np.concatenate([found, _values(view, info.name, columns, rows, swapped=swapped)])


def sample_places(info: TensorInfo, seed: int) -> NDArray[np.int64]:
    """Where in the tensor, row by row, the first values of its sample stand (of a square one half).

    For a tensor that is stored as it is used; int64 [values].
    """
    shape = SampledTensor(info)
    if shape.rows == 1:
        draws = _draws(seed, f"vector {shape.columns}", VECTOR_VALUES)
        return np.asarray((draws % shape.columns).astype(np.int64))
    if shape.tall:
        rows, columns = _positions(seed, shape.rows, shape.columns)
    else:
        columns, rows = _positions(seed, shape.columns, shape.rows)
    return np.asarray(rows * shape.columns + columns)


def _values(
    view: WeightView,
    name: str,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    *,
    swapped: bool,
) -> Float32:
    """Values at stored positions; `view.rows` counts along the other axis where it is swapped."""
    if swapped:
        rows, columns = columns, rows
    needed, place = np.unique(rows, return_inverse=True)
    read = view.rows(name, needed.tolist())
    return np.ascontiguousarray(read[place, columns], dtype=np.float32)


@lru_cache(maxsize=64)
def _positions(seed: int, long: int, short: int) -> Positions:
    """Runs along the short axis, runs along the long one, and pairs, on a grid of few lines."""
    draws = iter(_draws(seed, f"matrix {long} {short}", 8 * (RUNS + SCATTERED + _SINGLES)).tolist())

    def lines(length: int) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
        starts = [next(draws) % max(1, length // RUN) * RUN for _ in range(_CLUSTERS)]
        clusters = [(start + np.arange(RUN)) % length for start in starts]
        singles = np.array([next(draws) % length for _ in range(_SINGLES)], dtype=np.int64)
        return clusters, np.concatenate([*clusters, singles])

    long_clusters, long_lines = lines(long)
    short_clusters, short_lines = lines(short)
    first, second = [], []
    for n in range(RUNS):
        first.append(np.full(RUN, long_lines[next(draws) % len(long_lines)]))
        second.append(short_clusters[n % _CLUSTERS])
    for n in range(RUNS):
        first.append(long_clusters[n % _CLUSTERS])
        second.append(np.full(RUN, short_lines[next(draws) % len(short_lines)]))
    for lines_of, kept in ((long_lines, first), (short_lines, second)):
        picks = [next(draws) % len(lines_of) for _ in range(SCATTERED)]
        kept.append(lines_of[np.array(picks)])
    return np.concatenate(first), np.concatenate(second)


def _draws(seed: int, purpose: str, count: int) -> NDArray[np.uint64]:
    """Whole numbers below 2^64 from SHAKE-256: the same on every machine, as `numerics.rng`."""
    name = f"values {seed} {purpose}".encode()
    return np.frombuffer(hashlib.shake_256(name).digest(8 * count), dtype="<u8")
