"""From what a case keeps to documents again: for its index, and to see that it is the same."""

from collections.abc import Iterator
from contextlib import contextmanager

from filiation.casefile import facts
from filiation.casefile.documents.account import Account, entry_line
from filiation.casefile.documents.index import Index, open_index
from filiation.casefile.record import Record
from filiation.casefile.state import Entry, State
from filiation.errors import CaseError
from filiation.model.document import Document
from filiation.readers.writings.dns import Snapshot, read_snapshot
from filiation.readers.writings.production import documents

__all__ = ["account_of", "indexed", "kept_keys", "read_again"]


def account_of(record: Record, produced: Entry[facts.Produced]) -> Account:
    """The account that a production's event names."""
    return Account(record.objects, produced.event.written("account"))


def kept_keys(record: Record, produced: Entry[facts.Produced]) -> Snapshot:
    """The snapshot of DNS that a production was verified with; empty if there was none."""
    if not produced.fact.keys:
        return Snapshot()
    record.objects.get(produced.fact.keys)
    return read_snapshot(record.objects.path(produced.fact.keys))


def read_again(
    record: Record, produced: Entry[facts.Produced]
) -> Iterator[tuple[int, Document, bool]]:
    """Every document with its number, and whether its entry is the same again."""
    account = account_of(record, produced)
    lines = account.lines()
    number = -1
    found = documents(account.files(), kept_keys(record, produced), produced.fact.dates)
    for number, document in enumerate(found):
        yield number, document, entry_line(number, document).rstrip(b"\n") == next(lines, None)
    if number + 1 != produced.fact.documents:
        raise CaseError(
            f"{produced.fact.production}: {number + 1} documents when read again, the record says "
            f"{produced.fact.documents}; it was altered, or read by another version"
        )


@contextmanager
def indexed(record: Record, state: State) -> Iterator[Index]:
    """The index of a case, with everything in it that the case holds.

    Raises:
        UsageError: The case has no documents.
    """
    with open_index(record.id) as index:
        wanted = {e.event.written("account"): e for e in state.of(facts.Produced)}
        if index.productions().keys() - wanted.keys():
            index.forget()  # of a copy of this case that went another way
        held = index.productions()
        for digest in (one for one in wanted if one not in held):  # in the order of the record
            with index.taking(wanted[digest].fact.production) as taking:
                for number, document, _ in read_again(record, wanted[digest]):
                    taking.take(number, document, document.sha256)
                taking.account = digest
        yield index
