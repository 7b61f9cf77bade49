"""A library of sketches: put in, listed, searched, taken out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from filiation.errors import ExhibitError, UsageError
from filiation.libraries.search import search_library
from filiation.libraries.store import Library
from filiation.model.library import LibraryModel, Search
from filiation.model.survey import SetAside
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.proceedings.sketching import sketch_file, sketch_or_why
from filiation.readers.reader import Taken
from filiation.sketching.sketch_file import read_sketch

__all__ = ["add", "entries", "export", "place_of", "remove", "search"]


def place_of(library: Path) -> Path:
    """Where a library lies or can be made: its folder.

    Raises:
        UsageError: A file lies there.
    """
    if library.exists() and not library.is_dir():
        raise UsageError(f"{library}: a file, expected the folder of a library, or a new one")
    return library


def add(
    library: Path,
    models: Sequence[Named | Taken],
    *,
    name: str | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Iterator[LibraryModel | SetAside]:
    """Sketch models and keep the sketches, one after another; makes the library if there is none.

    A model that cannot be read, or that is there already, is told with its reason and stops none.

    Args:
        library: Its folder.
        models: What to put in.
        name: What to call the model, of one model only.
        step: Told what is being read.
        progress: Told (bytes read, of all).

    Yields:
        Each model that is now in the library, or why it is not.

    Raises:
        UsageError: One name for several, or the library cannot be written.
    """
    if name is not None and len(models) > 1:
        raise UsageError(f"name {name!r}: {len(models)} models were given, expected one")
    place_of(library)
    for model in models if name is not None else ():
        if isinstance(model, Named) and model.name:
            raise UsageError(f"name {name!r}: {model.name}={model.spec} is named already")
    with Library(library, create=True) as kept, TemporaryDirectory() as scratch:
        for number, model in enumerate(models):
            target = Path(scratch) / f"{number}.sketch"
            taken = sketch_or_why(model, target, step=step, progress=progress)
            if isinstance(taken, SetAside):
                yield replace(taken, name=name or taken.name)
                continue
            own, path = taken
            try:
                yield kept.add(name or own, path)
            except ExhibitError as error:
                yield SetAside(name=name or own, reason=str(error))
            target.unlink(missing_ok=True)


def entries(library: Path) -> tuple[LibraryModel, ...]:
    """All models of a library, by name.

    Raises:
        UsageError: There is no library.
    """
    with Library(library) as kept:
        return tuple(kept.entries())


def remove(library: Path, name: str) -> LibraryModel:
    """Forget a model and delete its sketch.

    Raises:
        UsageError: There is no such model.
    """
    with Library(library) as kept:
        return kept.remove(name)


def export(library: Path, name: str, out: Path) -> None:
    """Write a copy of a model's sketch.

    Raises:
        UsageError: There is no such model, or `out` exists.
    """
    with Library(library) as kept:
        kept.export(name, out)


def search(
    library: Path,
    model: Named | Taken,
    *,
    most: int = 20,
    level: float = 0.01,
    seed: int = 0,
    quick: bool = False,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Search:
    """Which models of the library share weights with this one?

    Args:
        library: Its folder.
        model: To look for.
        most: Length of the shortlist.
        level: False discovery rate over the whole library.
        seed: Of every random stream.
        quick: Compare by the few methods of a quick look.
        step: Told what is being done.
        progress: Told how much of it is done.

    Raises:
        UsageError: No library, an empty one, or one whose sketches were taken otherwise.
    """
    with Library(library) as kept, TemporaryDirectory() as scratch:
        target = Path(scratch) / "query.sketch"
        own, path = sketch_file(model, target, step=step, progress=progress)
        query = replace(read_sketch(path), name=own)
        return search_library(
            kept, query, most=most, level=level, seed=seed, quick=quick, step=step
        )
