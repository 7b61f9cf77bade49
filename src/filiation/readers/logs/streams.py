"""The bytes of a log, unpacked where it is packed, and its lines, none longer than a row may be."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

from filiation.errors import UnreadableError
from filiation.files import opened
from filiation.readers.bytes.packed import DAMAGE, unpacked_blocks
from filiation.readers.reader import Advance

__all__ = ["LARGEST_ROW", "blocks_of", "lines_of"]

LARGEST_ROW: Final = 1 << 24  # bytes; the longest context of a model is a few million characters
MOST: Final = 1 << 42  # bytes that one file may unpack to
BLOCK: Final = 1 << 20
ZSTD: Final = b"\x28\xb5\x2f\xfd"
WINDOW: Final = 27  # log2 of the bytes that zstd may ask for, as its own tool allows
WIDE: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
BOM: Final = b"\xef\xbb\xbf"


def blocks_of(path: Path, advance: Advance) -> Iterator[bytes]:
    """The unpacked bytes of a file, a block at a time.

    Raises:
        UnreadableError: It cannot be opened, its packing is damaged or ends early, it unpacks to
            more than any log holds, or it is text of another width.
    """
    total, first = 0, True
    with opened(path, follow=True) as file:
        size = path.stat().st_size
        try:
            for block in _unpacked(file, path):
                if first:
                    block, first = _without_mark(block, path), False
                total += len(block)
                if total > MOST:
                    raise UnreadableError(
                        f"{path}: unpacks to more than {MOST:,} bytes; a log that swells like "
                        "this is made to keep a computer busy"
                    )
                advance(path.name, min(file.tell(), size), size)
                yield block
        except DAMAGE as error:
            raise UnreadableError(
                f"{path}: the packed log is damaged or cut off after {total:,} bytes ({error}); "
                "nothing was kept of it, since what is missing could be anything"
            ) from error


def _without_mark(block: bytes, path: Path) -> bytes:
    wide = WIDE.get(block[:2])
    if wide is not None:
        raise UnreadableError(
            f"{path}: the text is {wide}, expected UTF-8; `iconv -f {wide} -t UTF-8` converts it"
        )
    return block.removeprefix(BOM)


def _unpacked(file: IO[bytes], path: Path) -> Iterator[bytes]:
    if file.read(4) != ZSTD:
        yield from unpacked_blocks(file)
        return
    file.seek(0)
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    try:
        zstd: Any = import_module(name)
    except ImportError as error:
        raise UnreadableError(
            f"{path}: packed with zstd, and {name} is not here; unpack it with `zstd -d` first"
        ) from error
    limits = {zstd.DecompressionParameter.window_log_max: WINDOW}
    machine = zstd.ZstdDecompressor(options=limits)
    pending = b""
    try:
        while True:
            if machine.eof:
                pending = machine.unused_data or file.read(BLOCK)
                if not pending:
                    return
                machine = zstd.ZstdDecompressor(options=limits)
            elif machine.needs_input:
                pending = file.read(BLOCK)
                if not pending:
                    raise EOFError("it ends within a frame")
            block = machine.decompress(pending, max_length=BLOCK)
            pending = b""
            if block:
                yield block
    except zstd.ZstdError as error:
        raise EOFError(str(error)) from error


def lines_of(blocks: Iterator[bytes]) -> Iterator[bytes | None]:
    """The lines of a file with their ends; None for one that is longer than a row may be."""
    held: list[bytes] = []
    length, dropped = 0, False
    for block in blocks:
        lines = block.split(b"\n")
        for line in lines[:-1]:
            if held or dropped:
                length += len(line)
                whole = None if dropped or length > LARGEST_ROW else b"".join([*held, line, b"\n"])
                held, length, dropped = [], 0, False
                yield whole
            else:
                yield line + b"\n"
        rest = lines[-1]
        length += len(rest)
        if length > LARGEST_ROW:
            held, dropped = [], True
        elif rest:
            held.append(rest)
    if dropped:
        yield None
    elif held:
        yield b"".join(held)
