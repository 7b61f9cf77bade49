"""A test of served answers as blocks: the answer, its drawings, and behind each its table."""

from collections.abc import Iterator

from filiation.model.inquiry import Inquiry
from filiation.report.blocks import Block, Drawing, Paragraph, Table
from filiation.report.drawings.shared import places_bars, twins_null
from filiation.report.wording import inquiry as own
from filiation.report.wording.owner import owner_details, owner_finding, owner_question

__all__ = ["twins_blocks", "twins_tables"]


def twins_blocks(found: Inquiry, source: str) -> Iterator[Block]:
    """What was asked, observed and checked."""
    made = found.twins
    assert made is not None  # asked of a record of served answers
    yield Paragraph(text=owner_question(made), source=source)
    yield Paragraph(text=owner_finding(made), source=source)
    if found.shown is not None:
        yield Drawing(svg=twins_null(found.shown), caption=own.TWINS_NULL_DRAWN)
        yield Drawing(svg=places_bars(found.shown), caption=own.PLACES_DRAWN)
    for sentence in owner_details(made):
        yield Paragraph(text=sentence, source=source)


def twins_tables(found: Inquiry) -> Iterator[Block]:
    """The tables behind the drawings."""
    shown = found.shown
    if shown is None:
        return
    others = shown.others or ("-",) * len(shown.subject)
    rows = [
        (f"{place}", f"{subject:,}", f"{source:,}", f"{other}")
        for place, (subject, source, other) in enumerate(
            zip(shown.subject, shown.source, others, strict=True), 1
        )
    ]
    yield Table(
        headings=own.PLACES_HEADS, rows=rows, right=(1, 2, 3), caption=own.PLACES_TABLED,
        widths=(2, 4, 4, 4),
    )  # fmt: skip
    yield Table(
        headings=own.DRAWS_HEADS, rows=[own.twins_row(shown)], right=(1, 2, 3, 4, 5, 6),
        caption=own.DRAWS_TABLED, widths=(5, 3, 3, 3, 3, 3, 3),
    )  # fmt: skip
