"""The bytes of a recording, unpacked within bounds: plain, gzip, bzip2 or xz.

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
from filiation.readers.bytes.packed import unpacked_blocks

__all__ = ["blocks", "head", "rows", "whole"]

LARGEST = 1 << 32  # bytes unpacked; 100,000 items of 300 models have about 100 MB
RATIO = 250  # unpacked to packed; tables of letters reach about 30
ALLOWANCE = 1 << 26  # bytes that any file may unpack to
HEAD: Final = 1 << 16


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
        raise UnreadableError(f"{path}: cannot be read: {error.strerror or error}") from error


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
    """Count what comes out."""
    packed = file.seek(0, 2)
    file.seek(0)
    most = min(LARGEST, max(ALLOWANCE, RATIO * packed))
    reached = 0
    for block in unpacked_blocks(file):
        reached += len(block)
        if reached > most:
            raise UnreadableError(
                f"{path}: {packed} bytes unpack to more than {most}, expected answers of models; "
                "a file that swells like this is made to exhaust memory"
            )
        yield block
