"""A library of sketches: put in, listed, searched, taken out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from filiation.errors import ExhibitError, FiliationError, UsageError
from filiation.examining.kinds import recognise
from filiation.files import put
from filiation.libraries.search import search_library
from filiation.libraries.store import Library
from filiation.libraries.trees import TreeLibrary, has_trees
from filiation.model.kinds import CODE
from filiation.model.library import LibraryModel, LibraryTree, Search, TreeSearch
from filiation.model.source import SourceTree
from filiation.model.survey import SetAside
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.proceedings.sketching import sketch_file, sketch_or_why
from filiation.readers.reader import Taken
from filiation.sketching.sketch_file import read_sketch

__all__ = ["add", "entries", "export", "place_of", "remove", "search", "trees"]


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
    workers: int = 1,
) -> Iterator[LibraryModel | LibraryTree | SetAside]:
    """Sketch models or read source trees, and keep what was read; makes a library if there is none.

    A model that cannot be read, or that is there already, is told with its reason and stops none.

    Args:
        library: Its folder.
        models: What to put in.
        name: What to call the model, of one model only.
        step: Told what is being read.
        progress: Told (bytes read, of all).
        workers: Processes that read a source tree.

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
    trees = [one for one in models if isinstance(one, Named) and _is_tree(one)]
    yield from _add_trees(library, trees, name=name, step=step, workers=workers)
    weights = [one for one in models if one not in trees]
    if not weights:
        return
    with Library(library, create=True) as kept, TemporaryDirectory() as scratch:
        for number, model in enumerate(weights):
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


def _is_tree(model: Named | Taken) -> bool:
    """Whether it is a source tree, which a library keeps beside sketches."""
    if isinstance(model, Taken):
        return model.material.kind == CODE
    return model.path.exists() and recognise(model.spec).kind.id == CODE


def _add_trees(
    library: Path, trees: Sequence[Named], *, name: str | None, step: Step, workers: int
) -> Iterator[LibraryTree | SetAside]:
    """Read source trees one after another; what was read is kept whatever comes after."""
    if not trees:
        return
    kept = TreeLibrary(library, create=True)
    try:
        for tree in trees:
            step(f"reading {tree.spec}")
            try:
                yield kept.add(_read_tree(tree, name or "", workers))
            except FiliationError as error:
                yield SetAside(name=name or tree.name or tree.path.name, reason=str(error))
    finally:
        kept.save()


def _read_tree(tree: Named, name: str, workers: int) -> SourceTree:
    from filiation.examining.code.plug import READER  # only where there is source code
    from filiation.readers.code.kept import read_kept
    from filiation.readers.code.trees import open_tree

    called = name or tree.name or tree.path.resolve().name.removesuffix(READER.suffix)
    if tree.path.name.endswith(READER.suffix):
        return read_kept(tree.path, called)
    return open_tree(tree.path, name=called, workers=workers)


def entries(library: Path) -> tuple[LibraryModel, ...]:
    """All models of a library, by name.

    Raises:
        UsageError: There is no library.
    """
    if has_trees(library) and not (library / "library.db").is_file():
        return ()
    with Library(library) as kept:
        return tuple(kept.entries())


def trees(library: Path) -> tuple[LibraryTree, ...]:
    """All source trees of a library."""
    return TreeLibrary(library).trees if has_trees(library) else ()


def remove(library: Path, name: str) -> LibraryModel | LibraryTree:
    """Forget a model and delete its sketch; or a source tree, if no model has the name.

    Raises:
        UsageError: There is no such model.
    """
    if _of_a_tree(library, name):
        return TreeLibrary(library).remove(name)
    with Library(library) as kept:
        return kept.remove(name)


def export(library: Path, name: str, out: Path) -> None:
    """Write a copy of a model's sketch.

    Raises:
        UsageError: There is no such model, or `out` exists.
    """
    if _of_a_tree(library, name):
        put(out, TreeLibrary(library).raw(name))
        return
    with Library(library) as kept:
        kept.export(name, out)


def _of_a_tree(library: Path, name: str) -> bool:
    """Whether a name is that of a source tree and of no model."""
    models = {one.name for one in entries(library)}
    return name not in models and name in {one.name for one in trees(library)}


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
    workers: int = 1,
) -> Search | TreeSearch:
    """Which models of the library share weights with this one? Or which source trees functions?

    Args:
        library: Its folder.
        model: To look for.
        most: Length of the shortlist.
        level: False discovery rate over the whole library.
        seed: Of every random stream.
        quick: Compare by the few methods of a quick look.
        step: Told what is being done.
        progress: Told how much of it is done.
        workers: Processes that read a source tree.

    Raises:
        UsageError: No library, an empty one, or one whose sketches were taken otherwise.
    """
    if isinstance(model, Named) and _is_tree(model):
        step(f"reading {model.spec}")
        return TreeLibrary(library).search(_read_tree(model, "", workers), most=most)
    with Library(library) as kept, TemporaryDirectory() as scratch:
        target = Path(scratch) / "query.sketch"
        own, path = sketch_file(model, target, step=step, progress=progress)
        query = replace(read_sketch(path), name=own)
        return search_library(
            kept, query, most=most, level=level, seed=seed, quick=quick, step=step
        )
