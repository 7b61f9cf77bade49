"""Reckoning what the plan in force could show at best, and carrying it out."""

from pathlib import Path

from filiation.casefile.codec import case_from_bytes
from filiation.casefile.deeds import Examination, PowerReckoned
from filiation.casefile.facts import Examined
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.computing import examined_bytes, reckoned
from filiation.proceedings.exhibits import open_plan
from filiation.proceedings.progress import Step, no_step

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
        level=planned.plan.level,
        share=planned.plan.power_share,
    )


def examine_case(case: Path, *, acting: str | None = None, step: Step = no_step) -> Examination:
    """Carry the plan in force out, from what the case keeps of its exhibits.

    Raises:
        UsageError: No plan was fixed, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    planned = open_plan(record, record.state())
    raw = examined_bytes(planned, step)
    kept = [("examination", raw, ""), ("recordings", planned.recordings, "")]
    fact = Examined(plan=planned.fact.digest)
    draft = Draft(
        verb="examine",
        fact=fact,
        reads={"plan": planned.fact.digest},
        blobs=[blob for blob in kept if blob[1]],
    )
    event = record.append(draft, *signer)
    return Examination(
        entry=Entry(event=event, fact=fact), found=case_from_bytes(raw, "examination")
    )
