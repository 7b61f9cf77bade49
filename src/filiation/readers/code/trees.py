"""A source tree, from a folder, a single file or an archive (zip, wheel, tar, crate, jar).

Archives are unpacked within bounds into a private folder; nothing in a tree is run. Links are not
followed. One file that cannot be read does not spoil the others: it is told of.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.files import shown
from filiation.model.source import Sign, SourceTree
from filiation.readers.archives.entries import entries
from filiation.readers.archives.naming import is_archive
from filiation.readers.code.aside import about_path
from filiation.readers.code.grammar import language_of
from filiation.readers.code.history import claimed_days
from filiation.readers.code.one_file import NOTHING_SAID, OneFile, read_file
from filiation.readers.code.values import hashed
from filiation.readers.packages.unpacking import unpack
from filiation.readers.reader import Advance, silent
from filiation.readers.weights.suffixes import is_weights

__all__ = ["MOST_FILES", "is_tree", "open_tree"]

MOST_FILES: Final = 50_000  # source files of one tree
LOOKED: Final = 5_000  # entries of a folder that decide what it is
LOOKED_PACKED: Final = 500  # members of an archive that decide it
ONLY_SOURCE: Final = (".crate", ".jar")
DEEP: Final = 64  # folders within each other
MOST_FOREIGN: Final = 5_000  # files of other people that are read for the ledger
MANY: Final = 64  # files from which several processes are worth starting
CHUNK: Final = 8  # files that a process is given at once


def is_tree(path: Path) -> bool:
    """Whether a path is taken as source code: a source file, or a folder with some and no weights.

    Of a large folder the first `LOOKED` files decide, of an archive the first `LOOKED_PACKED`
    members: a zip, a wheel or a tar may hold a model as well.
    """
    if path.is_file():
        if language_of(path.name) is not None or path.name.lower().endswith(ONLY_SOURCE):
            return True
        return is_archive(path.name) and _packed_tree(path)
    if not path.is_dir():
        return False
    places = [*islice(path.rglob("*"), LOOKED)]
    if any(is_weights(place.name) for place in places):
        return False
    return any(language_of(place.name) is not None for place in places)


def _packed_tree(path: Path) -> bool:
    """Whether the first members of an archive are source code, and none is a model."""
    try:
        names = [entry.name for entry in islice(entries(path), LOOKED_PACKED)]
    except (FiliationError, OSError, ValueError):
        return False
    if any(is_weights(name) for name in names):
        return False
    return any(language_of(name) is not None for name in names)


def open_tree(
    path: Path, *, name: str = "", advance: Advance = silent, workers: int = 1
) -> SourceTree:
    """Read every function of a source tree.

    Args:
        path: A folder, a source file or an archive.
        name: What reports call it; the name of the path if empty.
        advance: Told how many files are done.
        workers: Processes that read its files.

    Raises:
        UsageError: Nothing there, or no source in it of a language that is read.
        UnreadableError: A damaged archive, or more files than a tree may have.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected a source tree")
    called = name or path.name
    if path.is_dir():
        return _tree(path, called, (), advance, workers)
    if not is_archive(path.name):
        return _tree(path, called, (), advance, workers)
    with tempfile.TemporaryDirectory(prefix="filiation-") as made:
        found = unpack(path, Path(made), lambda member: language_of(member) is not None)
        if found.failed and not found.files:
            raise UnreadableError(f"{path}: {found.failed}; expected an archive of source code")
        left_out = [*found.refused, *([("(the rest)", found.failed)] if found.failed else ())]
        return _tree(Path(made), called, tuple(left_out), advance, workers)


def _tree(
    root: Path, name: str, left_out: tuple[tuple[str, str], ...], advance: Advance, workers: int
) -> SourceTree:
    aside = list(left_out)
    places = [*_sources(root, aside)]
    found = []
    for done, one in enumerate(_read(places, workers)):
        advance(name, done, len(places))
        found.append(one)
    aside += [(one.file, one.why) for one in found if one.why]
    own = [one for one in found if not one.why]
    if not own:
        raise UsageError(
            f"{shown(name)}: no source file of a language that is read"
            + (
                f"; {len(aside)} were set aside, such as {aside[0][0]}: {aside[0][1]}"
                if aside
                else ""
            )
        )
    days, why = claimed_days(root) if root.is_dir() else ({}, "")
    read = {one.file for one in found if one.digest}
    return SourceTree(
        name=name,
        files={one.file: one.digest for one in own},
        fragments=tuple(each for one in own for each in one.fragments),
        aside=(*aside, *((("(history)", why),) if why else ())),
        broken={one.file: one.broken for one in own if one.broken},
        foreign=tuple(each for one in found if one.why for each in one.fragments),
        facts={one.file: one.facts for one in found if one.facts != NOTHING_SAID},
        signs=_standing(own),
        since={file: day for file, day in sorted(days.items()) if file in read},
    )


def _standing(own: Sequence[OneFile]) -> tuple[Sign, ...]:
    """Signs of all files; a comment on a name that another file has is none."""
    named = [one.names for one in own if one.names is not None]
    names = frozenset(np.unique(np.concatenate(named)).tolist()) if named else frozenset()
    return tuple(
        sign
        for one in own
        for sign in one.signs
        if sign.kind != "stale" or hashed(sign.text) not in names
    )


def _read(places: Sequence[tuple[str, Path, str]], workers: int) -> Iterator[OneFile]:
    """Every file in order, by several processes if that is asked for."""
    if workers < 2 or len(places) < MANY:
        yield from (read_file(*each) for each in places)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(read_file, *zip(*places, strict=True), chunksize=CHUNK)


def _sources(root: Path, aside: list[tuple[str, str]]) -> Iterator[tuple[str, Path, str]]:
    """Files of languages that are read, in the order of their names; others go aside or unseen.

    Yields:
        Path below the root, place, and why its place speaks for setting it aside.
    """
    if root.is_file():
        if language_of(root.name) is not None:
            yield root.name, root, ""
        return
    count = foreign = 0
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
            if why and (not why.startswith("vendored") or foreign >= MOST_FOREIGN):
                aside.append((file, why))
                continue
            foreign += bool(why)
            count += 1
            if count > MOST_FILES:
                raise UnreadableError(
                    f"{shown(root.name)}: more than {MOST_FILES:,} source files, expected one "
                    "project; give a folder of it"
                )
            yield file, place, why
