"""A model that lies in an archive: a zip, a wheel, a tar, packed or not.

The files of one model are unpacked into a folder of the system, which is gone as soon as they are
mapped. Nothing else is unpacked, no link is followed, and no name leads out of the archive. Where
an archive holds several models, `ARCHIVE/FOLDER` says which.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.files import shown
from filiation.readers.archives.entries import Entry, allowed, entries
from filiation.readers.archives.naming import ARCHIVES
from filiation.readers.weights.suffixes import WEIGHTS, is_weights
from filiation.readers.weights.whereabouts import archive_of

__all__ = ["unpacked"]

COMPANIONS: Final = (".json", ".txt", ".model", ".metadata", ".data", ".onnx_data")
RANK: Final = "mp_rank_"


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
            yield _unpacked(archive, inside, folder)
        except FiliationError as error:
            told = str(error).replace(str(folder), str(path))
            raise (UsageError if isinstance(error, UsageError) else UnreadableError)(
                told.replace(made, str(archive))
            ) from error


def _stem(path: Path) -> str:
    name = path.name
    for suffix in (*ARCHIVES, *WEIGHTS):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] or "model"
    return name or "model"


def _unpacked(archive: Path, inside: PurePosixPath, folder: Path) -> Path:
    """The folder with the model's files, or the one file that was named."""
    chosen = _chosen(archive, tuple(entries(archive)), inside)
    wanted = {place: _home(place) for place in chosen}
    left = allowed(archive)
    try:
        for entry in entries(archive):  # once more from the beginning: a tar only goes forward
            if entry.place in wanted:
                below = entry.place.relative_to(wanted[entry.place])
                target = folder.joinpath(*below.parts)
                left -= entry.write(target, left)
    except OSError as error:
        raise UnreadableError(f"{archive}: cannot be unpacked: {error.strerror}") from error
    return folder / inside.name if inside in wanted else folder


def _chosen(
    archive: Path, found: Sequence[Entry], inside: PurePosixPath
) -> tuple[PurePosixPath, ...]:
    """Where the files of the one model that is meant stand, and what stands beside it.

    Raises:
        UsageError: There is none, or several.
        UnreadableError: One of its files must not be unpacked, or they do not fit on the disk.
    """
    out = next((entry for entry in found if entry.place is None), None)
    if out is not None:
        raise UnreadableError(
            f"{archive}: a member is called {out.name!a:.120}, expected a path below the archive; "
            "it must not reach elsewhere"
        )
    members = [(entry.place, entry) for entry in found if entry.place is not None]
    homes: dict[PurePosixPath, list[Entry]] = defaultdict(list)
    for place, entry in members:
        if is_weights(place.name):
            homes[_home(place)].append(entry)
    home, single = inside, None
    if inside in dict(members):
        home, single = _home(inside), inside
    elif inside not in homes:
        below = sorted(one for one in homes if inside in one.parents)
        if len(below) != 1:
            raise UsageError(_several(archive, below))
        home = below[0]
    chosen = [
        (place, entry)
        for place, entry in members
        if _home(place) == home and place.name.lower().endswith((*WEIGHTS, *COMPANIONS))
        and (single in (None, place) or not is_weights(place.name))
    ]  # fmt: skip
    _refuse_odd(archive, [entry for _, entry in chosen])
    return tuple(place for place, _ in chosen)


def _refuse_odd(archive: Path, chosen: Sequence[Entry]) -> None:
    for entry in chosen:
        if entry.odd:
            raise UnreadableError(
                f"{archive}: {entry.name!a:.120}: {entry.odd}; unpack the archive and look at it "
                "first"
            )
    size, most = sum(entry.size for entry in chosen), allowed(archive)
    if size > most:
        raise UnreadableError(
            f"{archive}: the model unpacks to {size:,} bytes, of this archive at most {most:,} are "
            "expected; one that swells like this is made to fill a disk"
        )
    room = shutil.disk_usage(tempfile.gettempdir()).free
    if size > room:
        raise UnreadableError(
            f"{archive}: the model unpacks to {size} bytes, {tempfile.gettempdir()} has room for "
            f"{room}; TMPDIR names another folder"
        )


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
