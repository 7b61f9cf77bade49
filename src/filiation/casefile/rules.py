"""Rules that many laws of a case share."""

from typing import TYPE_CHECKING

from filiation.errors import UsageError

if TYPE_CHECKING:
    from filiation.casefile.ledger.event import Event
    from filiation.casefile.state import State

__all__ = ["given", "lead_only", "neutral_only"]


def lead_only(event: "Event", state: "State", what: str) -> None:
    """Only the lead may do this."""
    if event.actor != state.opening.lead:
        raise UsageError(f"{event.actor} cannot {what}; only {state.opening.lead}, the lead, can")


def neutral_only(event: "Event", state: "State", what: str) -> None:
    """Only the lead or an examiner may do this."""
    role = state.party(event.actor).role
    if role not in ("lead", "examiner"):
        raise UsageError(
            f"{event.actor} is {role} and cannot {what}; only the lead or an examiner can, since "
            "whoever chooses seeds, methods or exhibits could choose what comes of them"
        )


def given(text: str, what: str) -> None:
    """A reason was given."""
    if not text.strip():
        raise UsageError(f"{what}: no words were given; a reason is part of the record")
