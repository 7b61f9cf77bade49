"""Packed streams: gzip, bzip2 and xz, told by their first bytes and unpacked a block at a time.

Nothing here holds more than one block. How much may come out is for whoever reads to say.
"""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Literal

from filiation.errors import UnreadableError
from filiation.files import opened

__all__ = ["DAMAGE", "gunzipped", "is_packed", "unpacked_blocks"]

BLOCK: Final = 1 << 20
WINDOW: Final = 1 << 28  # bytes that xz may ask for; `xz -9` asks for 65 MiB
DAMAGE: Final = (OSError, EOFError, zlib.error, lzma.LZMAError)


def is_packed(file: IO[bytes]) -> bool:
    """Whether a file begins as a packed stream does; it is at its beginning afterwards."""
    return _kind(file) is not None


def unpacked_blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, unpacked where they are packed.

    Raises:
        DAMAGE: Whatever the library says of a stream that is damaged, or ends early.
    """
    match _kind(file):
        case "gzip":
            yield from _blocks(gzip.GzipFile(fileobj=file, mode="rb"))
        case "bzip2":
            yield from _blocks(bz2.BZ2File(file))
        case "xz":
            yield from _unxz(file)
        case None:
            yield from _blocks(file)


def _kind(file: IO[bytes]) -> Literal["gzip", "bzip2", "xz"] | None:
    file.seek(0)
    first = file.read(10)
    file.seek(0)
    if first.startswith(b"\x1f\x8b"):
        return "gzip"
    if first.startswith(b"BZh") and first[4:] == b"1AY&SY":  # a text may begin with BZh
        return "bzip2"
    return "xz" if first.startswith(b"\xfd7zXZ\0") else None


def gunzipped(path: Path, *, most: int, expected: str) -> bytes:
    """What a file holds that this program packed with gzip.

    Raises:
        UnreadableError: It is damaged, or holds more than so many bytes.
    """
    try:
        with opened(path) as file, gzip.GzipFile(fileobj=file) as unpacked:
            raw = unpacked.read(most + 1)
    except DAMAGE as error:
        raise UnreadableError(
            f"{path.name}: {type(error).__name__} {error}, expected {expected}; the file was "
            "changed"
        ) from error
    if len(raw) > most:
        raise UnreadableError(f"{path.name}: more than {most} bytes, expected {expected}")
    return raw


def _blocks(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _unxz(file: IO[bytes]) -> Iterator[bytes]:
    """One or more xz streams in a row; LZMAFile would not bound the window."""
    machine: lzma.LZMADecompressor | None = None
    pending = file.read(BLOCK)
    while True:
        if machine is None:
            pending = pending.lstrip(b"\0") or file.read(BLOCK).lstrip(b"\0")
            if not pending:
                return
            machine = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=WINDOW)
        elif machine.needs_input:
            pending = file.read(BLOCK)
            if not pending:
                raise EOFError
        block = machine.decompress(pending, max_length=BLOCK)
        pending = machine.unused_data
        if machine.eof:
            machine = None
        if block:
            yield block
