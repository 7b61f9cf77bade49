"""What of an archive is wanted, unpacked into a private folder within bounds.

Wheels, zips, npm packages and tar archives, told by their names. A file that swells, a name that
leads out of the folder, a name that stands twice, a link, a device: each is refused with its reason
and nothing of it is written. Nothing in an archive is run.
"""

import io
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Final, TypeAlias, final

from filiation.errors import UnreadableError
from filiation.files import shown
from filiation.readers.packages.streams import Forward, tar_blocks

__all__ = ["HEAD", "SMALLEST", "Unpacked", "is_archive", "unpack"]

ZIPS: Final = (".whl", ".zip", ".egg", ".nupkg", ".jar", ".aar")
TARS: Final = (
    *(".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"),
    *(".nemo", ".crate"),
)
LARGEST: Final = 1 << 38  # bytes of one archive, unpacked
RATIO: Final = 64  # unpacked to packed; weights hardly shrink
ALLOWANCE: Final = 1 << 28  # bytes that any archive may unpack to
MEMBERS: Final = 500_000
DIRECTORY: Final = 1 << 27  # bytes of a zip's list of members, which is held in memory
DEEP: Final = 40  # folders within each other
NAME: Final = 255  # bytes of one part of a name
FREE: Final = 0.8  # of the free disk that unpacking may take
BLOCK: Final = 1 << 20
HEAD: Final = 128  # bytes by which a file is told that has another name than a model
SMALLEST: Final = 1 << 12  # bytes of such a file
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x06"
# What does not tell how a member begins; as a member of that name it is of no concern.
_UNKNOWABLE: Final = (NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError)
Wanted: TypeAlias = Callable[[str], bool]
Begins: TypeAlias = Callable[[bytes, int], bool]


@final
@dataclass(slots=True)
class Unpacked:
    """What became of an archive.

    Attributes:
        files: Members that lie below the folder now, by their names.
        refused: Wanted members that do not, with reasons.
        failed: Why the rest could not be read; empty if all was.
    """

    files: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    failed: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    name: str
    regular: bool
    size: int
    open: Callable[[], IO[bytes]]


def is_archive(name: str) -> bool:
    """Whether a file of this name is taken as an archive."""
    return name.lower().endswith((*ZIPS, *TARS))


def unpack(path: Path, into: Path, wanted: Wanted, begins: Begins) -> Unpacked:
    """Write the wanted members of an archive below a folder.

    Args:
        path: The archive.
        into: An empty folder that nobody else writes to.
        wanted: Asked with the name of each member.
        begins: Asked with the first bytes and the size of each that is not wanted by its name.
    """
    found, left = Unpacked(), _most(path, into)
    try:
        for count, member in enumerate(_members(path, left)):
            if count >= MEMBERS:
                raise UnreadableError(f"more than {MEMBERS:,} members, expected a package")
            if wanted(member.name):
                left -= _take(member, into, left, found)
            elif member.regular and SMALLEST <= member.size <= left and _parts(member.name):
                with suppress(*_UNKNOWABLE):
                    left -= _take(member, into, left, found, begins)
    except UnreadableError as error:
        found.failed = str(error)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        found.failed = f"damaged or cut short ({type(error).__name__}: {error})"
    except (NotImplementedError, RuntimeError) as error:  # encrypted, or packed in a way not known
        found.failed = f"not unpacked: {error}"
    except (OSError, ValueError, struct.error, OverflowError) as error:
        found.failed = f"cannot be read: {error}"
    return found


def _most(path: Path, into: Path) -> int:
    packed = path.stat().st_size
    allowed = min(LARGEST, max(ALLOWANCE, RATIO * packed))
    return min(allowed, int(FREE * shutil.disk_usage(into).free))


def _members(path: Path, most: int) -> Iterator[_Member]:
    if path.name.lower().endswith(TARS):
        with tar_blocks(path) as blocks:
            yield from _of_tar(Forward(blocks, most))
        return
    _bounded_directory(path)
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            yield _Member(
                name=info.filename,
                regular=not info.is_dir() and (not mode or not stat.S_ISLNK(mode)),
                size=info.file_size,
                open=partial(archive.open, info),
            )


def _of_tar(stream: Forward) -> Iterator[_Member]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for info in archive:
            yield _Member(
                name=info.name,
                regular=info.isreg() and not info.issparse(),
                size=info.size,
                open=partial(_opened, archive, info),
            )


def _opened(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    return archive.extractfile(info) or io.BytesIO()


def _take(
    member: _Member, into: Path, left: int, found: Unpacked, begins: Begins | None = None
) -> int:
    """Write one member, if it begins so, and return its bytes."""
    parts = _parts(member.name)
    why = "" if member.regular else "a link, a folder or a device, expected a file"
    if parts is None:
        why = "its name leads out of the archive, or is none that a file can have"
    elif member.size > left:
        raise UnreadableError(
            f"{shown(member.name)[:200]}: {member.size:,} bytes unpacked, {left:,} are allowed for "
            "what is left; an archive that swells like this is made to fill a disk"
        )
    if why or parts is None:
        found.refused.append((shown(member.name)[:200], why))
        return 0
    target = into.joinpath(*parts)
    try:
        with member.open() as source:
            head = source.read(HEAD)
            if begins is not None and not begins(head, member.size):
                return 0
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(head)
                written = len(head) + _copy(source, file, left - len(head), member.name)
    except FileExistsError:
        found.refused.append((
            "/".join(parts),
            "stands twice in the archive; which one is used cannot be known, the first was read",
        ))  # fmt: skip
        return 0
    found.files.append("/".join(parts))
    return written


def _copy(source: IO[bytes], target: IO[bytes], left: int, name: str) -> int:
    written = 0
    while block := source.read(BLOCK):
        written += len(block)
        if written > left:
            raise UnreadableError(
                f"{shown(name)[:200]}: more bytes than it says, beyond the {left:,} allowed"
            )
        target.write(block)
    return written


def _parts(name: str) -> tuple[str, ...] | None:
    """The parts of a member's name, or None of one that must not be written."""
    if name.startswith("/") or set(name) & set("\\\0:"):
        return None
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not 0 < len(parts) <= DEEP or ".." in parts:
        return None
    try:
        short = all(len(part.encode()) <= NAME for part in parts)
    except UnicodeEncodeError:
        return None
    return parts if short else None


def _bounded_directory(path: Path) -> None:
    """Refuse a zip whose list of members would fill the memory, before anything reads it."""
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        file.seek(max(0, end - (1 << 16) - 256))
        tail = file.read()
    at, wide = tail.rfind(_END), tail.rfind(_END_64)
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if size == 0xFFFFFFFF and wide >= 0:
        size = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    if size > DIRECTORY:
        raise UnreadableError(
            f"a list of members of {size:,} bytes, expected at most {DIRECTORY:,}; it is made to "
            "fill the memory"
        )
