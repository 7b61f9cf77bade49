"""One streaming pass over a checkpoint: digests of every tensor, directions of every hidden unit.

Memory does not grow with the checkpoint: a worker holds one block of rows and one matrix's
projected units, and finished units go straight to the sketch file. A second, short pass reads the
few layers of the deep part again, when the norms that choose its units are known.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar, final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo, UnitMatrix, WeightView
from filiation.model.sketch import SketchMethod
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import signs
from filiation.sketching.anchors import TokenFrame, gain_vector, token_frame
from filiation.sketching.deep import choose_units, deep_layers, projected_rows, whole_rows
from filiation.sketching.samples import SampledTensor, sampled, take_sample
from filiation.sketching.sketch_writer import SketchWriter

__all__ = ["take_sketch"]

Float32: TypeAlias = NDArray[np.float32]
T = TypeVar("T")
Progress: TypeAlias = Callable[[int], None]


def take_sketch(
    view: WeightView,
    target: Path,
    *,
    method: SketchMethod | None = None,
    workers: int | None = None,
    progress: Progress = lambda done: None,
) -> str:
    """Sketch a checkpoint into a file and return that file's SHA-256.

    The bytes do not depend on `workers`: each tensor is one task over fixed blocks, and the linear
    algebra inside a task is single-threaded. Nothing is left behind if it fails.

    Args:
        view: The checkpoint.
        target: The sketch file; written whole or not at all.
        method: Parameters; the default is what makes sketches comparable.
        workers: Threads; by default one per core.
        progress: Told how many stored bytes have been read since the last call.

    Raises:
        UnreadableError: A tensor holds NaN or infinity.
        UsageError: The target cannot be written.
    """
    method = method or SketchMethod()
    frame = token_frame(view, method)
    kept = {info.name: SampledTensor(info).size for info in sampled(view)}
    deep = deep_layers(view.layout, method.deep)
    anchored = (frame.anchors, frame.rows, frame.absent)
    with SketchWriter(target, view, method, anchored, _sides(frame), deep, kept) as out:
        passes = _Passes(view, method, frame, out, deep=deep, kept=kept, progress=progress)
        with threadpool_limits(1), ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            _all(pool, passes.tensor, view.tensors)
            _all(pool, passes.deep_layer, deep)
        return out.commit()


@final
class _Passes:
    """Both passes over one checkpoint into one sketch; tensors and layers in any order."""

    def __init__(
        self,
        view: WeightView,
        method: SketchMethod,
        frame: TokenFrame,
        out: SketchWriter,
        *,
        deep: Sequence[int],
        kept: Mapping[str, int],
        progress: Progress,
    ) -> None:
        self._view, self._method, self._frame, self._out = view, method, frame, out
        self._kept, self._progress = kept, progress
        self._norms: dict[int, dict[str, Float32]] = {number: {} for number in deep}
        self._users: dict[str, list[tuple[int, UnitMatrix]]] = {}
        for number, layer in enumerate(view.layout.layers):
            for matrix in layer.matrices:
                self._users.setdefault(matrix.tensor, []).append((number, matrix))

    def tensor(self, index: int, tensor: TensorInfo) -> None:
        """Read one tensor once: its digest, its sample, and the units of every matrix in it."""
        view, users = self._view, self._users.get(tensor.name, [])
        jobs = [_Projection(view, matrix, self._method, self._frame) for _, matrix in users]
        digest = hashlib.sha256()
        for first, raw in view.blocks(tensor.name):
            digest.update(raw)
            view.check_finite(tensor.name, first, raw)
            if jobs:
                rows = view.decode(tensor.name, first, raw)
                for job in jobs:
                    job.add(first, rows)
            self._progress(raw.nbytes)
        self._out.digest(index, digest.digest())
        if tensor.name in self._kept:
            self._out.sample(tensor.name, take_sample(view, tensor, self._method.seed))
        for (number, matrix), job in zip(users, jobs, strict=True):
            norms, directions = job.finish()
            self._out.units(number, matrix, norms, directions)
            if number in self._norms:
                self._norms[number][matrix.role] = norms

    def deep_layer(self, index: int, number: int) -> None:
        """Read the whole rows of a layer's chosen units, once the norms that choose are known."""
        layer = self._view.layout.layers[number]
        units = choose_units(layer, self._norms[number])
        rows = {m.role: whole_rows(self._view, m, units) for m in layer.matrices}
        rows |= {m.role: projected_rows(self._view, m, self._method) for m in layer.attention}
        self._out.deep(index, units, rows)


def _all(pool: ThreadPoolExecutor, one: Callable[[int, T], None], what: Sequence[T]) -> None:
    """Run every task; on the first failure drop those not yet begun and raise it."""
    futures = [pool.submit(one, index, item) for index, item in enumerate(what)]
    try:
        for future in futures:
            future.result()
    finally:
        for future in futures:
            future.cancel()


def _sides(frame: TokenFrame) -> frozenset[tuple[str, int]]:
    """The (side, width) pairs for which the token frame exists."""
    return frozenset((side, p.shape[0]) for side, p in frame.projections.items())


@final
@dataclass(slots=True, init=False)
class _Projection:
    """One matrix of units, projected block by block."""

    matrix: UnitMatrix
    onto: Float32
    weights: Float32
    seen: Float32
    squares: Float32
    columns: int

    def __init__(
        self, view: WeightView, matrix: UnitMatrix, method: SketchMethod, frame: TokenFrame
    ) -> None:
        native = signs(
            method.seed, "native", str(matrix.width), rows=matrix.width, columns=method.columns
        )
        parts = [native / np.float32(np.sqrt(method.columns))]
        token = frame.projections.get(matrix.side)
        if token is not None and token.shape[0] == matrix.width:
            parts.append(token)
        gain = np.broadcast_to(gain_vector(view, matrix.gain), (matrix.width,))
        self.matrix, self.columns = matrix, method.columns
        self.onto = np.ascontiguousarray(gain[:, None] * np.concatenate(parts, axis=1))
        self.weights = np.square(gain)
        self.seen = np.zeros((matrix.units, self.onto.shape[1]), dtype=np.float32)
        self.squares = np.zeros(matrix.units, dtype=np.float32)

    def add(self, first: int, rows: Float32) -> None:
        """Take in the stored rows that begin at `first`."""
        with np.errstate(over="ignore", invalid="ignore"):  # finish() sees what came of it
            self._add(first, rows)

    def _add(self, first: int, rows: Float32) -> None:
        start, stop = self.matrix.start, self.matrix.start + self.matrix.units
        if self.matrix.unit_axis == 1:
            part, here = rows[:, start:stop], slice(first, first + len(rows))
            self.seen += part.T @ self.onto[here]
            self.squares += self.weights[here] @ np.square(part)
            return
        part = rows[max(start - first, 0) : max(stop - first, 0)]
        at = max(first - start, 0)
        self.seen[at : at + len(part)] = part @ self.onto
        self.squares[at : at + len(part)] = np.square(part) @ self.weights

    def finish(self) -> tuple[Float32, list[NDArray[np.int8]]]:
        """Norms, and directions per frame (native first)."""
        if not (np.isfinite(self.seen).all() and np.isfinite(self.squares).all()):
            raise UnreadableError(
                f"{self.matrix.tensor}: values too large for 32-bit arithmetic, expected weights "
                "of ordinary size; the file is damaged or was exported wrongly"
            )
        frames = np.split(self.seen, range(self.columns, self.seen.shape[1], self.columns), axis=1)
        return np.sqrt(self.squares), [quantise(np.ascontiguousarray(f)) for f in frames]
