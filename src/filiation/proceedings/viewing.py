"""Reading what a case holds: its plan, its examinations, its events."""

from collections.abc import Iterator
from pathlib import Path

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.facts import Examined
from filiation.casefile.laws.lineups import as_shown
from filiation.casefile.record import Record
from filiation.errors import AlteredError
from filiation.examining.plan import plan_digest, plan_from_bytes
from filiation.model.examination import Examination
from filiation.model.plan import Plan

__all__ = ["examinations_of", "plan_of"]


def plan_of(case: Path) -> Plan:
    """The plan in force.

    Raises:
        UsageError: No case, or no plan was fixed yet.
        CaseError: What the case keeps is no plan.
        AlteredError: It is another than the one that was fixed.
    """
    record = Record(case)
    entry = record.state().plan
    what = f"plan {entry.fact.digest[:12]}.."
    plan = plan_from_bytes(record.objects.get(entry.event.written("plan")), what)
    if plan_digest(plan) != entry.fact.digest:
        raise AlteredError(what, recorded=entry.fact.digest, found=plan_digest(plan))
    return plan


def examinations_of(case: Path) -> Iterator[tuple[int, Examination]]:
    """Every examination, by the number of its event.

    Raises:
        UsageError: No case.
        CaseError: What the case keeps is no examination.
    """
    record = Record(case)
    state = record.state()
    for entry in state.of(Examined):
        raw = record.objects.get(entry.event.written("examination"))
        found = examination_from_bytes(raw, f"event {entry.event.sequence}")
        yield entry.event.sequence, as_shown(found, state)
