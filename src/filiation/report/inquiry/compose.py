"""A report on a question about one exhibit, put together: what page, PDF and site are made of.

Law: the report is a function of its material and of nothing else; a report whose own words claim
more than an examination can show is not issued.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import rfc8785

from filiation.model.inquiry import InCase, Inquiry
from filiation.report.blocks import Block, Heading, Note, Paragraph, Quotation
from filiation.report.campaigns import campaigns_fields
from filiation.report.composing import judged, numbered
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.inquiry.groups import group_blocks, group_tables, members_blocks
from filiation.report.inquiry.session import session_blocks, session_fields, session_tables
from filiation.report.inquiry.trained import trained_blocks, trained_tables
from filiation.report.inquiry.twins import twins_blocks, twins_tables
from filiation.report.inquiry.workload import workload_blocks, workload_fields, workload_tables
from filiation.report.owner import owner_fields
from filiation.report.render.blocks.json import json_block
from filiation.report.render.training import examined_fields
from filiation.report.wording import campaigns as log_words
from filiation.report.wording import clean, expert_frame
from filiation.report.wording import inquiry as words
from filiation.report.wording import session as session_words
from filiation.report.wording import workload as workload_words
from filiation.report.wording.expert_terms import paragraphs_of, time_words, who
from filiation.report.wording.inquiry_came import came_about
from filiation.report.wording.owner import owner_headline, owner_limits
from filiation.report.wording.trained import RESTS
from filiation.report.wording.training import LIMITS as HISTORY_LIMITS

__all__ = ["inquiry_document", "inquiry_fields", "inquiry_sections", "tables_behind"]

SCHEMA: Final = 1
Part = Callable[[InquiryMaterial], Iterator[Block]]


def _source(m: InquiryMaterial) -> str:
    return words.placed_at(m.entry.event.sequence)


def _answer(m: InquiryMaterial) -> Iterator[Block]:
    yield Paragraph(text=words.question_words(m.found.question))
    first, *more = words.verdict_of(m.found)
    yield Paragraph(text=first, source=_source(m), strong=True)
    for line in more:
        yield Paragraph(text=line, source=_source(m))


def _propositions(m: InquiryMaterial) -> Iterator[Block]:
    yield Paragraph(text=words.PROPOSED)
    for proposition in words.propositions_of(m.found.question):
        yield Paragraph(text=proposition)
    if m.found.session is None and m.found.workload is None:
        yield Paragraph(text=words.beside_propositions(m.found.question))


def _came_about(m: InquiryMaterial) -> Iterator[Block]:
    for sentence, event in came_about(m.found):
        yield Paragraph(text=sentence, source=words.placed_at(event))
    if m.found.campaigns is not None:
        yield Paragraph(text=words.log_held(m.found.campaigns), source=_source(m))
        if aside := log_words.aside_words(m.found.campaigns):
            yield Paragraph(text=aside, source=_source(m))
        yield Paragraph(text=log_words.testing_words(m.found.campaigns), source=_source(m))


def _found(m: InquiryMaterial) -> Iterator[Block]:
    if m.found.session is not None:
        yield from session_blocks(m.found, _source(m))
        return
    if m.found.workload is not None:
        yield from workload_blocks(m.found.workload, _source(m))
        return
    if m.found.trained is not None:
        yield from trained_blocks(m.found.trained, _source(m))
        return
    if m.found.campaigns is None:
        yield from twins_blocks(m.found, _source(m))
        return
    named = m.found.campaigns.named
    for number, group in enumerate(named, 1):
        yield from group_blocks(m.found.campaigns, number, group, m.words, _source(m))
    if not named:
        yield Paragraph(text=log_words.log_headline(m.found.campaigns), source=_source(m))


def _rests(m: InquiryMaterial) -> Iterator[Block]:
    if m.found.session is not None or m.found.workload is not None:
        for sentence in _sealed_words(m.found, rests=True):
            yield Paragraph(text=sentence, source=_source(m))
        return
    if m.found.twins is not None:
        drawn = owner_headline(m.found.twins, again=m.found.asked.drawn_again)
        yield Paragraph(text=drawn, source=_source(m))
        return
    rests = log_words.log_method() if m.found.campaigns is not None else RESTS
    for sentence in rests:
        yield Paragraph(text=sentence)


def _limits(m: InquiryMaterial) -> Iterator[Block]:
    if m.found.session is not None or m.found.workload is not None:
        for sentence in _sealed_words(m.found, rests=False):
            yield Paragraph(text=sentence, source=_source(m))
        return
    made = m.found.twins
    limits = HISTORY_LIMITS if m.found.trained is not None else log_words.log_limits(coin=True)
    for sentence in limits if made is None else owner_limits(made):
        yield Paragraph(text=sentence, source=_source(m))


def _sealed_words(found: Inquiry, *, rests: bool) -> Iterator[str]:
    """What an answer about sealed materials rests on, or what it cannot show."""
    if found.workload is not None:
        made = workload_words.workload_rests if rests else workload_words.workload_limits
        yield from made(found.workload)
    elif found.session is not None:
        told = session_words.session_rests if rests else session_words.session_limits
        yield from told(found.session)


def _reviews(m: InquiryMaterial) -> Iterator[Block]:
    for one in m.reviews:
        yield Quotation(by=words.review_words(one), paragraphs=paragraphs_of(one.fact.words))
    if not m.reviews:
        yield Paragraph(text=expert_frame.UNREVIEWED)


def _check(m: InquiryMaterial) -> Iterator[Block]:
    yield Paragraph(text=words.CHECK)
    for line in words.check_lines(m.found.question):
        yield Paragraph(text=line)


PARTS: Final[dict[str, Part]] = {
    "answer": _answer,
    "propositions": _propositions,
    "came-about": _came_about,
    "found": _found,
    "rests": _rests,
    "limits": _limits,
    "reviews": _reviews,
    "check": _check,
}


def inquiry_sections(m: InquiryMaterial) -> Iterator[tuple[str, str, list[Block]]]:
    """Every section: its short name, its title, what stands in it.

    Raises:
        CaseError: The program's own words claim too much.
    """
    for name, title in words.SECTIONS:
        blocks = list(PARTS[name](m))
        judged(blocks)
        yield name, title, blocks


def tables_behind(m: InquiryMaterial) -> list[Block]:
    """The tables behind the drawings, for an annex or the foot of a page."""
    if m.found.session is not None:
        return list(session_tables(m.found))
    if m.found.workload is not None:
        return list(workload_tables(m.found.workload))
    made = m.found.campaigns
    if m.found.trained is not None:
        return list(trained_tables(m.found.trained))
    if made is None:
        return list(twins_tables(m.found))
    found: list[Block] = []
    for number, group in enumerate(made.named, 1):
        found += [*group_tables(made, number, group), *members_blocks(group)]
    return found


def _front(m: InquiryMaterial) -> dict[str, Any]:
    event = m.entry.event
    title = words.inquiry_title(m.found)
    when = f"{words.placed_at(event.sequence)}, {time_words(event.time)}, by {who(event.actor)}"
    return {
        "title": title,
        "addressed": words.ADDRESSED,
        "about": words.inquiry_about(m.found),
        "matter": clean(m.title),
        "verdict": [words.verdict_of(m.found)],
        "drawings": [],
        "check": words.check_place(),
        "data": expert_frame.data_label(),
        "rows": [
            ["Case", f"{m.case}, led by {who(m.lead)}"],
            ["Examined", when],
            ["Log", expert_frame.log_words(m.size, m.root)],
            ["Plan", m.found.asked.plan],
            ["Examination", event.written("inquiry")],
        ],
        "unsigned": expert_frame.UNSIGNED,
        "page": expert_frame.PAGE,
        "footer": expert_frame.footer_words(title, event),
    }


def inquiry_fields(m: InquiryMaterial) -> dict[str, Any]:
    """The numbers for programs."""
    found = m.found
    answer = (
        campaigns_fields(found.campaigns, coin=True)
        if found.campaigns is not None
        else owner_fields(found.twins, again=found.asked.drawn_again)
        if found.twins is not None
        else examined_fields(found.trained)
        if found.trained is not None
        else workload_fields(found.workload)
        if found.workload is not None
        else session_fields(found)
    )
    asked = found.asked
    return {
        "question": found.question,
        "asked": {
            "exhibit": clean(asked.exhibit), "offered_by": clean(asked.offered_by),
            "entered": asked.entered, "planned": asked.planned,
            "planned_by": clean(asked.planned_by), "plan": asked.plan, "coin": asked.coin,
            "tossed_by": clean(asked.tossed_by), "place": asked.place,
            "others": [clean(one) for one in asked.others],
            "files": [{"sha256": one.sha256, "exhibit": clean(one.exhibit)} for one in asked.files],
            **_of_history(asked),
        },
        "propositions": list(words.propositions_of(found.question)),
        "words": [
            {"hash": one.hashed, "text": clean(one.text), "by": clean(one.by), "event": one.event}
            for one in m.words.values()
        ],
        "answer": answer,
    }  # fmt: skip


def _of_history(asked: InCase) -> dict[str, Any]:
    if not asked.source:
        return {}
    return {
        "source": clean(asked.source), "final": clean(asked.final), "interval": asked.interval,
        "published": asked.published,
        "again": [
            {"exhibit": clean(one), "by": clean(by), "event": event}
            for (one, by), event in zip(asked.again, asked.again_entered, strict=True)
        ],
        "earlier": [{"exhibit": clean(one), "coin": event} for one, event in asked.earlier],
    }  # fmt: skip


def inquiry_document(m: InquiryMaterial) -> bytes:
    """The report as canonical JSON: all that the page and the PDF are made of, and the numbers.

    Raises:
        CaseError: Its own words claim too much.
    """
    core: list[Block] = []
    for number, (name, title, blocks) in enumerate(inquiry_sections(m), 1):
        core.append(Heading(text=title, level=1, number=f"{number}", anchor=name))
        core += numbered(blocks, f"{number}")
    annex = Heading(text=words.TABLES, level=1, number="A", anchor="tables", annex=True)
    behind = tables_behind(m) or [Note(text=words.NO_TABLES)]
    judged(behind)
    found: dict[str, Any] = {
        "schema_version": SCHEMA,
        "kind": "inquiry-report",
        "typesetter": m.typesetter,
        "date": m.entry.event.time,
        "front": _front(m),
        "core": [json_block(block) for block in core],
        "annexes": [json_block(block) for block in (annex, *behind)],
        "report": inquiry_fields(m),
    }
    return rfc8785.dumps(found) + b"\n"
