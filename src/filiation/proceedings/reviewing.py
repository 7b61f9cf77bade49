"""Reviewing an examination as a second person."""

from pathlib import Path

from filiation.casefile.facts import Inquired, Reviewed
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.given import judged, on_record
from filiation.proceedings.replaying import replay_examination, replay_inquiry

__all__ = ["review"]


def review(
    case: Path,
    words: str,
    *,
    agrees: bool,
    examination: int | None = None,
    acting: str | None = None,
) -> Entry[Reviewed]:
    """Derive an examination again, by default the last, and put on record what one found.

    Raises:
        UsageError: A law of the case forbids it, or a phrase of the words is refused.
    """
    judged(words, "review")
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    entry = state.answered(examination)
    sequence = entry.event.sequence
    if isinstance(entry.fact, Inquired):
        again = replay_inquiry(record, state, entry)
    else:
        again = replay_examination(record, state, sequence)
    fact = Reviewed(
        examination=sequence,
        same_bytes=again.same is True and not again.moved,
        moved=again.moved if again.same else 0,
        agrees=agrees,
        words=words,
    )
    draft = Draft(verb="review", fact=fact, arguments=on_record({"examination": sequence}))
    return Entry(event=record.append(draft, *signer), fact=fact)
