"""Recording the lead's decision with its reasons."""

from pathlib import Path
from typing import Literal

from filiation.casefile.deeds import DecisionMade
from filiation.casefile.facts import Decided, Examined, Reviewed
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.proceedings.given import judged, on_record

__all__ = ["decide"]


def decide(
    case: Path,
    outcome: Literal["dismiss", "escalate", "need-more"],
    *,
    because: str,
    acting: str | None = None,
) -> DecisionMade:
    """Decide. Reasons that claim more than an examination can show are refused.

    Raises:
        UsageError: A law of the case forbids it, or a phrase of the reasons is refused.
    """
    judged(because, "because")
    record = Record(case)
    signer = record.signer(acting)
    fact = Decided(outcome=outcome, because=because)
    draft = Draft(verb="decide", fact=fact, arguments=on_record({"outcome": outcome}))
    event = record.append(draft, *signer)
    return DecisionMade(entry=Entry(event=event, fact=fact), reviewed=_reviewed(record.state()))


def _reviewed(state: State) -> bool | None:
    if not state.of(Examined):
        return None
    last = state.examination().event.sequence
    return any(entry.fact.examination == last for entry in state.of(Reviewed))
