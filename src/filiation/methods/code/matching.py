"""Which function of one tree is so like one of the other that chance does not explain it?

Pairs that share a rare feature are looked at; a pair is convincing if functions of unrelated
projects are as alike in fewer than `CHANCE` of all comparisons that were made for it, one for each
function of the other tree (`tails`). Each function has one counterpart at most, the most convincing
pairs first.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from filiation.methods.code.likeness import DOUBTS, Alike, combined, weighed
from filiation.methods.code.rarity import Background
from filiation.methods.code.tails import Tails
from filiation.model.source import Fragment, Hashes, family_of

__all__ = ["CHANCE", "Functions", "Match", "matches", "share_in_functions", "weighed_functions"]

CHANCE: Final = 1e-3  # of a function that its best counterpart in a strange tree convinces
BEST: Final = 4  # counterparts of a function that are looked at, by part of the likeness
OFTEN: Final = 60  # functions of a tree that have a feature which no longer leads to a candidate
UNKNOWN: Final = 6.0  # nats of rarity from which such a feature does, to the first of them
ROWS: Final = 512  # functions that are compared at once

Floats: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.int64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A function and its counterpart.

    Attributes:
        source: Place of the one among the source's functions.
        subject: Place of the other among the subject's.
        alike: How alike they are.
        nats: Minus the logarithm of the chance of so much likeness, for all comparisons made.
    """

    source: int
    subject: int
    alike: Alike
    nats: float


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One part of the likeness over functions of one family of languages.

    Attributes:
        hashes: Features of all functions, one function after the other.
        weights: What each weighs.
        owner: Whose it is.
        known: Each feature once, ascending.
        totals: What each function weighs.
    """

    hashes: Hashes
    weights: Floats
    owner: Places
    known: Hashes
    totals: Floats


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Family:
    """Functions of one family of languages: their places in the tree, and their parts."""

    places: tuple[int, ...]
    parts: tuple[Part, ...]

    @property
    def totals(self) -> Floats:
        """What each function weighs, a mean of the parts."""
        mean: Floats = np.mean([part.totals for part in self.parts], axis=0)
        return mean


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Functions:
    """Functions of a tree with what their features weigh.

    Attributes:
        families: Those of each family of languages.
        totals: What each function weighs, in the tree's order.
    """

    families: Mapping[str, Family]
    totals: Floats


def matches(
    source: Sequence[Fragment],
    subject: Sequence[Fragment],
    background: Background,
    tails: Tails,
    *,
    chance: float = CHANCE,
) -> tuple[Match, ...]:
    """Convincing pairs of functions, one to one, the most convincing first.

    Args:
        source: Functions of one tree.
        subject: Functions of the other.
        background: How rare features are.
        tails: How alike functions of unrelated projects are.
        chance: From which on a pair does not convince.
    """
    ours, theirs = (weighed_functions(tree, background) for tree in (source, subject))
    return tuple(_one_to_one(_convincing(ours, theirs, tails, chance)))


def share_in_functions(source: Functions, subject: Functions, tails: Tails) -> float:
    """Share of the lighter tree's weight in functions with a convincing counterpart.

    Each counts by how alike it is to its counterpart.
    """
    found = [*_one_to_one(_convincing(source, subject, tails, CHANCE))]
    whole = float(source.totals.sum()), float(subject.totals.sum())
    if not min(whole):
        return 0.0
    ours = whole[0] <= whole[1]
    totals = source.totals if ours else subject.totals
    parts = [totals[one.source if ours else one.subject] * one.alike.whole for one in found]
    return float(sum(parts)) / min(whole)


def weighed_functions(fragments: Sequence[Fragment], background: Background) -> Functions:
    """Functions of a tree with what their features weigh."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(fragments):
        places.setdefault(family_of(one.language), []).append(place)
    families = {}
    totals = np.zeros(len(fragments))
    for family, where in places.items():
        families[family] = _family([fragments[at] for at in where], where, background)
        totals[where] = families[family].totals
    return Functions(families=families, totals=totals)


def _family(fragments: Sequence[Fragment], places: Sequence[int], background: Background) -> Family:
    functions = [weighed(one, background) for one in fragments]
    parts = []
    for number in range(len(DOUBTS)):
        hashes = np.concatenate([one.hashes[number] for one in functions])
        weights = np.concatenate([one.weights[number] for one in functions])
        owner = np.repeat(np.arange(len(functions)), [len(one.hashes[number]) for one in functions])
        part = Part(
            hashes=hashes,
            weights=weights,
            owner=owner,
            known=np.unique(hashes),
            totals=np.bincount(owner, weights, len(functions)).astype(float),
        )
        parts.append(part)
    return Family(places=tuple(places), parts=tuple(parts))


def _convincing(
    source: Functions, subject: Functions, tails: Tails, chance: float
) -> Sequence[Match]:
    """Pairs that convince, the most convincing first."""
    found: list[Match] = []
    for family in sorted({*source.families} & {*subject.families}):
        pair = source.families[family], subject.families[family]
        found += _of_family(*pair, tails, family, chance)
    found.sort(key=lambda one: (-one.nats, -one.alike.whole, one.source, one.subject))
    return found


def _one_to_one(found: Sequence[Match]) -> Iterator[Match]:
    ours: set[int] = set()
    theirs: set[int] = set()
    for one in found:
        if one.source not in ours and one.subject not in theirs:
            ours.add(one.source)
            theirs.add(one.subject)
            yield one


def _of_family(
    source: Family, subject: Family, tails: Tails, family: str, chance: float
) -> Iterator[Match]:
    """Pairs that convince, of functions of one family of languages."""
    pairs = [*zip(source.parts, subject.parts, strict=True)]
    tables = [_matrices(*pair) for pair in pairs]
    many = len(subject.places)
    rows, columns = _candidates(tables, [two.totals for _, two in pairs], many)
    likeness = np.zeros((len(DOUBTS), len(rows)))
    for part, (one, two) in enumerate(tables):
        for begin in range(0, len(rows), ROWS * BEST):
            some = slice(begin, begin + ROWS * BEST)
            least = one[rows[some]].minimum(two[columns[some]])
            likeness[part, some] = np.asarray(least.sum(axis=1)).ravel()
        size = np.sqrt(pairs[part][0].totals[rows] * pairs[part][1].totals[columns])
        likeness[part] /= size + DOUBTS[part]
    sizes = np.sqrt(source.totals[rows] * subject.totals[columns])
    looked = math.log(max(1, len(source.places), many))
    nats = tails.nats(family, combined(likeness), sizes) - looked
    for at in np.flatnonzero(nats >= -math.log(chance)):
        lines, tokens, runs, structure = (float(each[at]) for each in likeness)
        yield Match(
            source=source.places[rows[at]],
            subject=subject.places[columns[at]],
            alike=Alike(lines=lines, tokens=tokens, runs=runs, structure=structure),
            nats=float(nats[at]),
        )


def _matrices(source: Part, subject: Part) -> tuple[csr_array, csr_array]:
    """Weights by function and feature, of the features that both trees have."""
    both = np.intersect1d(source.known, subject.known, assume_unique=True)
    made = []
    for part in (source, subject):
        column = np.minimum(np.searchsorted(both, part.hashes), max(0, len(both) - 1))
        kept = part.weights > 0 if len(both) else np.zeros(len(part.hashes), bool)
        kept[kept] = both[column[kept]] == part.hashes[kept]
        shape = (len(part.totals), max(1, len(both)))
        made.append(csr_array((part.weights[kept], (part.owner[kept], column[kept])), shape=shape))
    return made[0], made[1]


def _candidates(
    tables: Sequence[tuple[csr_array, csr_array]], totals: Sequence[Floats], subjects: int
) -> tuple[Places, Places]:
    """The `BEST` counterparts of each function by what is shared in each part, rare features.

    A feature of many of the tree's functions leads to few of them, and only where it is rare
    elsewhere: whoever keeps a copy a hundred times over hides none.
    """
    pairs = [np.zeros(0, np.int64)]
    for (one, two), theirs, doubt in zip(tables, totals, DOUBTS, strict=True):
        for inverse in (_rare(two), _repeated(one, two)):
            if not inverse.nnz:
                continue
            for at in range(0, one.shape[0], ROWS):
                shared = (one[at : at + ROWS] @ inverse).tocoo()
                score = shared.data / np.sqrt(theirs[shared.col] + doubt)
                rows = shared.row.astype(np.int64) + at
                pairs.append(_best(rows, shared.col.astype(np.int64), score, subjects))
    keys = np.unique(np.concatenate(pairs))
    return keys // max(1, subjects), keys % max(1, subjects)


def _rare(two: csr_array) -> csr_array:
    """By feature, the functions that have it, if they are few, [features, functions]."""
    often = np.bincount(two.indices, minlength=two.shape[1])
    kept = np.ones(two.nnz) * (often[two.indices] <= OFTEN)
    return csr_array((kept, two.indices, two.indptr), two.shape).T.tocsr()


def _repeated(one: csr_array, two: csr_array) -> csr_array:
    """By feature that many have and the background hardly knows, the first that have it.

    Of those that many functions of the other tree have too, none.
    """
    inverse = two.T.tocsr()
    often = np.diff(inverse.indptr)
    feature = np.repeat(np.arange(len(often)), often)
    place = np.arange(inverse.nnz) - inverse.indptr[feature]
    few = np.bincount(one.indices, minlength=one.shape[1])[feature] <= OFTEN
    # a weight is of all the times that a feature stands in a function, so that it is at least this
    kept = (often[feature] > OFTEN) & (place < OFTEN) & few & (inverse.data >= UNKNOWN)
    return csr_array(
        (np.ones(int(kept.sum())), (feature[kept], inverse.indices[kept])), inverse.shape
    )


def _best(rows: Places, columns: Places, score: Floats, subjects: int) -> Places:
    """Keys of the best of each row."""
    keep = score > 0
    rows, columns, score = rows[keep], columns[keep], score[keep]
    order = np.lexsort((columns, -score, rows))
    rows, columns = rows[order], columns[order]
    first = np.searchsorted(rows, rows)
    best = np.arange(len(rows)) - first < BEST
    found: Places = rows[best] * subjects + columns[best]
    return found
