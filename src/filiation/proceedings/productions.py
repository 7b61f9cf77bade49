"""From what a case or an export holds to documents again: for its index, and to see them the same.

Of a production that an export holds whole all is read again from its files. Of one that it holds in
part the files are withheld: mails are read again from their own bytes, what else is shown is taken
as its entry has it, with the words that its bytes give without the file around them.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from filiation.casefile import facts
from filiation.casefile.documents.account import Account, Accounted, document_of, entry_line
from filiation.casefile.documents.index import Index, open_index
from filiation.casefile.documents.papers import Part, Whole
from filiation.casefile.documents.redaction import MARK
from filiation.casefile.documents.taking import Taking
from filiation.casefile.exchange.held import Held, index_name, papers_of
from filiation.casefile.record import Record
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError
from filiation.model.document import Document
from filiation.readers.writings.alone import words_alone
from filiation.readers.writings.dns import Snapshot, read_snapshot
from filiation.readers.writings.mail import read_mail
from filiation.readers.writings.production import documents

__all__ = ["account_of", "indexed", "kept_keys", "mail_again", "read_again"]

CONTEXT: Final = "remarks"  # of an entry: they also tell of the file around the document


def account_of(record: Record, produced: Entry[facts.Produced]) -> Account:
    """The account that a production's event names."""
    return Account(record.objects, produced.event.written("account"))


def kept_keys(record: Held, produced: Entry[facts.Produced]) -> Snapshot:
    """The snapshot of DNS that a production was verified with; empty if there was none."""
    if not produced.fact.keys:
        return Snapshot()
    record.objects.get(produced.fact.keys)
    return read_snapshot(record.objects.path(produced.fact.keys))


def read_again(
    record: Held, produced: Entry[facts.Produced], whole: Whole
) -> Iterator[tuple[int, Document, bool]]:
    """Every document with its number, and whether its entry is the same again."""
    lines = whole.account.lines()
    number = -1
    files = whole.account.files()
    found = documents(files, kept_keys(record, produced), produced.fact.dates)
    for number, document in enumerate(found):
        yield number, document, entry_line(number, document).rstrip(b"\n") == next(lines, None)
    if number + 1 != produced.fact.documents:
        raise CaseError(
            f"{produced.fact.production}: {number + 1} documents when read again, the record says "
            f"{produced.fact.documents}; it was altered, or read by another version"
        )


def mail_again(entry: Accounted, raw: bytes, snapshot: Snapshot) -> bool:
    """Is what stands on record of a mail what its bytes and the kept DNS records give?"""
    again = read_mail(raw, file=entry.file, start=entry.start, snapshot=snapshot)
    found = json.loads(entry_line(entry.number, again))
    return _of_itself(found) == _of_itself(entry.fields)


def _of_itself(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in fields.items() if name != CONTEXT}


def _alone(entry: Accounted, raw: bytes, dates: str) -> Document:
    """A document with its words by its own bytes, without the file that it lies in."""
    kind = entry.fields["format"]
    text, attached = words_alone(
        raw, file=entry.file, kind=kind, pointer=entry.pointer, dates=dates
    )
    return document_of(entry, raw, text, attached)


@contextmanager
def indexed(record: Held, state: State) -> Iterator[Index]:
    """The index of all documents that a case or an export holds.

    Raises:
        UsageError: The query is none.
        UnwritableError: The index cannot be written.
    """
    with open_index(index_name(record)) as index:
        wanted = {(p := papers_of(record, e)).digest: (e, p) for e in state.of(facts.Produced)}
        if index.productions().keys() - wanted.keys():
            index.forget()  # of a copy of this case that went another way
        known = index.productions()
        for digest in (one for one in wanted if one not in known):  # in the order of the record
            produced, papers = wanted[digest]
            with index.taking(produced.fact.production) as taking:
                if isinstance(papers, Whole):
                    for number, document, _ in read_again(record, produced, papers):
                        taking.take(number, document, document.sha256)
                else:
                    _take_shown(taking, papers, produced.fact.dates)
                taking.account = digest
        yield index


def _take_shown(taking: Taking, part: Part, dates: str) -> None:
    """Take in every document that a part shows; of a redacted one the words that are left."""
    for number, entry, raw in part.raws():
        left = part.redacted(number) if entry is None else None
        if entry is not None:
            taking.take(number, _alone(entry, raw, dates), entry.sha256)
        elif left is not None:
            rest = Document(file="", start=0, raw=b"", format="other", subject=MARK, text=left)
            taking.take(number, rest, rest.sha256, whole=False)
