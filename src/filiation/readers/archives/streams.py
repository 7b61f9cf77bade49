"""A packed stream as a file that is read forward only, and no further than allowed."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Final, final

from filiation.errors import UnreadableError
from filiation.readers.bytes.packed import is_packed, unpacked_blocks

__all__ = ["Forward", "tar_stream"]

HEADER: Final = 1 << 24  # bytes that a tar reader asks for at once; a header beyond is hostile


@final
class Forward(io.RawIOBase):
    """Blocks of bytes as a readable file that can skip forward."""

    def __init__(
        self, blocks: Iterator[bytes], most: int, skip: Callable[[int], object] | None = None
    ) -> None:
        """Read from blocks, at most so many bytes in all; `skip` passes some without reading."""
        super().__init__()
        self._blocks, self._most, self._skip = blocks, most, skip
        self._held, self._at = memoryview(b""), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= HEADER:
            raise UnreadableError(
                f"a header of {size:,} bytes, expected at most {HEADER:,}; it is made to fill the "
                "memory"
            )
        return b"".join(self._take(size))

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or place < self._at:
            raise UnreadableError("its members overlap, expected one after another; damaged")
        held = min(place - self._at, len(self._held))
        if self._skip is not None and place - self._at > held:
            self._skip(place - self._at - held)
            self._held, self._at = memoryview(b""), place
        for _ in self._take(place - self._at):
            pass
        return self._at

    def _take(self, size: int) -> Iterator[bytes]:
        while size > 0:
            if not self._held:
                self._held = memoryview(next(self._blocks, b""))
                if not self._held:
                    return
            part, self._held = self._held[:size], self._held[size:]
            size -= len(part)
            self._at += len(part)
            if self._at > self._most:
                raise UnreadableError(
                    f"unpacks to more than {self._most:,} bytes; an archive that swells like this "
                    "is made to fill a disk"
                )
            yield bytes(part)


@contextmanager
def tar_stream(path: Path, most: int) -> Iterator[Forward]:
    """The unpacked bytes of a tar archive, at most so many, whatever its name says.

    Raises:
        UnreadableError: It holds more.
        DAMAGE: See `bytes.packed`.
    """
    with path.open("rb") as file:
        skip = None if is_packed(file) else partial(_skip, file, path.stat().st_size)
        yield Forward(unpacked_blocks(file), most, skip)


def _skip(file: IO[bytes], size: int, count: int) -> None:
    if file.tell() + count > size:
        raise UnreadableError(
            f"a member that ends {file.tell() + count - size:,} bytes behind the end; it was cut, "
            "or claims more than it holds"
        )
    file.seek(count, io.SEEK_CUR)
