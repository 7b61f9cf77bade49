"""The files of an archive, one after another, of which nothing is written that must not be.

Two readers must not see two archives: a name that stands twice, one that leads out, a link, a
device, a member that lies over another are each told as what they are. Whoever unpacks decides
whether such a member is passed by or the archive refused. Nothing in an archive is run.
"""

import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias, final

from filiation.errors import UnreadableError
from filiation.files import shown
from filiation.readers.archives.naming import is_tar
from filiation.readers.archives.streams import tar_stream
from filiation.readers.bytes.mapped import map_file
from filiation.readers.bytes.zipped import TWICE, member_bytes, zip_listing

__all__ = ["HEAD", "Begins", "Entry", "allowed", "entries"]

LARGEST: Final = 1 << 38  # bytes of one archive, unpacked
RATIO: Final = 64  # unpacked to packed; weights hardly shrink
ALLOWANCE: Final = 1 << 28  # bytes that any archive may unpack to
MEMBERS: Final = 500_000
DEEP: Final = 40  # folders within each other
NAME: Final = 255  # bytes of one part of a name
BLOCK: Final = 1 << 20
NO_FILE: Final = "a link, a folder or a device, expected a file"
LEADS_OUT: Final = "its name leads out of the archive, or is none that a file can have"
TOO_LONG: Final = "its name is longer, or deeper, than that of any file of a model"
HEAD: Final = 128  # bytes by which a file is told, whatever it is called
Blocks: TypeAlias = Callable[[], Iterator[bytes | memoryview]]
Begins: TypeAlias = Callable[[bytes, int], bool]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A member of an archive that is no folder.

    Attributes:
        name: As the archive has it.
        place: Where it stands below the archive; None of a name that leads out.
        size: Bytes unpacked, as it says.
        odd: Why it must not be unpacked; empty if it may be.
        blocks: Its bytes; of a tar only until the next entry is asked for.
    """

    name: str
    place: PurePosixPath | None
    size: int
    odd: str
    blocks: Blocks

    def write(self, target: Path, most: int, begins: Begins | None = None) -> int:
        """Write it to a file that is not there yet, at most so many bytes; returns their number.

        Of a member that cannot be read whole, no file is left.

        Args:
            target: The file; its folder is made.
            most: Bytes that are allowed.
            begins: Asked with its first bytes and its size; if it says no, nothing is written.

        Raises:
            UnreadableError: It is damaged, or larger than allowed.
        """
        if self.size > most:
            raise UnreadableError(
                f"{shown(self.name)[:200]}: {self.size:,} bytes unpacked, {most:,} are allowed for "
                "what is left; an archive that swells like this is made to fill a disk"
            )
        blocks, written = self.blocks(), 0
        first = next(blocks, b"")
        if begins is not None and not begins(bytes(first[:HEAD]), self.size):
            return 0
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            try:
                for block in chain((first,), blocks):
                    file.write(block)
                    written += len(block)
            except UnreadableError:
                target.unlink()
                raise
        return written


def allowed(path: Path) -> int:
    """How many bytes an archive may unpack to, in all."""
    return min(LARGEST, max(ALLOWANCE, RATIO * path.stat().st_size))


def entries(path: Path) -> Iterator[Entry]:
    """The members of an archive, in their order.

    Raises:
        UnreadableError: It is damaged, or made to exhaust the disk or the memory.
    """
    seen = set[PurePosixPath]()
    for count, entry in enumerate((_of_tar if is_tar(path.name) else _of_zip)(path)):
        if count >= MEMBERS:
            raise UnreadableError(f"{path}: more than {MEMBERS:,} members, expected a package")
        if entry.place is not None and entry.place in seen and not entry.odd:
            entry = _with(entry, TWICE)
        if entry.place is not None:
            seen.add(entry.place)
        yield entry


def _with(entry: Entry, odd: str) -> Entry:
    return Entry(
        name=entry.name, place=entry.place, size=entry.size, odd=odd, blocks=entry.blocks
    )  # fmt: skip


def _of_zip(path: Path) -> Iterator[Entry]:
    whole, what = memoryview(map_file(path, expected="a zip archive")), str(path)
    for name, found in zip_listing(whole, what):
        if name.endswith("/"):
            continue
        if isinstance(found, str):
            yield _entry(name, 0, found, partial(iter, ()))
        else:
            odd = NO_FILE if found.link else ""
            yield _entry(name, found.size, odd, partial(member_bytes, whole, found, what))


def _of_tar(path: Path) -> Iterator[Entry]:
    with (
        _told(path),
        tar_stream(path, allowed(path)) as stream,
        tarfile.open(fileobj=stream, mode="r:") as archive,
    ):
        for info in archive:
            if not info.isdir():
                odd = "" if info.isreg() and not info.issparse() else NO_FILE
                blocks = partial(_member, path, archive, info)
                yield _entry(info.name, info.size, odd, blocks)


def _member(path: Path, archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    with _told(path):
        source = archive.extractfile(info)
        while source is not None and (block := source.read(BLOCK)):
            yield block


def _entry(name: str, size: int, odd: str, blocks: Blocks) -> Entry:
    place = _place(name)
    if place is None:
        odd = LEADS_OUT
    elif len(place.parts) > DEEP or any(len(part.encode()) > NAME for part in place.parts):
        odd = TOO_LONG
    return Entry(name=name, place=place, size=size, odd=odd, blocks=blocks)


def _place(name: str) -> PurePosixPath | None:
    """Where a member of this name stands below the archive, or None of one that leads out."""
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not parts or ".." in parts or name.startswith("/"):
        return None
    if not name.isprintable() or "\\" in name or ":" in parts[0]:
        return None
    return PurePosixPath(*parts)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Faults of the libraries as sentences about the archive."""
    try:
        yield
    except UnreadableError as error:
        raise UnreadableError(f"{path}: {error}") from error
    except (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError) as error:
        raise UnreadableError(
            f"{path}: damaged or cut short ({type(error).__name__}: {shown(str(error))[:120]})"
        ) from error
    except (OSError, ValueError, struct.error, OverflowError) as error:
        raise UnreadableError(f"{path}: cannot be read: {shown(str(error))[:120]}") from error
