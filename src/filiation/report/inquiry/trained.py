"""A training history as blocks: its claims, its drawings, and behind these one table."""

from collections.abc import Iterator

from filiation.model.training import HistoryExamined, TrainingClaim
from filiation.report.blocks import Block, Drawing, Note, Paragraph, Table
from filiation.report.drawings.training import contact_bars, neighbour_bars, way_drawn
from filiation.report.wording import trained as words
from filiation.report.wording.training import power_row

__all__ = ["trained_blocks", "trained_tables"]


def trained_blocks(found: HistoryExamined, source: str) -> Iterator[Block]:
    """Each claim with its figures, then the drawings.

    Args:
        found: The history.
        source: Where the figures come from.
    """
    for claim in found.claims:
        yield Paragraph(text=words.claim_words(claim, found.history), source=source)
        yield from _figures(claim)
    if any(one.across is not None for one in found.along):
        yield Drawing(svg=way_drawn(found), caption=words.WAY_DRAWN)
        yield Note(text=words.way_shares(found))
        yield Drawing(svg=neighbour_bars(found), caption=words.NEIGHBOURS_DRAWN)
    if found.along:
        yield Drawing(svg=contact_bars(found), caption=words.CONTACT_DRAWN)


def _figures(claim: TrainingClaim) -> Iterator[Block]:
    rows = list(dict.fromkeys(words.figure_row(one) for one in claim.figures))[:12]
    if rows:
        yield Table(headings=words.FIGURES_HEADS, rows=rows, right=(1, 2, 3), widths=(9, 3, 3, 3))
    if claim.power:
        yield Table(
            headings=words.POWER_HEADS, rows=[power_row(one) for one in claim.power], right=(2,),
            caption=words.POWER_TABLED, widths=(4, 8, 3),
        )  # fmt: skip


def trained_tables(found: HistoryExamined) -> Iterator[Block]:
    """The table behind the drawings."""
    if not found.along:
        return
    rows = [
        words.along_row(point, one)
        for point, one in zip(found.history.points, found.along, strict=True)
    ]
    yield Table(
        headings=words.ALONG_HEADS, rows=rows, right=(0, 2, 3, 4, 5, 6, 7, 8, 9),
        theirs=(1,), caption=words.ALONG_TABLED, widths=(3, 6, 3, 3, 4, 4, 3, 3, 3, 3),
    )  # fmt: skip
