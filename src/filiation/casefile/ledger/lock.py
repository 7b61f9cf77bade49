"""One writer at a time, and one sentence when a case cannot be written."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filiation.errors import UnwritableError

__all__ = ["locked", "writable"]

PATIENCE: Final = 30.0  # seconds that a deed waits for another one on the same case


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process writes; the others wait. The system frees the lock of one that dies."""
    descriptor = os.open(folder / "case.toml", os.O_RDONLY)
    try:
        waited_until = time.monotonic() + PATIENCE
        while not _try_lock(descriptor):
            if time.monotonic() > waited_until:
                raise UnwritableError(
                    f"{folder.name}: another process has been writing to this case for "
                    f"{PATIENCE:.0f} s; nothing was recorded, try again"
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


@contextmanager
def writable(name: str) -> Iterator[None]:
    """What the system refuses while a case is written, as one error of ours."""
    try:
        yield
    except OSError as error:
        raise UnwritableError(
            f"{name}: cannot be written: {error.strerror}; nothing was recorded, the case is as it "
            "was before"
        ) from error
