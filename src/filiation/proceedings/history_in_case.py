"""A training history in a case: its plan, and its claims tested from what the case keeps."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from filiation.casefile import facts
from filiation.casefile.exchange.held import Held
from filiation.casefile.laws.inquiries import coin_of, coins_tossed
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError, UsageError
from filiation.examining.trainings.bands import bands_digest
from filiation.examining.trainings.replayed import drawn_interval
from filiation.model.inquiry import HISTORY_METHOD, TRAINED, HistoryPlan, InCase, history_plan
from filiation.model.kinds import HISTORY
from filiation.model.sketch import Sketch
from filiation.model.training import HistoryExamined, TrainingHistory
from filiation.proceedings.bounded import bounded
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.given import on_record
from filiation.proceedings.histories import (
    ROOTS,
    HeldHistory,
    HistoryAsked,
    examine_held,
    hold_history,
    published_day,
)
from filiation.proceedings.progress import Step, no_step
from filiation.proceedings.same_training import by_others, part_of, sharing
from filiation.sketching.sketch_file import read_sketch

__all__ = [
    "HistoryInCase",
    "IntervalDrawn",
    "asked_of_history",
    "examined_in_case",
    "interval_drawn",
    "plan_of_history",
]

TRUSTED: Final = "roots"  # what the event of a plan writes its certificates as


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryInCase:
    """The plan of a history that is asked for.

    Attributes:
        exhibit: The history.
        source: The exhibit of weights that it should be independent of.
        final: The one that it should end in; empty if that is not asked.
        published: When the source was published, YYYY-MM-DD; empty if that is not asked.
        roots: Certificates (PEM) of the authorities that are trusted.
        because: Why there is a further plan.
    """

    exhibit: str
    source: str
    final: str = ""
    published: str = ""
    roots: Path | None = None
    because: str = ""


def plan_of_history(
    case: Path, asked: HistoryInCase, *, acting: str | None = None
) -> Entry[facts.Posed]:
    """Fix how a history will be examined; the coin that is tossed then gives seed and interval.

    Raises:
        UsageError: A law of the case forbids it, or stamps have no certificates to be held against.
    """
    published_day(asked.published)
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    digests = _digests([name for name in (asked.exhibit, asked.source, asked.final) if name], state)
    roots = b"" if asked.roots is None else bounded(asked.roots, ROOTS)
    _datable(record, state, asked, roots)
    plan = HistoryPlan(
        case=record.id,
        exhibit=asked.exhibit,
        history=digests[asked.exhibit],
        source=asked.source,
        source_digest=digests[asked.source],
        final=asked.final,
        final_digest=digests.get(asked.final, ""),
        published=asked.published,
        roots=hashlib.sha256(roots).hexdigest() if roots else "",
        bands=bands_digest(),
    )
    fact = facts.Posed(
        exhibit=asked.exhibit, digest=plan.digest, because=asked.because, question=TRAINED,
        source=asked.source, final=asked.final,
    )  # fmt: skip
    arguments = {
        "history": asked.exhibit, "source": asked.source, "final": asked.final or None,
        "published": asked.published or None, "because": asked.because or None,
    }  # fmt: skip
    kept = [("plan", plan.raw, ""), *([(TRUSTED, roots, "")] if roots else [])]
    draft = Draft(verb="plan", fact=fact, arguments=on_record(arguments), reads=digests, blobs=kept)
    return Entry(event=record.append(draft, *signer), fact=fact)


def _digests(names: Sequence[str], state: State) -> dict[str, str]:
    for name in names:
        if name not in state.exhibits:
            raise UsageError(f"{name}: no exhibit of this case; `filiation case add` puts it in")
    return {name: state.exhibits[name].fact.digest for name in names}


def _datable(record: Held, state: State, asked: HistoryInCase, roots: bytes) -> None:
    """Refuse now what the examination would refuse: stamps, a day, and nothing that is trusted."""
    if not asked.published or roots or state.exhibits[asked.exhibit].fact.kind != HISTORY:
        return
    if any(_held(record, state, asked.exhibit).stamps):
        raise UsageError(
            "--published: time stamps lie beside the history; expected --stamp-roots, the "
            "certificates (PEM) of the authorities that are trusted"
        )


def examined_in_case(
    record: Held, state: State, fact: facts.Inquired, *, before: int | None = None,
    step: Step = no_step,
) -> HistoryExamined:  # fmt: skip
    """Test the claims, from what a case or an export keeps.

    Args:
        record: The case or the export.
        state: Where it stands.
        fact: Which history, under which plan, with which repetitions.
        before: Event of an answer that is derived again; None where it is given now.
        step: Told what is being done.

    Raises:
        UsageError: A repetition that is none: the history's own checkpoint, or its maker's.
        CaseError: What is kept is not what the events say, or a plan of another version.
        AlteredError: Its bytes changed.
        WithheldError: An export does not hold it.
    """
    posed, plan = _planned(record, state, fact.plan)
    coin = coin_of(fact.plan, state).fact.value
    held = _held(record, state, fact.exhibit)
    if held.digest != plan.history:
        raise CaseError(
            f"{fact.exhibit}: the kept history's digest is {held.digest[:12]}.., the plan is of "
            f"{plan.history[:12]}..; they are two histories"
        )
    roots = record.objects.get(posed.event.written(TRUSTED)) if plan.roots else b""
    asked = HistoryAsked(
        published=plan.published, roots=roots, lot=plan.lot(coin), seed=plan.seed(coin)
    )
    again = {name: _weights(record, state, name) for name in fact.again}
    if again:
        by_others(record, state, fact, again, before)
    step("steps")
    return examine_held(
        held,
        _weights(record, state, plan.source),
        _weights(record, state, plan.final) if plan.final else None,
        asked,
        list(again.values()),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalDrawn:
    """What the coin of a plan drew.

    Attributes:
        history: Of which history.
        place: From which checkpoint to the next.
        earlier: Coins that were tossed before for plans of these checkpoints, in whichever
            exhibit: its name, and the event of the coin.
    """

    history: TrainingHistory
    place: int
    earlier: tuple[tuple[str, int], ...]


def interval_drawn(case: Path, digest: str) -> IntervalDrawn | None:
    """The interval that the coin of a plan drew; None of what is no plan of a history.

    Raises:
        UsageError: The coin was not tossed yet.
    """
    record = Record(case)
    state = record.state()
    if not any(one.fact.digest == digest and one.fact.question == TRAINED
               for one in state.of(facts.Posed)):  # fmt: skip
        return None
    posed, plan = _planned(record, state, digest)
    name, coin = posed.fact.exhibit, coin_of(digest, state)
    history = _held(record, state, name).history
    same = (name, *sharing(record, state, name, coin.event.sequence))
    return IntervalDrawn(
        history=history,
        place=drawn_interval(plan.history, plan.lot(coin.fact.value), len(history.points)),
        earlier=coins_tossed(same, state, coin.event.sequence),
    )


def asked_of_history(
    record: Held, state: State, fact: facts.Inquired, before: int | None
) -> InCase:
    """How the case came to ask, as its record stands before the answer."""
    posed, plan = _planned(record, state, fact.plan)
    coin, exhibit = coin_of(fact.plan, state), state.exhibits[fact.exhibit]
    now = len(state.events) if before is None else before
    others = tuple(
        name
        for name, one in state.exhibits.items()
        if (one.fact.kind, one.fact.offered_by) == (HISTORY, exhibit.fact.offered_by)
        and name != fact.exhibit
        and one.event.sequence < now
    )
    points = len(_held(record, state, fact.exhibit).points)
    same = (fact.exhibit, *sharing(record, state, fact.exhibit, coin.event.sequence))
    earlier = coins_tossed(same, state, coin.event.sequence)
    return InCase(
        exhibit=fact.exhibit,
        offered_by=exhibit.fact.offered_by,
        entered=exhibit.event.sequence,
        planned=posed.event.sequence,
        planned_by=posed.event.actor,
        plan=fact.plan,
        coin=coin.event.sequence,
        tossed_by=coin.event.actor,
        place=len(earlier) + 1,
        earlier=earlier,
        others=others,
        source=plan.source,
        final=plan.final,
        interval=drawn_interval(plan.history, plan.lot(coin.fact.value), points),
        again=tuple((name, state.exhibits[name].fact.offered_by) for name in fact.again),
        again_entered=tuple(state.exhibits[name].event.sequence for name in fact.again),
        published=plan.published,
    )


def _planned(record: Held, state: State, digest: str) -> tuple[Entry[facts.Posed], HistoryPlan]:
    posed = next(one for one in state.of(facts.Posed) if one.fact.digest == digest)
    what = f"event {posed.event.sequence}"
    raw = record.objects.get(posed.event.written("plan"))
    if hashlib.sha256(raw).hexdigest() != digest:
        raise CaseError(f"{what}: keeps another plan than it names; altered")
    plan = history_plan(raw, what)
    said = (record.id, posed.fact.exhibit, posed.fact.source, posed.fact.final)
    if (plan.case, plan.exhibit, plan.source, plan.final) != said:
        raise CaseError(f"{what}: its plan says otherwise than the event; altered")
    if (plan.method, plan.bands) != (HISTORY_METHOD, bands_digest()):
        raise CaseError(
            f"{what}: method {plan.method!a:.40} with bands {plan.bands[:12]!a}.., this version "
            f"has {HISTORY_METHOD} with {bands_digest()[:12]}..; its numbers would be others"
        )
    for name, known in ((plan.source, plan.source_digest), (plan.final, plan.final_digest)):
        if name and state.exhibits[name].fact.digest != known:
            raise CaseError(f"{what}: its plan is of another {name} than the case holds; altered")
    return posed, plan


def _held(record: Held, state: State, name: str) -> HeldHistory:
    return hold_history(lambda part: part_of(record, state, name, part))


def _weights(record: Held, state: State, name: str) -> Sketch:
    digest = state.exhibits[name].event.written(MATERIAL)
    record.objects.check(digest)
    return replace(read_sketch(record.objects.path(digest)), name=name)
