"""From what the user names to a sketch: a checkpoint is sketched, a sketch is taken as it is."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

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
from filiation.examine.sketch import take_sketch
from filiation.model.sketch import Sketch
from filiation.readers.checkpoint import open_model
from filiation.readers.sketch_file import is_sketch, read_sketch

__all__ = ["reading", "sketch_into"]


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
    view = open_model(path)
    size = sum(tensor.nbytes for tensor in view.tensors)
    task = progress.add_task(f"reading {view.name}", total=size)
    taken = case.folder / "sketches" / "being-taken"
    digest = take_sketch(view, taken, progress=lambda done: progress.advance(task, done))
    progress.remove_task(task)
    target = taken.replace(case.sketch_path(digest))
    return replace(read_sketch(target), name=view.name)
