"""Question: what is asked of one kind of material, and how its conclusion is drawn.

A kind brings one of these; the run loops over them and knows none. What a kind does not bring has
a default that claims nothing: no power, no type of relation, support by the plan's level alone.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

from filiation.model.examination import (
    Combined,
    Part,
    Power,
    Support,
)
from filiation.model.filtration import Filtration
from filiation.model.finding import Absent, Finding
from filiation.model.kinds import Kind
from filiation.model.plan import HARMONIC, Combination, PlannedQuestion, Propositions
from filiation.model.population import Population
from filiation.model.relation import Relation
from filiation.model.stack_found import StackFound
from filiation.model.study import MeasuredPower

__all__ = ["Pair", "Question", "Readied", "Shown", "by_level", "propositions", "worst"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Two materials of one kind under a planned question.

    Attributes:
        plan: The question.
        seed: The plan's.
        source: Content of the claimed source's material.
        subject: Content of the subject's.
        controls: Contents of the controls', in order.
        names: What source and subject are called.
        families: Model name to family, as far as known.
        earlier: Content of an older version of the subject; None if none was exhibited.
        components: What public components are called, and their contents.
    """

    plan: PlannedQuestion
    seed: int
    source: Any
    subject: Any
    controls: tuple[Any, ...]
    names: tuple[str, str]
    families: Mapping[str, str]
    earlier: Any = None
    components: tuple[tuple[str, Any], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known when support is decided."""

    findings: tuple[Finding, ...]
    combined: Combined
    parts: tuple[Part, ...]
    stacks: tuple[StackFound, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readied:
    """A pair as it is compared, once its materials were held against each other.

    Attributes:
        pair: Without what was set aside.
        notes: What was set aside, and why.
        unreadable: Why nothing can be compared; then every planned method says so.
        absent: Methods that cannot be put, since what they alone need cannot be compared.
        once: The pair without repetitions, for methods that do not read them; None without any.
    """

    pair: Pair
    notes: tuple[str, ...] = ()
    unreadable: str = ""
    absent: tuple[Absent, ...] = ()
    once: Pair | None = None


Readying: TypeAlias = Callable[[Pair], Readied]
Remarking: TypeAlias = Callable[[Pair, Sequence[Finding], Combined], tuple[str, ...]]
Reckoning: TypeAlias = Callable[[Pair], Power]
Parting: TypeAlias = Callable[[Pair], tuple[Part, ...]]
Stacking: TypeAlias = Callable[[Pair, Sequence[Finding]], tuple[StackFound, ...]]
Filtering: TypeAlias = Callable[[Pair], Filtration | None]
Asking: TypeAlias = Callable[[Any, Any], tuple[tuple[str, ...], tuple[str, ...]]]
Judging: TypeAlias = Callable[[Pair, Shown], Support]
Typing: TypeAlias = Callable[[Pair, Support], Relation]
Noting: TypeAlias = Callable[[Pair, Support], tuple[str, ...]]
Measuring: TypeAlias = Callable[[Population, PlannedQuestion], MeasuredPower]

UNRECKONED: Final = "no share of inherited units can be reckoned for this kind of material"
UNTYPED: Final = "relations are typed on weights only"


def unreckoned(pair: Pair) -> Power:
    """No power: then independence is not supported."""
    return Power(share=None, cosine=pair.plan.power_cosine, because=UNRECKONED)


def untyped(pair: Pair, support: Support) -> Relation:
    """No kind of relation."""
    return Relation(kind="unknown", because=UNTYPED)


def unnoted(pair: Pair, support: Support) -> tuple[str, ...]:
    """No notes."""
    return ()


def as_given(pair: Pair) -> Readied:
    """Nothing is set aside."""
    return Readied(pair=pair)


def unremarked(pair: Pair, findings: Sequence[Finding], combined: Combined) -> tuple[str, ...]:
    """No remarks."""
    return ()


def unparted(pair: Pair) -> tuple[Part, ...]:
    """No components and alternatives: then independence is not supported."""
    return ()


def unstacked(pair: Pair, findings: Sequence[Finding]) -> tuple[StackFound, ...]:
    """Nothing stands beside a body."""
    return ()


def unfiltered(pair: Pair) -> None:
    """No ledger of fragments."""


def unasked(source: Any, subject: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """No components and alternatives to plan."""
    return (), ()


def worst(parts: Sequence[Part]) -> Power:
    """The part of which most would have had to be copied to be found, as one number."""
    part = max(parts, key=lambda p: math.inf if p.share is None else p.share)
    return Power(
        share=part.share,
        cosine=part.cosine,
        because=f"of {len(parts)} planned components and alternatives the one that is hardest to "
        f"find, {part.component} {part.alternative}: {part.because}",
    )


def by_level(pair: Pair, shown: Shown) -> Support:
    """Derivation if the level is met; otherwise nothing, since absence is no evidence by itself."""
    combined = shown.combined
    if combined.log_p is None:
        return Support(toward="neither", reason="nothing-applied")
    if combined.log_p <= math.log(pair.plan.level):
        return Support(toward="derivation", reason="level-met")
    return Support(toward="neither", reason="absence-is-no-evidence")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one kind of material can be asked.

    Attributes:
        kind: The kind, with its words.
        derivation: The first proposition; `{subject}` and `{source}` stand for the models.
        independence: The second.
        level: Of a plan that names none.
        combination: Of a plan that names none: how findings are combined.
        taken: How a material was taken, for the plan; two that differ may not compare.
        in_place: Whether each control is examined in the subject's place, pair by pair; False
            where the methods hold their own line-ups.
        power: What these exhibits could have shown; not asked where there are parts.
        asked: Components and alternatives that a plan for these two materials names by default.
        parts: What these exhibits could have shown of each that the plan names.
        stacks: What of the source stands beside its body, each compared by itself.
        filtration: What both have in common, fragment by fragment, and of which class each is.
        support: Which proposition the findings support.
        relation: What kind of relation.
        notes: What a reader must know besides.
        measured: What a population says of the power; None where none was ever measured.
        readied: Sets aside what cannot be compared, before any method sees it.
        remarks: What a reader must know of how material and controls were chosen, once p is known.
        quick: Fields of a planned question that only looks quickly, which never supports
            independence; None where the kind has no such look.
    """

    kind: Kind
    derivation: str
    independence: str
    level: float
    combination: Combination = HARMONIC
    taken: Callable[[Any], str] = lambda content: ""
    in_place: bool = True
    power: Reckoning = unreckoned
    asked: Asking = unasked
    parts: Parting = unparted
    stacks: Stacking = unstacked
    filtration: Filtering = unfiltered
    support: Judging = by_level
    relation: Typing = untyped
    notes: Noting = unnoted
    measured: Measuring | None = None
    readied: Readying = as_given
    remarks: Remarking = unremarked
    quick: Mapping[str, Any] | None = None


def propositions(question: Question, *, subject: str, source: str) -> Propositions:
    """The question's propositions about two models."""
    return Propositions(
        derivation=_named(question.derivation, subject, source),
        independence=_named(question.independence, subject, source),
    )


def _named(template: str, subject: str, source: str) -> str:
    """Names put in once: one that holds `{source}` itself stays as it is."""
    parts = template.split("{subject}")
    return subject.join(source.join(part.split("{source}")) for part in parts)
