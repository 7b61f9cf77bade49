"""Bytes that stand compressed in a file, unpacked into a nameless file of the system and mapped.

The disk pays, not the memory: pages of a mapped file are given back like those of the model's own.
"""

import mmap
import shutil
import tempfile
from collections.abc import Iterable
from typing import Final

from filiation.errors import UnreadableError

__all__ = ["SPOOL_LIMIT", "miscounted", "spooled"]

SPOOL_LIMIT: Final = 1 << 40  # bytes of one member, whatever it claims


def spooled(parts: Iterable[bytes | memoryview], *, size: int, what: str) -> mmap.mmap:
    """Write `parts` to a file that has no name, and map it.

    Args:
        parts: The unpacked bytes, a few at a time.
        size: How many there are said to be, at least one.
        what: Opens the sentence if that is wrong.

    Raises:
        UnreadableError: More or fewer bytes than said, or more than the disk has room for.
    """
    room = min(SPOOL_LIMIT, shutil.disk_usage(tempfile.gettempdir()).free)
    if not 0 < size <= room:
        raise UnreadableError(
            f"{what}: unpacks to {size} bytes, expected 1 to {room} (what {tempfile.gettempdir()} "
            "has room for; TMPDIR names another folder)"
        )
    try:
        with tempfile.TemporaryFile() as file:
            written = 0
            for part in parts:
                written += len(part)
                if written > size:
                    break
                file.write(part)
            if written != size:
                raise miscounted(what, written, size)
            file.flush()
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise UnreadableError(f"{what}: cannot be unpacked: {error}") from error


def miscounted(what: str, written: int, size: int) -> UnreadableError:
    """The error for another number of bytes than were said to be there."""
    more = "more" if written > size else "fewer"
    return UnreadableError(
        f"{what}: holds {more} bytes than the {size} that are said to be in it; it is "
        "damaged, or made to exhaust the disk"
    )
