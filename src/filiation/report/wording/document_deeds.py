"""What the verbs on the documents of a case say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.wanted import Alike, FoundAttachment, FoundDocument
from filiation.casefile.facts import Judged, Produced, Redacted, Ruled
from filiation.casefile.laws.privilege import Claim
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.report.wording.figures import counted
from filiation.report.wording.moments import NO_DATE, moment_words, span
from filiation.report.wording.received import received_words

__all__ = [
    "added_lines",
    "alike_words",
    "attached_count_line",
    "attached_line",
    "claim_words",
    "copied",
    "count_line",
    "entry_line",
    "excerpt_line",
    "extracted_line",
    "found_line",
    "held_back",
    "judged_line",
    "mark_lines",
    "more_line",
    "near_lines",
    "not_vouched_line",
    "numbered_line",
    "percent",
    "person_line",
    "privileged_line",
    "production_line",
    "redacted_line",
    "ruled_lines",
    "same_line",
    "saved_line",
    "standing_lines",
    "stands_elsewhere",
    "tagged_line",
    "thread_line",
    "undated_line",
    "when_line",
    "will_redact_line",
    "written_line",
]

MOST: Final = 10  # places that an error names
MOST_NEAR = 20  # that are named


def added_lines(
    event: Event,
    fact: Produced,
    *,
    formats: Mapping[str, int],
    signatures: Mapping[str, int],
    remarks: int,
    undated: int = 0,
    set_aside: Sequence[str] = (),
) -> Iterator[str]:
    """A production that is on record, and what it holds."""
    yield (
        f"event {event.sequence}: {fact.production} holds {counted(fact.documents, 'document')} in "
        f"{counted(fact.files, 'file')}, {fact.size:,} bytes, from {fact.offered_by}"
    )
    if by := received_words(fact.offered_by, event, fact.stood_by):
        yield f"  {by}"
    for what, counts in (("format", formats), ("signatures", signatures)):
        if counts:
            yield f"  {what}: {', '.join(f'{n:,} {name}' for name, n in counts.items())}"
    if remarks:
        yield f"  remarks on {counted(remarks, 'document')}; `documents show` has them"
    if undated:
        yield (
            f"  day and month of {counted(undated, 'document')} cannot be told apart, and no time "
            "was derived: which comes first? Put the chat in again under another name with --dates "
            "dmy, mdy or ymd"
        )
    for said in set_aside:
        yield f"  set aside: {said}; it is kept as it is, and nothing in it was read"


def production_line(fact: Produced) -> str:
    """One production of a case."""
    return (
        f"{fact.production:12}  {counted(fact.documents, 'document')} in "
        f"{counted(fact.files, 'file')}, from {fact.offered_by}: {fact.how}"
    )


def entry_line(
    document: str,
    entry: Accounted,
    *,
    privileged: Sequence[Claim],
    redacted: bool,
    tags: Sequence[str],
    judged: Sequence[Entry[Judged]] = (),
    cited: str = "",
    alike: Alike | None = None,
) -> str:
    """One document of a production, as its account has it."""
    marks = [*entry.verdicts, *(claim_words(claim) for claim in privileged)]
    marks += [f"{', '.join(one.fact.verdicts)} by the records of {one.fact.by}" for one in judged]
    marks += ["redacted"] if redacted else []
    marks += tags
    marks += [alike_words(alike)] if alike else []
    fields = entry.fields
    about = f"{fields['format']:8}  {moment_words(fields['moment']):23}  {fields['subject'][:60]}"
    said = f"  [{'; '.join(marks)}]" if marks else ""
    number = f"{cited}  " if cited else ""
    return f"{document:12}  {number}{entry.sha256[:12]}..  {about}{said}"


def more_line(count: int) -> str:
    """Documents that were not listed."""
    return f".. {count:,} more; --most prints them"


def mark_lines(
    privileged: Sequence[Claim], redacted: Entry[Redacted] | None, tags: Sequence[str]
) -> Iterator[str]:
    """What the parties put on a document."""
    yield from (claim_words(claim) for claim in privileged)
    if redacted is not None:
        yield (
            f"{counted(redacted.fact.passages, 'passage')} redacted "
            f"(event {redacted.event.sequence}): {redacted.fact.ground}"
        )
    for tag in tags:
        yield f"tag {tag}"


def claim_words(claim: Claim) -> str:
    """Whose claim of privilege it is, and how the lead ruled on it."""
    said = f"privileged, says {claim.entry.fact.party}"
    if claim.ruling is None:
        return f"{said}; not ruled on"
    how = "upheld" if claim.ruling.fact.upheld else "dismissed"
    return f"{said}; {how} (event {claim.ruling.event.sequence})"


def ruled_lines(entry: Entry[Ruled]) -> Iterator[str]:
    """A ruling on a claim of privilege, and what it ends."""
    fact = entry.fact
    how = "upheld" if fact.upheld else "dismissed: exports to come hold them whole"
    yield (
        f"event {entry.event.sequence}: the claim of {fact.party} on "
        f"{', '.join(fact.documents)} is {how}"
    )
    if fact.supersedes is not None:
        yield f"  it supersedes the ruling of event {fact.supersedes}"


def written_line(path: str, entry: Accounted) -> str:
    """The bytes of a document that were written to a file."""
    return f"{path}: {entry.size:,} bytes, sha256 {entry.sha256}"


def count_line(count: int) -> str:
    """How many documents were found."""
    return f"{count:,} found"


def undated_line(count: int) -> str:
    """Documents that days leave out because theirs is not known."""
    these = "1 document has" if count == 1 else f"{count:,} documents have"
    return f"not asked for days: {these} no known date; found without --since and --until"


LEFT: Final = "redacted: of what it says only the words that are left are here"


def found_line(found: FoundDocument) -> str:
    """A document that was found."""
    about = found.subject if len(found.subject) <= 60 else f"{found.subject[:60]}.."
    verdict = f"  [{found.verdict}]" if found.verdict else ""
    number = f"{found.cited}  " if found.cited else ""
    if not found.whole:
        return f"{found.document:12}  {number}{LEFT}"
    when = f"{number}{moment_words(found.moment):23}"
    line = f"{found.document:12}  {when}  {found.sender or 'nobody'}  {about}{verdict}"
    return line.replace("\n", " ")


def excerpt_line(found: FoundDocument | FoundAttachment) -> str:
    """Where the words stand in a document or attachment that was found."""
    return f"{'':14}{' '.join(found.excerpt.split())}"


def attached_count_line(count: int) -> str:
    """How many attachments hold the words."""
    return f"of attachments, {count:,} {'holds' if count == 1 else 'hold'} the words"


def attached_line(found: FoundAttachment) -> str:
    """An attachment that was found."""
    return (
        f"{found.document:12}  {found.name or 'no name'} ({found.media_type}, {found.size:,} bytes)"
    )


def extracted_line(name: str, called: str, path: str | None, size: int, sha256: str) -> str:
    """An attachment that was written to a file."""
    if path is None:
        return f"{name}: not written: its bytes are not in the document ({called or 'no name'})"
    return f"{name}: {path}, {size:,} bytes, sha256 {sha256}"


def alike_words(alike: Alike) -> str:
    """As which other document it says nearly the same, and how much of it."""
    if alike.same:
        return f"the same text as {alike.other}, word for word"
    return f"nearly the same as {alike.other} ({percent(alike.here)} of its words)"


def percent(share: float) -> str:
    """A share that is not all, never as all."""
    return f"{min(99, int(share * 100))} %"


def numbered_line(event: int, production: str, first: str, last: str) -> str:
    """A production whose documents have numbers now."""
    return f"event {event}: {production} is numbered {first} to {last}"


def saved_line(event: int, name: str) -> str:
    """A query that is on record."""
    return f"event {event}: the query is on record as {name}"


def when_line(when: str, count: int) -> str:
    """How many documents there are in a year, a month or on a day."""
    return f"{when or NO_DATE:10}  {count:,}"


def person_line(*, address: str, name: str, sent: int, received: int, first: str, last: str) -> str:
    """Whom documents name."""
    who = f"{name} <{address}>" if name and name.lower() != address else address or name
    return f"{who}  {sent:,} sent, {received:,} received, {span(first, last)}"


def thread_line(
    *, head: str, subject: str, size: int, first: str, last: str, verdicts: Mapping[str, int]
) -> str:
    """One thread."""
    when = span(first, last)
    return f"{head:12}  {counted(size, 'document')}, {when}  {subject[:60]}{_counted(verdicts)}"


def judged_line(event: int, document: str, verdicts: Sequence[str], *, by: str) -> str:
    """A mail that was judged by other DNS records."""
    said = ", ".join(verdicts) or "unsigned"
    return f"event {event}: {document}: {said}, by the DNS records of {by}"


def tagged_line(event: int, tag: str, documents: Sequence[str], *, off: bool, by: str) -> str:
    """A tag that was put on documents, or taken off."""
    return f"event {event}: {tag} {'taken off' if off else 'on'} {', '.join(documents)}, by {by}"


def privileged_line(event: int, documents: Sequence[str], *, by: str, waived: bool) -> str:
    """A claim of privilege, or its end."""
    said = f"{by} waives privilege of" if waived else f"privileged, says {by}:"
    return f"event {event}: {said} {', '.join(documents)}"


def same_line(others: Sequence[str]) -> str:
    """Where else a document lies that was claimed to be privileged."""
    return f"note: the same mail or bytes also lie in {', '.join(others)}"


def redacted_line(event: int, document: str, passages: int) -> str:
    """A document with passages taken out."""
    return f"event {event}: {document}: {counted(passages, 'passage')} redacted"


def will_redact_line(documents: Sequence[str]) -> str:
    """What is about to be redacted, before it is."""
    return f"to be redacted in {', '.join(documents)}"


def stands_elsewhere(documents: Sequence[str]) -> str:
    """Where redacted words still stand."""
    return (
        f"note: the same words also stand in {', '.join(documents)}; they are not redacted there "
        "(--everywhere)"
    )


def _counted(verdicts: Mapping[str, int]) -> str:
    said = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items())
    return f"  [{said}]" if said else ""


def standing_lines(
    near: Sequence[tuple[str, str]],
    unread: Sequence[str],
    elsewhere: Sequence[str],
    *,
    everywhere: bool,
) -> Iterator[str]:
    """What a redaction leaves: what comes near, what is not known, where else the words stand."""
    yield from near_lines(near)
    if unread:
        yield not_vouched_line(unread)
    if elsewhere and not everywhere:
        yield stands_elsewhere(elsewhere)


def near_lines(near: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Words that come near a passage; a person has to look at them."""
    for document, words in near[:MOST_NEAR]:
        said = " ".join(words.split())
        yield f"note: {document} has {said!r}, which comes near; it is not redacted"
    if len(near) > MOST_NEAR:
        yield f"note: {len(near) - MOST_NEAR:,} more places come near"


def not_vouched_line(documents: Sequence[str]) -> str:
    """Documents of which nothing is known."""
    named = ", ".join(documents[:MOST_NEAR])
    more = f" and {len(documents) - MOST_NEAR:,} more" if len(documents) > MOST_NEAR else ""
    return (
        f"note: {named}{more} hold parts that were not read (`documents show` names them); whether "
        "the words stand there is not known"
    )


def held_back(found: Sequence[tuple[str, str]]) -> str:
    """Where redacted words stand in an export, which is therefore not made."""
    named = "; ".join(f"{place}, redacted in {document}" for place, document in found[:MOST])
    more = f"; and {len(found) - MOST} more" if len(found) > MOST else ""
    return (
        f"export: nothing was made: words that were redacted stand in {named}{more}. Redact them "
        "there, too (`documents redact --everywhere`), or give --despite-found to hand them over"
    )


def copied(found: Sequence[tuple[str, str]]) -> str:
    """Which privileged documents are in an export a second time, which is therefore not made."""
    named = "; ".join(f"{other}, the same as {name}" for other, name in found[:MOST])
    more = f"; and {len(found) - MOST} more" if len(found) > MOST else ""
    return (
        f"export: nothing was made: documents that are privileged lie in it again: {named}{more}. "
        "Claim privilege there, too (`documents privilege`), or give --despite-found to hand them "
        "over"
    )
