"""Question: what is asked of one kind of material, and how its conclusion is drawn.

A kind brings one of these; the run loops over them and knows none. What a kind does not bring has
a default that claims nothing: no power, no type of relation, support by the plan's level alone.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

from filiation.model.examination import Combined, MeasuredPower, Power, Support
from filiation.model.kinds import Kind
from filiation.model.plan import PlannedQuestion, Propositions
from filiation.model.population import Population
from filiation.model.relation import Relation

__all__ = ["Pair", "Question", "by_level", "propositions"]


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
    """

    plan: PlannedQuestion
    seed: int
    source: Any
    subject: Any
    controls: tuple[Any, ...]
    names: tuple[str, str]
    families: Mapping[str, str]


Reckoning: TypeAlias = Callable[[Pair], Power]
Judging: TypeAlias = Callable[[Pair, Combined, Power], Support]
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


def by_level(pair: Pair, combined: Combined, power: Power) -> Support:
    """Derivation if the level is met; otherwise nothing, since absence is no evidence by itself."""
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
        taken: How a material was taken, for the plan; two that differ may not compare.
        in_place: Whether each control is examined in the subject's place, pair by pair; False
            where the methods hold their own line-ups.
        power: What these exhibits could have shown.
        support: Which proposition the findings support.
        relation: What kind of relation.
        notes: What a reader must know besides.
        measured: What a population says of the power; None where none was ever measured.
    """

    kind: Kind
    derivation: str
    independence: str
    level: float
    taken: Callable[[Any], str] = lambda content: ""
    in_place: bool = True
    power: Reckoning = unreckoned
    support: Judging = by_level
    relation: Typing = untyped
    notes: Noting = unnoted
    measured: Measuring | None = None


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
