"""Filtration: what two source trees have in common, function by function, each of one class.

Abstraction, filtration, comparison, as courts ask: what is generated, other people's, given to
both, dictated or common property is set aside class by class, and the likeness told before and
after each. A class is a proposal with its reason; an examiner may move a fragment and sign for it,
and the class that was proposed stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, final, get_args

from filiation.errors import CaseError, UsageError

__all__ = [
    "CLASSES",
    "Filtration",
    "FragmentClass",
    "Matched",
    "Moved",
    "SharedSign",
    "Sided",
    "Step",
    "Unmatched",
    "Weights",
    "moved",
]

FragmentClass: TypeAlias = Literal[
    "generated", "third-party", "base-code", "interface", "idiom", "common-author", "remaining"
]
CLASSES: Final[tuple[FragmentClass, ...]] = get_args(FragmentClass)
Weights: TypeAlias = tuple[float, float, float, float]
POWER: Final = 4.0  # of the mean of the parts, as likeness is combined


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sided:
    """A function where it stands in one tree.

    Attributes:
        file: Path below the root.
        name: Of the function.
        first: Its first line, from 1.
        last: Its last.
        weight: What its features weigh in nats of rarity, by part.
        licence: That its file names; empty if none.
        since: Day on which the repository claims that its file first appeared; empty if unknown.
    """

    file: str
    name: str
    first: int
    last: int
    weight: Weights
    licence: str = ""
    since: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The class in which an examiner put a fragment instead of the proposed one.

    Attributes:
        to: That class.
        why: The examiner's reason.
        by: Who answers for it: whoever signed, or the digest of the table that says it.
    """

    to: FragmentClass
    why: str
    by: str

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise UsageError("a fragment is put in another class without a reason; expected one")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Two functions that are alike.

    Attributes:
        id: Short name that stays the same whatever else is matched: by files and names.
        source: Where it stands in the source.
        subject: Where it stands in the subject.
        alike: Likeness by part (lines, tokens, runs without names, structure), 0 to below 1.
        shared: What both have, in nats of rarity, by part.
        rarity: Mean weight of a shared feature, in nats.
        unseen: Shared features that less than one in a thousand functions of the background has.
        features: Shared features, of all channels.
        proposed: The class by the rules.
        why: Which rule, and on what it rests.
        controls: How many controls have it as nearly as the subject has.
        moved: The class that an examiner gave it; None if none did.
    """

    id: str
    source: Sided
    subject: Sided
    alike: Weights
    shared: Weights
    rarity: float
    unseen: int
    features: int
    proposed: FragmentClass
    why: str
    controls: int = 0
    moved: Moved | None = None

    @property
    def sort(self) -> FragmentClass:
        """Its class: the examiner's, or else the proposed one."""
        return self.moved.to if self.moved else self.proposed

    @property
    def lines(self) -> int:
        """Lines of the shorter of the two."""
        return 1 + min(self.source.last - self.source.first, self.subject.last - self.subject.first)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """What of a class stands in one tree alone, in nats by part: it leaves the comparison too.

    Attributes:
        sort: The class.
        source: Weight of such functions of the source.
        subject: Of the subject.
    """

    sort: FragmentClass
    source: Weights
    subject: Weights


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The likeness once a class is set aside too.

    Attributes:
        without: The class that was set aside in this step; empty before the first.
        fragments: Matched functions of that class; before the first step all of them.
        left: Matched functions that are left.
        alike: Share of the lighter tree's weight that both have in matched functions, by part.
    """

    without: str
    fragments: int
    left: int
    alike: Weights

    @property
    def whole(self) -> float:
        """The mean of high power of the parts."""
        mean = sum(one**POWER for one in self.alike) / len(self.alike)
        return float(mean ** (1.0 / POWER))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSign:
    """A sign of copying that stands in both trees.

    Attributes:
        kind: What it is.
        text: A word or a number; empty where it would be a line of code.
        source: Place in the source, as file:line.
        subject: Place in the subject.
        controls: How many controls have it too.
    """

    kind: str
    text: str
    source: str
    subject: str
    controls: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Filtration:
    """The ledger of one comparison.

    Attributes:
        source: Weight of all functions of the source, by part, foreign ones among them.
        subject: The same of the subject.
        functions: How many functions source and subject have.
        matched: Every matched pair, the longest first.
        unmatched: What of a class stands in one tree alone.
        lined_up: Functions of the source that have a partner in each control, ascending.
        background: Functions of the source's language that rarity was counted over; 0 if none.
        signs: Signs of copying in both trees.
        signs_lined_up: How many signs of the source each control has, ascending.
    """

    source: Weights
    subject: Weights
    functions: tuple[int, int]
    matched: tuple[Matched, ...]
    unmatched: tuple[Unmatched, ...] = ()
    lined_up: tuple[int, ...] = ()
    background: int = 0
    signs: tuple[SharedSign, ...] = ()
    signs_lined_up: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len({one.id for one in self.matched}) < len(self.matched):
            raise CaseError("two matched fragments have one id; a class could be given to either")

    @property
    def steps(self) -> tuple[Step, ...]:
        """Likeness before any filter, and after each in the order of `CLASSES`."""
        found = [self._step("", self.matched, ())]
        gone: list[str] = []
        for sort in CLASSES[:-1]:
            gone.append(sort)
            left = [one for one in self.matched if one.sort not in gone]
            found.append(self._step(sort, left, gone))
        return tuple(found)

    def _step(self, without: str, left: Iterable[Matched], gone: Iterable[str]) -> Step:
        kept, aside = [*left], {*gone}
        out = [one for one in self.matched if one.sort in aside]
        beside = [one for one in self.unmatched if one.sort in aside]
        source = _less(self.source, [*(o.source.weight for o in out), *(b.source for b in beside)])
        subject = _less(
            self.subject, [*(o.subject.weight for o in out), *(b.subject for b in beside)]
        )
        shared = _sum(one.shared for one in kept)
        one, two, three, four = (
            min(1.0, both / least) if (least := min(ours, theirs)) > 0 else 0.0
            for both, ours, theirs in zip(shared, source, subject, strict=True)
        )
        of = [one for one in self.matched if one.sort == without] if without else [*self.matched]
        return Step(
            without=without, fragments=len(of), left=len(kept), alike=(one, two, three, four)
        )


def moved(found: Filtration, moves: Iterable[tuple[str, Moved]]) -> Filtration:
    """The ledger with fragments in the classes that an examiner gave them; later moves win.

    Raises:
        UsageError: A fragment that is not there.
    """
    given = dict(moves)
    known = {one.id for one in found.matched}
    for name in given:
        if name not in known:
            raise UsageError(
                f"fragment {name[:80]!r}: not among {len(known)} matched fragments; the ledger "
                "names each by its id"
            )
    matched = tuple(
        replace(one, moved=given[one.id]) if one.id in given else one for one in found.matched
    )
    return replace(found, matched=matched)


def _less(whole: Weights, parts: Iterable[Weights]) -> Weights:
    one, two, three, four = (max(0.0, a - b) for a, b in zip(whole, _sum(parts), strict=True))
    return one, two, three, four


def _sum(parts: Iterable[Weights]) -> Weights:
    found = [*parts]
    one, two, three, four = (sum(part[place] for part in found) for place in range(4))
    return one, two, three, four
