"""Who put something on record, and who stood by when the lead did it for another."""

from collections.abc import Sequence

from filiation.casefile.ledger.event import Event
from filiation.report.wording.figures import clean, joined

__all__ = ["received_words", "signed_words", "stood_by_words"]


def signed_words(party: str, event: Event, present: Sequence[str]) -> str:
    """By whom words of a party are signed."""
    if event.actor == party:
        return f"signed by {party}"
    if event.facts.get("submission"):
        return f"signed by {party} at its own desk, received by {event.actor}"
    return received_words(party, event, present)


def received_words(party: str, event: Event, present: Sequence[str]) -> str:
    """The lead's word that a party handed something over, and before whom; empty if it signed."""
    if event.actor == party:
        return ""
    before = stood_by_words(present) or "names nobody who stood by"
    return f"received and signed by {event.actor}, which {before}"


def stood_by_words(present: Sequence[str]) -> str:
    """Who stood by, as the lead says; empty if it names nobody."""
    return f"says that {joined([clean(name) for name in present])} stood by" if present else ""
