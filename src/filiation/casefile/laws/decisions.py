"""Who decides, and which head of the log do reports, stamps and exports speak of?"""

from filiation.casefile import facts
from filiation.casefile.laws.parties import given, lead_only, no_side
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import CaseError, UsageError

__all__ = ["decided", "exported", "reported", "stamped"]


def decided(fact: facts.Decided, event: Event, state: State) -> None:
    """The lead decides, with reasons of its own each time; nothing unexamined is escalated."""
    lead_only(event, state, "decide")
    given(fact.because, "decision")
    for last in state.of(facts.Decided)[-1:]:
        if fact.because.split() == last.fact.because.split():
            raise UsageError(
                f"decision: found the words of event {last.event.sequence}, expected why it is "
                "superseded; a further decision needs a reason of its own"
            )
    if fact.outcome == "escalate":
        state.examination()


def reported(fact: facts.Reported, event: Event, state: State) -> None:
    """A report is no side's, on an examination; an expert's also names a head of this log."""
    no_side(event, state, "issue a report")
    state.examination(fact.examination)
    if fact.profile:
        _is_head(fact.size, fact.root, event, state)


def stamped(fact: facts.Stamped, event: Event, state: State) -> None:
    """A stamp is of a head of this log."""
    _is_head(fact.size, fact.root, event, state)


def exported(fact: facts.Exported, event: Event, state: State) -> None:
    """An export is for a party, from a head of this log."""
    state.party(fact.party)
    _is_head(fact.size, fact.root, event, state)


def _is_head(size: int, root: str, event: Event, state: State) -> None:
    if state.root_at(size, event.root) != root:
        raise CaseError(
            f"event {event.sequence}: names a head of {size} events that this log never had; "
            "the log was rewritten"
        )
