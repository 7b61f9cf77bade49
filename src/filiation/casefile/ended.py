"""Which decision ended the time, as the record stood before an event?"""

from collections.abc import Sequence
from typing import TypeVar

from filiation.casefile.facts import Decided, Examined, Inquired, Planned, Posed
from filiation.casefile.state import Entry, State

__all__ = ["ended_by", "of_before"]

F = TypeVar("F")


def ended_by(state: State, before: int | None = None) -> int | None:
    """The decision that ends the time: the last one, unless it asks for more or more was done.

    A further decision after that one supersedes it; the time ended with the first of them.
    """
    found: int | None = None
    kinds = (Decided, Planned, Examined, Posed, Inquired)
    entries = [e for kind in kinds for e in of_before(state, kind, before)]
    for entry in sorted(entries, key=lambda e: e.event.sequence):
        if not isinstance(entry.fact, Decided) or entry.fact.outcome == "need-more":
            found = None
        elif found is None:
            found = entry.event.sequence
    return found


def of_before(state: State, kind: type[F], before: int | None) -> Sequence[Entry[F]]:
    """The facts of a kind, as the record stood before an event."""
    found = state.of(kind)
    return found if before is None else [e for e in found if e.event.sequence < before]
