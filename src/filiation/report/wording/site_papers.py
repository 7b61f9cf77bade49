"""What the pages of documents say: what vouches for words, why they are hidden, who wrote."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.casefile.documents.account import Accounted
from filiation.casefile.facts import Judged, Produced
from filiation.casefile.state import Entry
from filiation.report.wording.document_deeds import percent
from filiation.report.wording.documents import (
    LIMITS,
    UNSIGNED,
    VERDICTS,
    attachment_words,
    signature_sentence,
)
from filiation.report.wording.figures import counted
from filiation.report.wording.moments import NO_DATE, as_dated

__all__ = [
    *("HEADS", "LOOKS", "NEVER_SIGNED", "NOT_VOUCHED", "READING", "SEALED", "TOP"),
    *(
        "fact_rows",
        "limits_of",
        "judged_verdicts",
        "near_words",
        "signed_label",
        "timeline_caption",
    ),
    *("timeline_title", "verdict_lines"),
]

LOOKS: Final = {
    "papers/review.html": "Review table",
    "papers/threads.html": "Threads",
    "papers/timeline.html": "Timeline",
    "papers/people.html": "People",
    "papers/alike.html": "Near copies",
    "papers/tags.html": "Tags",
    "papers/privilege.html": "Privilege log",
    "papers/redactions.html": "Redaction log",
}
HEADS: Final = {
    "threads": ("first document", "subject", "documents", "from", "to", "signatures"),
    "timeline": ("when", "documents", "earliest"),
    "people": ("name", "address", "sent", "received", "first", "last"),
    "alike": ("document", "earlier one", "how alike"),
    "tags": ("tag", "of", "documents"),
    "thread": ("document", "when", "from", "subject", "signatures"),
    "marks": ("what", "on record"),
}
NOT_VOUCHED: Final = "No signature vouches for this"
NEVER_SIGNED: Final = "As it was put in; documents of this kind bear no signatures"
SEALED: Final = "Sealed by the last of those who handled it, not signed by a writer"
READING: Final = "how these words are to be read is not signed"
TOP: Final = "The most frequent come first."


def signed_label(domains: Sequence[str]) -> str:
    """Whose signature vouches for words."""
    return f"Signed; the signature of {', '.join(domains)} vouches for this"


def verdict_lines(entry: Accounted) -> Iterator[str]:
    """What each signature shows, and every remark: neither is smaller than the other."""
    if entry.fields["format"] in ("mail", "outlook"):
        found = entry.signatures
        yield from (map(signature_sentence, found) if found else [f"Unsigned: {UNSIGNED}."])
    for remark in entry.fields["remarks"]:
        yield f"Remark: {remark}."


def limits_of(entry: Accounted) -> tuple[str, ...]:
    """What a verdict does not show."""
    return (LIMITS,) if entry.signatures else ()


def fact_rows(
    entry: Accounted, produced: Produced, judged: Sequence[Entry[Judged]]
) -> Iterator[tuple[str, str]]:
    """The record of one document, name and value."""
    fields = entry.fields
    yield "format", f"{fields['format']}, {entry.size:,} bytes"
    yield "put in by", f"{produced.offered_by}: {produced.how}"
    yield "dated", as_dated(fields["sent"], fields["moment"]) if fields["sent"] else NO_DATE
    for place, one in enumerate(fields["attachments"], 1):
        kept = one["sha256"] or "its bytes are not in the file"
        yield f"attached {place}", f"{attachment_words(one)}, SHA-256 {kept}"
    for number, hop in enumerate(fields["hops"], 1):
        when = as_dated(hop["given"], hop["moment"]) if hop["given"] else NO_DATE
        said = f"{hop['receiver'] or '?'} from {hop['sender'] or '?'}, {when}"
        yield f"hop {number}", f"{said} (claimed, not signed)"
    if entry.signatures and fields["format"] == "mail":
        yield "DNS records", _keys(produced)
    for found in judged:
        yield "judged also", judged_verdicts(found)
    at = f"value {entry.pointer}" if entry.pointer else f"from byte {entry.start:,}"
    yield "lies in", f"{entry.file}, {at}"
    yield "SHA-256", entry.sha256
    if entry.mih:
        yield "EDRM MIH", entry.mih


def _keys(produced: Produced) -> str:
    if not produced.keys:
        return "none were put in with it, so no key is known"
    taken = produced.keys_how or "nobody says who took them, when, or from which server"
    return f"put in by {produced.offered_by}: {taken} (SHA-256 {produced.keys})"


def judged_verdicts(one: Entry[Judged]) -> str:
    """What the DNS records of a party make of the signatures of a mail."""
    said = "; ".join(VERDICTS[standing] for standing in one.fact.verdicts) or "unsigned"
    return (
        f"by the DNS records that {one.fact.by} put in (event {one.event.sequence}, "
        f"{one.fact.keys_how}): {said}"
    )


def near_words(share_here: float, share_there: float, *, same: bool) -> str:
    """How much of two documents is the same."""
    if same:
        return "the same text, word for word"
    return (
        f"{percent(share_here)} of its words stand in the earlier one, {percent(share_there)} the "
        "other way round"
    )


def timeline_title(dated: int, undated: int) -> str:
    """What the drawing of the timeline tells whoever cannot see it."""
    return f"{counted(dated, 'dated document')} over time; without a known date: {undated:,}"


def timeline_caption(step: str, most: int) -> str:
    """What a bar of the timeline is."""
    return f"One bar for each {step}; the tallest is {most:,}. The table below holds the same."
