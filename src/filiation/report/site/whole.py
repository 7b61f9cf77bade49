"""Pages that look at a whole case: its clock, what plans compared, and what was not examined."""

from collections.abc import Sequence

from filiation.report.blocks import Drawing, Note, Paragraph
from filiation.report.drawings.kinship import Arc, draw_kinship
from filiation.report.site.view import Cell, Listing, Part, View
from filiation.report.wording import looks as words
from filiation.report.wording.site import shown_of

__all__ = ["clock", "gaps", "kinship"]

ROOM = "index.html"


def clock(said: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> View:
    """The clock as it reads, and every event that moved it: who entered it when, and why."""
    listing = Listing(
        caption=shown_of(len(rows), len(rows), "event"), headings=words.CLOCK_HEADS, rows=rows
    )
    parts: list[Part] = [Paragraph(text=line.strip()) for line in said]
    return View(path="clock.html", title=words.CLOCK, parts=[*parts, listing], room=ROOM)


def gaps(rows: Sequence[tuple[Cell, ...]]) -> View:
    """What was not examined, and why."""
    parts: list[Part] = [Note(text=words.GAPS_NOTE)]
    if rows:
        parts.append(
            Listing(caption=shown_of(len(rows), len(rows), "gap"), headings=words.GAPS_HEADS,
                    rows=rows)
        )  # fmt: skip
    else:
        parts.append(Note(text=words.NOTHING_LEFT))
    return View(path="gaps.html", title=words.GAPS, parts=parts, room=ROOM)


def kinship(names: Sequence[str], arcs: Sequence[Arc], rows: Sequence[tuple[Cell, ...]]) -> View:
    """Which exhibits were held against which, and what came of it.

    Args:
        names: Exhibits that were compared.
        arcs: An answer each.
        rows: The same as a table.
    """
    parts: list[Part] = [Note(text=words.KINSHIP_NOTE)]
    if arcs:
        title = words.kinship_title(len(names), len(arcs))
        parts.append(Drawing(svg=draw_kinship(names, arcs, title), caption=title))
        parts.append(
            Listing(caption=shown_of(len(rows), len(rows), "answer"), headings=words.KINSHIP_HEADS,
                    rows=rows)
        )  # fmt: skip
    else:
        parts.append(Note(text=words.NO_KINSHIP))
    return View(path="kinship.html", title=words.KINSHIP, parts=parts, room=ROOM)
