"""Recording the lead's decision with its reasons."""

from datetime import date
from pathlib import Path
from typing import Literal

from filiation.casefile.clock import late_by, missed, read_clock
from filiation.casefile.deeds import DecisionMade
from filiation.casefile.facts import Decided, Reviewed
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.proceedings.given import day, judged, on_record

__all__ = ["decide"]


def decide(
    case: Path,
    outcome: Literal["dismiss", "escalate", "need-more"],
    *,
    because: str,
    supersedes: int | None = None,
    acting: str | None = None,
) -> DecisionMade:
    """Decide. Reasons that claim more than an examination can show are refused.

    After the last day the event carries that day as a mark.

    Raises:
        UsageError: A law of the case forbids it, or a phrase of the reasons is refused.
    """
    judged(because, "because")
    record = Record(case)
    signer = record.signer(acting)
    fact = Decided(outcome=outcome, because=because, supersedes=supersedes)
    given = on_record(
        {
            "outcome": outcome,
            "supersedes": supersedes,
            "after-deadline": _missed(record.state()),
        }
    )
    draft = Draft(verb="decide", fact=fact, arguments=given)
    event = record.append(draft, *signer)
    state = record.state()
    return DecisionMade(
        entry=Entry(event=event, fact=fact),
        reviewed=_reviewed(state),
        follows=next((e.event.sequence for e in state.of(Decided)[-2:-1]), None),
        late=late_by(state, state.of(Decided)[-1]),
    )


def _missed(state: State) -> date | None:
    """The last day, where it has passed: the decision carries it as a mark."""
    today = day(None, "today", state.opening.terms)
    return missed(read_clock(state, today), today) if today >= state.opening.received else None


def _reviewed(state: State) -> bool | None:
    latest = state.latest()
    if not latest:
        return None
    reviewed = {entry.fact.examination for entry in state.of(Reviewed)}
    return all(entry.event.sequence in reviewed for entry in latest)
