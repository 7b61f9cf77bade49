"""Pages of what was examined: each question, its answer, and what its findings rest on."""

from collections.abc import Sequence

from filiation.model.examination import Examination
from filiation.report import wording
from filiation.report.blocks import Drawing, Heading, Note, Paragraph, Table
from filiation.report.render.answer import answer
from filiation.report.site.view import Link, Listing, Part, View
from filiation.report.wording.plan import plan_lines, question_lines
from filiation.report.wording.site import EMPTY, TITLES, shown_of

__all__ = ["examination", "examinations"]

FINDINGS = ("method", "observed", "p", "computed p", "least p")
FORMS = ("part", "form of a copy", "seen from", "cosine left", "why")


def examinations(found: Sequence[tuple[int, Examination]]) -> View:
    """Every examination, with the answer to each of its questions."""
    rows = [
        (
            Link(text=f"event {number}", path=f"examinations/{number}.html"),
            " against ".join(wording.pair_names(one)),
            laid_out.title,
            laid_out.headline,
        )
        for number, one in found
        for laid_out in (answer(c, n) for n, c in enumerate(one.conclusions, start=1))
    ]
    listing = Listing(
        caption=shown_of(len(rows), len(rows), "answer"),
        headings=("examination", "of", "question", "answer"),
        rows=rows,
    )
    return View(
        path="examinations.html",
        title=TITLES["examinations.html"],
        parts=[listing] if rows else [Note(text=EMPTY)],
    )


def examination(number: int, found: Examination) -> View:
    """One examination: answers first, a picture before a table, then plan and whole report."""
    stem = f"examinations/{number}"
    parts: list[Part] = [
        Listing(
            caption="",
            headings=("whole report", "for programs", "on record"),
            rows=(
                (
                    Link(text="for people", path=f"{stem}/report.html"),
                    Link(text="JSON", path=f"{stem}/report.json"),
                    Link(text=f"event {number}", path=f"log/{number}.html"),
                ),
            ),
        )
    ]
    for place, conclusion in enumerate(found.conclusions, start=1):
        laid_out = answer(conclusion, place)
        parts += [
            Heading(text=laid_out.title, level=1, anchor=f"question-{place}"),
            Paragraph(text=laid_out.headline, strong=True),
            *(Drawing(svg=str(f.drawing), caption=f.words) for f in laid_out.figures),
        ]
        if laid_out.parts:
            rows = wording.part_rows(conclusion)
            parts.append(Table(caption="Part by part", headings=FORMS, rows=rows, right=(2, 3)))
        for caption, summary in (("Findings", laid_out.summary), ("Not counted", laid_out.aside)):
            cells = tuple((row[0], row[1], *row[3:6]) for row in summary)
            if cells:
                parts.append(
                    Table(caption=caption, headings=FINDINGS, rows=cells, right=range(1, 5))
                )
        if conclusion.absent:
            parts.append(Heading(text="Planned and without a finding"))
            parts += [Note(text=why) for why in laid_out.absent]
        parts.append(
            Table(caption="What was asked", headings=("", ""), rows=question_lines(conclusion))
        )
    parts.append(Table(caption="Plan", headings=("", ""), rows=plan_lines(found)))
    title = " against ".join(wording.pair_names(found))
    return View(path=f"{stem}.html", title=title, parts=parts)
