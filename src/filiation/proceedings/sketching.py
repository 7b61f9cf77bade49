"""Take the sketch of a model, or find that it was given as one."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from filiation.errors import ExhibitError, UnwritableError, UsageError
from filiation.model.kinds import WEIGHTS
from filiation.model.layout import WeightView
from filiation.model.origin import Origin
from filiation.model.sketch import Sketch, SketchMethod
from filiation.model.survey import SetAside
from filiation.proceedings.naming import Named, free
from filiation.proceedings.progress import Progress, Step, added_up, no_progress, no_step
from filiation.readers.reader import Taken
from filiation.readers.remote.address import is_address, read_address
from filiation.readers.remote.lying import Lying, lying
from filiation.readers.weights.adapters.spelling import name_of
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["Kept", "called", "sketch", "sketch_file", "sketch_or_why"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sketch and the file that holds it.

    Attributes:
        path: The file.
        sketch: What it holds.
        origin: Where the model lay and what was read of it; None of a model of this machine.
    """

    path: Path
    sketch: Sketch
    origin: Origin | None = None


def sketch(
    model: Named,
    out: Path,
    *,
    deep: int = 8192,
    workers: int | None = None,
    whole: bool = False,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Kept:
    """Take the sketch of a model.

    Args:
        model: Which.
        out: The file to write; never one that is there.
        deep: Whole rows of each role that are kept, shared out over all layers.
        workers: Threads; by default one per core. The bytes do not depend on it.
        whole: Fetch and verify every byte of a model on another machine first.
        step: Told what is being read.
        progress: Told (bytes read, of all).

    Raises:
        UsageError: `out` exists, or there is no such model.
        UnreadableError: The model is damaged, or not what its host declares.
    """
    free(out, "a sketch is never overwritten")
    method = SketchMethod(deep=deep)
    with lying(model.spec, whole=whole) as at:
        view = open_exhibited(at.path)
        name = _take(view, model, out, method, workers=workers, step=step, progress=progress)
        origin = _origin(at, out)
    return Kept(path=out, sketch=replace(read_sketch(out), name=name), origin=origin)


def sketch_file(
    model: Named | Taken, target: Path, *, step: Step = no_step, progress: Progress = no_progress
) -> tuple[str, Path]:
    """What the model is called, and its sketch file: itself if it is one, else taken now.

    Raises:
        UsageError: Something else than weights was read of it.
    """
    if isinstance(model, Taken):
        if model.material.kind != WEIGHTS:
            raise UsageError(f"{model.material.name}: {model.material.kind}, expected weights")
        return model.material.name, model.file
    with lying(model.spec) as at:
        view = _opened(at)
        return _filed(model, at, view, target, step=step, progress=progress)


def sketch_or_why(
    model: Named | Taken, target: Path, *, step: Step = no_step, progress: Progress = no_progress
) -> tuple[str, Path] | SetAside:
    """As `sketch_file`; of a model that cannot be read, why.

    Raises:
        UsageError: Something else than weights was read of it, or `target` cannot be written.
    """
    if isinstance(model, Taken):
        return sketch_file(model, target)
    there = False
    try:
        with lying(model.spec) as at:
            view = _opened(at)
            there = True
            return _filed(model, at, view, target, step=step, progress=progress)
    except ExhibitError as error:
        return SetAside(name=called(model), reason=str(error))
    except (UsageError, UnwritableError) as error:  # no weights, several models, no room for it
        if there:
            raise
        return SetAside(name=called(model), reason=str(error))


def _opened(at: Lying) -> WeightView | None:
    """The model; None of a sketch."""
    return None if is_sketch(at.path) else open_exhibited(at.path)


def _filed(
    model: Named,
    at: Lying,
    view: WeightView | None,
    target: Path,
    *,
    step: Step,
    progress: Progress,
) -> tuple[str, Path]:
    """The model's name, and its sketch where it lies, or in `target`."""
    if view is not None:
        name = _take(
            view, model, target, SketchMethod(), workers=None, step=step, progress=progress
        )
        _origin(at, target)
        return name, target
    name = model.name or read_sketch(at.path).name
    if at.origin() is None:
        return name, at.path
    shutil.copyfile(at.path, target)
    return name, target


def _origin(at: Lying, written: Path) -> Origin | None:
    """Where the model lay; what is not as its host declares leaves no sketch behind."""
    try:
        return at.origin()
    except ExhibitError:
        written.unlink()
        raise


def called(model: Named | Taken) -> str:
    """What a model is called before it is read: the name that was given, or that of its path."""
    if isinstance(model, Taken):
        return model.material.name
    if is_address(model.spec):
        return model.name or read_address(model.spec).name
    return model.name or name_of(model.path)


def _take(
    view: WeightView,
    model: Named,
    out: Path,
    method: SketchMethod,
    *,
    workers: int | None,
    step: Step,
    progress: Progress,
) -> str:
    name = model.name or view.name
    further = added_up(sum(tensor.nbytes for tensor in view.tensors), progress)
    step(f"reading {name}")
    take_sketch(view, out, method=method, workers=workers, progress=further)
    return name
