"""What documents a case or an export holds, and what one of them says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.casefile import facts
from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.papers import Papers, Part
from filiation.casefile.exchange.held import held, papers_of
from filiation.casefile.laws.documents import production
from filiation.casefile.record import Record
from filiation.errors import UsageError, WithheldError
from filiation.files import put
from filiation.proceedings.documents.marks import Marks, marks_of
from filiation.proceedings.naming import free
from filiation.proceedings.productions import indexed

__all__ = ["Hidden", "Listed", "Shown", "hidden", "listed", "productions", "show", "write"]

BARE = Marks(privileged=(), redacted=None, tags=())


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The first documents of a production.

    Attributes:
        documents: Name, what the account says, and marks of each; None is said of one that an
            export withholds.
        more: How many more there are.
    """

    documents: tuple[tuple[str, Accounted | None, Marks], ...]
    more: int


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
    """

    document: str
    entry: Accounted
    produced: facts.Produced
    marks: Marks
    words: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A document that an export withholds.

    Attributes:
        document: As PRODUCTION:NUMBER.
        produced: The production it lies in.
        marks: What the parties put on it, which says why.
        words: The words that a redaction left of it; None: none are given.
    """

    document: str
    produced: facts.Produced
    marks: Marks
    words: str | None


def productions(case: Path) -> tuple[facts.Produced, ...]:
    """The productions of a case or an export, in their order."""
    return tuple(entry.fact for entry in held(case).state().of(facts.Produced))


def listed(case: Path, name: str, *, most: int) -> Listed:
    """The first documents of a production, with who withholds what.

    Raises:
        UsageError: No production of that name.
    """
    record = held(case)
    state = record.state()
    produced = {entry.fact.production: entry for entry in state.of(facts.Produced)}
    if name not in produced:
        raise UsageError(f"{name}: no production of this case")
    marks, found = marks_of(state), []
    for number, one in enumerate(papers_of(record, produced[name]).entries()):
        if number >= most:
            break
        document = f"{name}:{number}"
        found.append((document, one, marks.get(document, BARE)))
    return Listed(documents=tuple(found), more=produced[name].fact.documents - len(found))


def hidden(case: Path) -> tuple[Hidden, ...]:
    """Every document that an export withholds, in their order; none of a case."""
    record = held(case)
    if isinstance(record, Record):
        return ()
    state = record.state()
    marks = marks_of(state)
    return tuple(
        _hidden(papers, marks, entry.fact, number)
        for entry in state.of(facts.Produced)
        if isinstance(papers := papers_of(record, entry), Part)
        for number, known in enumerate(papers.entries())
        if known is None
    )


def show(case: Path, document: str) -> Shown | Hidden:
    """A document: its account and its bytes checked against their digests, and its words.

    Raises:
        UsageError: There is no such document.
        AlteredError: Account or bytes are not what the record says.
    """
    record = held(case)
    state = record.state()
    produced = production(state, document)
    papers, number = papers_of(record, produced), int(document.partition(":")[2])
    entry, marks = papers.entry(number), marks_of(state)
    if entry is None:
        return _hidden(papers, marks, produced.fact, number)
    papers.raw(entry)
    with indexed(record, state) as index:
        words = index.rendered(document)
    return Shown(
        document=document,
        entry=entry,
        produced=produced.fact,
        marks=marks.get(document, BARE),
        words=words,
    )


def write(case: Path, document: str, out: Path) -> Accounted:
    """Write the bytes of a document to a file; returns what the account says of it.

    Raises:
        UsageError: There is no such document, or `out` exists.
        WithheldError: The export does not hold its bytes.
        AlteredError: Account or bytes are not what the record says.
    """
    record = held(case)
    papers = papers_of(record, production(record.state(), document))
    entry = papers.entry(int(document.partition(":")[2]))
    if entry is None:
        raise WithheldError(f"{document}: withheld; this export does not hold its bytes")
    put(free(out), papers.raw(entry))
    return entry


def _hidden(
    papers: Papers, marks: Mapping[str, Marks], produced: facts.Produced, number: int
) -> Hidden:
    document = f"{produced.production}:{number}"
    return Hidden(
        document=document,
        produced=produced,
        marks=marks.get(document, BARE),
        words=papers.redacted(number) if isinstance(papers, Part) else None,
    )
