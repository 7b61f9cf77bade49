"""Saying where a case stands."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from filiation.casefile import facts
from filiation.casefile.clock import late_by
from filiation.casefile.deeds import AloneStatus, CaseStatus, Line, PartyStatus, PlanStatus, Said
from filiation.casefile.exchange.held import Held, held
from filiation.casefile.laws.numbers import number_span
from filiation.casefile.state import State
from filiation.model.kinds import ALONE
from filiation.proceedings.clock import clock_of

__all__ = ["status_json", "status_of"]

SCHEMA: Final = 1


def status_of(case: Path | Held, on: str | None = None) -> CaseStatus:
    """Where a case stands, or the export of one, in a folder or opened, on a day, by default today.

    Raises:
        UsageError: No case, not a date, or one before the case was received.
    """
    state = held(case).state()
    decisions = state.of(facts.Decided)
    return CaseStatus(
        title=state.opening.title,
        events=len(state.events),
        parties=tuple(
            PartyStatus(party=p.party, name=p.name, role=p.role, signs=bool(p.key))
            for p in (entry.fact for entry in state.parties.values())
        ),
        said=_said(state),
        exhibits=tuple((name, entry.fact.kind) for name, entry in state.exhibits.items()),
        documents=tuple(
            (name, number_span(state, name))
            for name in (entry.fact.production for entry in state.of(facts.Produced))
        ),
        plan=_plan(state),
        plans=len(state.of(facts.Planned)),
        alone=_alone(state),
        lineups=_lineups(state),
        decided=(decisions[-1].fact.outcome, decisions[-1].event.sequence) if decisions else None,
        late=late_by(state, decisions[-1]) if decisions else None,
        clock=clock_of(state, on),
    )


def status_json(found: CaseStatus) -> str:
    """The same for programs: one JSON object."""
    return json.dumps({"schema_version": SCHEMA, **asdict(found)}, indent=1, default=str) + "\n"


def _said(state: State) -> tuple[Said, ...]:
    """Claims and answers, and whatever puts an alternative explanation forward."""
    return tuple(
        Said(
            event=entry.event.sequence,
            kind=entry.fact.kind,
            party=entry.fact.party,
            title=entry.fact.title,
            proposition=entry.fact.proposition,
        )
        for entry in state.of(facts.Stated)
        if entry.fact.kind != "submission" or entry.fact.proposition
    )


def _plan(state: State) -> PlanStatus | None:
    if not state.of(facts.Planned):
        return None
    event, fact = state.plan.event, state.plan.fact
    done = [e.event.sequence for e in state.of(facts.Examined) if e.fact.plan == fact.digest]
    reviews = state.of(facts.Reviewed)
    examinations = tuple(
        (n, tuple(r.event.sequence for r in reviews if r.fact.examination == n)) for n in done
    )
    return PlanStatus(
        event=event.sequence,
        digest=fact.digest,
        exhibits=fact.exhibits,
        examined=done[-1] if done else None,
        reviewed=examinations[-1][1] if examinations else (),
        examinations=examinations,
    )


def _alone(state: State) -> tuple[AloneStatus, ...]:
    coins = {e.fact.commitment: e.event.sequence for e in state.of(facts.Tossed)}
    found = []
    for name, entry in state.exhibits.items():
        if entry.fact.kind not in ALONE:
            continue
        plans = [e for e in state.of(facts.Posed) if e.fact.exhibit == name]
        done = [e.event.sequence for e in state.of(facts.Inquired) if e.fact.exhibit == name]
        reviews = [e for e in state.of(facts.Reviewed) if done[-1:] == [e.fact.examination]]
        found.append(
            AloneStatus(
                exhibit=name,
                plan=plans[-1].event.sequence if plans else None,
                coin=coins.get(plans[-1].fact.digest) if plans else None,
                examined=done[-1] if done else None,
                reviewed=tuple(e.event.sequence for e in reviews),
            )
        )
    return tuple(found)


def _lineups(state: State) -> tuple[Line, ...]:
    shown = {entry.fact.lineup for entry in state.of(facts.Unmasked)}
    names = [entry.fact.lineup for entry in state.of(facts.Drawn)]
    return tuple((name, "unmasked" if name in shown else "masked") for name in names)
