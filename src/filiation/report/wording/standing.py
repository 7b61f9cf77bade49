"""Where a case stands, in about ten lines."""

from collections.abc import Iterator

from filiation.casefile.deeds import AloneStatus, CaseStatus, ClockRead, PlanStatus
from filiation.report.wording.clock import (
    after_deadline,
    calendar_named,
    deadline_words,
    due_step,
    moved_lines,
    overdue,
    step_words,
)
from filiation.report.wording.figures import clean, counted

__all__ = ["standing", "standing_rows"]


def standing(found: CaseStatus) -> Iterator[str]:
    """Title, parties, what was said, plan, examination, review, decision, clock, next step."""
    for what, said in standing_rows(found):
        yield f"  {what:9} {said}" if what else said


def standing_rows(found: CaseStatus, *, typed: bool = True) -> Iterator[tuple[str, str]]:
    """The same as pairs: of what, and what stands on record; the first is the title's.

    Args:
        found: Where the case stands.
        typed: Whether verbs of the command line stand beside what is due next.
    """
    yield "", f"{clean(found.title)}: {counted(found.events, 'event')} on record"
    yield _row("parties", [_party(p.party, p.role, signs=p.signs) for p in found.parties])
    said = [_said(s.kind, s.party, s.event, s.proposition) for s in found.said]
    yield _row("said", [*said, *_unanswered(found)])
    yield _row("exhibits", [f"{name} ({kind})" for name, kind in found.exhibits])
    if found.documents:
        yield _row("documents", [_production(name, span) for name, span in found.documents])
    if found.plan or not found.alone:  # else "none yet" would be said of what was examined alone
        yield _row("plan", _plan(found.plan, found.plans))
        yield _row("examined", _examined(found.plan))
    if found.alone:
        yield _row("alone", [_one_alone(one) for one in found.alone])
    if found.lineups:
        yield _row("line-ups", [f"{name} ({told})" for name, told in found.lineups])
    yield _row("decided", _decided(found))
    yield _row("clock", [_clock(found.clock), *moved_lines(found.clock.reading)])
    if found.clock.steps:
        yield _row("deadlines", [step_words(step) for step in found.clock.steps])
    if late := [line.removeprefix("overdue: ") for line in overdue(found.clock)]:
        yield _row("overdue", late)
    due = [due_step(one, typed=typed) for one in found.clock.due]
    yield _row("next", due or ["nothing is due"])


def _row(what: str, said: list[str]) -> tuple[str, str]:
    return what, "; ".join(said) or "none yet"


def _production(name: str, span: tuple[str, str] | None) -> str:
    return name if span is None else f"{name} ({span[0]} to {span[1]})"


def _party(party: str, role: str, *, signs: bool) -> str:
    return f"{party} ({role}{', signs' if signs else ', the lead signs for it'})"


def _said(kind: str, party: str, event: int, proposition: str) -> str:
    alternative = f": {proposition}" if proposition else ""
    return f"{kind} of {party} (event {event}){alternative}"


def _unanswered(found: CaseStatus) -> list[str]:
    """Where a claim stands: that no one answered it, or that there is no one to answer."""
    kinds = {said.kind for said in found.said}
    if "claim" not in kinds or "answer" in kinds:
        return []
    heard = any(party.role == "respondent" for party in found.parties)
    return ["no answer of a respondent yet" if heard else "no respondent yet"]


def _plan(plan: PlanStatus | None, plans: int) -> list[str]:
    if plan is None:
        return []
    amended = f", amended {counted(plans - 1, 'time')}" if plans > 1 else ""
    of = ", ".join(plan.exhibits)
    return [f"{plan.digest[:12]}.. of {of} (event {plan.event}{amended})"]


def _examined(plan: PlanStatus | None) -> list[str]:
    return [_reviewed(*examination) for examination in plan.examinations] if plan else []


def _one_alone(one: AloneStatus) -> str:
    """A log or a record of served answers, and how far its question has come."""
    if one.examined is not None:
        return f"{one.exhibit}: examined, {_reviewed(one.examined, one.reviewed)}"
    if one.coin is not None:
        return f"{one.exhibit}: planned (event {one.plan}), coin tossed (event {one.coin})"
    planned = f"planned (event {one.plan}), no coin yet"
    return f"{one.exhibit}: {planned if one.plan is not None else 'not examined yet'}"


def _reviewed(examination: int, reviews: tuple[int, ...]) -> str:
    by = ", ".join(f"event {event}" for event in reviews)
    return f"event {examination}, {f'reviewed in {by}' if by else 'not reviewed yet'}"


def _decided(found: CaseStatus) -> list[str]:
    if found.decided is None:
        return []
    mark = f", {after_deadline(found.late)}" if found.late else ""
    return [f"{found.decided[0]} (event {found.decided[1]}){mark}"]


def _clock(clock: ClockRead) -> str:
    """The clock; once a decision ended the time, when it was due."""
    read = clock.reading
    clear = ", clear" if clock.clear else ""
    days = f"day {read.day} of {read.days} {clock.counting} days{clear} on {clock.on}"
    where = f"; days begin and end as in {clock.zone}" if clock.zone else ""
    return f"{days}; {deadline_words(clock)}; {calendar_named(read)}{where}"
