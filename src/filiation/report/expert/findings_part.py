"""The section on what each method observed: facts, whose meaning comes later."""

from collections.abc import Iterator
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.report import wording
from filiation.report.blocks import Block, Drawing, Heading, Note, Paragraph, Table
from filiation.report.drawings import charts as drawings
from filiation.report.drawings.parts_grid import draw_parts
from filiation.report.expert.gathered import CaseMaterial, of_each
from filiation.report.wording import expert_facts as words
from filiation.report.wording.expert_annexes import finding_title
from filiation.report.wording.expert_terms import place

__all__ = ["findings"]

LISTED: Final = 12  # absences and notes


def findings(m: CaseMaterial) -> Iterator[Block]:
    """What each method observed, in the order of the plan."""
    if not m.findings:
        yield Paragraph(text=words.NO_FINDING, source=place("details"))
    else:
        yield Paragraph(text=words.reading_sentence(), source=place("details"))
        yield from _table(m)
    yield from of_each(m, _strongest)
    for one in m.conclusions:
        yield from _parts(one)
    absent = [sentence for one in m.conclusions for sentence in wording.absent_sentences(one)]
    if absent:
        yield Heading(text=words.WITHOUT_FINDING)
        for sentence in absent[: LISTED * len(m.conclusions)]:
            yield Paragraph(text=sentence, source=place("record"))
    told = (wording.note_sentence(note, one) for one in m.conclusions for note in one.notes)
    notes = [*map(wording.as_sentence, m.found.notes), *told]
    if notes:
        yield Heading(text="Notes of the examination")
        for note in notes[:LISTED]:
            yield Paragraph(text=note, source=place("record"))


def _strongest(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    layered = (finding for finding in one.findings if finding.layers)
    strongest = min(layered, key=lambda f: f.log_p, default=None)
    if strongest is not None:
        yield Drawing(
            svg=drawings.layer_strip(strongest, one),
            caption=words.strongest_caption(strongest, one),
        )
    yield Paragraph(text=wording.relation_sentence(one), source=place("details"))


def _parts(one: Conclusion) -> Iterator[Block]:
    """Part by part, in which form a copy would have been seen: as a picture, then as a table."""
    said = wording.component_sentences(one)
    if said:
        yield Heading(text="Part by part")
        yield Paragraph(text=" ".join(said), source=place("details"))
    if not one.parts:
        return
    yield Drawing(svg=draw_parts(one), caption=wording.grid_sentence(one))
    yield Table(
        headings=("part", "form of a copy", "seen from", "cosine left", "why"),
        rows=wording.part_rows(one),
        widths=(4, 8, 4, 3, 8),
        right=(2, 3),
    )
    yield Note(text=wording.table_note())


def _table(m: CaseMaterial) -> Iterator[Block]:
    yield Table(
        headings=("finding", "observed", "place", "p", "computed p", "least p"),
        rows=[_row(n, finding, one) for n, finding, one in m.findings],
        widths=(12, 4, 4, 6, 5, 4),
        right=(1, 2, 3, 4, 5),
        caption=words.FINDINGS,
    )
    for note in dict.fromkeys(wording.table_sentence(one) for one in m.conclusions if one.findings):
        yield Note(text=note)


def _row(n: int, finding: Finding, one: Conclusion) -> tuple[str, ...]:
    least = finding.null.log_floor
    return (
        finding_title(n, finding, one) + ("" if finding.counts else " (does not count)"),
        wording.quantity(finding.observed),
        wording.rank_words(finding) or "\u2013",
        wording.probability_brief(finding.log_p, one.plan.assumption_floor, log_floor=least),
        wording.figure(finding.log_p),
        wording.least_figure(least),
    )
