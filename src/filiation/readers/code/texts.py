"""The text of files of a source tree again, each only if it is the one that was examined."""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from filiation.errors import FiliationError
from filiation.readers.archives.naming import is_archive
from filiation.readers.code.one_file import text_of
from filiation.readers.packages.unpacking import unpack

__all__ = ["texts"]


def texts(path: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Text by path below the root, of those whose SHA-256 is as wanted; others are left out.

    Args:
        path: A folder, a source file or an archive.
        wanted: Path below the root to SHA-256 (hex) of the text as it was examined.
    """
    if path.is_file() and is_archive(path.name):
        with tempfile.TemporaryDirectory(prefix="filiation-") as made:
            unpack(path, Path(made), lambda member: _plain(member) in wanted)
            return _read(Path(made), wanted)
    if path.is_file():
        return _read(path.parent, {name: wanted[name] for name in wanted if name == path.name})
    return _read(path, wanted)


def _plain(member: str) -> str:
    return str(PurePosixPath(member))


def _read(root: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, digest in wanted.items():
        place = root.joinpath(*PurePosixPath(name).parts)
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
            continue
        if any(step.is_symlink() for step in (place, *place.parents) if root in step.parents):
            continue
        try:
            raw = text_of(place)
        except (FiliationError, OSError, ValueError):
            continue
        if hashlib.sha256(raw).hexdigest() == digest:
            found[name] = raw.decode("utf-8", "replace")
    return found
