"""The sections on who takes part, what the parties say, and how it was examined."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion
from filiation.report import wording
from filiation.report.blocks import Block, Heading, Paragraph, Quotation, Table
from filiation.report.expert.gathered import CaseMaterial, of_each
from filiation.report.wording import expert_facts as words
from filiation.report.wording.expert_terms import (
    NAME,
    event_words,
    more_sentence,
    paragraphs_of,
    place,
)

__all__ = ["expert", "given", "method", "quotation"]

LISTED: Final = 12  # parties, statements and amendments that stand in the report itself
QUOTED: Final = 600  # characters of a statement that stand there


def expert(m: CaseMaterial) -> Iterator[Block]:
    """Who answers for the report, and what it is until somebody does."""
    yield Paragraph(text=words.unsigned_sentence(), source=place("statements"))
    acted = [event.actor for event in m.state.events]
    yield Table(
        headings=("who", "name", "role", "signature", "events"),
        rows=[
            (
                wording.quoted(name, NAME),
                wording.quoted(entry.fact.name, NAME) if entry.fact.name else "",
                entry.fact.role,
                words.signature_words(bool(entry.fact.key), m.state.opening.lead),
                f"{acted.count(name):,}",
            )
            for name, entry in list(m.state.parties.items())[:LISTED]
        ],
        widths=(3, 4, 2, 3, 1),
        right=(4,),
        caption=words.PARTIES,
    )


def given(m: CaseMaterial) -> Iterator[Block]:
    """The parties' words, as quotations; whole in the annex."""
    stated = m.state.of(facts.Stated)
    if not stated:
        yield Paragraph(text=words.NO_STATEMENT)
        return
    yield Paragraph(text=words.statements_sentence(len(stated)), source=place("said"))
    for entry in stated[:LISTED]:
        yield quotation(m, entry, QUOTED)
    if len(stated) > LISTED:
        left = more_sentence(len(stated) - LISTED, place("said"))
        yield Paragraph(text=left, source=place("said"))


def quotation(m: CaseMaterial, entry: Entry[facts.Stated], length: int) -> Quotation:
    """A statement as far as it may and can be shown."""
    raw = b"" if entry.fact.confidential else m.texts.get(entry.event.sequence, b"")
    text = raw.decode("utf-8", "replace")
    binary = "\x00" in text or text.count("\ufffd") > len(text) // 100 + 2
    parts = () if binary else paragraphs_of(text)
    shown, room = list[str](), length
    for part in parts:
        if room <= 0:
            break
        shown.append(part if len(part) <= room else f"{part[:room].rstrip()}\u2026")
        room -= len(part)
    more = words.shown_words(
        entry.event.written("text"),
        hidden=entry.fact.confidential,
        unreadable=len(raw) if binary else None,
        whole=sum(map(len, parts)) <= length,
    )
    by = words.quotation_source(entry.fact, entry.event)
    return Quotation(by=by, paragraphs=tuple(shown), more=more)


def method(m: CaseMaterial) -> Iterator[Block]:
    """Plan, amendments, who examined, and what could have been shown at best."""
    fixed, event = _plan_of(m).event, m.examination.event
    yield Paragraph(
        text=words.planned_sentence(fixed, m.found),
        source=f"{event_words(fixed)}; {place('record')}",
    )
    yield from _amendments(m)
    yield Paragraph(
        text=words.examined_sentence(event, m.found),
        source=f"{event_words(event)}; {place('details')}",
    )
    shown = list(of_each(m, _at_best))
    if any(isinstance(block, Paragraph) for block in shown):
        yield Heading(text=words.AT_BEST)
        yield from shown


def _at_best(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    if reckoned_words := words.power_reckoned(one):
        yield Paragraph(text=reckoned_words, source=place("record"))


def _plan_of(m: CaseMaterial) -> Entry[facts.Planned]:
    plan = m.examination.fact.plan
    return next(e for e in m.state.of(facts.Planned) if e.fact.digest == plan)


def _amendments(m: CaseMaterial) -> Iterator[Block]:
    changed = m.state.of(facts.Planned)[1:]
    if not changed:
        yield Paragraph(text=words.NOT_AMENDED, source=place("record"))
    examined = [e.event.sequence for e in m.state.of(facts.Examined)]
    for entry in changed[-LISTED:]:
        before = sum(sequence < entry.event.sequence for sequence in examined)
        yield Paragraph(text=words.amended_sentence(entry, before), source=event_words(entry.event))
