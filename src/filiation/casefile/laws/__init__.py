"""The laws of a case: what may stand on record, when, and by whom."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from filiation.casefile import facts
from filiation.casefile.laws import (
    clock,
    coins,
    comments,
    decisions,
    documents,
    exhibits,
    inquiries,
    lineups,
    numbers,
    opening,
    parties,
    plans,
    privilege,
    statements,
)
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import CaseError

__all__ = ["fold", "law"]

LAWS: Final[Mapping[type, Callable[[Any, Event, State], None]]] = {
    facts.Opened: opening.opened,
    facts.Joined: parties.joined,
    facts.Stated: statements.stated,
    facts.Commented: comments.commented,
    facts.Reviewed: parties.reviewed,
    facts.Reclassed: parties.reclassed,
    facts.Exhibited: exhibits.exhibited,
    facts.Planned: plans.planned,
    facts.Reckoned: plans.reckoned,
    facts.Examined: plans.examined,
    facts.Posed: inquiries.posed,
    facts.Inquired: inquiries.inquired,
    facts.Worded: inquiries.worded,
    facts.Drawn: lineups.drawn,
    facts.Opined: lineups.opined,
    facts.Unmasked: lineups.unmasked,
    facts.Decided: decisions.decided,
    facts.Reported: decisions.reported,
    facts.Stamped: decisions.stamped,
    facts.Exported: decisions.exported,
    facts.Committed: coins.committed,
    facts.Tossed: coins.tossed,
    facts.Stopped: clock.stopped,
    facts.Resumed: clock.resumed,
    facts.Closed: clock.closed,
    facts.Served: clock.served,
    facts.Allowed: clock.allowed,
    facts.Extended: clock.extended,
    facts.Produced: documents.produced,
    facts.Numbered: numbers.numbered,
    facts.Judged: documents.judged,
    facts.Tagged: documents.tagged,
    facts.Privileged: privilege.privileged,
    facts.Ruled: privilege.ruled,
    facts.Redacted: documents.redacted,
    facts.Queried: documents.queried,
}


def law(fact: facts.Fact, event: Event, state: State) -> None:
    """Raise if the fact may not stand here.

    Raises:
        UsageError: A law of the case forbids it as the case stands.
        CaseError: It is not an event that this version can have written.
    """
    found = LAWS.get(type(fact))
    if found is None:
        raise CaseError(f"event {event.sequence}: no law for {type(fact).__name__}")
    found(fact, event, state)


def fold(events: Iterable[Event]) -> State:
    """The state after these events, each of which the laws allow."""
    state = State(law)
    for event in events:
        state.take(event)
    return state
