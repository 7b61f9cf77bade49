"""A question about one exhibit of a case: its plan, its examination, and the same derived again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from filiation.casefile import facts
from filiation.casefile.again import Agreement, agreement
from filiation.casefile.codec import inquiry_bytes, inquiry_from_bytes
from filiation.casefile.exchange.held import Held
from filiation.casefile.laws.inquiries import (
    alone,
    coin_of,
    commitment_of_lot,
    level_left,
    looks,
    plan_of,
    posed_in_force,
    repeated,
    roots_on_record,
    told,
)
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError
from filiation.examining.environment import environment
from filiation.examining.logs.campaigns import campaigns
from filiation.model.campaigns import MOST, CampaignPlan
from filiation.model.inquiry import (
    CAMPAIGNS,
    SERVED_TWINS,
    SESSION,
    TRAINED,
    WORKLOAD,
    GroupsPlan,
    InCase,
    Inquiry,
    Question,
    SourceFile,
    groups_plan,
)
from filiation.model.kinds import HISTORY, LOG, SERVED
from filiation.model.kinds import SESSION as SESSION_KIND
from filiation.model.kinds import WORKLOAD as WORKLOAD_KIND
from filiation.model.log import ReducedLog
from filiation.model.served_record import ServedRecord
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.given import on_record
from filiation.proceedings.history_in_case import asked_of_history, examined_in_case
from filiation.proceedings.progress import Step, no_step
from filiation.proceedings.served_records import (
    examined_record,
    holding_file,
    keeping_file,
    open_record,
    shown_record,
)
from filiation.proceedings.sessions import asked_of_session, session_told
from filiation.proceedings.workloads import asked_of_workload, workload_told
from filiation.readers.logs.kept import open_log
from filiation.readers.owner import commitment_of
from filiation.report.inquiry.gather import InquiryMaterial, gather_inquiry

__all__ = ["Answered", "LogAsked", "answer_again", "examine_alone", "inquiry_of", "material_of",
           "plan_of_log", "same_answer"]  # fmt: skip


ASKED: Final[dict[str, Question]] = {
    LOG: CAMPAIGNS, SERVED: SERVED_TWINS, HISTORY: TRAINED, SESSION_KIND: SESSION,
    WORKLOAD_KIND: WORKLOAD,
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogAsked:
    """The plan of a log that is asked for.

    Attributes:
        exhibit: The log.
        level: False discovery rate over groups; None: the usual one, or what is left of the first.
        most: Groups that are tested.
        because: Why there is a further plan.
    """

    exhibit: str
    level: float | None = None
    most: int = MOST
    because: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question about one exhibit that was answered."""

    entry: Entry[facts.Inquired]
    material: InquiryMaterial


def plan_of_log(
    case: Path, asked: LogAsked, *, acting: str | None = None
) -> tuple[Entry[facts.Posed], int]:
    """Fix how a log will be examined; the coin that is tossed then gives the seed.

    Returns:
        The plan, and how many plans of logs got a coin before.

    Raises:
        UsageError: A law of the case forbids it, or a field that no plan has.
    """
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    exhibit = alone(asked.exhibit, LOG, state)
    usual = CampaignPlan(log=exhibit.fact.digest)
    level = asked.level if asked.level is not None else min(usual.level, told(level_left(state)))
    plan = GroupsPlan(
        case=record.id,
        exhibit=asked.exhibit,
        log=exhibit.fact.digest,
        level=level,
        most=asked.most,
        draws=usual.draws,
        method=usual.method,
    )
    plan.seeded("")  # what no plan may hold is refused now
    fact = facts.Posed(
        exhibit=asked.exhibit, digest=plan.digest, level=level, because=asked.because
    )
    arguments = {"log": asked.exhibit, "level": asked.level, "most": asked.most,
                 "because": asked.because or None}  # fmt: skip
    draft = Draft(
        verb="plan",
        fact=fact,
        arguments=on_record(arguments),
        reads={asked.exhibit: exhibit.fact.digest},
        blobs=[("plan", plan.raw, "")],
    )
    return Entry(event=record.append(draft, *signer), fact=fact), looks(state)


def examine_alone(
    case: Path, exhibit: str, kind: str, *, again: Sequence[str] = (),
    expected: Mapping[str, str] = {}, acting: str | None = None, step: Step = no_step,
) -> Answered:  # fmt: skip
    """Answer the question about one exhibit, from what the case keeps of it.

    Args:
        case: The case.
        exhibit: Which.
        kind: What it is, `log`, `served`, `history`, `session` or `workload`.
        again: Of a history: the exhibits that are ends of repetitions of the drawn interval.
        expected: Of a workload: name and digest (hex) of what its machine was to have measured.
        acting: Who examines.
        step: Told what is being done.

    Raises:
        UsageError: No plan, no coin, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    alone(exhibit, kind, state)
    fact = facts.Inquired(
        question=ASKED[kind], exhibit=exhibit, plan=_plan_digest(record, state, exhibit, kind),
        again=tuple(again),
        expected=tuple(sorted(expected.items())),
        roots=roots_on_record(state) if kind == WORKLOAD_KIND else (),
    )  # fmt: skip
    if again:
        repeated(fact, state)
    found = answer_again(record, state, fact, step=step)
    measured = [f"{name}={digest}" for name, digest in fact.expected] or None
    arguments = {"exhibit": exhibit, "again": list(again) or None, "measurement": measured}
    beside = {n: state.exhibits[n].fact.digest for n in (exhibit, *again, *fact.roots)}
    draft = Draft(
        verb="examine", fact=fact, arguments=on_record(arguments),
        reads={"plan": fact.plan, **beside}, blobs=[("inquiry", inquiry_bytes(found), "")],
    )  # fmt: skip
    entry = Entry(event=record.append(draft, *signer), fact=fact)
    return Answered(entry=entry, material=material_of(record, record.state(), entry))


def _plan_digest(record: Record, state: State, exhibit: str, kind: str) -> str:
    """Of what is answered by: a commitment, the exhibit itself, or the plan in force."""
    if kind == SERVED:
        return commitment_of(open_record(record, state, exhibit).sealed)
    if kind in (SESSION_KIND, WORKLOAD_KIND):
        return state.exhibits[exhibit].fact.digest
    return posed_in_force(exhibit, state).fact.digest


def material_of(record: Held, state: State, entry: Entry[facts.Inquired]) -> InquiryMaterial:
    """What a page on an answer is made of, as the record stands: at the head of its log."""
    last = state.events[-1]
    fact = facts.Reported(examination=entry.event.sequence, size=last.sequence, root=last.root)
    return gather_inquiry(record, fact, state, whole=True)


def answer_again(
    record: Held, state: State, fact: facts.Inquired, *, before: int | None = None,
    step: Step = no_step,
) -> Inquiry:  # fmt: skip
    """Answer a question from what a case or an export keeps.

    Args:
        record: The case or the export.
        state: Where it stands.
        fact: Which question, of which exhibit, under which plan.
        before: Event of an answer that is derived again; None where it is given now.
        step: Told what is being done.

    Raises:
        CaseError: What is kept is not what the events say.
        AlteredError: Its bytes changed.
        WithheldError: An export does not hold it.
    """
    if fact.question == SESSION:
        return Inquiry(
            question=SESSION,
            asked=asked_of_session(record, state, fact.exhibit, before),
            environment=environment(),
            session=session_told(record, state, fact.exhibit, step),
        )
    if fact.question == WORKLOAD:
        told = workload_told(record, state, fact)
        return Inquiry(
            question=WORKLOAD,
            asked=asked_of_workload(state, fact, told, before),
            environment=environment(),
            workload=told,
        )
    if fact.question == SERVED_TWINS:
        return _answer_of_lot(record, state, fact, before)
    if fact.question == TRAINED:
        return Inquiry(
            question=TRAINED,
            asked=asked_of_history(record, state, fact, before),
            environment=environment(),
            trained=examined_in_case(record, state, fact, before=before, step=step),
        )
    return _answer_of_log(record, state, fact, before, step)


def _answer_of_lot(record: Held, state: State, fact: facts.Inquired, before: int | None) -> Inquiry:
    served = open_record(record, state, fact.exhibit)
    if commitment_of(served.sealed) != fact.plan:
        raise CaseError(
            f"{fact.exhibit}: its list was drawn under commitment "
            f"{commitment_of(served.sealed)[:12]}.., the answer names {fact.plan[:12]}..; they "
            "are two lots"
        )
    twins = examined_record(record, state, served, before=before)
    return Inquiry(
        question=SERVED_TWINS,
        asked=_asked_of_lot(fact, served, state, before),
        environment=environment(),
        twins=twins,
        shown=shown_record(served, twins),
    )


def _answer_of_log(
    record: Held, state: State, fact: facts.Inquired, before: int | None, step: Step
) -> Inquiry:
    posed = plan_of(fact.plan, fact.exhibit, state)
    coin = coin_of(fact.plan, state)
    plan = _kept_plan(record, posed)
    log = _log(record, state, fact.exhibit)
    if log.digest != plan.log:
        raise CaseError(
            f"{fact.exhibit}: the kept log's digest is {log.digest[:12]}.., the plan is of "
            f"{plan.log[:12]}..; they are two logs"
        )
    found = campaigns(log, plan.seeded(coin.fact.value), step=step)
    return Inquiry(
        question=CAMPAIGNS,
        asked=_asked_of_log(log, posed, coin, state, before),
        environment=environment(),
        campaigns=found,
    )


def inquiry_of(record: Held, entry: Entry[facts.Inquired]) -> Inquiry:
    """The answer that an event keeps."""
    what = f"event {entry.event.sequence}"
    return inquiry_from_bytes(record.objects.get(entry.event.written("inquiry")), what)


def same_answer(record: Held, state: State, entry: Entry[facts.Inquired]) -> Agreement:
    """An answer derived again, held against the one that its event keeps.

    Versions of what computes may differ; what they compute may not.
    """
    kept = inquiry_of(record, entry)
    again = answer_again(record, state, entry.fact, before=entry.event.sequence)
    return agreement(
        inquiry_bytes(kept), inquiry_bytes(replace(again, environment=kept.environment))
    )


def _kept_plan(record: Held, posed: Entry[facts.Posed]) -> GroupsPlan:
    digest = posed.event.written("plan")
    raw = record.objects.get(digest)
    if hashlib.sha256(raw).hexdigest() != posed.fact.digest:
        raise CaseError(f"event {posed.event.sequence}: keeps another plan than it names; altered")
    plan = groups_plan(raw, f"event {posed.event.sequence}")
    said = (record.id, posed.fact.exhibit, posed.fact.level)
    if (plan.case, plan.exhibit, plan.level) != said:
        raise CaseError(
            f"event {posed.event.sequence}: says level {posed.fact.level:g}, its plan says "
            f"{plan.level:g}; the event was written to pass a law that the plan breaks"
        )
    current = CampaignPlan(log=plan.log).method
    if plan.method != current:
        raise CaseError(
            f"event {posed.event.sequence}: method {plan.method!a:.40}, this version has "
            f"{current}; its numbers would be others"
        )
    return plan


def _log(record: Held, state: State, name: str) -> ReducedLog:
    digest = state.exhibits[name].event.written(MATERIAL)
    record.objects.check(digest)
    return open_log(record.objects.path(digest), name)


def _asked_of_log(
    log: ReducedLog, posed: Entry[facts.Posed], coin: Entry[facts.Tossed], state: State,
    before: int | None,
) -> InCase:  # fmt: skip
    """How the case came to ask, as its record stands before the answer."""
    now = len(state.events) if before is None else before
    exhibit = state.exhibits[posed.fact.exhibit]
    digests = [sha256 for sha256, _ in log.facts.files]
    holding: dict[str, str] = {}
    others = []
    for name, entry in state.exhibits.items():
        if entry.event.sequence >= now or name == posed.fact.exhibit:
            continue
        for sha256 in entry.event.reads.values():
            holding.setdefault(sha256, name)
        if (entry.fact.kind, entry.fact.offered_by) == (LOG, exhibit.fact.offered_by):
            others.append(name)
    return InCase(
        exhibit=posed.fact.exhibit,
        offered_by=exhibit.fact.offered_by,
        entered=exhibit.event.sequence,
        planned=posed.event.sequence,
        planned_by=posed.event.actor,
        plan=posed.fact.digest,
        coin=coin.event.sequence,
        tossed_by=coin.event.actor,
        place=looks(state, coin.event.sequence + 1),
        others=tuple(others),
        files=tuple(SourceFile(sha256=one, exhibit=holding.get(one, "")) for one in digests),
    )


def _asked_of_lot(
    fact: facts.Inquired, record: ServedRecord, state: State, before: int | None
) -> InCase:
    committed, digest = commitment_of_lot(fact.plan, fact.exhibit, state), record.list_sha256
    coin, exhibit = coin_of(fact.plan, state), state.exhibits[fact.exhibit]
    by = committed.fact.by
    places = [one.fact.commitment for one in state.of(facts.Committed) if one.fact.by == by]
    now = len(state.events) if before is None else before
    others = tuple(
        name
        for name, one in state.exhibits.items()
        if (one.fact.kind, one.fact.offered_by) == (SERVED, exhibit.fact.offered_by)
        and name != fact.exhibit
        and one.event.sequence < now
    )
    return InCase(
        exhibit=fact.exhibit,
        offered_by=exhibit.fact.offered_by,
        entered=exhibit.event.sequence,
        planned=committed.event.sequence,
        planned_by=by,
        plan=fact.plan,
        coin=coin.event.sequence,
        tossed_by=coin.event.actor,
        place=places.index(fact.plan) + 1,
        others=others,
        files=(SourceFile(sha256=digest, exhibit=holding_file(state, digest, now)),),
        drawn_again=keeping_file(state, digest, now),
    )
