"""The page that tells anybody how to check the report and the record."""

from collections.abc import Iterator

from filiation.casefile import facts
from filiation.report.blocks import Block, Paragraph, Table
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.wording import expert_check as words
from filiation.report.wording.expert_terms import place

__all__ = ["check"]


def check(m: CaseMaterial) -> Iterator[Block]:
    """What to type, what it shows, what it does not show."""
    yield Paragraph(text=words.NEEDED)
    yield Paragraph(text=words.installed_words(m.found.tool), source=place("tools"))
    yield Table(headings=words.STEP_HEADS, rows=words.STEPS, widths=(6, 9, 2), mono=(0,))
    without = words.without_words(m.state.events[-1])
    yield Paragraph(text=without, source=place("record"))
    yield Paragraph(text=words.NOT_SHOWN)
    stamps = m.state.of(facts.Stamped)
    yield Paragraph(text=words.stamps_words(stamps), source=place("record"))
