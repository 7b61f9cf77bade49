"""The sections on error rates, on what was decided and when, and on tools."""

import math
from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.model.validation import Alarms, RegimeFigures, Validation
from filiation.report import wording
from filiation.report.expert.blocks import Block, Heading, Note, Paragraph, Quotation, Table
from filiation.report.expert.gathered import (
    Material,
    event_words,
    place,
    said,
    shortened,
    time_words,
    who,
)
from filiation.report.validation.names import method_name

__all__ = ["combined_alarms", "proceedings", "rate_sentence", "reliability", "tools"]

ABSENT: Final = (
    "No validation report was given to this report, so it states no error rate. How often the "
    "methods take unrelated models for relatives must then be shown by other evidence."
)
WORDS: Final = 600
LISTED: Final = 6


def combined_alarms(regime: RegimeFigures) -> Alarms | None:
    """Pairs of a regime that met the study's level by all methods together."""
    found = [a for a in regime.alarms if a.method == "combined"]
    return min(found, key=lambda a: a.level) if found else None


def rate_sentence(m: Material) -> str:
    """The error rate in one sentence: counts, bound, population, date; or that there is none."""
    found = m.validation
    if found is None:
        return ABSENT
    if not {*m.case.plan.methods} & {*found.methods}:
        return (
            f"The validation report that was given ({wording.quoted(found.population)}, "
            f"{wording.clean(found.date)}) examined none of the methods planned here, so no error "
            "rate is known for them from it."
        )
    rows = [(r, a) for r in found.regimes if r.innocent and (a := combined_alarms(r))]
    if not rows:
        return "The validation report that was given holds no pairs of unrelated models."
    worst, alarm = max(rows, key=lambda row: row[1].bound_disjoint)
    clean = sum(not a.found for _, a in rows)
    return (
        f"Error rates are known from the population {wording.quoted(found.population)} "
        f"({found.models:,} models, study of {wording.clean(found.date)}). In {clean} of "
        f"{len(rows)} regimes no pair of models without shared weights met the level "
        f"{wording.figure(math.log(alarm.level))}. The least favourable regime "
        f"({wording.clean(worst.regime)}) had "
        f"{alarm.found_disjoint:,} such pairs among {alarm.disjoint:,} independent ones, which "
        f"shows a rate below {100 * alarm.bound_disjoint:.3g} % (one-sided 95 %)."
    )


def reliability(m: Material) -> Iterator[Block]:
    """Tested how, with which error rates, on what, when; and what that does not cover."""
    yield Paragraph(text=rate_sentence(m), source=_study(m))
    if m.validation is not None:
        yield from _rates(m, m.validation)
    yield Heading(text="How the numbers can be checked")
    yield Paragraph(
        text="Every number was computed from sketches that the record keeps, with a seed fixed in "
        "the plan. The command “filiation case replay” derives all of them again, and this "
        "report too, and compares byte by byte. The program's source is open.",
        source=place("record"),
    )
    yield Paragraph(
        text="The record is signed and append-only; the command “filiation case verify” says "
        "offline what was altered, if anything was.",
        source=place("record"),
    )


def _study(m: Material) -> str:
    if m.validation is None:
        return "no validation report"
    return f"validation report, SHA-256 {m.validation_digest[:16]}\u2026; {place('rates')}"


def _rates(m: Material, found: Validation) -> Iterator[Block]:
    yield Table(
        headings=("unrelated models that share", "pairs", "at the level", "rate below",
                  "independent pairs", "at the level", "rate below"),
        rows=[
            (
                wording.clean(r.regime),
                f"{a.of:,}",
                f"{a.found:,}",
                f"{100 * a.bound:.3g} %",
                f"{a.disjoint:,}",
                f"{a.found_disjoint:,}",
                f"{100 * a.bound_disjoint:.3g} %",
            )
            for r in found.regimes
            if r.innocent and (a := combined_alarms(r))
        ],
        widths=(7, 3, 3, 3, 4, 3, 3),
        right=(1, 2, 3, 4, 5, 6),
        caption=f"False alarms of all methods together, population {wording.quoted(found.population)}, "  # noqa: E501
        f"{wording.clean(found.date)}; upper bounds one-sided, 95 %",
    )  # fmt: skip
    yield Note(
        text="Pairs share models, so the bound from all pairs is too small; the one from "
        "independent pairs is the one to quote. Zero alarms show a rate below the bound, and no "
        "more."
    )
    yield from _criteria(m, found)
    if m.case.plan.level != found.level:
        yield Paragraph(
            text=f"The study's level is {wording.figure(math.log(found.level))}, the plan's "
            f"{wording.figure(math.log(m.case.plan.level))}.",
            source=_study(m),
        )
    foreign = [x for x in m.case.plan.methods if x not in found.methods]
    if foreign:
        names = ", ".join(dict.fromkeys(wording.method_text(m.case, x).title for x in foreign))
        yield Paragraph(
            text=f"Planned here but not examined in that study, so without an error rate: {names}.",
            source=_study(m),
        )
    if found.tool != m.found.tool:
        yield Paragraph(
            text=f"The study was made with {wording.clean(found.tool)}, the examination with "
            f"{wording.clean(m.found.tool)}.",
            source=_study(m),
        )
    yield Paragraph(
        text="The models of the study are small and were trained for it. Rates of detection need "
        "not carry over to models of another size or recipe; the exact methods rest on an "
        "assumption about training that does not depend on size.",
        source=place("rates"),
    )


def _criteria(m: Material, found: Validation) -> Iterator[Block]:
    failed = [v for v in found.verdicts if v.passed is False]
    passed = sum(v.passed is True for v in found.verdicts)
    yield Paragraph(
        text=f"Acceptance criteria were fixed before the study: {passed} passed, {len(failed)} "
        f"failed, {len(found.verdicts) - passed - len(failed)} had nothing to judge.",
        source=_study(m),
    )
    for verdict in failed[:LISTED]:
        where = f" ({wording.clean(verdict.of)[:120]})" if verdict.of else ""
        figure = "none" if verdict.figure is None else f"{verdict.figure:.3g}"
        yield Paragraph(
            text=f"Failed: {wording.clean(verdict.criterion.id)}, worst figure {figure}{where}. "
            f"{wording.as_sentence(verdict.criterion.because)}",
            source=_study(m),
        )


def proceedings(m: Material) -> Iterator[Block]:
    """Reviews, decisions, and how the time runs."""
    last = m.examination.event.sequence
    reviewed = [e for e in m.state.of(facts.Reviewed) if e.fact.examination == last]
    yield Paragraph(
        text=f"This examination was reviewed by {', '.join(who(e.event.actor) for e in reviewed)}."
        if reviewed
        else "This examination was not reviewed by a second person.",
        source="; ".join(event_words(e.event) for e in reviewed) or place("record"),
    )
    decisions = m.state.of(facts.Decided)
    if not decisions:
        yield Paragraph(text="No decision is on record.", source=place("record"))
    for entry in decisions[-LISTED:]:
        yield Quotation(
            by=f"Decision of {who(entry.event.actor)}: {entry.fact.outcome}, "
            f"{event_words(entry.event)}, {time_words(entry.event.time)}",
            paragraphs=(shortened(entry.fact.because, WORDS),),
        )
    yield from _time(m)


def _time(m: Material) -> Iterator[Block]:
    opened, clock = m.state.opening, m.clock
    yield Heading(text="Time")
    if clock is None:
        yield Paragraph(text="The clock could not be read on the day of this report.")
        return
    due = (
        f"A decision is due on {clock.due.isoformat()}"
        if clock.due
        else f"The clock stands, for the reason: {said(clock.standing, 300)}"
    )
    yield Paragraph(
        text=f"The case was received on {opened.received.isoformat()}. On {m.on.isoformat()} it is "
        f"day {clock.day} of {clock.days} {opened.counting} days ({clock.calendar}). {due}.",
        source="event 0",
    )
    stops, resumed = m.state.of(facts.Stopped), m.state.of(facts.Resumed)
    for n, stop in enumerate(stops[-LISTED:], max(0, len(stops) - LISTED)):
        until = f"to {resumed[n].fact.on.isoformat()}" if n < len(resumed) else "on"
        yield Paragraph(
            text=f"The clock stood from {stop.fact.on.isoformat()} {until}: "
            f"{said(stop.fact.because, 300)}.",
            source=event_words(stop.event),
        )
    for stamp in m.state.of(facts.Stamped)[-LISTED:]:
        yield Paragraph(
            text=f"A time-stamp authority ({wording.quoted(stamp.fact.authority, 60)}) has seen "
            f"the first {stamp.fact.size:,} events at {wording.clean(stamp.fact.time)}.",
            source=event_words(stamp.event),
        )


def tools(m: Material) -> Iterator[Block]:
    """Programs and versions; whether anything but arithmetic and fixed sentences was used."""
    by_tool: dict[str, list[int]] = {}
    for event in m.state.events:
        by_tool.setdefault(event.tool, []).append(event.sequence)
    rows = [("examination", wording.clean(m.found.tool))]
    rows += [("computing", wording.clean(line)[:120]) for line in m.found.environment]
    rows += [
        ("record", f"{wording.clean(tool)} ({len(places):,} events, first {places[0]})")
        for tool, places in list(by_tool.items())[-LISTED:]
    ]
    if m.typesetter:
        rows.append(("typesetting of the PDF", m.typesetter))
    yield Table(headings=("for", "program and version"), rows=rows, widths=(3, 8))
    talked = m.case.kind.id == "answers"
    yield Paragraph(
        text="The sentences of this report are fixed in the program and filled with numbers. No "
        "language model wrote, chose or judged any of them."
        + (
            " Language models were examined: their recorded answers are exhibits." if talked else ""
        ),
    )
    if m.validation is not None:
        names = "; ".join(dict.fromkeys(method_name(x) for x in m.validation.methods))
        yield Paragraph(text=f"Methods whose error rates were measured: {names}.", source=_study(m))
