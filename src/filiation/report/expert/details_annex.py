"""The annex with each finding: question, statistic, null, how it was reckoned, what escapes it."""

from collections.abc import Iterator

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.report import wording
from filiation.report.blocks import Block, Drawing, Heading, Note, Paragraph, Table
from filiation.report.drawings import charts as drawings
from filiation.report.drawings import dotplot
from filiation.report.expert import findings_part, opinion_part
from filiation.report.expert.gathered import CaseMaterial, of_each
from filiation.report.wording import expert_annexes as words
from filiation.report.wording.expert_facts import NO_FINDING
from filiation.report.wording.expert_opinion import ATTACK, combined_words
from filiation.report.wording.expert_terms import event_words, place
from filiation.report.wording.expert_verdict import in_digits

__all__ = ["details"]


def details(m: CaseMaterial) -> Iterator[Block]:
    """Each finding at full length; an explanation is given once."""
    explained: dict[str, int] = {}
    for one in m.conclusions:
        yield from _as_a_whole(m, one)
    if not m.findings:
        yield Paragraph(text=NO_FINDING, source=place("record"))
    yield from findings_part.in_full(m)
    yield from of_each(m, opinion_part.assumed, ATTACK)
    for n, finding, one in m.findings:
        yield Heading(text=words.finding_title(n, finding, one))
        first = explained.setdefault(wording.method_text(one, finding.method).explanation, n)
        yield from _sentences(m, finding, one)
        yield from _drawings(finding, one)
        rows = words.finding_rows(finding, one, None if first == n else first)
        yield Table(headings=("", ""), rows=rows, widths=(2, 11))
        if finding.instances:
            yield from _instances(finding)


def _as_a_whole(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    """The conclusion with every digit, how it was combined, what was within reach."""
    here = event_words(m.examination.event)
    yield Paragraph(text=in_digits(one), source=here)
    if one.combined.because:
        yield Paragraph(text=combined_words(one), source=here)
    if reckoned := wording.power_sentence(one):
        yield Paragraph(text=reckoned, source=here)


def _sentences(m: CaseMaterial, finding: Finding, one: Conclusion) -> Iterator[Block]:
    here = event_words(m.examination.event)
    if question := wording.method_text(one, finding.method).question:
        yield Note(text=question)
    yield Paragraph(text=words.statistic_sentence(finding, one), source=here)
    yield Paragraph(text=words.rarity_words(finding, one), source=here)
    ratio = wording.ratio_of(one, finding.method)
    if ratio is not None:
        yield Paragraph(text=wording.ratio_sentence(ratio), source=place("rates"))
    if aside := wording.aside_sentence(one, finding):
        yield Paragraph(text=aside, source=here)


def _drawings(finding: Finding, one: Conclusion) -> Iterator[Block]:
    if wording.placed(finding):
        yield Drawing(svg=dotplot.dot_plot(finding, one), caption=wording.lineup_sentence(finding))
    if finding.layers:
        yield Drawing(
            svg=drawings.layer_strip(finding, one), caption=wording.strip_sentence(finding, one)
        )
    shown = drawings.shown_layer(finding)
    if shown:
        yield Drawing(svg=drawings.dot_matrix(shown), caption=wording.assignment_sentence(shown))


def _instances(finding: Finding) -> Iterator[Block]:
    yield Table(
        headings=(
            "asked",
            "right answer",
            "source answered",
            "subject answered",
            "alike",
            "weight",
        ),
        rows=[
            (f"{prompt} ({item})".strip(), *cells)
            for item, prompt, *cells in wording.instance_cells(finding)
        ],
        widths=(7, 3, 3, 3, 2, 2),
        right=(4, 5),
        theirs=(0, 1, 2, 3),
        caption=words.SIDE_BY_SIDE,
    )
    yield Note(text=wording.instances_sentence(finding))
