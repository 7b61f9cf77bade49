"""The members of a zip archive and where their bytes stand, checked before anything is read.

Two readers must not see two archives: the end record is the last thing in the file, the directory
and the members' own headers agree, and no member lies over another.
"""

import io
import mmap
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.readers.bytes.spooled import spooled

__all__ = ["KEPT", "Member", "inflated", "let_go", "zip_members"]

DIRECTORY_LIMIT: Final = 1 << 27  # bytes of a zip's directory
STEP: Final = 1 << 20  # bytes that are unpacked at once
KEPT: Final = 1 << 25  # bytes of an archive after which its pages are given back
DENSEST: Final = 1100  # zlib packs at most 1,032 bytes into one


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Where a member's stored bytes are, how many they stand for, and whether it is a link."""

    name: str
    begin: int
    end: int
    size: int
    deflated: bool
    link: bool


class _Region(io.RawIOBase):
    """Bytes of a mapped file as a file."""

    def __init__(self, whole: memoryview) -> None:
        self._whole, self._at = whole, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._whole.nbytes)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        taken = self._whole[self._at : self._at + len(buffer)]
        buffer[: taken.nbytes] = taken
        self._at += taken.nbytes
        return taken.nbytes


def zip_members(whole: memoryview, what: str) -> Mapping[str, Member]:
    """Name to place of every member.

    Args:
        whole: The archive, which may be a part of a file.
        what: Opens each sentence.

    Raises:
        UnreadableError: Damaged, encrypted, packed in an unusual way, or contradicting itself.
    """
    _check_directory(whole, what)
    try:
        with zipfile.ZipFile(io.BufferedReader(_Region(whole))) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise UnreadableError(f"{what}: not a readable zip archive: {error}") from error
    members: dict[str, Member] = {}
    for one in found:
        if one.filename in members:
            raise UnreadableError(f"{what}: member {one.filename!a} stands twice, expected once")
        members[one.filename] = _member(whole, one, what)
    reached = 0
    for member in sorted(members.values(), key=lambda member: (member.begin, member.end)):
        if member.begin < reached:
            raise UnreadableError(f"{what}: member {member.name!a} overlaps another; it is refused")
        reached = member.end
    return members


def inflated(whole: memoryview, member: Member, what: str) -> mmap.mmap:
    """Unpack a compressed member into a file without a name, bounded by what it is said to hold.

    Raises:
        UnreadableError: It holds more or less than that, or no such data.
    """
    here = f"{what}: member {member.name!a}"
    if member.size > DENSEST * (member.end - member.begin) + STEP:
        raise UnreadableError(
            f"{here} claims {member.size} bytes in {member.end - member.begin}, more than deflate "
            "can pack; it is made to exhaust the disk"
        )
    return spooled(_inflate(whole[member.begin : member.end], here), size=member.size, what=here)


def _inflate(packed: memoryview, here: str) -> Iterator[bytes]:
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, packed.nbytes, STEP):
            rest: bytes | memoryview = packed[at : at + STEP]
            while rest:
                yield unpack.decompress(rest, STEP)
                rest = unpack.unconsumed_tail
            if at % KEPT == 0:
                let_go(packed)
        yield unpack.flush()
    except zlib.error as error:
        raise UnreadableError(f"{here}: cannot be unpacked ({error}); it is damaged") from error


def let_go(part: memoryview) -> None:
    """Give the pages of a mapped file back to the system; reading them again is allowed."""
    if isinstance(part.obj, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        part.obj.madvise(mmap.MADV_DONTNEED)


def _member(whole: memoryview, found: zipfile.ZipInfo, what: str) -> Member:
    """Where a member's bytes are, as its own header says; it must agree with the directory."""
    name = found.filename
    if found.flag_bits & 1 or found.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableError(
            f"{what}: member {name!a} is encrypted, or packed by method {found.compress_type}, "
            "which is not read"
        )
    deflated = found.compress_type == zipfile.ZIP_DEFLATED
    if not deflated and found.file_size != found.compress_size:
        raise UnreadableError(f"{what}: member {name!a} has two sizes; the archive is damaged")
    at = found.header_offset
    head = bytes(whole[at : at + 30]) if at >= 0 else b""
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise UnreadableError(f"{what}: member {name!a} has no header; damaged")
    length, extra = struct.unpack("<HH", head[26:30])
    own = bytes(whole[at + 30 : at + 30 + length])
    if own not in _spellings(found):
        raise UnreadableError(
            f"{what}: member {name!a} is called {own!a:.60} in its own header; "
            "two readers could see two different files"
        )
    begin = at + 30 + length + extra
    if begin + found.compress_size > whole.nbytes:
        raise UnreadableError(f"{what}: member {name!a} ends outside the file; damaged")
    return Member(
        name=name,
        begin=begin,
        end=begin + found.compress_size,
        size=found.file_size,
        deflated=deflated,
        link=stat.S_ISLNK(found.external_attr >> 16),
    )


def _spellings(member: zipfile.ZipInfo) -> set[bytes]:
    """A name's bytes as zipfile may have read them: UTF-8, or the old code page."""
    return {
        member.orig_filename.encode("utf-8", "replace"),
        member.orig_filename.encode("cp437", "replace"),
    }


def _check_directory(whole: memoryview, what: str) -> None:
    """The end record must be the last bytes, and the directory of bearable size."""
    end = bytes(whole[-22:])
    if len(end) < 22 or end[:4] != b"PK\x05\x06":
        raise UnreadableError(
            f"{what}: no end record in the last bytes of the zip archive; the file is truncated"
        )
    size = int.from_bytes(end[12:16], "little")
    if size == 0xFFFFFFFF:
        record = bytes(whole[-22 - 20 - 56 : -22 - 20])
        size = int.from_bytes(record[40:48], "little") if record[:4] == b"PK\x06\x06" else 1 << 63
    if size > min(DIRECTORY_LIMIT, whole.nbytes):
        raise UnreadableError(
            f"{what}: the archive claims a directory of {size} bytes, expected at most "
            f"{min(DIRECTORY_LIMIT, whole.nbytes)}; it is damaged or made to exhaust memory"
        )
