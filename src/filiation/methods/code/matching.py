"""Which function of one tree is so like one of the other that chance does not explain it?

Pairs that share a rare feature are looked at; a pair is convincing if functions of unrelated
projects are as alike in fewer than `CHANCE` of all comparisons that were made for it, one for each
function of the other tree (`tails`). Each function has one counterpart at most, the most convincing
pairs first.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from filiation.methods.code.likeness import DOUBTS, Alike, Weighed, combined, weighed
from filiation.methods.code.rarity import Background
from filiation.methods.code.tails import Tails
from filiation.model.source import Fragment, Hashes, family_of

__all__ = ["CHANCE", "Functions", "Match", "matches", "share_in_functions", "weighed_functions"]

CHANCE: Final = 1e-3  # of a function that its best counterpart in a strange tree convinces
BEST: Final = 4  # counterparts of a function that are looked at, by channel
OFTEN: Final = 60  # functions of a tree that have a feature which no longer leads to a candidate
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
class Functions:
    """Functions of a tree with what their features weigh.

    Attributes:
        weighed: Each, in the tree's order.
        families: Places of those of each family of languages.
    """

    weighed: tuple[Weighed, ...]
    families: Mapping[str, tuple[int, ...]]

    @property
    def total(self) -> float:
        """What all weigh together."""
        return sum(one.total for one in self.weighed)


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
    found = _one_to_one(_convincing(source, subject, tails, CHANCE))
    if not min(source.total, subject.total):
        return 0.0
    if source.total <= subject.total:
        parts = [source.weighed[one.source].total * one.alike.whole for one in found]
        return sum(parts) / source.total
    parts = [subject.weighed[one.subject].total * one.alike.whole for one in found]
    return sum(parts) / subject.total


def weighed_functions(fragments: Sequence[Fragment], background: Background) -> Functions:
    """Functions of a tree with what their features weigh."""
    families: dict[str, list[int]] = {}
    for place, one in enumerate(fragments):
        families.setdefault(family_of(one.language), []).append(place)
    return Functions(
        weighed=tuple(weighed(one, background) for one in fragments),
        families={family: tuple(places) for family, places in families.items()},
    )


def _convincing(
    source: Functions, subject: Functions, tails: Tails, chance: float
) -> Sequence[Match]:
    """Pairs that convince, the most convincing first."""
    found: list[Match] = []
    for family in sorted({*source.families} & {*subject.families}):
        ours, theirs = source.families[family], subject.families[family]
        one = [source.weighed[at] for at in ours]
        two = [subject.weighed[at] for at in theirs]
        for pair in _of_family(one, two, tails, family):
            if pair.nats >= -math.log(chance):
                found.append(replace(pair, source=ours[pair.source], subject=theirs[pair.subject]))
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
    source: Sequence[Weighed], subject: Sequence[Weighed], tails: Tails, family: str
) -> Iterator[Match]:
    """Candidates with the likeness of each, by functions of one family of languages."""
    tables = [_matrices(source, subject, part) for part in range(len(DOUBTS))]
    rows, columns = _candidates(tables, len(subject))
    likeness = np.zeros((len(DOUBTS), len(rows)))
    for part, (one, two, ours, theirs) in enumerate(tables):
        for at in range(0, len(rows), ROWS * BEST):
            some = slice(at, at + ROWS * BEST)
            least = one[rows[some]].minimum(two[columns[some]])
            likeness[part, some] = np.asarray(least.sum(axis=1)).ravel()
        likeness[part] /= np.sqrt(ours[rows] * theirs[columns]) + DOUBTS[part]
    totals = [np.array([one.total for one in tree]) for tree in (source, subject)]
    size = np.sqrt(totals[0][rows] * totals[1][columns])
    looked = math.log(max(1, len(source), len(subject)))
    nats = tails.nats(family, combined(likeness), size) - looked
    for at, value in enumerate(nats):
        lines, tokens, runs, structure = (float(each[at]) for each in likeness)
        alike = Alike(lines=lines, tokens=tokens, runs=runs, structure=structure)
        yield Match(source=int(rows[at]), subject=int(columns[at]), alike=alike, nats=float(value))


Tables: TypeAlias = tuple[csr_array, csr_array, Floats, Floats]


def _matrices(source: Sequence[Weighed], subject: Sequence[Weighed], part: int) -> Tables:
    """Weights by function and feature that both trees have, and what each function weighs."""
    flat = [_flat(tree, part) for tree in (source, subject)]
    both = np.intersect1d(flat[0][0], flat[1][0])
    made = []
    for tree, (hashes, weights, owner) in zip((source, subject), flat, strict=True):
        column = np.minimum(np.searchsorted(both, hashes), max(0, len(both) - 1))
        kept = weights > 0 if len(both) else np.zeros(len(hashes), bool)
        kept[kept] = both[column[kept]] == hashes[kept]
        matrix = csr_array(
            (weights[kept], (owner[kept], column[kept])), shape=(len(tree), max(1, len(both)))
        )
        made.append((matrix, np.bincount(owner, weights, len(tree)).astype(float)))
    return made[0][0], made[1][0], made[0][1], made[1][1]


def _flat(tree: Sequence[Weighed], part: int) -> tuple[Hashes, Floats, Places]:
    """Hashes, weights and owners of all features of a part."""
    hashes = np.concatenate([np.zeros(0, np.uint64), *(one.hashes[part] for one in tree)])
    weights = np.concatenate([np.zeros(0), *(one.weights[part] for one in tree)])
    owner = np.repeat(np.arange(len(tree)), [len(one.hashes[part]) for one in tree])
    return hashes, weights, owner


def _candidates(tables: Sequence[Tables], subjects: int) -> tuple[Places, Places]:
    """The `BEST` counterparts of each function by what is shared in each channel, rare features."""
    pairs = [np.zeros(0, np.int64)]
    for (one, two, _, theirs), doubt in zip(tables, DOUBTS, strict=True):
        often = np.bincount(two.indices, minlength=two.shape[1])
        rare = csr_array(
            (np.ones(two.nnz) * (often[two.indices] <= OFTEN), two.indices, two.indptr), two.shape
        )
        inverse = rare.T.tocsr()
        for at in range(0, one.shape[0], ROWS):
            shared = (one[at : at + ROWS] @ inverse).tocoo()
            score = shared.data / np.sqrt(theirs[shared.col] + doubt)
            rows = shared.row.astype(np.int64) + at
            pairs.append(_best(rows, shared.col.astype(np.int64), score, subjects))
    keys = np.unique(np.concatenate(pairs))
    return keys // max(1, subjects), keys % max(1, subjects)


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
