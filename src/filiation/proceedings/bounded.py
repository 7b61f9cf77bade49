"""Small files that go along with others, read whole and bounded."""

from pathlib import Path

from filiation.errors import UsageError
from filiation.files import opened

__all__ = ["bounded"]


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
