"""What goes along with a history: small files, read whole and bounded, and the folder it is in."""

from pathlib import Path

from filiation.errors import UsageError
from filiation.files import opened

__all__ = ["bounded", "folder_made"]


def bounded(path: Path, most: int) -> bytes:
    """A file of so many bytes at most.

    Raises:
        UsageError: It has more.
    """
    with opened(path, follow=False) as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise UsageError(f"{path}: more than {most} bytes, expected a time stamp or certificates")
    return raw


def folder_made(out: Path) -> None:
    """Make a folder in one that is there, unless it is there already.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        out.mkdir(parents=False, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{out}: cannot be made ({error.strerror}); expected a name in a folder that is there"
        ) from error
