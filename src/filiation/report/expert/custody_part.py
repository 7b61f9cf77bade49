"""Exhibits: what they are, who put them in, how they came, and their digests."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.laws.numbers import number_span
from filiation.casefile.state import Entry
from filiation.report import wording
from filiation.report.blocks import Block, Heading, Note, Paragraph, Table
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.wording import expert_custody as words
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import more_sentence, place, said

__all__ = ["custody", "exhibits"]

LISTED: Final = 12  # exhibits, and productions of documents, that stand in the report itself
ACQUIRED: Final = 160
WHOLE: Final = 1000  # characters of how an exhibit came
WIDTHS: Final = (3, 3, 6, 3, 1)


def exhibits(m: CaseMaterial) -> Iterator[Block]:
    """What was examined and how it came here."""
    yield Paragraph(text=words.READ_ONLY, source=place("custody"))
    shown = _first(m)
    yield Table(
        headings=("exhibit", "put in by", words.ACQUIRED, "held", "event"),
        rows=[
            _row(e, e.fact.exhibit, f"{e.fact.held}, {how_many(e.fact.files, 'file')}")
            for e in shown
        ],
        widths=WIDTHS,
        right=(4,),
        caption="Exhibits",
    )
    yield Note(text=words.listed_sentence(len(m.state.exhibits) - len(shown)))
    yield from _documents(m)


def _row(
    entry: Entry[facts.Exhibited] | Entry[facts.Produced], name: str, held: str
) -> tuple[str, ...]:
    fact = entry.fact
    return (
        wording.quoted(name, 28),
        wording.quoted(fact.offered_by, 24),
        said(fact.how, ACQUIRED),
        held,
        f"{entry.event.sequence}",
    )


def _first(m: CaseMaterial) -> list[Entry[facts.Exhibited]]:
    """The two sides first, then the others as they came."""
    plan = m.state.plan.fact
    names = dict.fromkeys((*plan.subject, *plan.source, *m.state.exhibits))
    return [m.state.exhibits[name] for name in names][:LISTED]


def _documents(m: CaseMaterial) -> Iterator[Block]:
    """Mail, chats and files of words that are on record; the examination does not read them."""
    produced = m.state.of(facts.Produced)
    if not produced:
        return
    yield Paragraph(text=words.productions_sentence(len(produced)), source=place("custody"))
    yield Table(
        headings=("documents", "put in by", words.ACQUIRED_DOCUMENTS, "held", "event"),
        rows=[
            _row(e, e.fact.production, words.production_held(e.fact, _numbers(m, e)))
            for e in produced[:LISTED]
        ],
        widths=WIDTHS,
        right=(4,),
        caption="Documents",
    )
    if len(produced) > LISTED:
        yield Note(text=more_sentence(len(produced) - LISTED, place("custody")))


def _numbers(m: CaseMaterial, entry: Entry[facts.Produced]) -> tuple[str, str] | None:
    return number_span(m.state, entry.fact.production)


def custody(m: CaseMaterial) -> Iterator[Block]:
    """Every exhibit and every production of documents with its digests."""
    kinds = [one.kind for one in m.conclusions]
    for entry in m.state.exhibits.values():
        fact, kept = entry.fact, {w.what: w.sha256 for w in entry.event.writes}
        yield Heading(text=f"Exhibit {wording.quoted(fact.exhibit)}")
        yield _held(
            entry,
            words.exhibit_kind(fact, kinds),
            (words.digest_of(fact.kind), fact.digest),
            ("manifest", kept.get("manifest", "")),
            ("kept copy", kept.get("material", "")),
            ("where it lay", kept.get("origin", "")),
        )
    for produced in m.state.of(facts.Produced):
        given = produced.fact
        yield Heading(text=f"Documents {wording.quoted(given.production)}")
        kind = words.production_kind(given, number_span(m.state, given.production))
        yield _held(produced, kind, ("root", given.root), ("keys", given.keys))
    yield Note(text=words.DIGESTS)


def _held(
    entry: Entry[facts.Exhibited] | Entry[facts.Produced], kind: str, *digests: tuple[str, str]
) -> Table:
    rows = [
        ("kind", kind),
        ("put in", words.put_in_words(entry)),
        ("acquired", said(entry.fact.how, WHOLE)),
        *((name, digest) for name, digest in digests if digest or name == "manifest"),
    ]
    return Table(headings=("", ""), rows=rows, widths=(2, 11), mono=(1,))
