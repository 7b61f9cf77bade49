"""The sections on error rates, on what was decided and when, and on tools."""

from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.clock import Reading, late_by
from filiation.casefile.deadlines import read_steps
from filiation.casefile.ended import ended_by
from filiation.casefile.ledger.event import Event
from filiation.model.kinds import ANSWERS
from filiation.model.validation import Validation
from filiation.report import wording
from filiation.report.blocks import Block, Heading, Note, Paragraph, Quotation, Table
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.wording import expert_reliability as words
from filiation.report.wording.clock import moved_lines, step_words
from filiation.report.wording.expert_terms import event_words, place, shortened

__all__ = ["proceedings", "reliability", "tools", "unmeasured"]

WORDS: Final = 600
LISTED: Final = 6
MOST_SAID: Final = 12  # sentences on what moved the clock, and on deadlines


def reliability(m: CaseMaterial) -> Iterator[Block]:
    """Tested how, with which error rates, on what, when; and what that does not cover."""
    yield Paragraph(text=words.rate_sentence(m.validation, m.found.plan.methods), source=_study(m))
    if m.validation is not None:
        yield from _rates(m, m.validation)
    yield Heading(text=words.CHECKED)
    yield Paragraph(text=words.REPLAY, source=place("record"))
    yield Paragraph(text=words.APPEND_ONLY, source=place("record"))


def _study(m: CaseMaterial) -> str:
    return words.study_source(m.validation_digest if m.validation is not None else "")


def _rates(m: CaseMaterial, found: Validation) -> Iterator[Block]:
    yield Table(
        headings=words.ALARM_HEADS,
        rows=[
            words.alarm_cells(regime, alarms)
            for regime in found.regimes
            if regime.innocent and (alarms := words.combined_alarms(regime))
        ],
        widths=(6, 3, 3, 6),
        right=(1, 2),
        caption=words.alarms_caption(found),
    )
    yield Note(text=words.BOUNDS)
    yield Paragraph(text=words.criteria_sentence(found), source=_study(m))
    failed = [verdict for verdict in found.verdicts if verdict.passed is False]
    for verdict in failed[:LISTED]:
        yield Paragraph(text=words.failed_plain(verdict), source=_study(m))
    yield from _not_covered(m, found)
    yield Paragraph(text=words.SMALL, source=place("rates"))


def _not_covered(m: CaseMaterial, found: Validation) -> Iterator[Block]:
    """Where the study and the examination differ."""
    for level in dict.fromkeys(one.plan.level for one in m.conclusions):
        if level != found.level:
            yield Paragraph(text=words.levels_sentence(found.level, level), source=_study(m))
    foreign = unmeasured(m, found)
    if foreign:
        yield Paragraph(text=words.unmeasured_plain(foreign), source=_study(m))
    if found.tool != m.found.tool:
        yield Paragraph(text=words.tools_sentence(found.tool, m.found.tool), source=_study(m))


def unmeasured(m: CaseMaterial, found: Validation) -> list[str]:
    """Titles of the planned methods that the study has nothing on."""
    return [
        wording.method_text(one, method).title
        for one in m.conclusions
        for method in one.plan.methods
        if method not in found.methods
    ]


def proceedings(m: CaseMaterial) -> Iterator[Block]:
    """Reviews, decisions, and how the time runs."""
    last = m.examination.event.sequence
    reviewed = [e for e in m.state.of(facts.Reviewed) if e.fact.examination == last]
    yield Paragraph(
        text=words.reviewed_sentence(reviewed),
        source="; ".join(event_words(e.event) for e in reviewed) or place("record"),
    )
    decisions = m.state.of(facts.Decided)
    if not decisions:
        yield Paragraph(text=words.NO_DECISION, source=place("record"))
    for entry in decisions[-LISTED:]:
        because = shortened(entry.fact.because, WORDS)
        yield Quotation(by=words.decision_source(entry), paragraphs=(because,))
        if late := late_by(m.state, entry):
            yield Paragraph(text=words.late_sentence(late), source=event_words(entry.event))
    yield from _time(m)


def _time(m: CaseMaterial) -> Iterator[Block]:
    yield Heading(text="Time")
    if m.clock is None:
        yield Paragraph(text=words.NO_CLOCK)
        return
    yield Paragraph(
        text=words.received_sentence(m.state.opening, m.clock, m.on),
        source=event_words(m.state.events[0]),
    )
    yield from _kept(m, m.clock)
    stops, resumed = m.state.of(facts.Stopped), m.state.of(facts.Resumed)
    for n, stop in enumerate(stops[-LISTED:], max(0, len(stops) - LISTED)):
        until = resumed[n].fact if n < len(resumed) else None
        yield Paragraph(
            text=words.stopped_sentence(stop.fact, until), source=event_words(stop.event)
        )
    for stamp in m.state.of(facts.Stamped)[-LISTED:]:
        yield Paragraph(text=words.stamped_sentence(stamp.fact), source=event_words(stamp.event))


def _kept(m: CaseMaterial, clock: Reading) -> Iterator[Block]:
    """Whether time was kept: what is overdue, what was entered afterwards, every deadline."""
    overdue = words.overdue_sentence(clock, m.on) if ended_by(m.state) is None else ""
    if overdue:
        yield Paragraph(text=overdue, source=place("record"))
    said = [*moved_lines(clock), *(step_words(step) for step in read_steps(m.state, m.on))]
    for line in said[:MOST_SAID]:
        yield Paragraph(text=f"{line[:1].upper()}{line[1:]}.", source=place("record"))
    if len(said) > MOST_SAID:
        yield Paragraph(text=words.more_of_time(len(said) - MOST_SAID), source=place("record"))


def tools(m: CaseMaterial) -> Iterator[Block]:
    """Programs and versions; whether anything but arithmetic and fixed sentences was used."""
    by_tool: dict[str, list[Event]] = {}
    for event in m.state.events:
        by_tool.setdefault(event.tool, []).append(event)
    rows = [("examination", wording.clean(m.found.tool))]
    rows += [("computing", wording.clean(line)[:120]) for line in m.found.environment]
    rows += [
        ("record", words.record_tool_words(tool, events))
        for tool, events in list(by_tool.items())[-LISTED:]
    ]
    if m.typesetter:
        rows.append(("typesetting of the PDF", m.typesetter))
    yield Table(headings=("for", "program and version"), rows=rows, widths=(3, 8))
    talked = m.found.conclusion(ANSWERS) is not None
    yield Paragraph(text=words.fixed_sentence(talked=talked))
