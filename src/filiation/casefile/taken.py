"""Which event takes a step for which a deadline was set?

The first event after that which does what was asked of the party.
"""

from collections.abc import Callable
from typing import Any, Final

from filiation.casefile import facts
from filiation.casefile.state import Entry, State
from filiation.casefile.time_facts import Allowed, TimedStep

__all__ = ["TAKES", "taken_by"]

TAKES: Final[dict[TimedStep, tuple[tuple[type, ...], Callable[[Entry[Any]], str]]]] = {
    "claim": ((facts.Stated,), lambda e: e.fact.party if e.fact.kind == "claim" else ""),
    "answer": ((facts.Stated,), lambda e: e.fact.party if e.fact.kind == "answer" else ""),
    "submission": ((facts.Stated,), lambda e: e.fact.party),
    "add": ((facts.Exhibited, facts.Produced), lambda e: e.fact.offered_by),
    "plan": ((facts.Planned, facts.Posed), lambda e: e.event.actor),
    "examine": ((facts.Examined, facts.Inquired), lambda e: e.event.actor),
    "review": ((facts.Reviewed,), lambda e: e.event.actor),
}


def taken_by(state: State, allowed: Entry[Allowed]) -> Entry[Any] | None:
    """The first event after a deadline was set that takes its step; None if none does."""
    kinds, party = TAKES[allowed.fact.step]
    entries: list[Entry[Any]] = []
    for kind in kinds:
        entries += state.of(kind)
    found = [
        entry
        for entry in entries
        if entry.event.sequence > allowed.event.sequence and party(entry) == allowed.fact.party
    ]
    return min(found, key=lambda entry: entry.event.sequence, default=None)
