"""Where a case is opened: in a folder that is not there yet, or in one that holds nothing."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filiation.casefile.ledger.lock import writable
from filiation.casefile.ledger.objects import flush_folder
from filiation.errors import UnwritableError, UsageError

__all__ = ["free_place", "is_free", "making"]

LAST: Final = "case.toml"  # without it a folder is no case
PARTIAL: Final = ".partial-case-"


def is_free(folder: Path) -> bool:
    """Can a case be opened there: is nothing there, or an empty folder, and no link to one?

    An opening that waits for its signature, or was killed, is nothing.
    """
    try:
        if folder.is_symlink():
            return False
        with os.scandir(folder) as listing:
            return all(one.name.startswith(PARTIAL) for one in listing)
    except FileNotFoundError:
        return True
    except OSError:  # a file, or what cannot be looked into
        return False


def free_place(folder: Path) -> None:
    """A case is opened where nothing is.

    Raises:
        UsageError: Something is there.
    """
    if not is_free(folder):
        raise UsageError(
            f"{folder}: exists and is not an empty folder; a case is never overwritten"
        )


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A folder in which a case is made; it becomes `folder` at the end, or nothing is left.

    An empty folder is filled: it stays the same one, with its owner and permissions, for whoever
    stands in it. `case.toml` comes last, and without it there is no case.

    Raises:
        UsageError: Something is there already, or the place cannot be written.
        UnwritableError: The disk is full.
    """
    free_place(folder)
    there = folder.exists()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        within = folder if there else folder.parent
        unfinished = Path(tempfile.mkdtemp(dir=within, prefix=PARTIAL))
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}") from error
    try:
        with writable(folder.name or f"{folder}"):
            yield unfinished
            if there:
                _fill(folder, unfinished)
            else:
                unfinished.chmod(0o755)
                unfinished.rename(folder)
                flush_folder(folder.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _fill(folder: Path, unfinished: Path) -> None:
    """Move everything into a folder in which nothing else came to lie meanwhile."""
    if not is_free(folder):
        raise UnwritableError(f"{folder}: something was put in meanwhile; no case was opened")
    names = sorted((one.name for one in unfinished.iterdir()), key=lambda name: name == LAST)
    moved: list[Path] = []
    try:
        for name in names:
            (unfinished / name).rename(folder / name)
            moved.append(folder / name)
    except OSError:
        for one in reversed(moved):
            with suppress(OSError):
                one.rename(unfinished / one.name)
        raise
    for left in folder.glob(f"{PARTIAL}*"):  # of openings that came too late, or were killed
        if left != unfinished:
            shutil.rmtree(left, ignore_errors=True)
    flush_folder(folder)
