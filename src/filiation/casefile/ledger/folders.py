"""Are the folders that a deed writes in folders of the case, or links that lead out of it?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filiation.errors import CaseError

__all__ = ["no_links"]

WRITTEN: Final = ("objects", "objects/sha256", "submissions", "reports", "keys")
SPREAD: Final = ("objects/sha256", "submissions")  # their folders are written in, too
LOG: Final = ("case.db", "case.db-journal")


def no_links(case: Path) -> None:
    """Nothing is written through a link: it would lie outside the case.

    Raises:
        CaseError: A folder or the log is a link, or a folder is something else.
    """
    for path in _written(case):
        name = path.relative_to(case).as_posix()
        if path.is_symlink():
            raise CaseError(
                f"{name}: a link, expected what the case holds itself; it was put in its place, "
                "and nothing is written through it"
            )
        if name not in LOG and path.exists() and not path.is_dir():
            raise CaseError(f"{name}: a file, expected a folder; it was put in its place")


def _written(case: Path) -> Iterator[Path]:
    yield from (case / name for name in (*LOG, *WRITTEN))
    for name in SPREAD:
        yield from (case / name).iterdir() if (case / name).is_dir() else ()
