"""Tag documents, claim privilege for them, take passages out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.casefile.documents.redaction import read_spans, redacted
from filiation.casefile.facts import Privileged, Redacted, Tagged
from filiation.casefile.laws.documents import production, redactions
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, read_file
from filiation.proceedings.productions import indexed

__all__ = ["Claimed", "Redaction", "RedactionMade", "claim_privilege", "passages_of", "redact",
           "tag"]  # fmt: skip

LONGEST: Final = 1 << 20  # bytes of a file of passages


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A claim of privilege, or its end, on record.

    Attributes:
        event: Its number.
        same: Other documents with the same bytes or mail, for each that was named and has some.
    """

    event: int
    same: tuple[tuple[str, ...], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One document with passages taken out.

    Attributes:
        event: Its number.
        document: As PRODUCTION:NUMBER.
        passages: How many are out now.
    """

    event: int
    document: str
    passages: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionMade:
    """What was redacted.

    Attributes:
        made: Of each document.
        elsewhere: Other documents that hold the same words and were left as they are.
    """

    made: tuple[Redaction, ...]
    elsewhere: tuple[str, ...]


def tag(
    case: Path, name: str, documents: Sequence[str], *, off: bool = False, acting: str | None = None
) -> tuple[int, str]:
    """Put a tag on documents, or take it off; returns the event's number and who signed.

    Raises:
        UsageError: The law of tags refuses it.
    """
    record = Record(case)
    who, key = record.signer(acting)
    fact = Tagged(by=who, tag=name, documents=tuple(documents), off=off)
    given = on_record({"tag": name, "documents": list(documents), "off": off})
    draft = Draft(verb="documents tag", fact=fact, arguments=given)
    return record.append(draft, who, key).sequence, who


def claim_privilege(
    case: Path, documents: Sequence[str], *, by: str, ground: str, waive: bool = False
) -> Claimed:
    """Claim that documents are privileged, or give the claim up.

    Raises:
        UsageError: The law of privilege refuses it.
    """
    record = Record(case)
    who, key = record.signer(by if record.state().party(by).key else None)
    fact = Privileged(party=by, documents=tuple(documents), ground=ground, waived=waive)
    given = on_record({"documents": list(documents), "by": by, "waive": waive})
    event = record.append(Draft(verb="documents privilege", fact=fact, arguments=given), who, key)
    same: list[tuple[str, ...]] = []
    with indexed(record, record.state()) as index:
        for name in documents:
            same.append(tuple(other for other in index.same(name) if other not in documents))
    return Claimed(event=event.sequence, same=tuple(others for others in same if others))


def redact(
    case: Path,
    document: str,
    passages: Sequence[str],
    *,
    ground: str,
    everywhere: bool = False,
    acting: str | None = None,
) -> RedactionMade:
    """Take passages out of what other parties get of a document.

    Args:
        case: The case's folder.
        document: As PRODUCTION:NUMBER.
        passages: Words to take out, wherever the document has them.
        ground: Why; all parties read it.
        everywhere: Also in every other document that holds them.
        acting: Who signs; the lead, if None.

    Raises:
        UsageError: There is no such document, or it holds none of the words.
    """
    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    production(state, document)
    with indexed(record, state) as index:
        others = sorted({name for one in passages for name in index.holding(one)} - {document})
        drafts = [
            _draft(record, state, name, index.rendered(name), passages, ground)
            for name in (document, *(others if everywhere else ()))
        ]
    made = []
    for draft, name, count in drafts:
        event = record.append(draft, who, key)
        made.append(Redaction(event=event.sequence, document=name, passages=count))
    return RedactionMade(made=tuple(made), elsewhere=() if everywhere else tuple(others))


def passages_of(given: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """Passages as given and from a file, one a line.

    Raises:
        UsageError: None, or the file cannot be read.
    """
    found = list(given)
    if file is not None:
        try:
            found += read_file(file, LONGEST).decode("utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise UsageError(f"{file}: not UTF-8; expected one passage a line") from error
    found = [words.strip() for words in found if words.strip()]
    if not found:
        raise UsageError("redact: no passage was given; --passage WORDS or --passages FILE")
    return tuple(found)


def _draft(
    record: Record, state: State, name: str, words: str, passages: Sequence[str], ground: str
) -> tuple[Draft, str, int]:
    before = redactions(state).get(name)
    held = read_spans(record.objects.get(before[-1].event.written("passages"))) if before else ()
    made = redacted(name, words, passages, held)
    draft = Draft(
        verb="documents redact",
        fact=Redacted(document=name, passages=len(made.spans), ground=ground),
        arguments=on_record({"document": name}),
        blobs=[("redacted", made.shown(), ""), ("passages", made.withheld(), "")],
    )
    return draft, name, len(made.spans)
