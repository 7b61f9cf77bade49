"""What of an archive is wanted, unpacked into a private folder within bounds.

Whatever must not be unpacked is passed by, with its reason; what stands before it is kept.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias, final

from filiation.errors import UnreadableError, UsageError
from filiation.files import shown
from filiation.readers.archives.entries import HEAD, Begins, Entry, allowed, entries
from filiation.readers.bytes.zipped import TWICE

__all__ = ["HEAD", "SMALLEST", "Unpacked", "unpack"]

SMALLEST: Final = 1 << 12  # bytes of a model under another name
FREE: Final = 0.8  # of the free disk that unpacking may take
Wanted: TypeAlias = Callable[[str], bool]


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


def unpack(path: Path, into: Path, wanted: Wanted, begins: Begins | None = None) -> Unpacked:
    """Write the wanted members of an archive below a folder.

    Args:
        path: The archive.
        into: An empty folder that nobody else writes to.
        wanted: Asked with the name of each member.
        begins: Asked with the first bytes and the size of each that is not wanted by its name;
            if not given, none of these is.
    """
    found = Unpacked()
    try:
        left = min(allowed(path), int(FREE * shutil.disk_usage(into).free))
        for entry in entries(path):
            if wanted(entry.name):
                left -= _take(entry, into, left, found)
            elif begins is not None and not entry.odd and SMALLEST <= entry.size <= left:
                with suppress(UnreadableError):  # of a member of such a name nobody need be told
                    left -= _take(entry, into, left, found, begins)
    except (UnreadableError, UsageError) as error:
        found.failed = str(error).removeprefix(f"{path}: ")
    except (OSError, ValueError) as error:
        found.failed = f"cannot be read: {error}"
    return found


def _take(
    entry: Entry, into: Path, left: int, found: Unpacked, begins: Begins | None = None
) -> int:
    """Write one member, if it begins so, and return its bytes."""
    if entry.odd or entry.place is None:
        first = ", the first was read" if entry.odd == TWICE else ""
        found.refused.append((shown(entry.name)[:200], f"{entry.odd}{first}"))
        return 0
    target = into.joinpath(*entry.place.parts)
    try:
        written = entry.write(target, left, begins)
    except UnreadableError as error:  # of a tar all that follows is lost, too, and says so next
        if begins is not None:
            raise
        found.refused.append((str(entry.place), str(error)))
        return entry.size
    except FileExistsError:  # a disk that knows no capitals, or a file where a folder should be
        found.refused.append((str(entry.place), TWICE))
        return 0
    if begins is None or written:
        found.files.append(str(entry.place))
    return written
