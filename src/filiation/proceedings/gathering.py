"""From what the user names to exhibits: checkpoints are sketched, recordings are read."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from filiation.casefile.folder import Staging
from filiation.errors import UsageError
from filiation.methods.answers.answers import read_by
from filiation.model.exhibit import Exhibit
from filiation.model.recording import Recording
from filiation.model.sketch import Sketch
from filiation.readers.answers import is_recording, open_recordings
from filiation.readers.answers.kept import kept_bytes
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["RECORDINGS", "Gathered", "gather", "reading", "sketch_file", "sketch_into"]

RECORDINGS: Final = "recordings.jsonl.gz"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All exhibits of a case.

    Attributes:
        subject: The model under examination.
        source: The claimed source.
        controls: The others.
        kept: SHA-256 (hex) of the recordings kept in the case; empty if there are none.
    """

    subject: Exhibit
    source: Exhibit
    controls: tuple[Exhibit, ...]
    kept: str


def gather(
    case: Staging,
    *,
    subject: str,
    source: str,
    controls: Sequence[str],
    subject_outputs: str | None,
    source_outputs: str | None,
    normaliser: str | None,
    progress: Progress,
) -> Gathered:
    """Read everything that was named and keep in the case what the numbers follow from.

    Raises:
        UsageError: The same side was given outputs twice, or a control is a party.
    """
    first = _exhibit(case, subject, subject_outputs, progress)
    second = _exhibit(case, source, source_outputs, progress)
    parties = [e.recording.digest for e in (first, second) if e.recording is not None]
    others: list[Exhibit] = []
    for spec in controls:
        if not is_recording(spec):
            others.append(_exhibit(case, spec, None, progress))
            continue
        everyone = spec.endswith("#*")
        for recording in open_recordings(spec):
            if everyone and recording.digest in parties:
                continue
            others.append(Exhibit(name=recording.name, recording=recording))
    exhibits = _read_by([first, second, *others], normaliser)
    kept = _keep(case, [e.recording for e in exhibits if e.recording is not None])
    return Gathered(
        subject=exhibits[0], source=exhibits[1], controls=tuple(exhibits[2:]), kept=kept
    )


def _read_by(exhibits: Sequence[Exhibit], rule: str | None) -> list[Exhibit]:
    """The same exhibits, whose answers are to be read by this rule."""
    if rule is None:
        return list(exhibits)
    heard = iter(read_by([e.recording for e in exhibits if e.recording is not None], rule))
    return [e if e.recording is None else replace(e, recording=next(heard)) for e in exhibits]


def _exhibit(case: Staging, spec: str, outputs: str | None, progress: Progress) -> Exhibit:
    if is_recording(spec):
        if outputs is not None:
            raise UsageError(f"{spec}: is a recording itself, and {outputs} was given as well")
        recording = _only(spec)
        return Exhibit(name=recording.name, recording=recording)
    sketch = sketch_into(case, Path(spec), progress)
    heard = None if outputs is None else _only(outputs)
    return Exhibit(name=sketch.name, sketch=sketch, recording=heard)


def _only(spec: str) -> Recording:
    found = open_recordings(spec)
    if len(found) != 1:
        raise UsageError(f"{spec}: holds {len(found)} models, expected one; name it after '#'")
    return found[0]


def _keep(case: Staging, recordings: Sequence[Recording]) -> str:
    if not recordings:
        return ""
    raw = kept_bytes(recordings)
    case.write(RECORDINGS, raw)
    return hashlib.sha256(raw).hexdigest()


@contextmanager
def reading(quiet: bool) -> Iterator[Progress]:
    """A progress bar on a terminal's stderr; nothing when piped or quiet."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    ) as progress:
        yield progress


def sketch_into(case: Staging, path: Path, progress: Progress) -> Sketch:
    """Put the sketch of `path` into a case folder and open it from there."""
    if is_sketch(path):
        given = read_sketch(path)
        target = case.sketch_path(given.digest)
        if not target.exists():
            shutil.copyfile(path, target)
        return replace(read_sketch(target), name=given.name)
    taken, name = sketch_file(path, case.folder / "sketches" / "being-taken", progress)
    target = taken.replace(case.sketch_path(read_sketch(taken).digest))
    return replace(read_sketch(target), name=name)


def sketch_file(path: Path, target: Path, progress: Progress) -> tuple[Path, str]:
    """The sketch file of `path` and the model's name: itself if it is one, else taken now."""
    if is_sketch(path):
        return path, read_sketch(path).name
    view = open_model(path)
    size = sum(tensor.nbytes for tensor in view.tensors)
    task = progress.add_task(f"reading {view.name}", total=size)
    take_sketch(view, target, progress=lambda done: progress.advance(task, done))
    progress.remove_task(task)
    return target, view.name
