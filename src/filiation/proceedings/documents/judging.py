"""Judge the signatures of a mail by other DNS records than those it was put in with."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.casefile.exchange.held import Held, entry_of
from filiation.casefile.facts import Judged
from filiation.casefile.laws.documents import production
from filiation.casefile.laws.numbers import canonical
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, read_file
from filiation.readers.writings.dns import LARGEST, Snapshot, read_snapshot
from filiation.readers.writings.mail import read_mail

__all__ = ["Judgement", "judge", "judged_again"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict by other records, on record.

    Attributes:
        event: Its number.
        fact: As stated in the log.
    """

    event: int
    fact: Judged


def judge(
    case: Path, document: str, keys: Path, *, by: str, how: str, acting: str | None = None
) -> Judgement:
    """Judge the signatures of a mail by DNS records that a party puts in.

    Args:
        case: The case's folder.
        document: As PRODUCTION:NUMBER.
        keys: The records, as `dig` prints them.
        by: The party whose records they are.
        how: Who took them, when, and from which server.
        acting: Who signs; `by`, if None.

    Raises:
        UsageError: There is no such document, it is no mail, or the law refuses it.
        UnreadableError: Not such records.
        AlteredError: Account or bytes are not what the record says.
    """
    record = Record(case)
    state = record.state()
    document = canonical(state, document)
    who, key = record.signer(acting or (by if state.party(by).key else None))
    snapshot = read_snapshot(keys)
    raw = read_file(keys, LARGEST)
    verdicts = _verdicts(record, state, document, snapshot)
    digest = hashlib.sha256(raw).hexdigest()
    fact = Judged(document=document, by=by, keys=digest, keys_how=how, verdicts=verdicts)
    given = on_record({"document": document, "by": by, "keys": keys})
    draft = Draft(verb="documents judge", fact=fact, arguments=given, blobs=[("keys", raw, "")])
    event = record.append(draft, who, key)
    return Judgement(event=event.sequence, fact=fact)


def judged_again(record: Held, state: State, judged: Entry[Judged]) -> bool:
    """Is the verdict on record the one that follows from the mail and the records that are kept?

    Raises:
        WithheldError: The export does not hold the mail.
    """
    record.objects.get(judged.fact.keys)
    snapshot = read_snapshot(record.objects.path(judged.fact.keys))
    return judged.fact.verdicts == _verdicts(record, state, judged.fact.document, snapshot)


def _verdicts(record: Held, state: State, document: str, snapshot: Snapshot) -> tuple[str, ...]:
    number = int(document.partition(":")[2])
    papers, entry = entry_of(record, production(state, document), number)
    if entry.fields["format"] != "mail":
        raise UsageError(
            f"{document}: {entry.fields['format']}, expected mail; it has no signature"
        )
    found = read_mail(papers.raw(entry), file=entry.file, start=entry.start, snapshot=snapshot)
    return tuple(str(one.standing) for one in found.signatures)
