"""Rules that many laws of a case share."""

from typing import TYPE_CHECKING

from filiation.errors import UsageError

if TYPE_CHECKING:
    from filiation.casefile.ledger.event import Event
    from filiation.casefile.state import State

__all__ = ["given", "lead_only"]


def lead_only(event: "Event", state: "State", what: str) -> None:
    """Only the lead may do this."""
    if event.actor != state.opening.lead:
        raise UsageError(f"{event.actor} cannot {what}; only {state.opening.lead}, the lead, can")


def given(text: str, what: str) -> None:
    """A reason was given."""
    if not text.strip():
        raise UsageError(f"{what}: no words were given; a reason is part of the record")
