"""A source tree, from a folder, a single file or an archive (zip, wheel, tar, crate, jar).

Archives are unpacked within bounds into a private folder; nothing in a tree is run. Links are not
followed. One file that cannot be read does not spoil the others: it is told of.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.files import opened, shown
from filiation.model.source import Fragment, SourceTree
from filiation.readers.archives.naming import is_archive
from filiation.readers.code.aside import LARGEST, about_path, about_text
from filiation.readers.code.functions import functions
from filiation.readers.code.grammar import language_of
from filiation.readers.packages.unpacking import unpack
from filiation.readers.reader import Advance, silent
from filiation.readers.weights.suffixes import is_weights

__all__ = ["MOST_FILES", "is_tree", "open_tree"]

MOST_FILES: Final = 50_000  # source files of one tree
LOOKED: Final = 5_000  # entries of a folder that decide what it is
ONLY_SOURCE: Final = (".crate", ".jar")
DEEP: Final = 64  # folders within each other


def is_tree(path: Path) -> bool:
    """Whether a path is taken as source code: a source file, or a folder with some and no weights.

    Of a large folder the first `LOOKED` files decide. Archives are taken by their ending where that
    is one of source packages only; a zip, a wheel or a tar may hold a model as well.
    """
    if path.is_file():
        return language_of(path.name) is not None or path.name.lower().endswith(ONLY_SOURCE)
    if not path.is_dir():
        return False
    places = [*islice(path.rglob("*"), LOOKED)]
    if any(is_weights(place.name) for place in places):
        return False
    return any(language_of(place.name) is not None for place in places)


def open_tree(path: Path, *, name: str = "", advance: Advance = silent) -> SourceTree:
    """Read every function of a source tree.

    Args:
        path: A folder, a source file or an archive.
        name: What reports call it; the name of the path if empty.
        advance: Told how many files are done.

    Raises:
        UsageError: Nothing there, or no source in it of a language that is read.
        UnreadableError: A damaged archive, or more files than a tree may have.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected a source tree")
    called = name or path.name
    if path.is_dir():
        return _tree(path, called, (), advance)
    if not is_archive(path.name):
        return _tree(path, called, (), advance)
    with tempfile.TemporaryDirectory(prefix="filiation-") as made:
        found = unpack(path, Path(made), lambda member: language_of(member) is not None)
        if found.failed and not found.files:
            raise UnreadableError(f"{path}: {found.failed}; expected an archive of source code")
        left_out = [*found.refused, *([("(the rest)", found.failed)] if found.failed else ())]
        return _tree(Path(made), called, tuple(left_out), advance)


def _tree(
    root: Path, name: str, left_out: tuple[tuple[str, str], ...], advance: Advance
) -> SourceTree:
    files: dict[str, str] = {}
    broken: dict[str, int] = {}
    fragments: list[Fragment] = []
    aside = list(left_out)
    places = [*_sources(root, aside)]
    for done, (file, place) in enumerate(places):
        advance(name, done, len(places))
        try:
            raw = _read(place)
        except FiliationError as error:
            aside.append((file, str(error)))
            continue
        why = about_text(raw)
        if why:
            aside.append((file, why))
            continue
        files[file] = hashlib.sha256(raw).hexdigest()
        language = language_of(file)
        assert language is not None  # asked before
        found, faults = functions(raw, file, language)
        fragments += found
        if faults:
            broken[file] = faults
    if not files:
        raise UsageError(
            f"{shown(name)}: no source file of a language that is read"
            + (
                f"; {len(aside)} were set aside, such as {aside[0][0]}: {aside[0][1]}"
                if aside
                else ""
            )
        )
    return SourceTree(
        name=name, files=files, fragments=tuple(fragments), aside=tuple(aside), broken=broken
    )


def _sources(root: Path, aside: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    """Files of languages that are read, in the order of their names; others go aside or unseen."""
    if root.is_file():
        if language_of(root.name) is not None:
            yield root.name, root
        return
    count = 0
    for folder, folders, names in os.walk(root, followlinks=False):
        here = Path(folder)
        folders.sort()
        if len(here.relative_to(root).parts) >= DEEP:
            aside.append((here.relative_to(root).as_posix(), f"more than {DEEP} folders deep"))
            folders.clear()
        for name in sorted(names):
            place = here / name
            file = shown(place.relative_to(root).as_posix())
            if language_of(name) is None:
                continue
            why = "a link, which is not followed" if place.is_symlink() else about_path(file)
            if why:
                aside.append((file, why))
                continue
            count += 1
            if count > MOST_FILES:
                raise UnreadableError(
                    f"{shown(root.name)}: more than {MOST_FILES:,} source files, expected one "
                    "project; give a folder of it"
                )
            yield file, place


def _read(place: Path) -> bytes:
    """A file's text in UTF-8; of a text that is none, what is left if it is taken as Latin-1.

    Raises:
        UnreadableError: Not a file, or larger than a source file is.
    """
    with opened(place) as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise UnreadableError(f"more than {LARGEST:,} bytes, expected a source file")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace").encode()
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1").encode()
    return raw
