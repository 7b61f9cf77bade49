"""Who decides, and which head of the log do reports, stamps and exports speak of?"""

from collections.abc import Iterable

from filiation.casefile import facts
from filiation.casefile.laws.parties import edition, given, lead_only, no_side
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import CaseError, UsageError

__all__ = ["decided", "exported", "reported", "stamped", "superseded"]


def decided(fact: facts.Decided, event: Event, state: State) -> None:
    """The lead decides, with reasons of its own each time; nothing unexamined is escalated."""
    lead_only(event, state, "decide")
    given(fact.because, "decision")
    if edition(state, 2):
        _claimed(state)
        superseded(fact.supersedes, (e.event.sequence for e in state.of(facts.Decided)), "decision")
    for last in state.of(facts.Decided)[-1:]:
        if fact.because.split() == last.fact.because.split():
            raise UsageError(
                f"decision: found the words of event {last.event.sequence}, expected why it is "
                "superseded; a further decision needs a reason of its own"
            )
    if fact.outcome == "escalate":
        state.answered()


def reported(fact: facts.Reported, event: Event, state: State) -> None:
    """A report is no side's, on an examination; an expert's also names a head of this log."""
    no_side(event, state, "issue a report")
    found = state.answered(fact.examination)
    if fact.profile and isinstance(found.fact, facts.Inquired):
        raise UsageError(
            f"event {found.event.sequence}: about one exhibit alone; a profile is of a report on "
            "two models, which tells of such questions beside them (expected no profile)"
        )
    if fact.profile or fact.size:
        _is_head(fact.size, fact.root, event, state)


def stamped(fact: facts.Stamped, event: Event, state: State) -> None:
    """A stamp is of a head of this log."""
    _is_head(fact.size, fact.root, event, state)


def exported(fact: facts.Exported, event: Event, state: State) -> None:
    """An export is for a party, from a head of this log, by the lead, to whom the head belongs."""
    state.party(fact.party)
    if edition(state, 2):
        lead_only(event, state, "make an export")
    _is_head(fact.size, fact.root, event, state)


def superseded(named: int | None, before: Iterable[int], what: str) -> None:
    """What is said a second time names what it ends, and a first time nothing.

    Raises:
        UsageError: It names something else, or nothing.
    """
    last = max(before, default=None)
    if named == last:
        return
    if last is None:
        raise UsageError(f"{what}: supersedes event {named}, but there is none before it")
    raise UsageError(
        f"{what}: event {last} holds one already; a further one supersedes it by name "
        f"(--supersedes {last})"
    )


def _claimed(state: State) -> None:
    if all(entry.fact.kind != "claim" for entry in state.of(facts.Stated)):
        raise UsageError(
            "decision: no claim is on record (case claim); there is nothing to decide yet"
        )


def _is_head(size: int, root: str, event: Event, state: State) -> None:
    if state.root_at(size, event.root) != root:
        raise CaseError(
            f"event {event.sequence}: names a head of {size} events that this log never had; "
            "the log was rewritten"
        )
