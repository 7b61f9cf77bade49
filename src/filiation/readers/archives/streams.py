"""A packed stream as a file that is read forward only, and no further than allowed."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Final, final

from filiation.errors import UnreadableError

__all__ = ["Forward", "tar_stream"]

BLOCK: Final = 1 << 20
HEADER: Final = 1 << 24  # bytes that a tar reader asks for at once; a header beyond is hostile
WINDOW: Final = 1 << 28  # bytes that xz may ask for; `xz -9` asks for 65 MiB


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
        UnreadableError: The packed stream is damaged, or holds more.
    """
    with path.open("rb") as file:
        first = file.read(6)
        file.seek(0)
        if first.startswith(b"\x1f\x8b"):
            yield Forward(_blocks(gzip.GzipFile(fileobj=file, mode="rb")), most)
        elif first.startswith(b"BZh"):
            yield Forward(_blocks(bz2.BZ2File(file)), most)
        elif first.startswith(b"\xfd7zXZ\0"):
            yield Forward(_unxz(file), most)
        else:
            yield Forward(_blocks(file), most, partial(_skip, file, path.stat().st_size))


def _skip(file: IO[bytes], size: int, count: int) -> None:
    if file.tell() + count > size:
        raise UnreadableError(
            f"a member that ends {file.tell() + count - size:,} bytes behind the end; it was cut, "
            "or claims more than it holds"
        )
    file.seek(count, io.SEEK_CUR)


def _blocks(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _unxz(file: IO[bytes]) -> Iterator[bytes]:
    """The first xz stream; what follows it is no part of a tar archive that was made in one go."""
    machine = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=WINDOW)
    try:
        while not machine.eof:
            packed = file.read(BLOCK) if machine.needs_input else b""
            if machine.needs_input and not packed:
                raise UnreadableError("the packed stream ends early; the download is incomplete")
            block = machine.decompress(packed, max_length=BLOCK)
            if block:
                yield block
    except lzma.LZMAError as error:
        raise UnreadableError(f"xz says: {error}; damaged") from error
