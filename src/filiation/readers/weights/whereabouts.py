"""A folder that is no model: where in it, or near it, does the model lie?

A hub's cache keeps each model as `models--org--name`, with the files' contents in `blobs` and their
names, as links, in `snapshots/COMMIT`; `refs` says which commit is which branch's.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError, UsageError
from filiation.files import shown
from filiation.model.hub import repository_in
from filiation.readers.archives.naming import is_archive
from filiation.readers.weights.suffixes import is_weights

__all__ = ["archive_of", "called", "found_instead", "model_folder", "other_weights"]

COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
REF_LIMIT: Final = 256  # bytes of a file that names a commit
MOST: Final = 5  # names that are told
ENTRIES: Final = 2_000  # of a folder that are looked at


def archive_of(path: Path) -> Path | None:
    """The archive that a path is, or goes through: `m.zip` of `m.zip/folder`.

    Raises:
        UnreadableError: The system refuses the path.
    """
    try:
        for one in (path, *path.parents):
            if is_archive(one.name) and one.is_file():
                return one
            if one.exists():
                return None
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error
    return None


def model_folder(path: Path) -> Path:
    """The folder with a model's files: of a hub's cache the snapshot that its `main` names.

    Raises:
        UsageError: The cache holds several snapshots, or several models, or contents without names.
    """
    if path.name == "blobs" and (path.parent / "snapshots").is_dir():
        raise UsageError(
            f"{path}: holds contents without names, expected a model; their names are in "
            f"{path.parent / 'snapshots'}, give {path.parent}"
        )
    if path.name == "snapshots":
        return _snapshot(path)
    if (path / "snapshots").is_dir():
        return _snapshot(path / "snapshots")
    models = [one.name for one in _entries(path) if one.is_dir() and repository_in(one.name)]
    if models and not any(_is_weights(one) for one in _entries(path)):
        if len(models) == 1:
            return model_folder(path / models[0])
        raise UsageError(
            f"{path}: is a cache of {len(models)} models, {_listed(models)}; give one of these"
        )
    return path


def called(path: Path) -> str:
    """What a folder's model is called: in a hub's cache by its name there, not by its commit."""
    real = path.resolve()
    cached = repository_in(real.parent.parent.name) if real.parent.name == "snapshots" else ""
    return cached.rpartition("/")[2] or real.name


def found_instead(path: Path) -> str:
    """Say what a folder without weights holds, and where to look."""
    entries = list(_entries(path))
    inside = [one for one in entries if one.is_dir() and _holds(one)]
    deeper = [two for one in entries if one.is_dir() for two in _entries(one) if _holds(two)]
    names = sorted(one.name for one in entries)
    for found in (inside, deeper):
        if found:
            several = "" if len(found) == 1 else f" (and in {len(found) - 1} more)"
            place = found[0].relative_to(path)
            return f"found weights in its folder {place}{several}; give {path / place}"
    packed = [name for name in names if is_archive(name)]
    if packed:
        return f"found the archive {shown(packed[0])}; give {shown(str(path / packed[0]))}"
    if not names:
        return "the directory is empty"
    told = _listed(names)
    if "config.json" in names:
        return f"found {told}: a model is described, its weights were not downloaded"
    return f"found {told}"


def other_weights(folder: Path, read: Collection[Path]) -> str:
    """What weights lie in a folder, or in folders of it, beside those that were read, as a list.

    Args:
        folder: That of the model.
        read: The files that were read.
    """
    found = [one.name for one in _entries(folder) if _is_weights(one) and one not in read]
    for one in _entries(folder):
        if one.is_dir() and not any(file.is_relative_to(one) for file in read):
            try:
                found += [f"{one.name}/"] if _holds(one) else []
            except OSError:  # of another person; nobody reads it as part of the model either
                continue
    return _listed(found) if found else ""


def _snapshot(snapshots: Path) -> Path:
    """The snapshot that `refs/main` names, or the only one."""
    found = sorted(one for one in _entries(snapshots) if one.is_dir())
    main = snapshots.parent / "refs" / "main"
    if main.is_file() and main.stat().st_size <= REF_LIMIT:
        commit = main.read_bytes().decode("ascii", "replace").strip()
        named = [one for one in found if COMMIT.fullmatch(commit) and one.name == commit]
        if named:
            return named[0]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{snapshots}: holds {len(found)} snapshots, {_listed([one.name for one in found])}, and "
        "refs/main names none of them; give one of these"
    )


def _entries(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        return
    for n, one in enumerate(sorted(path.iterdir())):
        if n >= ENTRIES:
            return
        yield one


def _is_weights(path: Path) -> bool:
    return is_weights(path.name) and path.is_file()


def _holds(path: Path) -> bool:
    """Whether a folder holds weights directly."""
    return path.is_dir() and any(_is_weights(one) for one in _entries(path))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return shown(", ".join(names[:MOST]) + more)
