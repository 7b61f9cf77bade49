"""The section on what each method observed: facts, whose meaning comes later."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.casefile.laws.lineups import covered
from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.report import wording
from filiation.report.blocks import Block, Drawing, Heading, Note, Paragraph, Table
from filiation.report.drawings.parts_grid import draw_parts
from filiation.report.expert.gathered import CaseMaterial, of_each
from filiation.report.wording import descent, inquiry
from filiation.report.wording import expert_facts as words
from filiation.report.wording.expert_annexes import finding_title
from filiation.report.wording.expert_plain import best_possible, chances, power_of
from filiation.report.wording.expert_terms import event_words, place

__all__ = ["findings", "in_full"]

LISTED: Final = 24  # absences


def _alone(m: CaseMaterial) -> Iterator[Block]:
    """What was found of exhibits that were examined alone; none of it bears on the models."""
    if not m.alone:
        return
    yield Heading(text=inquiry.EXAMINED_ALONE)
    for event, found in m.alone:
        yield Paragraph(text=inquiry.alone_words(found), source=inquiry.placed_at(event))
    yield Paragraph(text=inquiry.ALONE_BEARS)


def findings(m: CaseMaterial) -> Iterator[Block]:
    """What each method observed, in the order of the plan."""
    if not m.findings:
        yield Paragraph(text=words.NO_FINDING, source=place("details"))
    else:
        yield Paragraph(text=words.reading_sentence(), source=place("details"))
        yield _families(m)
    yield from of_each(m, _related)
    for one in m.conclusions:
        yield from _parts(one)
    absent = [words.untested(one, a) for one in m.conclusions for a in one.absent]
    if absent:
        yield Paragraph(text=words.without_finding(absent), source=place("details"))
    yield from _declared(m)
    yield from _alone(m)
    if notes := len(m.found.notes) + sum(len(one.notes) for one in m.conclusions):
        yield Paragraph(text=words.notes_sentence(notes), source=place("record"))


def _declared(m: CaseMaterial) -> Iterator[Block]:
    """What the files say of their descent beside what was found; covered with a line-up's names."""
    if covered(m.state):
        yield Paragraph(text=descent.COVERED, source=place("record"))
        return
    rows, notes = descent.descent_rows(m.found), descent.descent_notes(m.found)
    if not rows and not notes:
        return
    yield Heading(text=descent.DESCENT_TITLE)
    yield Paragraph(text=descent.DESCENT_NOTE, source=place("record"))
    if rows:
        yield Table(headings=descent.DESCENT_HEADS, rows=rows, widths=(2, 3, 4, 4, 6))
    for note in notes:
        yield Paragraph(text=note, source=place("record"))


def _related(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    yield Paragraph(text=words.related_plain(one), source=place("details"))


def _parts(one: Conclusion) -> Iterator[Block]:
    """Part by part, in which form a copy would have been seen: as a picture, then as a table."""
    said = wording.component_sentences(one)
    if said:
        yield Heading(text="Part by part")
        yield Paragraph(text=" ".join(said), source=place("details"))
    if not one.parts:
        return
    caption = words.parts_caption(one)
    yield Drawing(svg=power_of(draw_parts(one), caption), caption=caption)


def _families(m: CaseMaterial) -> Table:
    """The findings of one test in one row."""
    told: dict[tuple[str, str], list[tuple[int, Finding, Conclusion]]] = {}
    for n, finding, one in m.findings:
        told.setdefault((one.kind.id, words.family_words(one, finding)), []).append(
            (n, finding, one)
        )
    return Table(
        headings=words.FAMILY_HEADS,
        rows=[_family(test, rows) for (_, test), rows in told.items()],
        widths=(10, 3, 4, 2),
        caption=words.FINDINGS,
    )


def _family(test: str, rows: Sequence[tuple[int, Finding, Conclusion]]) -> tuple[str, ...]:
    floor = rows[0][2].plan.assumption_floor
    found = [finding for _, finding, _ in rows]
    return (
        test,
        words.numbers_words([n for n, _, _ in rows]),
        chances(found, floor),
        best_possible(found),
    )


def in_full(m: CaseMaterial) -> Iterator[Block]:
    """Every finding in a row, and every part by form, with all digits: for the annex."""
    yield Table(
        headings=("finding", "observed", "place", "p", "computed p", "least p"),
        rows=[_row(n, finding, one) for n, finding, one in m.findings],
        widths=(12, 4, 4, 6, 5, 4),
        right=(1, 2, 3, 4, 5),
        caption=words.EVERY_FINDING,
    )
    for note in dict.fromkeys(wording.table_sentence(one) for one in m.conclusions if one.findings):
        yield Note(text=note)
    for one in m.conclusions:
        yield Paragraph(
            text=wording.relation_sentence(one), source=event_words(m.examination.event)
        )
        if one.parts:
            yield Table(
                headings=("part", "form of a copy", "seen from", "cosine left", "why"),
                rows=wording.part_rows(one),
                widths=(4, 8, 4, 3, 8),
                right=(2, 3),
            )
            yield Note(text=wording.table_note())
        for sentence in wording.absent_sentences(one)[:LISTED]:
            yield Paragraph(text=sentence, source=place("record"))


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
