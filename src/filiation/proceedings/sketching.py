"""Take the sketch of a model, or find that it was given as one."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from filiation.errors import ExhibitError, UsageError
from filiation.model.kinds import WEIGHTS
from filiation.model.layout import WeightView
from filiation.model.sketch import Sketch, SketchMethod
from filiation.model.survey import SetAside
from filiation.proceedings.naming import Named, free
from filiation.proceedings.progress import Progress, Step, added_up, no_progress, no_step
from filiation.readers.reader import Taken
from filiation.readers.weights.adapters.spelling import name_of
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["Kept", "called", "sketch", "sketch_file", "sketch_or_why"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sketch and the file that holds it."""

    path: Path
    sketch: Sketch


def sketch(
    model: Named,
    out: Path,
    *,
    deep: int = 8192,
    workers: int | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Kept:
    """Take the sketch of a model.

    Args:
        model: Which.
        out: The file to write; never one that is there.
        deep: Whole rows of each role that are kept, shared out over all layers.
        workers: Threads; by default one per core. The bytes do not depend on it.
        step: Told what is being read.
        progress: Told (bytes read, of all).

    Raises:
        UsageError: `out` exists, or there is no such model.
        UnreadableError: The model is damaged.
    """
    free(out, "a sketch is never overwritten")
    method = SketchMethod(deep=deep)
    view = open_exhibited(model.path)
    name = _take(view, model, out, method, workers=workers, step=step, progress=progress)
    return Kept(path=out, sketch=replace(read_sketch(out), name=name))


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
    if is_sketch(model.path):
        return model.name or read_sketch(model.path).name, model.path
    view = open_exhibited(model.path)
    return _take(
        view, model, target, SketchMethod(), workers=None, step=step, progress=progress
    ), target


def sketch_or_why(
    model: Named | Taken, target: Path, *, step: Step = no_step, progress: Progress = no_progress
) -> tuple[str, Path] | SetAside:
    """As `sketch_file`; of a model that cannot be read, why.

    Raises:
        UsageError: Something else than weights was read of it, or `target` cannot be written.
    """
    if isinstance(model, Named) and not is_sketch(model.path):
        try:
            open_exhibited(model.path)
        except (ExhibitError, UsageError) as error:  # also: no weights in it, or several models
            return SetAside(name=called(model), reason=str(error))
    try:
        return sketch_file(model, target, step=step, progress=progress)
    except ExhibitError as error:
        return SetAside(name=called(model), reason=str(error))


def called(model: Named | Taken) -> str:
    """What a model is called before it is read: the name that was given, or that of its path."""
    if isinstance(model, Taken):
        return model.material.name
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
