"""The columns and cells of the logs that go with documents."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.redaction import MARK
from filiation.casefile.facts import Redacted
from filiation.casefile.laws.privilege import Claim
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.model.document import Person
from filiation.report.wording.moments import moment_words

__all__ = ["DOCUMENTS", "HANDED", "PRIVILEGE", "REDACTIONS", "Handed", "document_row",
           "privilege_row", "redaction_row"]  # fmt: skip

Handed: TypeAlias = Literal["whole", "redacted", "withheld"]
PRIVILEGE: Final = (
    "Number", "Document", "Date", "Author", "Recipients", "Kind", "Ground", "Claimed by",
    "Claimed on", "Ruling", "Withheld",
)  # fmt: skip
REDACTIONS: Final = (
    "Number", "Document", "Ground", "Places redacted", "Redacted by", "Redacted on", "Event",
)  # fmt: skip
DOCUMENTS: Final = (
    "Number", "Document", "Handed over", "Date", "Author", "Subject", "Kind", "Bytes", "SHA-256",
    "File",
)  # fmt: skip
KINDS: Final = {
    "mail": "e-mail", "outlook": "e-mail (Outlook)", "slack": "Slack message",
    "teams": "Teams message", "whatsapp": "WhatsApp message", "chat": "chat message",
    "pdf": "PDF file", "docx": "Word file", "text": "text file", "other": "file",
}  # fmt: skip
HANDED: Final = {
    "whole": "whole",
    "redacted": "with passages redacted",
    "withheld": "withheld; see the privilege log",
}


def privilege_row(
    cited: str, document: str, entry: Accounted | None, claim: Claim, *, withheld: bool
) -> tuple[str, ...]:
    """One claim of privilege, with the last ruling on it; of what is not held, no more."""
    fact, event = claim.entry.fact, claim.entry.event
    about = ("", "", "", "")
    if entry is not None:
        about = (_when(entry), *_people(entry.people), _kind(entry))
    return (
        cited, document, *about,
        fact.ground, fact.party, f"{_on(event)} (event {event.sequence})",
        _ruling(claim), "yes" if withheld else "no",
    )  # fmt: skip


def redaction_row(cited: str, document: str, entry: Entry[Redacted]) -> tuple[str, ...]:
    """One redaction; the places are all that are out of the document after it."""
    fact, event = entry.fact, entry.event
    return (cited, document, fact.ground, str(fact.passages), event.actor,
            _on(event), str(event.sequence))  # fmt: skip


def document_row(cited: str, document: str, entry: Accounted, handed: Handed) -> tuple[str, ...]:
    """One document; of one that is withheld, its number and name alone."""
    if handed == "withheld":
        return (cited, document, HANDED[handed], "", "", "", "", "", "", "")
    fields, whole = entry.fields, handed == "whole"
    return (
        cited, document, HANDED[handed], _when(entry), _people(entry.people)[0],
        fields["subject"], _kind(entry), str(entry.size) if whole else "",
        entry.sha256 if whole else "", entry.file if whole else "",
    )  # fmt: skip


def _on(event: Event) -> str:
    return moment_words(f"{event.time[:19]}Z")


def _when(entry: Accounted) -> str:
    moment = str(entry.fields["moment"])
    return moment if moment == MARK else moment_words(moment)


def _kind(entry: Accounted) -> str:
    kind, count = entry.fields["format"], len(entry.fields["attachments"])
    hung = f" with {count} attachment{'s' if count > 1 else ''}" if count else ""
    return f"{KINDS.get(kind, kind)}{hung}"


def _people(people: Sequence[Person]) -> tuple[str, str]:
    """Authors and recipients, as the document names them."""
    named: tuple[list[str], list[str]] = ([], [])
    for one in people:
        who = (
            f"{one.name} <{one.address}>"
            if one.name.lower() not in ("", one.address)
            else (one.address or one.name)
        )
        copied = f" ({one.role})" if one.role in ("cc", "bcc") else ""
        named[one.role not in ("from", "author")].append(who + copied)
    return "; ".join(named[0]), "; ".join(named[1])


def _ruling(claim: Claim) -> str:
    if claim.ruling is None:
        return "not ruled on"
    fact, event = claim.ruling.fact, claim.ruling.event
    said = "upheld" if fact.upheld else "dismissed"
    return f"{said} (event {event.sequence}, {_on(event)}): {fact.because}"
