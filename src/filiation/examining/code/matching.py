"""Which functions of two trees are alike? Found by their rarest features, compared in full.

Each function of the source is looked up by the rarest features of each channel, so that no pair
need be compared that shares nothing rare.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.code.likeness import Alike, Weighed, alike, weighed
from filiation.methods.code.rarity import background
from filiation.model.source import Fragment, Hashes

__all__ = ["ALIKE", "Functions", "Pairing", "best_partners", "functions_of", "paired", "rarest"]

ALIKE: Final = 0.35  # likeness from which two functions are called alike
RAREST: Final = 8  # features of a function and channel by which it is looked up
COMMON: Final = 400  # functions from which a feature is no way to look one up
TRIED: Final = 12  # partners of a function that are compared in full
HITS: Final = 2  # features in common from which a pair is tried
AT_ONCE: Final = 1_000

Places: TypeAlias = NDArray[np.int64]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Functions:
    """The functions of a tree as they are compared.

    Attributes:
        fragments: In their order.
        weighed: Each with what its features weigh.
        keys: Rarest features of all functions, ascending.
        owners: Of each key, which function has it.
    """

    fragments: tuple[Fragment, ...]
    weighed: tuple[Weighed, ...]
    keys: Hashes
    owners: Places


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two functions, by their places, and how alike they are."""

    source: int
    subject: int
    alike: Alike


def functions_of(fragments: Sequence[Fragment]) -> Functions:
    """Functions ready to be looked up."""
    known = [weighed(one, background()) for one in fragments]
    found = [rarest(one) for one in known]
    owners = np.repeat(np.arange(len(found)), [len(one) for one in found])
    keys = np.concatenate(found) if found else np.zeros(0, dtype=np.uint64)
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    _, many = np.unique(keys, return_counts=True)
    keep = np.repeat(many <= COMMON, many)
    return Functions(
        fragments=tuple(fragments), weighed=tuple(known), keys=keys[keep], owners=owners[keep]
    )


def rarest(one: Weighed) -> Hashes:
    """The rarest features of each channel; of those that are as rare, the smallest hashes."""
    found = [
        hashes[np.lexsort((hashes, -weights))[:RAREST]]
        for hashes, weights in zip(one.hashes, one.weights, strict=True)
    ]
    return np.unique(np.concatenate(found))


def paired(source: Functions, subject: Functions) -> list[Pairing]:
    """Functions that are alike, each in one pair, those that share most before others."""
    found = [one for one in _tried(source, subject) if one.alike.whole >= ALIKE]
    found.sort(key=lambda one: (-one.alike.whole * _lines(source, one), one.source, one.subject))
    ours: set[int] = set()
    theirs: set[int] = set()
    kept = []
    for one in found:
        if one.source not in ours and one.subject not in theirs:
            ours.add(one.source)
            theirs.add(one.subject)
            kept.append(one)
    return kept


def best_partners(source: Functions, other: Functions) -> NDArray[np.float64]:
    """Of each function of the source, how alike the most alike of another tree is; 0 for none."""
    best = np.zeros(len(source.fragments))
    for one in _tried(source, other):
        best[one.source] = max(best[one.source], one.alike.whole)
    return best


def _lines(source: Functions, one: Pairing) -> int:
    fragment = source.fragments[one.source]
    return fragment.last - fragment.first + 1


def _tried(source: Functions, subject: Functions) -> Iterator[Pairing]:
    """Pairs that share rare features, compared in full."""
    for start in range(0, len(subject.weighed), AT_ONCE):
        part = subject.weighed[start : start + AT_ONCE]
        for ours, theirs in _candidates(source, part):
            yield Pairing(
                source=ours,
                subject=start + theirs,
                alike=alike(source.weighed[ours], part[theirs]),
            )


def _candidates(source: Functions, part: Sequence[Weighed]) -> Iterator[tuple[int, int]]:
    """Functions of the source that have most rare features in common with each of these."""
    features = [np.concatenate(one.hashes) for one in part]
    whose = np.repeat(np.arange(len(part)), [len(one) for one in features])
    hashes = np.concatenate(features) if features else np.zeros(0, dtype=np.uint64)
    first = np.searchsorted(source.keys, hashes, side="left")
    many = np.searchsorted(source.keys, hashes, side="right") - first
    there = many > 0
    first, many, whose = first[there], many[there], whose[there]
    if not len(first):
        return
    steps = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    ours = source.owners[np.repeat(first, many) + steps]
    pairs = np.repeat(whose, many) * len(source.fragments) + ours
    pairs, hits = np.unique(pairs, return_counts=True)
    enough = hits >= HITS
    pairs, hits = pairs[enough], hits[enough]
    theirs, ours = np.divmod(pairs, len(source.fragments))
    order = np.lexsort((ours, -hits, theirs))
    tried = 0
    last = -1
    for place in order.tolist():
        tried = tried + 1 if theirs[place] == last else 1
        last = int(theirs[place])
        if tried <= TRIED:
            yield int(ours[place]), last
