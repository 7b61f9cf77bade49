"""What documents a case or an export holds, and what one of them says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.casefile import facts
from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.papers import Part
from filiation.casefile.documents.wanted import Alike
from filiation.casefile.exchange.export import DOCUMENTS_LOG, PRIVILEGE_LOG
from filiation.casefile.exchange.held import ExportHeld, Held, entry_of, held, papers_of
from filiation.casefile.laws.documents import production
from filiation.casefile.laws.numbers import canonical, number_of
from filiation.casefile.state import State
from filiation.errors import UsageError
from filiation.files import put
from filiation.proceedings.documents.marks import BARE, Marks, marks_of
from filiation.proceedings.naming import free
from filiation.proceedings.productions import indexed

__all__ = [
    "Hidden",
    "Listed",
    "Shown",
    "hidden",
    "hidden_as",
    "hidden_of",
    "listed",
    "productions",
    "show",
    "write",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The first documents of a production.

    Attributes:
        documents: Name, what the account says, and marks of each; None is said of one that an
            export withholds.
        more: How many more there are.
        cited: Name to the number that it was given.
        alike: Name to the earlier document that says nearly the same.
    """

    documents: tuple[tuple[str, Accounted | None, Marks], ...]
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


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A document that an export withholds.

    Attributes:
        document: As PRODUCTION:NUMBER.
        produced: The production it lies in.
        marks: What the parties put on it, which says why.
        words: The words that a redaction left of it; None: none are given.
        cited: The number that it was given; empty if none was.
        log: Name of the file in the export in which its lead tells more of it; empty: none does.
    """

    document: str
    produced: facts.Produced
    marks: Marks
    words: str | None
    cited: str
    log: str


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
    with indexed(record, state) as index:
        alike = {one.document: one for one in index.alike(production=name)}
    return Listed(
        documents=tuple(found),
        more=produced[name].fact.documents - len(found),
        cited={document: number_of(state, document) for document, _, _ in found},
        alike=alike,
    )


def hidden(case: Path) -> tuple[Hidden, ...]:
    """Every document that an export withholds, in their order; none of a case."""
    record = held(case)
    if not isinstance(record, ExportHeld):
        return ()
    marks = marks_of(record.state())
    return tuple(
        _hidden(record, papers, marks, entry.fact, number)
        for entry in record.state().of(facts.Produced)
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
    document = canonical(state, document)
    produced = production(state, document)
    gone = hidden_of(record, state, document)
    if gone is not None:
        return gone
    papers, entry = entry_of(record, produced, int(document.partition(":")[2]))
    papers.raw(entry)
    with indexed(record, state) as index:
        words = index.rendered(document)
        alike = tuple(index.alike(document))
    return Shown(
        document=document,
        entry=entry,
        produced=produced.fact,
        marks=marks_of(state).get(document, BARE),
        words=words,
        cited=number_of(state, document),
        alike=alike,
    )


def write(case: Path, document: str, out: Path) -> Accounted:
    """Write the bytes of a document to a file; returns what the account says of it.

    Raises:
        UsageError: There is no such document, or `out` exists.
        WithheldError: The export does not hold its bytes.
        AlteredError: Account or bytes are not what the record says.
    """
    record = held(case)
    state = record.state()
    document = canonical(state, document)
    number = int(document.partition(":")[2])
    papers, entry = entry_of(record, production(state, document), number)
    put(free(out), papers.raw(entry))
    return entry


def hidden_of(record: Held, state: State, document: str) -> Hidden | None:
    """A document, as PRODUCTION:NUMBER, if an export withholds it; None if it is held."""
    produced, number = production(state, document), int(document.partition(":")[2])
    papers = papers_of(record, produced)
    if not isinstance(record, ExportHeld) or not isinstance(papers, Part):
        return None
    if papers.entry(number) is not None:
        return None
    return _hidden(record, papers, marks_of(state), produced.fact, number)


def _hidden(
    record: ExportHeld,
    part: Part,
    marks: Mapping[str, Marks],
    produced: facts.Produced,
    number: int,
) -> Hidden:
    document = f"{produced.production}:{number}"
    found, cited = marks.get(document, BARE), number_of(record.state(), document)
    return hidden_as(record, document, produced, found, part.redacted(number), cited)


def hidden_as(
    record: Held, document: str, produced: facts.Produced, found: Marks, words: str | None,
    cited: str,
) -> Hidden:  # fmt: skip
    """What is told of a document that an export withholds."""
    log = _log(record, found) if isinstance(record, ExportHeld) else ""
    return Hidden(
        document=document, produced=produced, marks=found, words=words, cited=cited, log=log
    )


def _log(record: ExportHeld, found: Marks) -> str:
    """The log that came with an export and has a line on a document that is marked so."""
    name = ""
    if any(claim.withholds for claim in found.privileged):
        name = PRIVILEGE_LOG
    elif found.redacted is not None:
        name = DOCUMENTS_LOG
    return name if name and (record.folder / name).is_file() else ""
