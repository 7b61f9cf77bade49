"""Bytes of a model that stay in their file until they are asked for.

A file may stand in for one on another machine (`standing_in`): it has that one's size, and bytes
are put into it when they are first asked for.
"""

import mmap
import stat
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, SupportsIndex, TypeAlias, final, overload

from filiation.errors import UnreadableError, UsageError
from filiation.model.layout import TensorInfo

__all__ = [
    *("FilledMap", "HeldBytes", "MappedFile", "Source", "StoredTensor", "Whole", "map_file"),
    *("standing_in", "whole_of"),
]

_MARGIN = 1 << 21


class Fill(Protocol):
    """Puts bytes of another machine's file into the one that stands in for it."""

    def __call__(self, start: int, end: int, until: int) -> None:
        """See to it that bytes `start` to `end` are there; those up to `until` may be, too."""


# Which files stand in for others, and what fills them; only while `standing_in` holds.
_STANDING: Final[dict[Path, Fill]] = {}


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
class FilledMap(mmap.mmap):
    """A mapped file that stands in for another one."""

    fill: Fill
    ends: Sequence[int] = ()  # where tensors end, increasing; nothing is read ahead beyond one

    def filled(self, start: int, end: int) -> memoryview:
        """Bytes `start` to `end`, which are there afterwards."""
        if end > start:
            place = bisect_left(self.ends, end)
            self.fill(start, end, self.ends[place] if place < len(self.ends) else end)
        return memoryview(self)[start:end]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Filling:
    """A file that stands in for another, sliced like a `memoryview` of it."""

    mapped: FilledMap

    @property
    def nbytes(self) -> int:
        return len(self.mapped)

    @overload
    def __getitem__(self, at: slice) -> memoryview: ...

    @overload
    def __getitem__(self, at: SupportsIndex) -> int: ...

    def __getitem__(self, at: slice | SupportsIndex) -> memoryview | int:
        if isinstance(at, slice):
            start, end, _ = at.indices(len(self.mapped))
            return self.mapped.filled(start, end)
        return self.mapped.filled(at.__index__(), at.__index__() + 1)[0]


Whole: TypeAlias = memoryview | _Filling
"""All bytes of a file, to be sliced."""


def whole_of(mapped: mmap.mmap) -> Whole:
    """All bytes of a mapped file; of one that stands in for another, those that are asked for."""
    return _Filling(mapped=mapped) if isinstance(mapped, FilledMap) else memoryview(mapped)


@contextmanager
def standing_in(path: Path, fill: Fill) -> Iterator[None]:
    """While this holds, `map_file` of this path gives bytes that `fill` puts there."""
    _STANDING[path] = fill
    try:
        yield
    finally:
        del _STANDING[path]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MappedFile:
    """A file of tensors, mapped read-only. Holds names and offsets in memory, never tensors."""

    path: Path
    entries: tuple[StoredTensor, ...]
    mapped: mmap.mmap

    def __post_init__(self) -> None:
        if isinstance(self.mapped, FilledMap):
            self.mapped.ends = sorted({one.start + one.info.nbytes for one in self.entries})

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
        return whole_of(self.mapped)[start:end]

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
            fill = _STANDING.get(path)
            if fill is None:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            mapped = FilledMap(file.fileno(), 0, access=mmap.ACCESS_READ)
            mapped.fill = fill
            return mapped
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file") from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{path}: cannot be read: {error}") from error
