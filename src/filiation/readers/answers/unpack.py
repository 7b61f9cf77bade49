"""The bytes of a recording, unpacked within bounds: plain, gzip or xz, told by their first bytes.

A file of a few kilobytes can unpack to petabytes. Nothing here holds more than one block, and the
stream stops at RATIO times the packed size (beyond an allowance) and at LARGEST in any case.
"""

import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from filiation.errors import UnreadableError

__all__ = ["blocks", "head", "rows", "whole"]

LARGEST = 1 << 32  # bytes unpacked; 100,000 items of 300 models have about 100 MB
RATIO = 250  # unpacked to packed; tables of letters reach about 30
ALLOWANCE = 1 << 26  # bytes that any file may unpack to
DICTIONARY = 1 << 28  # bytes that xz may ask for as its window; `xz -9` asks for 65 MiB
HEAD: Final = 1 << 16
_BLOCK: Final = 1 << 20

_GZIP: Final = b"\x1f\x8b"
_XZ: Final = b"\xfd7zXZ\x00"


def blocks(path: Path) -> Iterator[bytes]:
    """Yield the unpacked bytes of `path`, a block at a time.

    Raises:
        UnreadableError: Damaged, cut short, unpacks beyond bounds, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield from _bounded(path, file)
    except lzma.LZMAError as error:
        raise UnreadableError(f"{path}: xz says: {error}; the file is damaged") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(f"{path}: gzip says: {error}; the file is damaged") from error
    except EOFError as error:
        raise UnreadableError(
            f"{path}: the packed stream ends early; the download is incomplete"
        ) from error
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error


def head(path: Path) -> bytes:
    """The first HEAD unpacked bytes; fewer if the file is shorter."""
    found = b""
    for block in blocks(path):
        found += block
        if len(found) >= HEAD:
            break
    return found[:HEAD]


def rows(path: Path, *, longest: int) -> Iterator[bytes]:
    """The unpacked lines with their line ends; one beyond `longest` bytes comes without, cut."""
    rest = b""
    for block in blocks(path):
        *ended, rest = (rest + block).split(b"\n")
        for line in ended:
            yield line + b"\n" if len(line) < longest else line[:longest]
        if len(rest) >= longest:
            break
    if rest:
        yield rest[:longest]


def whole(path: Path, *, limit: int) -> bytes:
    """Return all unpacked bytes, at most `limit`."""
    parts: list[bytes] = []
    reached = 0
    for block in blocks(path):
        reached += len(block)
        if reached > limit:
            raise UnreadableError(
                f"{path}: more than {limit} bytes, expected at most that many in one JSON "
                "document; write it as one line per answer"
            )
        parts.append(block)
    return b"".join(parts)


def _bounded(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """Choose by the first bytes, count what comes out."""
    packed = file.seek(0, 2)
    file.seek(0)
    first = file.read(len(_XZ))
    file.seek(0)
    if first.startswith(_GZIP):
        stream = _gunzip(file)
    elif first == _XZ:
        stream = _unxz(file)
    else:
        stream = iter(lambda: file.read(_BLOCK), b"")
    most = min(LARGEST, max(ALLOWANCE, RATIO * packed))
    reached = 0
    for block in stream:
        reached += len(block)
        if reached > most:
            raise UnreadableError(
                f"{path}: {packed} bytes unpack to more than {most}, expected answers of models; "
                "a file that swells like this is made to exhaust memory"
            )
        yield block


def _gunzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        while block := unpacked.read(_BLOCK):
            yield block


def _unxz(file: BinaryIO) -> Iterator[bytes]:
    """One or more xz streams in a row; LZMAFile would not bound the window."""
    machine: lzma.LZMADecompressor | None = None
    pending = file.read(_BLOCK)
    while True:
        if machine is None:
            pending = pending.lstrip(b"\0") or file.read(_BLOCK).lstrip(b"\0")
            if not pending:
                return
            machine = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=DICTIONARY)
        elif machine.needs_input:
            pending = file.read(_BLOCK)
            if not pending:
                raise EOFError
        block = machine.decompress(pending, max_length=_BLOCK)
        pending = machine.unused_data
        if machine.eof:
            machine = None
        if block:
            yield block
