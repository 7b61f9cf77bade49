"""The members of a zip archive and where their bytes stand, checked before anything is read.

Two readers must not see two archives: nothing but its own comment follows the end record, the
directory and the members' own headers agree, and no member lies over another.
"""

import io
import mmap
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.readers.bytes.spooled import miscounted, spooled

__all__ = ["TWICE", "Member", "inflated", "member_bytes", "zip_listing", "zip_members"]

DIRECTORY_LIMIT: Final = 1 << 27  # bytes of a zip's directory
STEP: Final = 1 << 20  # bytes that are unpacked at once
KEPT: Final = 1 << 25  # bytes of an archive after which its pages are given back
DENSEST: Final = 1100  # zlib packs at most 1,032 bytes into one
TWICE: Final = "stands twice in the archive; which one is used cannot be known"
_END: Final = b"PK\x05\x06"
_COMMENT: Final = 0xFFFF  # bytes at most


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Where a member's stored bytes are, and what the directory says of it."""

    name: str
    begin: int
    end: int
    size: int
    crc: int
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
    """Name to place of every member of an archive that is one file of weights.

    Args:
        whole: The archive, which may be a part of a file.
        what: Opens each sentence.

    Raises:
        UnreadableError: Damaged, encrypted, packed in an unusual way, or contradicting itself.
    """
    members: dict[str, Member] = {}
    for name, found in zip_listing(whole, what):
        if isinstance(found, str):
            raise UnreadableError(f"{what}: member {name!a} {found}")
        members[name] = found
    return members


def zip_listing(whole: memoryview, what: str) -> Sequence[tuple[str, Member | str]]:
    """Each name in the order of the directory, and the place of its bytes or why it is not read.

    Raises:
        UnreadableError: There is no directory that could be read.
    """
    _check_directory(whole, what)
    try:
        with zipfile.ZipFile(io.BufferedReader(_Region(whole))) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise UnreadableError(f"{what}: not a readable zip archive: {error}") from error
    listing: dict[int, Member | str] = {}
    names = set[str]()
    for number, one in enumerate(found):
        listing[number] = TWICE if one.filename in names else _member(whole, one)
        names.add(one.filename)
    reached = 0
    placed = [(one.begin, one.end, n) for n, one in listing.items() if isinstance(one, Member)]
    for begin, end, number in sorted(placed):
        if begin < reached:
            listing[number] = "overlaps another; it is refused"
        reached = max(reached, end)
    return [(one.filename, listing[number]) for number, one in enumerate(found)]


def inflated(whole: memoryview, member: Member, what: str) -> mmap.mmap:
    """Unpack a compressed member into a file without a name, bounded by what it is said to hold.

    Raises:
        UnreadableError: It holds more or less than that, or no such data.
    """
    return spooled(
        member_bytes(whole, member, what), size=member.size, what=f"{what}: member {member.name!a}"
    )


def member_bytes(whole: memoryview, member: Member, what: str) -> Iterator[bytes | memoryview]:
    """The bytes of a member, a few at a time, held against what the directory says of them.

    Raises:
        UnreadableError: There are more, fewer or others.
    """
    here, packed = f"{what}: member {member.name!a}", whole[member.begin : member.end]
    if member.deflated and member.size > DENSEST * packed.nbytes + STEP:
        raise UnreadableError(
            f"{here} claims {member.size} bytes in {packed.nbytes}, more than deflate "
            "can pack; it is made to exhaust the disk"
        )
    written, crc = 0, 0
    for part in _inflate(packed, here) if member.deflated else _stored(packed):
        written, crc = written + len(part), zlib.crc32(part, crc)
        if written > member.size:
            break
        yield part
    if written != member.size:
        raise miscounted(here, written, member.size)
    if crc != member.crc:
        raise UnreadableError(f"{here}: another checksum than the archive declares; damaged")


def _stored(whole: memoryview) -> Iterator[memoryview]:
    for at in range(0, whole.nbytes, STEP):
        yield whole[at : at + STEP]
        if at % KEPT == 0:
            _let_go(whole)


def _inflate(packed: memoryview, here: str) -> Iterator[bytes]:
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, packed.nbytes, STEP):
            rest: bytes | memoryview = packed[at : at + STEP]
            while rest:
                yield unpack.decompress(rest, STEP)
                rest = unpack.unconsumed_tail
            if at % KEPT == 0:
                _let_go(packed)
        yield unpack.flush()
    except zlib.error as error:
        raise UnreadableError(f"{here}: cannot be unpacked ({error}); it is damaged") from error


def _let_go(part: memoryview) -> None:
    """Give the pages of a mapped file back to the system; reading them again is allowed."""
    if isinstance(part.obj, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        part.obj.madvise(mmap.MADV_DONTNEED)


def _member(whole: memoryview, found: zipfile.ZipInfo) -> Member | str:
    """Where a member's bytes are, as its own header says; it must agree with the directory."""
    if found.flag_bits & 1 or found.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is encrypted, or packed by method {found.compress_type}, which is not read"
    deflated = found.compress_type == zipfile.ZIP_DEFLATED
    if not deflated and found.file_size != found.compress_size:
        return "has two sizes; the archive is damaged"
    at = found.header_offset
    head = bytes(whole[at : at + 30]) if at >= 0 else b""
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        return "has no header; damaged"
    length, extra = struct.unpack("<HH", head[26:30])
    own = bytes(whole[at + 30 : at + 30 + length])
    if own not in _spellings(found):
        return f"is called {own!a:.60} in its own header; two readers could see two different files"
    begin = at + 30 + length + extra
    if begin + found.compress_size > whole.nbytes:
        return "ends outside the file; damaged"
    return Member(
        name=found.filename,
        begin=begin,
        end=begin + found.compress_size,
        size=found.file_size,
        crc=found.CRC,
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
    """Nothing but a comment may follow the end record, and the directory be of bearable size."""
    start = max(0, whole.nbytes - 22 - _COMMENT)
    tail = bytes(whole[start:])
    ends = [
        at
        for at in _places(tail, _END)
        if len(tail) - at >= 22
        and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)
    ]
    if len(ends) != 1:
        found = "no end record" if not ends else f"{len(ends)} end records"
        raise UnreadableError(
            f"{what}: {found} in the last bytes of the zip archive, expected one; the file is "
            f"{'truncated' if not ends else 'made to be read in two ways'}"
        )
    at = ends[0]
    size = int.from_bytes(tail[at + 12 : at + 16], "little")
    if size == 0xFFFFFFFF:
        record = bytes(whole[max(0, start + at - 20 - 56) : max(0, start + at - 20)])
        size = int.from_bytes(record[40:48], "little") if record[:4] == b"PK\x06\x06" else 1 << 63
    if size > min(DIRECTORY_LIMIT, whole.nbytes):
        raise UnreadableError(
            f"{what}: the archive claims a directory of {size} bytes, expected at most "
            f"{min(DIRECTORY_LIMIT, whole.nbytes)}; it is damaged or made to exhaust memory"
        )


def _places(raw: bytes, wanted: bytes) -> Iterator[int]:
    at = raw.find(wanted)
    while at >= 0:
        yield at
        at = raw.find(wanted, at + 1)
