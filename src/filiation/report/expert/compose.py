"""An expert report put together: sections, numbered paragraphs, annexes; and its wording judged.

Law: the report is a function of its material and of nothing else; a report whose own words claim
more than an examination can show is not issued.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, final

import rfc8785

from filiation.errors import CaseError
from filiation.report.expert import (
    annexes,
    custody_part,
    facts_part,
    opinion_part,
    reliability_part,
)
from filiation.report.expert.blocks import (
    Blank,
    Block,
    Heading,
    Oath,
    Paragraph,
    Table,
    as_json,
    own_words,
)
from filiation.report.expert.gathered import Material, place, time_words, who
from filiation.report.expert.profile import ANNEXES, SECTIONS
from filiation.report.render.json import report_json
from filiation.report.wording import clean, pair_names, refusals

__all__ = ["SCHEMA", "Composed", "compose", "document_bytes"]

SCHEMA: Final = 1
Part = Callable[[Material], Iterator[Block]]


def _statements(m: Material) -> Iterator[Block]:
    """Prescribed words; nothing here signs."""
    yield Paragraph(
        text="The words below are those that the rules prescribe or ask for. The program does not "
        "sign, and fills in no name and no date.",
        source=m.profile.rules,
    )
    for one in m.profile.declarations:
        yield Oath(title=one.title, rule=one.rule, paragraphs=_paragraphs(one.text))


def _requirements(m: Material) -> Iterator[Block]:
    """Each requirement of the rules with the places that meet it."""
    yield Table(
        headings=("rule", "asks", "where it stands"),
        rows=[
            (r.rule, r.asks, "; ".join(_where(m, where) for where in r.where))
            for r in m.profile.requirements
        ],
        widths=(4, 7, 5),
        caption=f"{m.profile.rules}. Edition: {m.profile.edition}",
    )
    yield Paragraph(text=m.profile.read, source="the profile of this report")


def _where(m: Material, name: str) -> str:
    if name == "front":
        return "first page"
    if name == "declarations":
        return f"{place('statements')}, to be signed"
    if name in SECTIONS or name in ANNEXES:
        return place(name)
    blank = next(b for b in m.profile.blanks if b.id == name)
    state = "given" if m.given.get(name) else "left open"
    return f"{place(blank.section)}, {state} for the expert"


PARTS: Final[dict[str, Part]] = {
    "summary": opinion_part.summary,
    "expert": facts_part.expert,
    "given": facts_part.given,
    "propositions": opinion_part.propositions,
    "exhibits": custody_part.exhibits,
    "method": facts_part.method,
    "findings": facts_part.findings,
    "lineup": opinion_part.lineup,
    "weight": opinion_part.weight,
    "range": opinion_part.range_of_opinion,
    "change": opinion_part.change,
    "reliability": reliability_part.reliability,
    "proceedings": reliability_part.proceedings,
    "tools": reliability_part.tools,
    "statements": _statements,
}
ANNEXED: Final[dict[str, Part]] = {
    "requirements": _requirements,
    "custody": custody_part.custody,
    "said": annexes.statements,
    "details": annexes.details,
    "layers": annexes.layers,
    "scale": annexes.scale,
    "reading": annexes.reading,
    "rates": annexes.rates,
    "record": annexes.record,
    "literature": annexes.literature,
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A report before it is set.

    Attributes:
        front: What stands on the first page.
        core: The report itself, which rules may limit in length.
        annexes: What stands behind it.
    """

    front: dict[str, Any]
    core: tuple[Block, ...]
    annexes: tuple[Block, ...]


def compose(m: Material) -> Composed:
    """Put the report together.

    Raises:
        CaseError: Its own words claim too much; the paragraph is named.
    """
    core, back = list[Block](), list[Block]()
    for n, name in enumerate(SECTIONS, 1):
        title = m.profile.titles.get(name, SECTIONS[name])
        heading = Heading(text=title, level=1, number=f"{n}", anchor=name)
        blanks = [_blank(m, b) for b in m.profile.blanks if b.section == name]
        core += _numbered([heading, *PARTS[name](m), *blanks], f"{n}")
    for n, name in enumerate(ANNEXES):
        letter = chr(65 + n)
        heading = Heading(text=ANNEXES[name], level=1, number=letter, anchor=name, annex=True)
        back += _numbered([heading, *ANNEXED[name](m)], letter)
    for block in (*core, *back):
        _judge(block)
    return Composed(front=_front(m), core=tuple(core), annexes=tuple(back))


def _blank(m: Material, blank: Any) -> Blank:
    given = _paragraphs(m.given.get(blank.id, ""))
    return Blank(label=blank.label, rule=blank.rule, lines=blank.lines, given=given)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(p for p in (clean(part) for part in text.split("\n\n")) if p)


def _numbered(blocks: list[Block], section: str) -> list[Block]:
    """Paragraphs and blanks of a section are numbered on: 3.1, 3.2."""
    numbered, n = list[Block](), 0
    for block in blocks:
        if isinstance(block, Paragraph):
            n += 1
            numbered.append(replace(block, number=f"{section}.{n}"))
        else:
            numbered.append(block)
    return numbered


def _judge(block: Block) -> None:
    for words in own_words(block):
        for refusal in refusals(words):
            where = getattr(block, "number", "") or type(block).__name__.lower()
            raise CaseError(
                f"report, {where}: says {refusal.phrase!r}: {refusal.why}; write {refusal.instead}"
            )


def _front(m: Material) -> dict[str, Any]:
    subject, source = pair_names(m.case)
    event = m.examination.event
    last = m.state.events[-1]
    return {
        "title": m.profile.title,
        "addressed": m.profile.addressed,
        "about": f"{subject} examined against {source}",
        "matter": clean(m.state.opening.title),
        "rows": [
            ["Rules", m.profile.rules],
            ["Edition", m.profile.edition],
            ["Case", f"{m.state.events[0].case}, led by {who(m.state.opening.lead)}"],
            [
                "Examination",
                f"event {event.sequence}, {time_words(event.time)}, by {who(event.actor)}",
            ],
            ["Record", f"as of event {last.sequence}, {time_words(last.time)}"],
            ["Plan", m.found.plan_digest],
        ],
        "unsigned": "Unsigned draft. Put together by a program; to be completed, checked and "
        "signed by the person who answers for it.",
        "footer": f"{m.profile.title} \u00b7 case {m.state.events[0].case[:12]} \u00b7 "
        f"event {last.sequence}",
    }


def document_bytes(m: Material) -> bytes:
    """The report as canonical JSON: all that the page and the PDF are made of, and the numbers."""
    composed = compose(m)
    found: dict[str, Any] = {
        "schema_version": SCHEMA,
        "kind": "expert-report",
        "profile": m.profile.id,
        "typesetter": m.typesetter,
        "date": m.state.events[-1].time,
        "front": composed.front,
        "core": [as_json(block) for block in composed.core],
        "annexes": [as_json(block) for block in composed.annexes],
        "report": report_json(m.found),
    }
    return rfc8785.dumps(found) + b"\n"
