"""What documents a case holds, and what one of them says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.casefile import facts
from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.bytes import Bytes
from filiation.casefile.documents.wanted import Alike
from filiation.casefile.laws.documents import production
from filiation.casefile.laws.numbers import canonical, number_of
from filiation.casefile.record import Record
from filiation.errors import UsageError
from filiation.files import put
from filiation.proceedings.documents.marks import BARE, Marks, marks_of
from filiation.proceedings.naming import free
from filiation.proceedings.productions import account_of, indexed

__all__ = ["Listed", "Shown", "listed", "productions", "show", "write"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The first documents of a production.

    Attributes:
        documents: Name, what the account says, and marks of each.
        more: How many more there are.
        cited: Name to the number that it was given.
        alike: Name to the earlier document that says nearly the same.
    """

    documents: tuple[tuple[str, Accounted, Marks], ...]
    more: int
    cited: Mapping[str, str]
    alike: Mapping[str, Alike]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One document.

    Attributes:
        document: As PRODUCTION:NUMBER.
        entry: What the account says of it, checked against its digest.
        produced: The production it lies in.
        marks: What the parties put on it.
        words: Its words.
        cited: The number that it was given; empty if none was.
        alike: Documents that say nearly the same.
    """

    document: str
    entry: Accounted
    produced: facts.Produced
    marks: Marks
    words: str
    cited: str
    alike: tuple[Alike, ...]


def productions(case: Path) -> tuple[facts.Produced, ...]:
    """The productions of a case, in their order."""
    return tuple(entry.fact for entry in Record(case).state().of(facts.Produced))


def listed(case: Path, name: str, *, most: int) -> Listed:
    """The first documents of a production, with who withholds what.

    Raises:
        UsageError: No production of that name.
    """
    record = Record(case)
    state = record.state()
    produced = {entry.fact.production: entry for entry in state.of(facts.Produced)}
    if name not in produced:
        raise UsageError(f"{name}: no production of this case")
    marks, found = marks_of(state), []
    for one in account_of(record, produced[name]).entries():
        if one.number >= most:
            break
        document = f"{name}:{one.number}"
        found.append((document, one, marks.get(document, BARE)))
    with indexed(record, state) as index:
        alike = {one.document: one for one in index.alike(production=name)}
    return Listed(
        documents=tuple(found),
        more=produced[name].fact.documents - len(found),
        cited={document: number_of(state, document) for document, _, _ in found},
        alike=alike,
    )


def show(case: Path, document: str) -> Shown:
    """A document: its account and its bytes checked against their digests, and its words.

    Raises:
        UsageError: There is no such document.
        AlteredError: Account or bytes are not what the record says.
    """
    record = Record(case)
    state = record.state()
    document = canonical(state, document)
    produced = production(state, document)
    account = account_of(record, produced)
    entry = account.entry(int(document.partition(":")[2]))
    Bytes(account.files()).of(entry)
    with indexed(record, state) as index:
        words = index.rendered(document)
        alike = tuple(index.alike(document))
    marks = marks_of(state).get(document, BARE)
    return Shown(document=document, entry=entry, produced=produced.fact, marks=marks, words=words,
                 cited=number_of(state, document), alike=alike)  # fmt: skip


def write(case: Path, document: str, out: Path) -> Accounted:
    """Write the bytes of a document to a file; returns what the account says of it.

    Raises:
        UsageError: There is no such document, or `out` exists.
        AlteredError: Account or bytes are not what the record says.
    """
    record = Record(case)
    state = record.state()
    document = canonical(state, document)
    account = account_of(record, production(state, document))
    entry = account.entry(int(document.partition(":")[2]))
    body = Bytes(account.files()).of(entry)
    put(free(out), body)
    return entry
