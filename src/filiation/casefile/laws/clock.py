"""When may the clock stop and run again?"""

from filiation.casefile import facts
from filiation.casefile.laws.parties import given, lead_only
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = ["resumed", "stopped"]


def stopped(fact: facts.Stopped, event: Event, state: State) -> None:
    """A running clock stops, by the lead, with a reason, not before it last began to run."""
    lead_only(event, state, "stop the clock")
    given(fact.because, "stopping the clock")
    stops, resumed = state.of(facts.Stopped), state.of(facts.Resumed)
    if len(stops) > len(resumed):
        raise UsageError(f"the clock stands still since {stops[-1].fact.on}")
    received = state.opening.received
    if fact.on < received:
        raise UsageError(f"stop on {fact.on}: before the case was received, on {received}")
    if resumed and fact.on < resumed[-1].fact.on:
        raise UsageError(
            f"stop on {fact.on}: before {resumed[-1].fact.on}, when the clock last began to run"
        )


def resumed(fact: facts.Resumed, event: Event, state: State) -> None:
    """A standing clock runs again, by the lead, not before it stopped."""
    lead_only(event, state, "start the clock")
    stops = state.of(facts.Stopped)
    if len(stops) == len(state.of(facts.Resumed)):
        raise UsageError("the clock is running; there is nothing to resume")
    if fact.on < stops[-1].fact.on:
        raise UsageError(f"resume on {fact.on}: before it stopped on {stops[-1].fact.on}")
