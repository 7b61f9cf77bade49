"""The sections that state facts: who, what they say, exhibits, how, what was observed."""

import math
from collections.abc import Iterator
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry
from filiation.model.ratio import NoRatio
from filiation.report import wording
from filiation.report.drawings import charts as drawings
from filiation.report.expert.blocks import (
    Block,
    Drawing,
    Heading,
    Note,
    Paragraph,
    Quotation,
    Table,
)
from filiation.report.expert.gathered import (
    Material,
    counted,
    event_words,
    place,
    said,
    time_words,
    who,
)

__all__ = ["expert", "findings", "given", "method", "no_ratio", "quotation"]

LISTED: Final = 12  # exhibits, statements and controls that stand in the report itself
QUOTED: Final = 600  # characters of a statement that stand there
NAME: Final = 40
KINDS: Final = {"claim": "Claim", "answer": "Answer", "submission": "Submission"}


def expert(m: Material) -> Iterator[Block]:
    """Who answers for the report, and what it is until somebody does."""
    yield Paragraph(
        text="This report was put together by a program from the record of the case. Nobody has "
        "signed it. It becomes an expert's report when a person has filled in what is left open, "
        "has checked it, and has signed the declarations in "
        f"{place('statements')}; that person then answers for every sentence of it.",
        source=place("statements"),
    )
    acted: dict[str, list[str]] = {}
    for event in m.state.events:
        acted.setdefault(event.actor, []).append(event.verb)
    rows = [
        (
            wording.quoted(name, NAME),
            wording.quoted(entry.fact.name, NAME) if entry.fact.name else "",
            entry.fact.role,
            "signs for itself" if entry.fact.key else f"recorded by {who(m.state.opening.lead)}",
            f"{len(acted.get(name, ())):,}",
        )
        for name, entry in list(m.state.parties.items())[:LISTED]
    ]
    yield Table(
        headings=("who", "name", "role", "signature", "events"),
        rows=rows,
        widths=(3, 4, 2, 3, 1),
        right=(4,),
        caption="Who takes part, as the record has it",
    )


def given(m: Material) -> Iterator[Block]:
    """The parties' words, as quotations; whole in the annex."""
    stated = m.state.of(facts.Stated)
    if not stated:
        yield Paragraph(text="No statement of a party is on record.")
        return
    yield Paragraph(
        text=f"{counted(len(stated), 'statement')} of the parties "
        f"{'is' if len(stated) == 1 else 'are'} on record. They are quoted as made. This report "
        "takes nothing in them as shown unless an exhibit shows it.",
        source=place("said"),
    )
    for entry in stated[:LISTED]:
        yield quotation(m, entry, QUOTED)
    if len(stated) > LISTED:
        yield Paragraph(
            text=f"{len(stated) - LISTED:,} more stand in {place('said')}.", source=place("said")
        )


def quotation(m: Material, entry: Entry[facts.Stated], length: int) -> Quotation:
    """A statement as far as it may and can be shown."""
    fact, event = entry.fact, entry.event
    signed = "signed by it" if event.actor == fact.party else f"recorded by {who(event.actor)}"
    by = (
        f"{KINDS[fact.kind]} of {wording.quoted(fact.party, NAME)}, {event_words(event)}, "
        f"{time_words(event.time)}, {signed}"
    )
    kept = f"SHA-256 {event.written('text')}"
    if fact.confidential:
        return Quotation(by=by, paragraphs=(), more=f"Confidential; not printed. {kept}")
    raw = m.texts.get(event.sequence, b"")
    text = raw.decode("utf-8", "replace")
    if "\x00" in text or text.count("\ufffd") > len(text) // 100 + 2:
        more = f"A file of {len(raw):,} bytes that is no plain text; not printed. {kept}"
        return Quotation(by=by, paragraphs=(), more=more)
    parts = [p for p in (wording.clean(part) for part in text.split("\n\n")) if p]
    shown, room = list[str](), length
    for part in parts:
        if room <= 0:
            break
        shown.append(part if len(part) <= room else f"{part[:room].rstrip()}\u2026")
        room -= len(part)
    whole = sum(map(len, parts)) <= length
    more = kept if whole else f"Shortened; whole in {place('said')} or in the record. {kept}"
    return Quotation(by=by, paragraphs=tuple(shown), more=more)


def method(m: Material) -> Iterator[Block]:
    """Plan, amendments, who examined, and what could have been shown at best."""
    case, planned = m.case, _plan_of(m)
    yield Paragraph(
        text=f"The plan was fixed by {who(planned.event.actor)} on "
        f"{time_words(planned.event.time)}, before this examination. It names the exhibits, "
        f"{counted(len(case.plan.methods), 'method')}, the level "
        f"({wording.figure(math.log(case.plan.level))}), the seed ({m.found.plan.seed}) and "
        f"{counted(len(case.controls), 'control')}. Its SHA-256 stands on the first page.",
        source=f"{event_words(planned.event)}; {place('record')}",
    )
    yield from _amendments(m)
    event = m.examination.event
    yield Paragraph(
        text=f"The examination was carried out by {who(event.actor)} on "
        f"{time_words(event.time)} with {event.tool}. Every planned method ends in a finding or in "
        "a stated reason why there is none: "
        f"{counted(len(case.findings), 'finding')}, {len(case.absent):,} without.",
        source=f"{event_words(event)}; {place('details')}",
    )
    yield Heading(text="What could have been shown at best")
    yield Paragraph(
        text=f"Reckoned from the exhibits and the controls. {wording.power_sentence(case)}",
        source=place("record"),
    )
    for reckoned in m.state.of(facts.Reckoned)[-1:]:
        fact = reckoned.fact
        yield Paragraph(
            text=f"With {counted(fact.controls, 'control')} the least p that a place in a line-up "
            f"can have is {fact.least_rank_p:.2g}.",
            source=event_words(reckoned.event),
        )
    yield from _strength(m)


def _strength(m: Material) -> Iterator[Block]:
    case = m.case
    if case.population is None:
        yield Paragraph(text=no_ratio(m), source=place("record"))
        return
    yield Paragraph(text=wording.population_sentence(case), source=place("rates"))
    yield Table(
        headings=("method", "most for derivation", "most for independence"),
        rows=[row[:3] for row in wording.strength_rows(case)],
        widths=(5, 2, 2),
        right=(1, 2),
        caption="The largest likelihood ratio that the known pairs support, fixed beforehand",
    )


def no_ratio(m: Material) -> str:
    """Why a case without a population has no likelihood ratio, in words for a court."""
    reasons = [
        wording.as_sentence(one.reason.replace("(--population)", "by the plan"))
        for one in m.case.strengths
        if isinstance(one, NoRatio)
    ]
    why = " ".join(dict.fromkeys(reasons)) or "The plan named no population of known pairs."
    return f"No likelihood ratio is given. {why}"


def _plan_of(m: Material) -> Entry[facts.Planned]:
    plan = m.examination.fact.plan
    return next(e for e in m.state.of(facts.Planned) if e.fact.digest == plan)


def _amendments(m: Material) -> Iterator[Block]:
    changed = m.state.of(facts.Planned)[1:]
    if not changed:
        yield Paragraph(text="The plan was not amended.", source=place("record"))
    for entry in changed[-LISTED:]:
        before = [e for e in m.state.of(facts.Examined) if e.event.sequence < entry.event.sequence]
        yield Paragraph(
            text=f"The plan was amended on {time_words(entry.event.time)}, after "
            f"{counted(len(before), 'examination')}, by {who(entry.event.actor)}, who gave as the "
            f"reason: {said(entry.fact.because, 300)}. The plan then in force has the SHA-256 "
            f"{entry.fact.digest}.",
            source=event_words(entry.event),
        )


def findings(m: Material) -> Iterator[Block]:
    """What each method observed. Facts only; what they mean comes later."""
    case = m.case
    if not case.findings:
        yield Paragraph(text="There is no finding.", source=place("details"))
    else:
        yield from _table(m)
    strongest = min((f for f in case.findings if f.layers), key=lambda f: f.log_p, default=None)
    if strongest is not None:
        yield Drawing(
            svg=drawings.layer_strip(strongest, case),
            caption=f"{wording.method_text(case, strongest.method).title}. "
            f"{wording.strip_sentence(strongest, case)}",
        )
    yield Paragraph(text=wording.relation_sentence(case), source=place("details"))
    if case.absent:
        yield Heading(text="Planned methods without a finding")
        for sentence in wording.absent_sentences(case)[:LISTED]:
            yield Paragraph(text=sentence, source=place("record"))
    if case.notes:
        yield Heading(text="Notes of the examination")
        for note in case.notes[:LISTED]:
            yield Paragraph(text=wording.as_sentence(note), source=place("record"))


def _table(m: Material) -> Iterator[Block]:
    case, floor = m.case, m.case.plan.assumption_floor
    yield Paragraph(
        text="p says how rare agreement at least as close would be if the two models were "
        f"unrelated. Each row is set out in {place('details')}, and layer by layer in "
        f"{place('layers')}.",
        source=place("details"),
    )
    yield Table(
        headings=("finding", "observed", "place", "p", "computed p", "least p"),
        rows=[
            (
                f"F{n} {wording.method_text(case, f.method).title}"
                + ("" if f.counts else " (does not count)"),
                wording.quantity(f.observed),
                wording.rank_words(f) or "\u2013",
                wording.probability_brief(f.log_p, floor, log_floor=f.null.log_floor),
                wording.figure(f.log_p),
                wording.least_figure(f.null.log_floor),
            )
            for n, f in enumerate(case.findings, 1)
        ],
        widths=(12, 4, 4, 6, 5, 4),
        right=(1, 2, 3, 4, 5),
        caption="Findings in the order of the plan",
    )
    yield Note(text=wording.table_sentence(case))
