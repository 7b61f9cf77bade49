"""Does the subject's source tree hold more of the source's than others of the field do?

What is rare in the background (`rarity`) is compared: how much of the lighter tree's stands in the
other too, in three channels, combined by their cubic mean. Strangers of one field share much that
the background does not know, so no threshold is used: the subject stands in a line-up of trees of
the same role and field, once by what it shares with the source and once, the other way round, the
source by what it shares with the subject. The larger of both ranks counts, p = (1 + #) / (K + 1).

Defeated by: rewriting what the code computes. It cannot tell who copied from whom, nor a common
third source that is no control; that the line-up is of one role and field is for the examiner to
say.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.code.likeness import contained
from filiation.methods.code.rarity import background
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Place, Underpowered
from filiation.model.null import Calibrated
from filiation.model.source import CHANNELS, SourceTree
from filiation.model.words import MethodWords

__all__ = ["FEWEST", "LineUp", "TreeContainment", "holds_nearly_all", "in_common", "line_up"]

FEWEST: Final = 4  # controls of a line-up
FUNCTIONS: Final = 10  # of a tree that can be compared
WHOLE: Final = 0.9  # of the source's weight: who holds so much is no stranger
DIGITS: Final = 10
BECAUSE: Final = (
    "a tree that has nothing from the source shares no more of what is rare with it than the "
    "controls do, which are of the same role and field; a library, a standard or an author that "
    "source and subject have in common, and the controls have not, would break this"
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
    """Containment of one tree in another, ranked among trees of the field."""

    @property
    def reads(self) -> str:
        return "code"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "tree-containment/1"

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
        with_source = [in_common(source, one) for one in line.controls]
        with_subject = [in_common(subject, one) for one in line.controls]
        seen = in_common(source, subject)
        above = max(sum(one >= seen for one in row) for row in (with_source, with_subject))
        many = len(line.controls)
        return Finding(
            method=self.id,
            observed=seen,
            unit="of the lighter tree's rare features in the other too (cubic mean of lines, "
            "tokens and structure)",
            null=Calibrated(controls=many, log_floor=-math.log1p(many), because=BECAUSE),
            log_p=math.log1p(above) - math.log1p(many),
            combination=f"the larger of two ranks among {many} trees of the field: by what they "
            "share with the source, and by what they share with the subject",
            items=min(len(source.fragments), len(subject.fragments)),
            lineup=_places(subject.name, seen, with_source, line),
        )

    def _scarce(self, source: SourceTree, subject: SourceTree, line: LineUp) -> Underpowered | None:
        for tree in (source, subject):
            if len(tree.fragments) < FUNCTIONS:
                reason = (
                    f"{tree.name} has {len(tree.fragments)} functions of five lines or more, "
                    f"expected {FUNCTIONS} at least; so little code looks like other code"
                )
                return Underpowered(method=self.id, reason=reason)
        if len(line.controls) >= FEWEST:
            return None
        reason = (
            f"{len(line.controls)} source trees of the same role and field that are no relatives, "
            f"expected {FEWEST} at least; what strangers share cannot be told without them"
        )
        return Underpowered(method=self.id, reason=reason)


def in_common(one: SourceTree, two: SourceTree) -> float:
    """Cubic mean over channels of how much of the lighter tree is in the other too."""
    shares = [
        contained(one.fragments, two.fragments, background(), channel).share for channel in CHANNELS
    ]
    return round(float(np.cbrt(np.mean(np.power(shares, 3)))), DIGITS)


def line_up(
    source: SourceTree,
    subject: SourceTree,
    controls: Sequence[SourceTree],
    families: Mapping[str, str],
) -> LineUp:
    """Controls that stand for strangers: other content, no declared kin, no copy of the source."""
    counted: dict[str, SourceTree] = {}
    relatives: list[tuple[str, float, str]] = []
    for control in controls:
        why = _why_relative(source, subject, control, families)
        if why:
            relatives.append((control.name, in_common(source, control), why))
        else:
            counted.setdefault(control.digest, control)
    ordered = sorted(counted.values(), key=lambda one: one.digest)
    return LineUp(controls=tuple(ordered), relatives=tuple(relatives))


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
    if holds_nearly_all(source, control):
        return f"holds nearly all of {source.name}: a copy of it, or what it copied"
    return ""


def holds_nearly_all(source: SourceTree, other: SourceTree) -> bool:
    """Whether another tree holds so much of what a tree computes that it is no stranger."""
    found = contained(source.fragments, other.fragments, background(), "structure")
    return bool(found.source and found.shared >= WHOLE * found.source)


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
