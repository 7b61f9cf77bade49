"""One streaming pass over a checkpoint: digests of every tensor, directions of every hidden unit.

Memory does not grow with the checkpoint: a worker holds one block of rows and one matrix's
projected units, and finished units go straight to the sketch file. A second, short pass reads the
rows of the deep part, when the norms and directions that choose its units are known.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TypeAlias, TypeVar, final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from filiation.model.layout import TensorInfo, UnitMatrix, WeightView
from filiation.model.sketch import Frame, SketchMethod
from filiation.numerics.frames.directions import quantise
from filiation.sketching.anchors import token_frame
from filiation.sketching.axes import axes_kept
from filiation.sketching.deep import choose_units, deep_layers, rows_kept, rows_of_layer
from filiation.sketching.projection import Found, Onto, Projection
from filiation.sketching.samples import SampledTensor, sampled, take_sample
from filiation.sketching.sketch_writer import Plan, SketchWriter
from filiation.sketching.tables import kept_tables, table_frame

__all__ = ["planned", "take_sketch"]

T = TypeVar("T")
Progress: TypeAlias = Callable[[int], None]


def take_sketch(
    view: WeightView,
    target: Path,
    *,
    method: SketchMethod | None = None,
    workers: int | None = None,
    progress: Progress = lambda done: None,
    only: Set[str] | None = None,
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
        only: Project these tensors alone; what is kept of the others, of whole rows, and of sums
            over layers then says nothing. None: all of them.

    Raises:
        UnreadableError: A tensor holds NaN or infinity.
        UsageError: The target cannot be written.
    """
    method = method or SketchMethod()
    cores = workers or os.cpu_count() or 1
    with threadpool_limits(1):  # so that no sum depends on how many cores there are
        if cores == 1:  # a thread of its own would cost a tiny model a third more
            plan = planned(view, method)
            with SketchWriter(target, plan) as out:
                return _taken(_Passes(plan, out, {}, progress, only), _one_by_one)
        with ThreadPoolExecutor(cores) as pool:
            early = _begun(view, pool, progress, only)
            try:
                plan = planned(view, method)
                with SketchWriter(target, plan) as out:
                    passes = _Passes(plan, out, early, progress, only)
                    return _taken(passes, partial(_all, pool))
            finally:
                for digest in early.values():
                    digest.cancel()


def _begun(
    view: WeightView, pool: ThreadPoolExecutor, progress: Progress, only: Set[str] | None
) -> dict[str, Future[bytes]]:
    """Digests of the tensors without a role, begun while one core makes the frames."""
    layers = view.layout.layers
    roles = {m.tensor for layer in layers for m in (*layer.matrices, *layer.attention)}
    roles |= {m.tensor for layer in layers for m in layer.mixers}
    return {
        info.name: pool.submit(_digested, view, info.name, (), progress)
        for info in view.tensors
        if info.name not in roles and (only is None or info.name in only)
    }


def _digested(
    view: WeightView, tensor: str, jobs: Sequence[Projection], progress: Progress
) -> bytes:
    """Read one tensor once, give its values to the jobs, and return its digest."""
    digest = hashlib.sha256()
    for first, raw in view.blocks(tensor):
        digest.update(raw)
        view.check_finite(tensor, first, raw)
        if jobs:
            rows = view.decode(tensor, first, raw)
            for job in jobs:
                job.add(first, rows)
        progress(raw.nbytes)
    return digest.digest()


def _taken(passes: "_Passes", all_of: Callable[..., None]) -> str:
    """Both passes, and the digest of the file."""
    all_of(passes.tensor, passes.plan.view.tensors)
    all_of(passes.deep_layer, passes.plan.deep)
    passes.finish()
    return passes.out.commit()


def planned(view: WeightView, method: SketchMethod) -> Plan:
    """Everything that is known before the pass over all weights."""
    token = token_frame(view, method)
    return Plan(
        view=view,
        onto=Onto(method=method, token=token, table=table_frame(view, method.seed)),
        tables=kept_tables(view, method, token),
        deep=deep_layers(view.layout, method.deep),
        axes=axes_kept(view.layout, {info.name: info for info in view.tensors}),
        sampled={info.name: SampledTensor(info).size for info in sampled(view)},
    )


@final
class _Passes:
    """Both passes over one checkpoint into one sketch; tensors and layers in any order."""

    def __init__(
        self,
        plan: Plan,
        out: SketchWriter,
        early: Mapping[str, Future[bytes]],
        progress: Progress,
        only: Set[str] | None,
    ) -> None:
        self.plan, self.out, self._only = plan, out, only
        self._view, self._early, self._progress = plan.view, early, progress
        self._units: dict[str, list[tuple[int, UnitMatrix]]] = defaultdict(list)
        self._heads: dict[str, list[tuple[int, UnitMatrix]]] = defaultdict(list)
        self._mixers: dict[str, list[UnitMatrix]] = defaultdict(list)
        for number, layer in enumerate(self._view.layout.layers):
            for matrix in layer.matrices:
                self._units[matrix.tensor].append((number, matrix))
            for matrix in layer.attention:
                self._heads[matrix.tensor].append((number, matrix))
            for matrix in layer.mixers:
                self._mixers[matrix.tensor].append(matrix)
        self._axes: dict[str, NDArray[np.int64]] = {}
        self._adding = Lock()

    def tensor(self, index: int, tensor: TensorInfo) -> None:
        """Read one tensor once: its digest, its sample, and the units of every matrix in it."""
        view = self._view
        if self._only is not None and tensor.name not in self._only:
            return
        units, heads = self._units.get(tensor.name, ()), self._heads.get(tensor.name, ())
        frames = self.plan.frames
        jobs = [self._job(m, frames(m), axes=False) for _, m in units]
        jobs += [self._job(m, frames(m), axes=True) for _, m in heads]
        jobs += [self._job(m, ("native",), axes=True) for m in self._mixers.get(tensor.name, ())]
        begun = self._early.get(tensor.name)
        if begun is None:
            digest = _digested(view, tensor.name, jobs, self._progress)
        else:
            digest = begun.result()
        self.out.digest(index, digest)
        if tensor.name in self.plan.sampled:
            self.out.sample(tensor.name, take_sample(view, tensor, self.plan.onto.method.seed))
        for (number, _), job in zip(units, jobs, strict=False):
            self.out.units(number, job.matrix.role, job.finish())
        for (number, _), job in zip(heads, jobs[len(units) :], strict=False):
            self._attention(number, job)
        for job in jobs[len(units) + len(heads) :]:
            self._add_axes(job.matrix, job.finish())

    def deep_layer(self, index: int, number: int) -> None:
        """Read the whole rows of a layer's chosen units, once all that chooses them is known."""
        layer, method = self._view.layout.layers[number], self.plan.onto.method
        kept = rows_kept(layer.units, len(self.plan.deep), method.deep)
        norms, table = self.out.chooses(number) if kept < layer.units else ({}, {})
        units = choose_units(layer.units, kept, norms, table, method.seed)
        self.out.deep(index, units, rows_of_layer(self._view, number, units))

    def finish(self) -> None:
        """Record what was summed over all layers."""
        for role, axes in self._axes.items():
            self.out.axes(role, quantise(axes.astype(np.float32)))

    def _job(self, matrix: UnitMatrix, frames: tuple[Frame, ...], *, axes: bool) -> Projection:
        return Projection(self._view, matrix, self.plan.onto, frames=frames, axes=axes)

    def _attention(self, number: int, job: Projection) -> None:
        layer = self._view.layout.layers[number]
        shared = job.matrix.role == "attn.o"
        found = job.finish(heads=layer.heads if shared else 0, groups=layer.groups if shared else 0)
        self.out.attention(number, job.matrix.role, found)
        self._add_axes(job.matrix, found)

    def _add_axes(self, matrix: UnitMatrix, found: Found) -> None:
        """Add one layer's axes to those of the others, where the width is the body's."""
        kept = self.plan.axes.get(matrix.role)
        if found.axes is not None and kept is not None and kept.width == matrix.width:
            with self._adding:
                before = self._axes.get(matrix.role)
                self._axes[matrix.role] = found.axes if before is None else before + found.axes


def _one_by_one(one: Callable[[int, T], None], what: Sequence[T]) -> None:
    for index, item in enumerate(what):
        one(index, item)


def _all(pool: ThreadPoolExecutor, one: Callable[[int, T], None], what: Sequence[T]) -> None:
    """Run every task; on the first failure drop those not yet begun and raise it."""
    futures = [pool.submit(one, index, item) for index, item in enumerate(what)]
    try:
        for future in futures:
            future.result()
    finally:
        for future in futures:
            future.cancel()
