"""Find every model below some paths, and say what each is, whom it is related to, what it declares.

One model after another: its files are digested, a copy of one that was read is a row that says so,
every other is sketched into a private folder, held against the index and the library, and the
sketch forgotten. What cannot be read is a row with its reason; nothing stops the scan.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, final

from filiation.errors import FiliationError, UsageError
from filiation.files import opened, put
from filiation.libraries.contradictions import clashes, named
from filiation.libraries.nearest import relatives_in_library
from filiation.libraries.reference import (
    LEVEL,
    entries,
    parameters_of,
    relatives_in_index,
    same_files,
    tried,
)
from filiation.libraries.store import Library
from filiation.model.scan import (
    CONDITIONS,
    Condition,
    FileRead,
    Found,
    Relative,
    Scan,
    Stated,
    undeclared,
)
from filiation.model.sketch import Sketch, SketchMethod
from filiation.proceedings.naming import present
from filiation.proceedings.progress import Progress, Step, added_up, no_progress, no_step
from filiation.readers.packages.walk import Place, Walk
from filiation.readers.weights.checkpoint import Checkpoint, open_model
from filiation.readers.weights.declared import declared
from filiation.report.render.boms.cyclonedx import cyclonedx as as_cyclonedx
from filiation.report.render.boms.spdx import spdx as as_spdx
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

__all__ = ["conditions", "scan", "write_bills"]

# What a hostile or odd file may still raise: a fault of ours, which ends one row and not the scan.
FAULTS: Final = (
    *(OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError),
    *(RecursionError, MemoryError, EOFError, BufferError, AssertionError, StopIteration),
)
FAULT: Final = "this program failed; report it"
SPEAKING: Final = ("base", "licence")
NAMED: Final = 3  # tensors that were not read and are named


def conditions(given: Sequence[str]) -> tuple[Condition, ...]:
    """The conditions of a gate, each once.

    Raises:
        UsageError: There is none of that name.
    """
    found = tuple(one for one in CONDITIONS if one in given)
    for name in given:
        if name not in found:
            raise UsageError(f"{name}: no such condition, expected {', '.join(CONDITIONS)}")
    return found


def scan(
    paths: Sequence[Path],
    *,
    library: Path | None = None,
    most: int = 3,
    level: float = 0.01,
    seed: int = 0,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Scan:
    """Scan folders, archives and files.

    Args:
        paths: What to scan; each must be there.
        library: The user's own, if any.
        most: How many of its models are compared in full with each model.
        level: False discovery rate over it, for each model.
        seed: Of every random stream.
        step: Told what is being done.
        progress: Told how much of it is done.

    Raises:
        UsageError: Nothing is there, or the library is empty or no library.
    """
    for path in paths:
        present(path, "what to scan")
    with TemporaryDirectory(prefix="filiation-scan-") as scratch, ExitStack() as stack:
        kept = None if library is None else stack.enter_context(_opened(library))
        walk = Walk(scratch=Path(scratch), step=step)
        desk = _Desk(Path(scratch), kept, most, level, seed, step, progress)
        rows = [desk.row(place) for path in paths for place in walk.places(path)]
        return Scan(
            roots=tuple(str(path) for path in paths),
            rows=tuple(sorted(rows, key=_urgency)),
            reference=len(entries()),
            library=None if kept is None else len(kept),
            tried=tried(),
            level=LEVEL,
            passed=tuple(walk.passed),
        )


def _opened(folder: Path) -> Library:
    """A library that a scan can be held against.

    Raises:
        UsageError: It is none, or none of its sketches is taken as a scan takes them.
    """
    library = Library(folder)
    if next(library.signatures(SketchMethod().id), None) is None:
        raise UsageError(
            f"{folder}: {len(library)} models, none with a sketch of {SketchMethod().id}, expected "
            "at least one to hold models against; `filiation library add` takes such sketches"
        )
    return library


def _urgency(row: Found) -> tuple[int, str]:
    """Clashes, undeclared relatives, relatives, other models, failures; then by path."""
    if row.outcome == "unread" and not row.relatives:
        return 4, row.path
    return (0 if row.clashes else 1 if undeclared(row) else 2 if row.relatives else 3), row.path


@final
class _Desk:
    """Makes a row of each place, and remembers what was read."""

    def __init__(
        self,
        scratch: Path,
        library: Library | None,
        most: int,
        level: float,
        seed: int,
        step: Step,
        progress: Progress,
    ) -> None:
        self._sketch, self._library = scratch / "model.sketch", library
        self._most, self._level, self._seed = most, level, seed
        self._step, self._progress = step, progress
        self._read: dict[tuple[str, ...], Found] = {}
        self._subjects: dict[str, str] = {}

    def row(self, place: Place) -> Found:
        """A model, a copy or a failure."""
        found = Found(
            path=place.shown, outcome="unread", container=place.container, package=place.package
        )
        try:
            files = tuple(_digested(shown, path) for shown, path in place.files)
            found = replace(found, files=files, stated=_stated(place))
            found = self._of(place, found)
        except (FiliationError, *FAULTS) as error:
            found = replace(found, reason=_reason(error, place))
        found = _declaring(self._known(found))
        against = clashes(found.relatives, found.says("base"), found.says("licence"))
        return replace(found, clashes=against)

    def _of(self, place: Place, found: Found) -> Found:
        if place.failed:
            return replace(found, reason=place.failed)
        try:
            view = open_model(place.path)
            found = replace(found, files=_all_files(place, view, found.files))
        except (FiliationError, *FAULTS) as error:
            return replace(found, reason=_reason(error, place))
        digests = tuple(file.sha256 for file in found.files)
        if (first := self._read.get(digests)) is None:
            found = self._looked_at(place, view, found)
            self._read[digests] = found
            return found
        if first.outcome == "unread":
            return replace(found, reason=f"copy of {first.path}: {first.reason}")
        return replace(
            found, outcome="copy", reason=f"copy of {first.path}", family=first.family,
            parameters=first.parameters, tensors=first.tensors, relatives=first.relatives,
            unread=first.unread, notes=first.notes,
        )  # fmt: skip

    def _looked_at(self, place: Place, view: Checkpoint, found: Found) -> Found:
        """Sketch it, and hold it against what is known."""
        self._step(f"reading {place.shown}")
        further = added_up(sum(tensor.nbytes for tensor in view.tensors), self._progress)
        method = SketchMethod(deep=0) if self._library is None else SketchMethod()
        try:
            take_sketch(view, self._sketch, method=method, progress=further)
            sketch = replace(read_sketch(self._sketch), name=place.shown)
            relatives = self._relatives(sketch)
        except (FiliationError, *FAULTS) as error:
            return replace(found, reason=_reason(error, place))
        finally:
            self._sketch.unlink(missing_ok=True)
        first = self._subjects.setdefault(sketch.subject_digest, place.shown)
        unread = [f"{one.tensor}: {one.reason}" for one in sketch.skipped if one.unread]
        notes = tuple(unread[:NAMED])
        return replace(
            found,
            outcome="read",
            family="guessed" if sketch.guessed else sketch.family,
            parameters=parameters_of(sketch),
            tensors=len(sketch.tensors),
            unread=len(unread),
            relatives=relatives,
            notes=notes if first == place.shown else (*notes, f"same tensors as {first}"),
        )

    def _relatives(self, sketch: Sketch) -> tuple[Relative, ...]:
        self._step(f"comparing {sketch.name}")
        index = relatives_in_index(sketch, seed=self._seed)
        if self._library is None:
            return index
        own = relatives_in_library(
            self._library, sketch, most=self._most, level=self._level, seed=self._seed,
            step=self._step,
        )  # fmt: skip
        return (*own, *index)

    def _known(self, found: Found) -> Found:
        """A file of the index is known by its digest, whether or not it can be read."""
        known = any(one.shelf == "reference" and one.kind == "identical" for one in found.relatives)
        same = None if known else same_files([file.sha256 for file in found.files])
        if same is None:
            return found
        others = tuple(one for one in found.relatives if one.name != same.name)
        return replace(found, relatives=(same, *others))


def _declaring(found: Found) -> Found:
    """The same, knowing which relatives are named beside the model or by its package."""
    package = () if found.package is None else (found.package.name,)
    said = (*found.says("base"), *package)
    relatives = tuple(replace(one, declared=named(one, said)) for one in found.relatives)
    return replace(found, relatives=relatives)


def _all_files(place: Place, view: Checkpoint, files: tuple[FileRead, ...]) -> tuple[FileRead, ...]:
    """With those that hold tensors elsewhere, as an ONNX graph may: one graph, many weights."""
    own = {path.resolve() for _, path in place.files}
    held = {source.path.resolve() for source, _ in view.places.values()} - own
    above = place.files[0][0].rpartition("/")[0]
    more = (_digested(f"{above}/{path.name}".lstrip("/"), path) for path in sorted(held))
    return (*files, *more)


def _digested(shown: str, path: Path) -> FileRead:
    with opened(path, follow=True) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileRead(path=shown, sha256=digest, size=file.tell())


def _stated(place: Place) -> tuple[Stated, ...]:
    """What the files beside a model say of its base and its licence."""
    if not place.files:
        return ()
    said = declared(place.path, digest=_known_digests(place)).declarations
    return tuple(
        Stated(about="base" if one.about == "base" else "licence", says=one.says, file=one.file)
        for one in said
        if one.about in SPEAKING
    )


def _known_digests(place: Place) -> Callable[[Path], str]:
    def digest(path: Path) -> str:
        return _digested(place.shown, path).sha256

    return digest


def _reason(error: BaseException, place: Place) -> str:
    """Why a place could not be read, without where it lay while it was unpacked."""
    said = str(error)
    for _, path in (("", place.path), *place.files):
        said = said.replace(f"{path}: ", "").replace(f"{path.parent}/", "")
    if isinstance(error, FiliationError):
        return said
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    return f"{type(error).__name__}: {said[:200]}; {FAULT}"


def write_bills(found: Scan, *, cyclonedx: Path | None = None, spdx: Path | None = None) -> None:
    """Write what was found as bills of materials, as of now.

    Raises:
        UsageError: A file cannot be written.
    """
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for target, render in ((cyclonedx, as_cyclonedx), (spdx, as_spdx)):
        if target is not None:
            put(target, render(found, when))
