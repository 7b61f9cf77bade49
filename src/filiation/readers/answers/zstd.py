"""Members of a zip that are packed with zstd (method 93), which zipfile knows from Python 3.14 on.

One or more frames in a row (RFC 8878), unpacked within a bound, and held against the CRC that the
zip declares.
"""

import struct
import sys
import zipfile
import zlib
from importlib import import_module
from typing import Any, Final

from filiation.errors import UnreadableError

__all__ = ["ZSTANDARD", "read_zstd"]

ZSTANDARD: Final = 93
_HEADER: Final = struct.Struct("<4s22xHH")  # local header: magic, .., lengths of name and extra
_BLOCK: Final = 1 << 20


def read_zstd(archive: zipfile.ZipFile, name: str, most: int, *, what: str) -> bytes:
    """The unpacked bytes of a member, at most `most` and one more.

    Raises:
        UnreadableError: Damaged, or no zstd here.
    """
    info = archive.getinfo(name)
    file: Any = archive.fp
    file.seek(info.header_offset)
    magic, named, extra = _HEADER.unpack(file.read(_HEADER.size))
    if magic != b"PK\x03\x04" or info.flag_bits & 1:
        raise UnreadableError(f"{what}: not where the zip says; the log is damaged or locked")
    file.seek(named + extra, 1)
    found = _unpacked(file.read(info.compress_size), most, what)
    if len(found) <= most and zlib.crc32(found) != info.CRC:
        raise UnreadableError(f"{what}: another checksum than the zip declares; it is damaged")
    return found


def _unpacked(packed: bytes, most: int, what: str) -> bytes:
    decompressor, error = _zstd(what)
    parts: list[bytes] = []
    reached = 0
    try:
        while packed:
            machine = decompressor()
            while not machine.eof and reached <= most:
                part = machine.decompress(packed, max_length=min(_BLOCK, most + 1 - reached))
                packed = b""
                reached += len(part)
                parts.append(part)
                if not part and machine.needs_input:
                    raise UnreadableError(f"{what}: the packed stream ends early; it is damaged")
            if reached > most:
                break
            packed = machine.unused_data
    except error as caught:
        raise UnreadableError(f"{what}: zstd says: {caught}; the log is damaged") from caught
    return b"".join(parts)


def _zstd(what: str) -> tuple[Any, type[Exception]]:
    """The decompressor of the standard library, or of its backport."""
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    try:
        zstd = import_module(name)
    except ImportError as error:
        raise UnreadableError(
            f"{what}: packed with zstd, and {name} is not here; install it, or convert it with "
            "`inspect log convert --to json`"
        ) from error
    return zstd.ZstdDecompressor, zstd.ZstdError
