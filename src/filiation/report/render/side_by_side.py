"""Matched functions side by side: one page that opens offline and prints."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from filiation.model.examination import Conclusion
from filiation.model.side_by_side import Beside, Row
from filiation.report import wording
from filiation.report.render.page import page
from filiation.report.wording import fragments as words
from filiation.report.wording import side_by_side as around
from filiation.report.wording.figures import printable

__all__ = ["side_by_side_html"]


def side_by_side_html(conclusion: Conclusion, shown: Sequence[Beside]) -> bytes:
    """The page; foreign code stands in it as text alone.

    Args:
        conclusion: One that has a ledger.
        shown: Matched functions of it with their lines.
    """
    found = conclusion.filtration
    assert found is not None  # asked of conclusions that have one
    sides = (wording.clean(conclusion.source.name), wording.clean(conclusion.subject.name))
    return page(
        "side_by_side.html.j2",
        title=around.BESIDE_TITLE,
        sides=sides,
        intro=around.beside_intro(len(shown), len(found.matched)),
        legend=around.BESIDE_LEGEND,
        fragments=[
            {
                "id": wording.clean(one.matched.id),
                "number": number,
                "class": words.class_name(one.matched),
                "why": words.why_words(one.matched),
                "places": (
                    words.place_words(one.matched.source), words.place_words(one.matched.subject),
                ),
                "because": words.counts_because(
                    one.matched, found, len(found.lined_up)
                ),
                "rows": [_cells(row) for row in one.rows],
                "missing": around.missing_text(one.missing),
                "left_out": around.left_out(one.left_out),
            }
            for number, one in enumerate(shown, 1)
        ],
    )  # fmt: skip


def _cells(row: Row) -> tuple[str, Markup, str, Markup, str, str]:
    """Number and text of both sides, the mark, the weight."""
    rarity = f"{row.rarity:.1f}" if row.same == "line" else ""
    return (
        str(row.first or ""),
        _code(row.source),
        str(row.second or ""),
        _code(row.subject),
        around.MARKS[row.same],
        rarity,
    )


def _code(line: str) -> Markup:
    """A line as text: blanks kept, nothing that steers letters or marks up."""
    text = line.expandtabs(4)
    indent = len(text) - len(text.lstrip(" "))
    return Markup("\u00a0" * indent + str(escape(printable(text[indent:]))))
