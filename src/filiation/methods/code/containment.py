"""Does the subject's source tree hold more of the source's than others of the field do?

Each function of one tree may have one counterpart in the other: two functions are so alike that
functions of unrelated projects are not in one of a thousand such searches (`matching`). How much of
the lighter tree's weight lies in such functions, each counted by how alike it is to its
counterpart, is what two trees have in common.

Strangers of one field have something in common, so no threshold is used: source and subject stand
in a line-up of trees of the same role and field. If nothing was taken, they are two of these like
any others: by how much two trees have more in common than either has with any third, every pair of
the line-up may come first, and p = (1 + #) / pairs. A tree with which all have much in common leads
with none.

Defeated by: rewriting what the code computes. It cannot tell who copied from whom, nor a common
third source that is no control; that the line-up is of one role and field is for the examiner to
say.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.code.likeness import contained
from filiation.methods.code.matching import Functions, share_in_functions, weighed_functions
from filiation.methods.code.rarity import background
from filiation.methods.code.tails import tails
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Place, Underpowered
from filiation.model.null import Calibrated
from filiation.model.source import SourceTree, family_of
from filiation.model.words import MethodWords

__all__ = [
    *("FEWEST", "FLOOR", "LineUp", "TreeContainment", "beyond", "comparable", "holds_nearly_all"),
    *("in_common", "line_up", "one_tree", "rank_of_pair"),
]

FEWEST: Final = 4  # controls of a line-up
FLOOR: Final = 0.06  # 727 pairs of strangers have .047 at most: below it nothing is told
SAME: Final = 0.5  # what two controls have in common that count as one
PAIRED: Final = 20  # controls that are compared with each other: with 13, p can be below .01
FUNCTIONS: Final = 10  # of a tree that can be compared
NAMED: Final = 3  # controls whose reason is given where too few are left
WHOLE: Final = 0.9  # of the source's weight: who holds so much is no stranger
DIGITS: Final = 10
BECAUSE: Final = (
    "if neither took from the other, source and subject are two trees of the same role and field "
    "like any two of the line-up; a library, a standard or an author that source and subject have "
    "in common, and the controls have not, would break this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """Who stands in the line-up, and who is set aside.

    Attributes:
        controls: Those that count, each content once.
        relatives: Names of those set aside, with what they share with the source and the reason.
    """

    controls: tuple[SourceTree, ...]
    relatives: tuple[tuple[str, float, str], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TreeContainment:
    """What two trees have in common, ranked among all pairs of trees of the field."""

    @property
    def reads(self) -> str:
        return "code"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "tree-containment/2"

    def compare(
        self,
        source: SourceTree,
        subject: SourceTree,
        controls: Sequence[SourceTree] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        line = line_up(source, subject, controls, families)
        scarce = self._scarce(source, subject, line)
        if scarce is not None:
            return scarce
        seen = in_common(source, subject)
        rows = [[in_common(tree, one) for one in line.controls] for tree in (source, subject)]
        shares = _shares(seen, rows, line.controls[:PAIRED])
        pairs, p = len(shares) * (len(shares) - 1) // 2, rank_of_pair(shares, rows)
        _shared.cache_clear()
        _weighed.cache_clear()
        many = len(line.controls)
        return Finding(
            method=self.id,
            observed=seen,
            unit="of the lighter tree in functions with a convincing counterpart in the other",
            null=Calibrated(controls=many, log_floor=-math.log(pairs), because=BECAUSE),
            log_p=math.log(p),
            combination=f"the rank of the pair among all {pairs} pairs of the line-up, by what "
            "both have in common beyond what either usually has with a third; where a control has "
            "as much with one of them, its rank among the controls if that is worse"
            + _as_much((source, subject), seen, rows, line),
            items=min(len(source.fragments), len(subject.fragments)),
            lineup=_places(subject.name, seen, rows[0], line),
        )

    def _scarce(self, source: SourceTree, subject: SourceTree, line: LineUp) -> Underpowered | None:
        for tree in (source, subject):
            many = comparable(tree, source, subject)
            if many < FUNCTIONS:
                reason = (
                    f"{tree.name} has {many} functions of five lines or more in languages that "
                    f"both have, expected {FUNCTIONS} at least; so little code looks like other "
                    "code, and none of one language like that of another"
                )
                return Underpowered(method=self.id, reason=reason)
        if len(line.controls) >= FEWEST:
            return None
        reason = (
            f"{len(line.controls)} source trees of the same role and field that are no relatives, "
            f"expected {FEWEST} at least; what strangers share cannot be told without them"
        )
        aside = [f"{name} {why}" for name, _, why in line.relatives]
        more = f"; and {len(aside) - NAMED} more" if len(aside) > NAMED else ""
        told = f"; set aside: {'; '.join(aside[:NAMED])}{more}" if aside else ""
        return Underpowered(method=self.id, reason=f"{reason}{told}")


def comparable(tree: SourceTree, source: SourceTree, subject: SourceTree) -> int:
    """Functions of a tree in families of languages that source and subject both have."""
    ours, theirs = (
        {family_of(one.language) for one in side.fragments} for side in (source, subject)
    )
    return sum(family_of(one.language) in ours & theirs for one in tree.fragments)


def in_common(one: SourceTree, two: SourceTree) -> float:
    """Share of the lighter tree's weight in functions whose counterpart in the other convinces."""
    first, second = sorted((one, two), key=lambda tree: (len(tree.fragments), tree.digest))
    return _shared(first, second)


@lru_cache(maxsize=1024)  # by identity of the trees; emptied after each comparison
def _shared(one: SourceTree, two: SourceTree) -> float:
    return round(share_in_functions(_weighed(one), _weighed(two), tails()), DIGITS)


@lru_cache(maxsize=32)
def _weighed(tree: SourceTree) -> Functions:
    return weighed_functions(tree.fragments, background())


def _shares(
    seen: float, rows: Sequence[Sequence[float]], controls: Sequence[SourceTree]
) -> NDArray[np.float64]:
    """What every two of source, subject and these controls have in common, [n, n]."""
    many = len(controls)
    shares = np.zeros((many + 2, many + 2))
    shares[0, 1] = seen
    shares[:2, 2:] = [row[:many] for row in rows]
    for one in range(many):
        for two in range(one):
            shares[two + 2, one + 2] = in_common(controls[two], controls[one])
    return np.maximum(shares, shares.T)


def _as_much(
    pair: tuple[SourceTree, SourceTree],
    seen: float,
    rows: Sequence[Sequence[float]],
    line: LineUp,
) -> str:
    """Which controls stand in the way, and that one of common origin would be none."""
    found = [
        f"{control.name} has {value:.3f} with {tree.name}"
        for tree, row in zip(pair, rows, strict=True)
        for control, value in zip(line.controls, row, strict=True)
        if seen >= FLOOR and value >= seen
    ]
    if not found:
        return ""
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return (
        f"; here {', '.join(found[:NAMED])}{more}, as much as source and subject have with each "
        "other or more: a control that took from one of them, or they from it, is no stranger, and "
        "keeps p from being smaller"
    )


def rank_of_pair(shares: NDArray[np.float64], rows: Sequence[Sequence[float]]) -> float:
    """The p of source and subject among all pairs of the line-up.

    Args:
        shares: What every two have in common, the source first, then the subject, [n, n].
        rows: What the source, and what the subject, has in common with every control.
    """
    seen = shares[0, 1]
    if seen < FLOOR:
        return 1.0
    found = beyond(shares)[np.triu_indices(len(shares), 1)]
    p = int((found >= found[0]).sum()) / len(found)
    above = max(sum(one >= seen for one in row) for row in rows)
    return max(p, (1 + above) / (1 + len(rows[0]))) if above else p


def beyond(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """What two trees have in common beyond what either usually has with a third, [n, n].

    Args:
        shares: What every two have in common, symmetric, [n, n]; the diagonal does not count.
    """
    many = len(shares)
    each = np.arange(many)
    thirds = np.repeat(shares[:, None, :], many, axis=1)  # what the first has with each third
    thirds[each, :, each] = np.nan
    thirds[:, each, each] = np.nan
    ordered = np.sort(thirds, axis=2)  # what is none comes last
    usual = (ordered[:, :, (many - 3) // 2] + ordered[:, :, (many - 2) // 2]) / 2.0
    return np.round(shares - usual - usual.T, DIGITS)


def line_up(
    source: SourceTree,
    subject: SourceTree,
    controls: Sequence[SourceTree],
    families: Mapping[str, str],
) -> LineUp:
    """Controls that stand for strangers: no kin, no copy of either, and code that could be like."""
    counted: dict[str, SourceTree] = {}
    relatives: list[tuple[str, float, str]] = []
    for control in controls:
        why = _why_relative(source, subject, control, families)
        if why:
            relatives.append((control.name, in_common(source, control), why))
        else:
            counted.setdefault(control.digest, control)
    apart: list[SourceTree] = []
    for control in sorted(counted.values(), key=lambda one: one.digest):
        twin = _twin(control, apart) if len(apart) < PAIRED else ""
        if twin:
            why = f"has half of {twin} or more: both are one control"
            relatives.append((control.name, in_common(source, control), why))
        else:
            apart.append(control)
    return LineUp(controls=tuple(apart), relatives=tuple(relatives))


def _twin(control: SourceTree, apart: Sequence[SourceTree]) -> str:
    """A control of which this one has so much that both count once; empty if there is none."""
    return next((one.name for one in apart if in_common(one, control) >= SAME), "")


def _why_relative(
    source: SourceTree, subject: SourceTree, control: SourceTree, families: Mapping[str, str]
) -> str:
    """Why a control is no stranger; empty if it is one."""
    if control.digest == subject.digest:
        return f"holds the same files as {subject.name}"
    family = families.get(control.name)
    for tree in (source, subject):
        if family is not None and families.get(tree.name) == family:
            return f"declared to be of {tree.name}'s family"
    many = comparable(control, source, subject)
    if many < FUNCTIONS:
        return (
            f"has {many} functions in languages that {source.name} and {subject.name} both have, "
            f"expected {FUNCTIONS} at least: it could not be like either"
        )
    if holds_nearly_all(source, control):
        return f"holds nearly all of {source.name}: a copy of it, or what it copied"
    if one_tree(subject, control):
        return f"is nearly the same tree as {subject.name}: no stranger to it"
    return ""


def holds_nearly_all(source: SourceTree, other: SourceTree) -> bool:
    """Whether another tree holds so much of what a tree computes that it is no stranger."""
    found = contained(source.fragments, other.fragments, background(), "structure")
    return bool(found.source and found.shared >= WHOLE * found.source)


def one_tree(one: SourceTree, other: SourceTree) -> bool:
    """Whether two trees hold nearly all of each other."""
    return holds_nearly_all(one, other) and holds_nearly_all(other, one)


def _places(subject: str, seen: float, values: Sequence[float], line: LineUp) -> tuple[Place, ...]:
    """The subject among the controls, most alike first, ties with the controls ahead."""
    spread = float(np.std(values)) or 1.0
    middle = float(np.mean(values))

    def z(value: float) -> float:
        return round((value - middle) / spread, 3)

    places = [
        Place(name=one.name, who="control", observed=value, z=z(value))
        for one, value in zip(line.controls, values, strict=True)
    ]
    places.append(Place(name=subject, who="subject", observed=seen, z=z(seen)))
    places += [
        Place(name=name, who="relative", observed=value, z=z(value), reason=why)
        for name, value, why in line.relatives
    ]
    return tuple(sorted(places, key=lambda place: -place.observed))
