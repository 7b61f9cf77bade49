"""Exhibits of a case, opened from what the case itself keeps."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.record import Record
from filiation.casefile.state import State
from filiation.errors import CaseError
from filiation.examine.plan import fix_plan, plan_bytes
from filiation.model.exhibit import Exhibit
from filiation.model.plan import Plan
from filiation.population.reference import Reference, from_file
from filiation.readers.answers.kept import kept_bytes, read_kept
from filiation.sketching.sketch_file import read_sketch

__all__ = ["Planned", "open_exhibit", "open_plan", "planned_exhibits"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with its exhibits, ready to be carried out.

    Attributes:
        plan: As fixed.
        fact: As stated in the log.
        subject: Under examination.
        source: Claimed source.
        controls: The others.
        recordings: All recordings of them as one file; empty if there are none.
        reference: Where likelihood ratios come from, if the plan has fixed it.
    """

    plan: Plan
    fact: facts.Planned
    subject: Exhibit
    source: Exhibit
    controls: tuple[Exhibit, ...]
    recordings: bytes
    reference: Reference | None

    @property
    def kept(self) -> str:
        """SHA-256 (hex) of `recordings`; empty if there are none."""
        return hashlib.sha256(self.recordings).hexdigest() if self.recordings else ""


def open_exhibit(record: Record, state: State, name: str, outputs: str = "") -> Exhibit:
    """Open an exhibit, with the exhibit of its outputs if one is named.

    Raises:
        CaseError: What the case keeps is not what the exhibit's event says.
        AlteredError: Its bytes changed.
    """
    entry = state.exhibits[name]
    heard = open_exhibit(record, state, outputs).recording if outputs else None
    digest = entry.event.written(entry.fact.kind.replace("weights", "sketch"))
    record.objects.get(digest)
    path = record.objects.path(digest)
    if entry.fact.kind == "recording":
        (recording,) = read_kept(path)
        if recording.digest != entry.fact.digest:
            raise _other(name)
        return Exhibit(name=name, recording=replace(recording, name=name))
    sketch = read_sketch(path)
    if sketch.subject_digest != entry.fact.digest:
        raise _other(name)
    return Exhibit(name=name, sketch=replace(sketch, name=name), recording=heard)


def planned_exhibits(
    record: Record, state: State, fact: facts.Planned
) -> tuple[Exhibit, Exhibit, tuple[Exhibit, ...]]:
    """Subject, source and controls that a plan names."""
    return (
        open_exhibit(record, state, fact.subject, fact.subject_outputs),
        open_exhibit(record, state, fact.source, fact.source_outputs),
        tuple(open_exhibit(record, state, name) for name in fact.controls),
    )


def open_plan(record: Record, state: State, digest: str | None = None) -> Planned:
    """A plan by its digest, or the plan in force.

    Raises:
        CaseError: The kept plan does not fit the exhibits, or is not the one that was fixed.
    """
    entry = state.plan
    if digest is not None:
        entry = next(e for e in state.of(facts.Planned) if e.fact.digest == digest)
    subject, source, controls = planned_exhibits(record, state, entry.fact)
    given = json.loads(record.objects.get(entry.event.written("plan")))
    reference = _reference(record, entry.event)
    named = reference and reference.planned
    plan = fix_plan(subject, source, controls, given=given, population=named)
    if hashlib.sha256(plan_bytes(plan)).hexdigest() != entry.fact.digest:
        raise CaseError(
            f"plan {entry.fact.digest[:12]}..: read again it is another; it was altered"
        )
    if (plan.seed, plan.level) != (entry.fact.seed, entry.fact.level):
        raise CaseError(
            f"plan {entry.fact.digest[:12]}..: seed and level are {plan.seed} and {plan.level:g}, "
            f"its event says {entry.fact.seed} and {entry.fact.level:g}; one of them was altered"
        )
    everyone = [e.recording for e in (subject, source, *controls) if e.recording is not None]
    return Planned(
        plan=plan,
        fact=entry.fact,
        subject=subject,
        source=source,
        controls=controls,
        recordings=kept_bytes(everyone) if everyone else b"",
        reference=reference,
    )


def _reference(record: Record, event: Event) -> Reference | None:
    """The population that the event of a plan keeps."""
    for written in event.writes:
        if written.what == "population":
            record.objects.get(written.sha256)
            return from_file(record.objects.path(written.sha256))
    return None


def _other(name: str) -> CaseError:
    return CaseError(f"{name}: what the case keeps of it is not what its event says; altered")
