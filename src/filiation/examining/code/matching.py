"""Which function of another tree is most like one? Found by rare features, compared in full.

Each function is looked up by the rarest features of each part of the likeness, so that no pair
need be compared that shares nothing rare.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.code.likeness import Weighed, alike, weighed
from filiation.methods.code.matching import Match, matches
from filiation.methods.code.rarity import background
from filiation.methods.code.tails import tails
from filiation.model.source import Fragment, Hashes

__all__ = ["LEAST", "RAREST", "Functions", "best_partners", "functions_of", "paired", "rarest"]

LEAST: Final = 0.3  # likeness of a pair that convinces, below which nothing is to be seen in it
RAREST: Final = 6  # features of a function and part by which it is looked up
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
    """The rarest features of each part; of those that are as rare, the smallest hashes."""
    found = [
        hashes[np.lexsort((hashes, -weights))[:RAREST]]
        for hashes, weights in zip(one.hashes, one.weights, strict=True)
    ]
    return np.unique(np.concatenate(found))


def paired(source: Sequence[Fragment], subject: Sequence[Fragment]) -> list[Match]:
    """Functions that chance does not make so alike, each in one pair, and that look alike."""
    found = matches(source, subject, background(), tails())
    return [one for one in found if one.alike.whole >= LEAST]


def best_partners(source: Functions, other: Functions) -> NDArray[np.float64]:
    """Of each function of the source, how alike the most alike of another tree is; 0 for none."""
    best = np.zeros(len(source.fragments))
    for place, likeness in _tried(source, other):
        best[place] = max(best[place], likeness)
    return best


def _tried(source: Functions, other: Functions) -> Iterator[tuple[int, float]]:
    """Functions of the source, and how alike one is that shares rare features."""
    for start in range(0, len(other.weighed), AT_ONCE):
        part = other.weighed[start : start + AT_ONCE]
        for ours, theirs in _candidates(source, part):
            yield ours, alike(source.weighed[ours], part[theirs]).whole


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
