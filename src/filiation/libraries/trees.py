"""A library of source trees: an index of the rarest features of each function, and the trees.

In the folder `trees` of a library: `trees.json` (which trees), `index-..npz` (features in order,
each with the function that has it) and each tree's kept list of functions. A search looks up the
query's features, counts functions, and compares the few trees that have most of them in full.
"""

import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeAlias, final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.examining.code.matching import paired, rarest
from filiation.files import opened, put
from filiation.methods.code.containment import in_common
from filiation.methods.code.likeness import weighed
from filiation.methods.code.rarity import background
from filiation.model.library import LibraryTree, TreeCandidate, TreeSearch
from filiation.model.source import Hashes, SourceTree
from filiation.model.survey import SetAside
from filiation.readers.code.kept import SUFFIX, kept_bytes, read_kept

__all__ = ["TreeLibrary", "has_trees"]

FOLDER: Final = "trees"
LISTED: Final = "trees.json"
INDEX: Final = re.compile(r"index-[0-9a-f]{16}\.npz")
KEY: Final = "filiation.trees"
SCHEMA: Final = 1
LARGEST: Final = 1 << 28  # bytes of the list
NAME: Final = 200  # characters
HITS: Final = 12  # of at most 24 rare features in common, from which a function is seen
COMMON: Final = 500  # functions that have a feature, from which it tells nobody apart
FULL: Final = 10  # trees of a shortlist that are compared in full
FAULTS: Final = (OSError, ValueError, KeyError, TypeError, BadZipFile, EOFError, RecursionError)

Owners: TypeAlias = NDArray[np.uint32]


def has_trees(library: Path) -> bool:
    """Whether a library holds source trees."""
    return (library / FOLDER / LISTED).is_file()


@final
class TreeLibrary:
    """The source trees of a library; changed trees are written by `save`."""

    def __init__(self, library: Path, *, create: bool = False) -> None:
        """Open the trees of a library.

        Raises:
            UsageError: There is none and none is to be made.
            UnreadableError: It was changed, or made by another version.
        """
        self._folder = library / FOLDER
        self._added: list[tuple[LibraryTree, list[Hashes]]] = []
        self.trees: tuple[LibraryTree, ...] = ()
        self._index = ""
        self._keys: Hashes = np.zeros(0, dtype=np.uint64)
        self._owners: Owners = np.zeros(0, dtype=np.uint32)
        if has_trees(library):
            self._read()
        elif not create:
            raise UsageError(f"{library}: holds no source trees; `library add` puts some in")

    def _read(self) -> None:
        try:
            with opened(self._folder / LISTED) as file:
                said = json.loads(file.read(LARGEST))
            if said[KEY] != SCHEMA:
                raise UnreadableError(f"{LISTED}: schema {said[KEY]}, expected {SCHEMA}")
            self.trees = tuple(LibraryTree(**one) for one in said["trees"])
            self._index = str(said["index"])
            if not INDEX.fullmatch(self._index):
                raise ValueError(f"index {self._index[:40]!r}")
            with (
                opened(self._folder / self._index) as file,
                np.load(file, allow_pickle=False) as kept,
            ):
                self._keys = kept["keys"].astype(np.uint64, copy=False)
                self._owners = kept["owners"].astype(np.uint32, copy=False)
            self._check()
        except FiliationError:
            raise
        except FAULTS as error:
            raise UnreadableError(
                f"{self._folder}: {type(error).__name__} {error}, expected an index of source "
                "trees; it was changed"
            ) from error

    def _check(self) -> None:
        functions = sum(one.functions for one in self.trees)
        if (
            self._keys.ndim != 1
            or self._keys.shape != self._owners.shape
            or (self._keys[1:] < self._keys[:-1]).any()
            or (len(self._owners) and int(self._owners.max()) >= functions)
            or any(not isinstance(one.kept, str) or not one.kept.isalnum() for one in self.trees)
        ):
            raise ValueError("features, functions and trees that do not fit together")

    def add(self, tree: SourceTree) -> LibraryTree | SetAside:
        """Put a tree in, or say why not; `save` writes it.

        Raises:
            UsageError: No name that can be printed.
        """
        if not 0 < len(tree.name) <= NAME or any(ord(c) < 32 for c in tree.name):
            raise UsageError(f"{tree.name!r}: expected a name of 1 to {NAME} printable characters")
        for there in (*self.trees, *(one for one, _ in self._added)):
            if there.tree == tree.digest:
                reason = f"holds the same files as {there.name}"
                return SetAside(name=tree.name, reason=reason, same_as=there.name)
            if there.name == tree.name:
                raise UsageError(f"{tree.name}: there is a tree of that name; name it otherwise")
        if not tree.fragments:
            return SetAside(name=tree.name, reason="has no function that could be looked up")
        raw = kept_bytes(tree)
        entry = LibraryTree(
            name=tree.name,
            tree=tree.digest,
            kept=hashlib.sha256(raw).hexdigest(),
            functions=len(tree.fragments),
        )
        self._folder.mkdir(parents=True, exist_ok=True)
        put(self._kept(entry), raw)
        known = (weighed(one, background()) for one in tree.fragments)
        self._added.append((entry, [rarest(one) for one in known]))
        return entry

    def save(self) -> None:
        """Write the index with what was added."""
        if not self._added:
            return
        first = sum(one.functions for one in self.trees)
        found = [one for _, functions in self._added for one in functions]
        keys = np.concatenate([self._keys, *found])
        owners = np.repeat(
            np.arange(first, first + len(found), dtype=np.uint32), [len(one) for one in found]
        )
        order = np.argsort(keys, kind="stable")
        self._keys, self._owners = keys[order], np.concatenate([self._owners, owners])[order]
        self.trees = (*self.trees, *(one for one, _ in self._added))
        self._added = []
        self._write()

    def remove(self, name: str) -> LibraryTree:
        """Forget a tree, and its list of functions.

        Raises:
            UsageError: There is no such tree.
        """
        entry = self.named(name)
        place = self.trees.index(entry)
        first = sum(one.functions for one in self.trees[:place])
        gone = (self._owners >= first) & (self._owners < first + entry.functions)
        owners = self._owners[~gone]
        self._owners = np.where(owners >= first, owners - np.uint32(entry.functions), owners)
        self._keys = self._keys[~gone]
        self.trees = tuple(one for one in self.trees if one is not entry)
        self._write()
        self._kept(entry).unlink(missing_ok=True)
        return entry

    def named(self, name: str) -> LibraryTree:
        """The tree of a name.

        Raises:
            UsageError: There is none.
        """
        found = next((one for one in self.trees if one.name == name), None)
        if found is None:
            raise UsageError(f"{name}: no source tree of that name among {len(self.trees)}")
        return found

    def open(self, entry: LibraryTree) -> SourceTree:
        """A tree as it was put in.

        Raises:
            UnreadableError: Its list of functions was changed.
        """
        tree = read_kept(self._kept(entry), entry.name)
        if tree.digest != entry.tree or len(tree.fragments) != entry.functions:
            raise UnreadableError(f"{entry.name}: its kept list of functions is of another tree")
        return tree

    def raw(self, name: str) -> bytes:
        """A tree's kept list of functions, to the byte."""
        with opened(self._kept(self.named(name))) as file:
            return file.read()

    def search(self, query: SourceTree, *, most: int = 20) -> TreeSearch:
        """The trees that share most functions with a query."""
        seen = self._seen([np.unique(np.concatenate([each.hashes for each in one.channels]))
                           for one in query.fragments])  # fmt: skip
        best = np.lexsort((np.arange(len(seen)), -seen))[:most]
        found = [self.trees[place] for place in best.tolist() if seen[place]]
        counts = [int(seen[place]) for place in best.tolist() if seen[place]]
        candidates = []
        for number, (entry, count) in enumerate(zip(found, counts, strict=True)):
            one = TreeCandidate(name=entry.name, seen=count, same=entry.tree == query.digest)
            if number < FULL:
                tree = self.open(entry)
                one = TreeCandidate(
                    name=entry.name,
                    seen=count,
                    matched=len(paired(query.fragments, tree.fragments)),
                    shared=in_common(query, tree),
                    same=one.same,
                )
            candidates.append(one)
        candidates.sort(key=lambda one: (one.shared is None, -(one.shared or 0), -one.seen))
        return TreeSearch(
            query=query.name,
            functions=len(query.fragments),
            trees=len(self.trees),
            candidates=tuple(candidates),
        )

    def _seen(self, functions: Sequence[Hashes]) -> NDArray[np.int64]:
        """Of each tree, how many functions of the query share rare features with one of it."""
        starts = np.cumsum([0, *(one.functions for one in self.trees)])
        counts = np.zeros(len(self.trees), dtype=np.int64)
        for hashes in functions:
            owners = self._owners_of(hashes)
            which, hits = np.unique(owners, return_counts=True)
            trees = np.searchsorted(starts, which[hits >= HITS], side="right") - 1
            counts[np.unique(trees)] += 1
        return counts

    def _owners_of(self, hashes: Hashes) -> NDArray[np.int64]:
        """Every function of the library that is looked up by one of these features."""
        first = np.searchsorted(self._keys, hashes, side="left")
        many = np.searchsorted(self._keys, hashes, side="right") - first
        there = (many > 0) & (many <= COMMON)
        first, many = first[there], many[there]
        if not len(first):
            return np.zeros(0, dtype=np.int64)
        steps = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
        found: NDArray[np.int64] = self._owners[np.repeat(first, many) + steps].astype(np.int64)
        return found

    def _kept(self, entry: LibraryTree) -> Path:
        return self._folder / f"{entry.kept}{SUFFIX}"

    def _write(self) -> None:
        """Write the index under a name of its own, then the list that names it."""
        made = io.BytesIO()
        np.savez(made, keys=self._keys, owners=self._owners)
        index = f"index-{hashlib.sha256(made.getbuffer()).hexdigest()[:16]}.npz"
        put(self._folder / index, made.getvalue())
        said: dict[str, Any] = {
            KEY: SCHEMA,
            "index": index,
            "trees": [asdict(one) for one in self.trees],
        }
        put(self._folder / LISTED, json.dumps(said).encode() + b"\n")
        if self._index not in ("", index):
            (self._folder / self._index).unlink(missing_ok=True)
        self._index = index
