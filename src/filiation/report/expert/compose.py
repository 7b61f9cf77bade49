"""An expert report put together: sections, numbered paragraphs, annexes; and its wording judged.

Law: the report is a function of its material and of nothing else; a report whose own words claim
more than an examination can show is not issued.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import rfc8785

from filiation.report.blocks import (
    Blank,
    Block,
    Drawing,
    Heading,
    Oath,
    Paragraph,
    Table,
)
from filiation.report.composing import judged, numbered
from filiation.report.expert import (
    annexes,
    check_part,
    custody_part,
    details_annex,
    facts_part,
    findings_part,
    lineup_part,
    opinion_part,
    rates_annex,
    record_annex,
    reliability_part,
)
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.render.blocks.json import json_block
from filiation.report.render.json import report_json
from filiation.report.wording import clean, pair_names
from filiation.report.wording import expert_frame as words
from filiation.report.wording.expert_terms import ANNEXES, SECTIONS, paragraphs_of, place
from filiation.report.wording.expert_verdict import verdict_lines

__all__ = ["SCHEMA", "Composed", "compose", "document_bytes"]

SCHEMA: Final = 1
Part = Callable[[CaseMaterial], Iterator[Block]]


def _statements(m: CaseMaterial) -> Iterator[Block]:
    """Prescribed words; nothing here signs."""
    yield Paragraph(text=words.PRESCRIBED, source=m.profile.rules)
    for one in m.profile.declarations:
        yield Oath(title=one.title, rule=one.rule, paragraphs=paragraphs_of(one.text))


def _requirements(m: CaseMaterial) -> Iterator[Block]:
    """Each requirement of the rules with the places that meet it."""
    yield Table(
        headings=("rule", "asks", "where it stands"),
        rows=[
            (r.rule, r.asks, "; ".join(_where(m, where) for where in r.where))
            for r in m.profile.requirements
        ],
        widths=(4, 7, 5),
        theirs=(0,),
        caption=f"{m.profile.rules}. Edition: {m.profile.edition}",
    )
    yield Paragraph(text=m.profile.read, source=words.PROFILE)


def _where(m: CaseMaterial, name: str) -> str:
    if name == "front":
        return "first page"
    if name == "declarations":
        return words.statements_place()
    if name in SECTIONS or name in ANNEXES:
        return place(name)
    blank = next(b for b in m.profile.blanks if b.id == name)
    return words.blank_place(blank.section, given=bool(m.given.get(name)))


PARTS: Final[dict[str, Part]] = {
    "summary": opinion_part.summary,
    "expert": facts_part.expert,
    "given": facts_part.given,
    "propositions": opinion_part.propositions,
    "exhibits": custody_part.exhibits,
    "method": facts_part.method,
    "findings": findings_part.findings,
    "lineup": lineup_part.lineup,
    "weight": opinion_part.weight,
    "range": opinion_part.range_of_opinion,
    "change": opinion_part.change,
    "reliability": reliability_part.reliability,
    "proceedings": reliability_part.proceedings,
    "tools": reliability_part.tools,
    "check": check_part.check,
    "statements": _statements,
}
ANNEXED: Final[dict[str, Part]] = {
    "requirements": _requirements,
    "custody": custody_part.custody,
    "said": annexes.statements,
    "details": details_annex.details,
    "layers": annexes.layers,
    "scale": annexes.scale,
    "reading": annexes.reading,
    "rates": rates_annex.rates,
    "record": record_annex.record,
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


def compose(m: CaseMaterial) -> Composed:
    """Put the report together.

    Raises:
        CaseError: Its own words claim too much; the paragraph is named.
    """
    core, back = list[Block](), list[Block]()
    for n, name in enumerate(SECTIONS, 1):
        title = m.profile.titles.get(name, SECTIONS[name])
        heading = Heading(text=title, level=1, number=f"{n}", anchor=name)
        blanks = [_blank(m, b) for b in m.profile.blanks if b.section == name]
        core += numbered([heading, *PARTS[name](m), *blanks], f"{n}")
    for n, name in enumerate(ANNEXES):
        letter = chr(65 + n)
        heading = Heading(text=ANNEXES[name], level=1, number=letter, anchor=name, annex=True)
        back += numbered([heading, *ANNEXED[name](m)], letter)
    first = tuple(opinion_part.deciding(m.conclusions[0]))
    judged((*first, *core, *back))
    return Composed(front=_front(m, first), core=tuple(core), annexes=tuple(back))


def _blank(m: CaseMaterial, blank: Any) -> Blank:
    given = paragraphs_of(m.given.get(blank.id, ""))
    return Blank(label=blank.label, rule=blank.rule, lines=blank.lines, given=given)


def _front(m: CaseMaterial, drawings: Sequence[Drawing]) -> dict[str, Any]:
    profile, plan = m.profile, m.found.plan_digest
    return {
        "title": profile.title,
        "addressed": profile.addressed,
        "about": words.about_words(*pair_names(m.conclusions[0])),
        "matter": clean(m.state.opening.title),
        "verdict": [list(verdict_lines(one)) for one in m.conclusions],
        "drawings": [json_block(drawing) for drawing in drawings],
        "check": words.check_place(),
        "data": words.data_label(),
        "rows": words.front_rows(
            m.state, m.examination, profile.rules, profile.edition, plan=plan, root=m.root
        ),
        "unsigned": words.UNSIGNED,
        "page": words.PAGE,
        "footer": words.footer_words(profile.title, m.state.events[-1]),
    }


def document_bytes(m: CaseMaterial) -> bytes:
    """The report as canonical JSON: all that the page and the PDF are made of, and the numbers."""
    composed = compose(m)
    found: dict[str, Any] = {
        "schema_version": SCHEMA,
        "kind": "expert-report",
        "profile": m.profile.id,
        "typesetter": m.typesetter,
        "date": m.state.events[-1].time,
        "front": composed.front,
        "core": [json_block(block) for block in composed.core],
        "annexes": [json_block(block) for block in composed.annexes],
        "report": report_json(m.found),
    }
    return rfc8785.dumps(found) + b"\n"
