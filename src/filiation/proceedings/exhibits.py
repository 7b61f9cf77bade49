"""Exhibits of a case, opened from what the case itself keeps."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, final

from filiation.casefile import facts
from filiation.casefile.codec import declared_from_bytes
from filiation.casefile.dated import dated_again, stated_dates
from filiation.casefile.exchange.held import Held, withheld_of
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError, WithheldError
from filiation.examining.kinds import plug_for
from filiation.examining.plan import fix_plan, plan_bytes
from filiation.model.declared import Declared
from filiation.model.exhibit import Exhibit
from filiation.model.material import Material
from filiation.model.plan import Dated, Plan
from filiation.populations.reference import Reference, from_file

__all__ = [
    "DECLARED",
    "MATERIAL",
    "OpenedPlan",
    "PlannedExhibits",
    "open_exhibit",
    "open_plan",
    "planned_exhibits",
]

MATERIAL: Final = "material"  # what the event of an exhibit writes its kept file as
DECLARED: Final = "declared"  # and what its files say of its descent


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedExhibits:
    """The exhibits that a plan names.

    Attributes:
        subject: Under examination.
        source: Claimed source.
        controls: The others.
        earlier: An older version of the subject; None if the plan names none.
    """

    subject: Exhibit
    source: Exhibit
    controls: tuple[Exhibit, ...]
    earlier: Exhibit | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPlan:
    """A plan with its exhibits, ready to be carried out.

    Attributes:
        plan: As fixed.
        fact: As stated in the log.
        subject: Under examination.
        source: Claimed source.
        controls: The others.
        earlier: An older version of the subject; None if the plan names none.
        reference: Where likelihood ratios come from, if the plan has fixed it.
    """

    plan: Plan
    fact: facts.Planned
    subject: Exhibit
    source: Exhibit
    controls: tuple[Exhibit, ...]
    earlier: Exhibit | None
    reference: Reference | None


def open_exhibit(record: Held, state: State, names: Sequence[str]) -> Exhibit:
    """Open the exhibits of one model, each of another kind of material, as one.

    Raises:
        CaseError: What the case keeps is not what the exhibit's event says, or a kind comes twice.
        AlteredError: Its bytes changed.
    """
    return Exhibit(name=names[0], materials=tuple(_material(record, state, name) for name in names))


def _material(record: Held, state: State, name: str) -> Material:
    entry = state.exhibits[name]
    digest = entry.event.written(MATERIAL)
    record.objects.get(digest)
    reader = plug_for(entry.fact.kind).reader
    (found,) = reader.reopen(record.objects.path(digest), ((entry.fact.digest, name),))
    return replace(found, declared=_declared(record, entry.event))


def _declared(record: Held, event: Event) -> Declared | None:
    """What the exhibit's files said when it was put in; None of exhibits that came before that."""
    for written in event.writes:
        if written.what == DECLARED:
            raw = record.objects.get(written.sha256)
            return declared_from_bytes(raw, f"event {event.sequence}, {DECLARED}")
    return None


def planned_exhibits(record: Held, state: State, fact: facts.Planned) -> PlannedExhibits:
    """All exhibits that a plan names, opened."""
    return PlannedExhibits(
        subject=open_exhibit(record, state, fact.subject),
        source=open_exhibit(record, state, fact.source),
        controls=tuple(open_exhibit(record, state, (name,)) for name in fact.controls),
        earlier=open_exhibit(record, state, fact.earlier) if fact.earlier else None,
    )


def open_plan(record: Held, state: State, digest: str | None = None) -> OpenedPlan:
    """A plan by its digest, or the plan in force.

    Raises:
        WithheldError: It rests on what an export does not hold.
        CaseError: The kept plan does not fit the exhibits, or is not the one that was fixed.
    """
    entry = state.plan
    if digest is not None:
        entry = next(e for e in state.of(facts.Planned) if e.fact.digest == digest)
    named = planned_exhibits(record, state, entry.fact)
    given = json.loads(record.objects.get(entry.event.written("plan")))
    reference = _reference(record, entry.event)
    plan = fix_plan(
        subject=named.subject,
        source=named.source,
        controls=named.controls,
        given=given,
        population=reference and reference.planned,
        earlier=named.earlier,
        dated=_dated(record, state, entry, given),
    )
    if hashlib.sha256(plan_bytes(plan)).hexdigest() != entry.fact.digest:
        raise CaseError(
            f"plan {entry.fact.digest[:12]}..: read again it is another; it was altered"
        )
    levels = tuple((question.kind, question.level) for question in plan.questions)
    if (plan.seed, levels) != (entry.fact.seed, entry.fact.levels):
        raise CaseError(
            f"plan {entry.fact.digest[:12]}..: seed and levels are {plan.seed} and {levels}, "
            f"its event says {entry.fact.seed} and {entry.fact.levels}; one of them was altered"
        )
    return OpenedPlan(
        plan=plan,
        fact=entry.fact,
        subject=named.subject,
        source=named.source,
        controls=named.controls,
        earlier=named.earlier,
        reference=reference,
    )


def _dated(
    record: Held, state: State, entry: Entry[facts.Planned], given: Mapping[str, Any]
) -> Mapping[str, Dated]:
    """When the case shows that each source was fixed; any event before the plan may show it."""
    if stated_dates(given) and (missing := withheld_of(record, entry.event.sequence)):
        raise WithheldError(
            f"the plan dates its source by the events before it; withheld of them: {len(missing)}"
        )
    return dated_again(record.id, state, entry, given, kept=record.objects.get)


def _reference(record: Held, event: Event) -> Reference | None:
    """The population that the event of a plan keeps."""
    for written in event.writes:
        if written.what == "population":
            record.objects.get(written.sha256)
            return from_file(record.objects.path(written.sha256), written.sha256)
    return None
