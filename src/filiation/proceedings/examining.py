"""Reckoning what the plan in force could show at best, and carrying it out."""

from dataclasses import replace
from pathlib import Path

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.deeds import PlanCarriedOut, PowerReckoned
from filiation.casefile.facts import Examined
from filiation.casefile.laws.lineups import as_shown
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.computing import examined_bytes, reckoned
from filiation.proceedings.exhibits import open_plan
from filiation.proceedings.progress import Step, no_step
from filiation.proceedings.reference import remembering

__all__ = ["examine_case", "reckon"]


def reckon(case: Path, *, acting: str | None = None) -> PowerReckoned:
    """Reckon what these exhibits and controls could show at best, before looking.

    Raises:
        UsageError: No plan was fixed, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    planned = open_plan(record, record.state())
    fact = reckoned(planned)
    draft = Draft(verb="power", fact=fact, reads={"plan": planned.fact.digest})
    return PowerReckoned(
        entry=Entry(event=record.append(draft, *signer), fact=fact),
        asked=tuple((asked.level, asked.power_share) for asked in planned.plan.questions),
    )


def examine_case(case: Path, *, acting: str | None = None, step: Step = no_step) -> PlanCarriedOut:
    """Carry the plan in force out, from what the case keeps of its exhibits.

    Raises:
        UsageError: No plan was fixed, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    planned = open_plan(record, record.state())
    if planned.reference is not None:
        planned = replace(planned, reference=remembering(planned.reference, step))
    raw = examined_bytes(planned, step)
    fact = Examined(plan=planned.fact.digest)
    draft = Draft(
        verb="examine",
        fact=fact,
        reads={"plan": planned.fact.digest},
        blobs=[("examination", raw, "")],
    )
    event = record.append(draft, *signer)
    found = as_shown(examination_from_bytes(raw, "examination"), record.state())
    return PlanCarriedOut(entry=Entry(event=event, fact=fact), found=found)
