"""What is wrong with the place or the time of an event, in words."""

from collections.abc import Iterator

from filiation.casefile.ledger.event import Event

__all__ = ["another_history", "moved_back", "placed"]


def placed(event: Event, place: int, case: str) -> Iterator[str]:
    """An event in another's place, or of another case."""
    if event.sequence != place:
        yield (f"case.db: row {place} holds event {event.sequence}; rows were removed or reordered")
    if event.case != case:
        yield f"case.db: event {place}: belongs to another case; it was put in"


def another_history(place: int) -> str:
    """The events before it are not those that it was signed after."""
    return (
        f"case.db: event {place}: names another history than the {place} events before it; an "
        "earlier event was altered, removed or reordered"
    )


def moved_back(event: Event, place: int, last: str) -> str:
    """Signed before the event that it follows."""
    return (
        f"case.db: event {place}: signed at {event.time}, the event before it at {last}; the "
        "clock was moved back"
    )
