"""Bytes of a model that stay in their file until they are asked for."""

import mmap
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, final

from filiation.errors import UnreadableError, UsageError
from filiation.model.layout import TensorInfo

__all__ = ["HeldBytes", "MappedFile", "Source", "StoredTensor", "map_file"]

_MARGIN = 1 << 21


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTensor:
    """One tensor and where its bytes begin, counted from the start of the file."""

    info: TensorInfo
    start: int


class Source(Protocol):
    """Where a tensor's bytes are."""

    @property
    def path(self) -> Path: ...

    def view(self, start: int, end: int) -> memoryview: ...

    def drop(self, start: int, end: int) -> None: ...


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MappedFile:
    """A file of tensors, mapped read-only. Holds names and offsets in memory, never tensors."""

    path: Path
    entries: tuple[StoredTensor, ...]
    mapped: mmap.mmap

    def view(self, start: int, end: int) -> memoryview:
        """Bytes `start` to `end` of the file.

        Raises:
            UnreadableError: The file has become shorter since it was opened. Best effort: a file
                cut between this check and the read of its pages still ends the process (SIGBUS).
        """
        if self.mapped.size() < len(self.mapped):
            raise UnreadableError(
                f"{self.path}: {self.mapped.size()} bytes, it had {len(self.mapped)} when it was "
                "opened; it was cut while being read"
            )
        return memoryview(self.mapped)[start:end]

    def drop(self, start: int, end: int) -> None:
        """Let go of the pages that hold bytes `start` to `end`; reading them again is allowed."""
        # The kernel maps pages around a fault too, also before `start`: without the margin a few
        # of them stay after each block, and a long file adds them up.
        low = max(0, start - _MARGIN) // mmap.PAGESIZE * mmap.PAGESIZE
        if hasattr(mmap, "MADV_DONTNEED"):
            self.mapped.madvise(mmap.MADV_DONTNEED, low, end - low)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBytes:
    """A few values that a format writes as a list of numbers, encoded again as an array."""

    path: Path
    held: bytes

    def view(self, start: int, end: int) -> memoryview:
        """The bytes from `start` to `end`."""
        return memoryview(self.held)[start:end]

    def drop(self, start: int, end: int) -> None:
        """Do nothing: these bytes are held in memory and no page can be returned."""


def map_file(path: Path, *, expected: str) -> mmap.mmap:
    """Map a regular file of at least one byte.

    Args:
        path: The file.
        expected: What it should be, in words.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is empty or cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path}: not a regular file, expected {expected}")
        if not path.stat().st_size:
            raise UnreadableError(f"{path}: the file is empty, expected {expected}; it was cut")
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file") from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{path}: cannot be read: {error}") from error
