"""From a case, or an export of one, to the material of a report on a question about one exhibit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

from filiation.casefile import facts
from filiation.casefile.codec import inquiry_from_bytes
from filiation.casefile.exchange.held import Held
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError
from filiation.model.inquiry import Disclosed, Inquiry

__all__ = ["InquiryMaterial", "gather_inquiry"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryMaterial:
    """All that such a report is written from.

    Attributes:
        found: The answer.
        entry: Its event.
        case: Id of the case.
        title: What the dispute is about.
        lead: Who leads it.
        size: Events of the log when the report was made; 0 of a page that is no report.
        root: Root (hex) of these.
        reviews: Reviews of the answer up to then.
        words: Signature to the words that were told by then.
        typesetter: Name and version of what sets the PDF; empty if none is made.
    """

    found: Inquiry
    entry: Entry[facts.Inquired]
    case: str
    title: str
    lead: str
    size: int
    root: str
    reviews: tuple[Entry[facts.Reviewed], ...] = ()
    words: Mapping[str, Disclosed] = field(default_factory=dict)
    typesetter: str = ""


def gather_inquiry(
    record: Held, fact: facts.Reported, state: State | None = None, *, whole: bool = False
) -> InquiryMaterial:
    """What a report of that fact is written from, as the record stood at its head.

    Args:
        record: The case or the export.
        fact: Which answer, and which head.
        state: Where it stands, if that is known already.
        whole: Whether all that is on record counts, and not only what stands before that head.

    Raises:
        UsageError: There is no such answer.
        CaseError: It is no answer to such a question, or the record is damaged.
    """
    state = record.state() if state is None else state
    entry = state.answered(fact.examination)
    if not isinstance(entry.fact, facts.Inquired):
        raise CaseError(f"event {fact.examination}: answers no question about one exhibit")
    sequence, before = entry.event.sequence, None if whole else fact.size
    raw = record.objects.get(entry.event.written("inquiry"))
    return InquiryMaterial(
        found=inquiry_from_bytes(raw, f"event {sequence}"),
        entry=entry,
        case=record.id,
        title=state.opening.title,
        lead=state.opening.lead,
        size=fact.size,
        root=fact.root,
        reviews=tuple(
            one
            for one in state.of(facts.Reviewed)
            if _by_then(one, before) and one.fact.examination == sequence
        ),
        words=_told(state, entry.fact.exhibit, before),
        typesetter=fact.typesetter,
    )


def _told(state: State, exhibit: str, before: int | None) -> dict[str, Disclosed]:
    """Signature to the words that were told of it."""
    return {
        hashed: Disclosed(hashed=hashed, text=text, by=one.fact.by, event=one.event.sequence)
        for one in state.of(facts.Worded)
        if _by_then(one, before) and one.fact.exhibit == exhibit
        for hashed, text in one.fact.words
    }


def _by_then(entry: Entry[Any], before: int | None) -> bool:
    return before is None or entry.event.sequence < before
