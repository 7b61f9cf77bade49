"""A model that lies in an archive: a zip, a wheel, a tar, packed or not.

The files of one model are unpacked into a folder of the system, which is gone as soon as they are
mapped. Nothing else is unpacked, no link is followed, and no name leads out of the archive. Where
an archive holds several models, `ARCHIVE/FOLDER` says which.
"""

import lzma
import shutil
import tarfile
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, final

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.files import shown
from filiation.readers.bytes.mapped import map_file
from filiation.readers.bytes.zipped import KEPT, Member, inflated, let_go, zip_members
from filiation.readers.weights.whereabouts import ARCHIVES, WEIGHTS, archive_of

__all__ = ["unpacked"]

MEMBERS_LIMIT: Final = 200_000
SCANNED_LIMIT: Final = 1 << 40  # bytes of a tar that are gone through
STEP: Final = 1 << 20
COMPANIONS: Final = (".json", ".txt", ".model", ".metadata", ".data", ".onnx_data")
RANK: Final = "mp_rank_"
_FAULTS: Final = (
    tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError, OverflowError,
)  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A file of an archive: its path, its size, and whether it is a link."""

    path: PurePosixPath
    size: int
    link: bool = False


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Where a model's files are: `path` itself, or for a while an unpacked folder.

    Raises:
        UsageError: The archive holds no model, or several.
        UnreadableError: It is damaged, or holds what must not be unpacked.
    """
    archive = archive_of(path)
    if archive is None:
        yield path
        return
    inside = PurePosixPath(*path.relative_to(archive).parts)
    with tempfile.TemporaryDirectory(prefix="filiation-") as made:
        folder = Path(made) / _stem(archive if inside == PurePosixPath(".") else Path(inside.name))
        try:
            folder.mkdir()
            place = (_from_zip if _is_zip(archive) else _from_tar)(archive, inside, folder)
            yield place
        except FiliationError as error:
            told = str(error).replace(str(folder), str(path))
            raise (UsageError if isinstance(error, UsageError) else UnreadableError)(
                told.replace(made, str(archive))
            ) from error


def _is_zip(path: Path) -> bool:
    return path.name.lower().endswith((".zip", ".whl"))


def _stem(path: Path) -> str:
    name = path.name
    for suffix in (*ARCHIVES, *WEIGHTS):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] or "model"
    return name or "model"


def _from_zip(archive: Path, inside: PurePosixPath, folder: Path) -> Path:
    mapped = map_file(archive, expected="a zip archive")
    whole, what = memoryview(mapped), str(archive)
    members: dict[PurePosixPath, Member] = {}
    for name, member in zip_members(whole, what).items():
        if name.endswith("/"):
            continue
        at = _safe(name, archive)
        if at in members:  # m/x and m/./x
            raise UnreadableError(f"{archive}: member {str(at)!a:.120} stands twice; refused")
        members[at] = member
    entries = [
        _Entry(path=path, size=member.size, link=member.link) for path, member in members.items()
    ]
    chosen = _chosen(archive, entries, inside)
    for entry in chosen:
        member = members[entry.path]
        with _target(folder, entry, chosen).open("wb") as file:
            _copy_member(whole, member, what, file)
    return _place(folder, chosen, inside)


def _copy_member(whole: memoryview, member: Member, what: str, file: IO[bytes]) -> None:
    if not member.size:
        return
    source = memoryview(inflated(whole, member, what)) if member.deflated else whole
    begin, end = (0, member.size) if member.deflated else (member.begin, member.end)
    for at in range(begin, end, STEP):
        file.write(source[at : min(at + STEP, end)])
        if (at - begin) % KEPT == 0:
            let_go(source)


def _from_tar(archive: Path, inside: PurePosixPath, folder: Path) -> Path:
    try:
        with tarfile.open(archive, "r:*") as tar:
            infos = dict(_tar_members(archive, tar))
            entries = [
                _Entry(path=path, size=info.size, link=not info.isreg() or info.issparse())
                for path, info in infos.items()
            ]
            chosen = _chosen(archive, entries, inside)
            for entry in sorted(chosen, key=lambda one: infos[one.path].offset):
                source = tar.extractfile(infos[entry.path])
                with _target(folder, entry, chosen).open("wb") as file:
                    _copy(source, file, entry.size, f"{archive}: {entry.path}")
    except _FAULTS as error:
        raise UnreadableError(
            f"{archive}: cannot be unpacked ({shown(str(error).partition(chr(10))[0])[:120]}); it "
            "is damaged, or no such archive"
        ) from error
    return _place(folder, chosen, inside)


def _tar_members(
    archive: Path, tar: tarfile.TarFile
) -> Iterator[tuple[PurePosixPath, tarfile.TarInfo]]:
    seen: set[PurePosixPath] = set()
    scanned = 0
    while (info := tar.next()) is not None:
        scanned += max(0, info.size)
        if len(seen) > MEMBERS_LIMIT or scanned > SCANNED_LIMIT:
            raise UnreadableError(f"{archive}: holds more than any model; it is refused")
        if info.isdir():
            continue
        path = _safe(info.name, archive)
        if path in seen:
            raise UnreadableError(f"{archive}: member {str(path)!a:.120} stands twice; refused")
        seen.add(path)
        yield path, info


def _copy(source: IO[bytes] | None, file: IO[bytes], size: int, what: str) -> None:
    left = size
    while source is not None and left and (part := source.read(min(STEP, left))):
        file.write(part)
        left -= len(part)
    if left:
        raise UnreadableError(f"{what}: {left} of {size} bytes are missing; the archive was cut")


def _safe(name: str, archive: Path) -> PurePosixPath:
    """A member's path, which stays inside."""
    path = PurePosixPath(name)
    plain = name.isprintable() and "\\" not in name and ":" not in name.partition("/")[0]
    if not plain or path.is_absolute() or ".." in path.parts or not path.parts:
        raise UnreadableError(
            f"{archive}: a member is called {name!a:.120}, expected a path below the archive; it "
            "must not reach elsewhere"
        )
    return path


def _chosen(archive: Path, entries: Sequence[_Entry], inside: PurePosixPath) -> list[_Entry]:
    """The files of the one model that is meant, and what stands beside it.

    Raises:
        UsageError: There is none, or several.
        UnreadableError: One of its files is a link, or they do not fit on the disk.
    """
    homes: dict[PurePosixPath, list[_Entry]] = defaultdict(list)
    for entry in entries:
        if entry.path.name.lower().endswith(WEIGHTS):
            homes[_home(entry.path)].append(entry)
    home, single = inside, None
    if inside == PurePosixPath(".") or (inside not in homes and not _is_file(entries, inside)):
        below = sorted(one for one in homes if one == inside or inside in (one, *one.parents))
        if len(below) != 1:
            raise UsageError(_several(archive, below))
        home = below[0]
    elif inside not in homes:
        home, single = _home(inside), inside
    chosen = [
        entry
        for entry in entries
        if _home(entry.path) == home and entry.path.name.lower().endswith((*WEIGHTS, *COMPANIONS))
        and (single is None or entry.path == single or not entry.path.name.endswith(WEIGHTS))
    ]  # fmt: skip
    links = [entry for entry in chosen if entry.link]
    if links:
        raise UnreadableError(
            f"{archive}: {str(links[0].path)!a:.120} is a link or no plain file, which is not "
            "followed; unpack the archive and look at it first"
        )
    size, room = sum(entry.size for entry in chosen), shutil.disk_usage(tempfile.gettempdir()).free
    if size > room:
        raise UnreadableError(
            f"{archive}: the model unpacks to {size} bytes, {tempfile.gettempdir()} has room for "
            f"{room}; TMPDIR names another folder"
        )
    return chosen


def _several(archive: Path, homes: Sequence[PurePosixPath]) -> str:
    if not homes:
        return f"{archive}: no model in it, expected a folder with weights"
    listed = ", ".join(str(archive / one) for one in homes[:5])
    more = f" and {len(homes) - 5} more" if len(homes) > 5 else ""
    return shown(f"{archive}: holds {len(homes)} models; give one of {listed}{more}")


def _home(path: PurePosixPath) -> PurePosixPath:
    """The folder of a model's file; of a rank's part that of all ranks."""
    home = path.parent
    return home.parent if home.name.startswith(RANK) else home


def _is_file(entries: Sequence[_Entry], path: PurePosixPath) -> bool:
    return any(entry.path == path for entry in entries)


def _target(folder: Path, entry: _Entry, chosen: Sequence[_Entry]) -> Path:
    home = _home(chosen[0].path)
    target = folder.joinpath(*entry.path.relative_to(home).parts)
    target.parent.mkdir(exist_ok=True)
    return target


def _place(folder: Path, chosen: Sequence[_Entry], inside: PurePosixPath) -> Path:
    """The folder, or the one file that was named."""
    return folder / inside.name if any(entry.path == inside for entry in chosen) else folder
