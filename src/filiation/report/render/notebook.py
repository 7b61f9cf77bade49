"""What a notebook shows of an object: a few lines of HTML that stand in another's page.

Nothing is fetched and nothing executed; every foreign text is escaped by the renderer of blocks.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from markupsafe import escape

from filiation.casefile.deeds import CaseStatus
from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Finding
from filiation.model.survey import Survey
from filiation.report import wording
from filiation.report.blocks import Block, Drawing, Heading, Note, Paragraph, Table
from filiation.report.drawings.stemma import draw_stemma
from filiation.report.render.answer import answer
from filiation.report.render.blocks.html import html_blocks
from filiation.report.render.grids import survey_grids
from filiation.report.wording.standing import standing_rows
from filiation.report.wording.verbs import survey_sentences

__all__ = ["case_cell", "conclusion_cell", "examination_cell", "finding_cell", "listed_cell",
           "page_cell", "survey_cell"]  # fmt: skip

FINDINGS: Final = ("method", "observed", "p", "computed p", "least p")
FORMS: Final = ("part", "form of a copy", "seen from", "cosine left", "why")
MOST: Final = 20  # pairs of a survey
STYLE: Final = (
    "<style>.filiation{background:#fff;color:#1d1d1d;max-width:48rem;padding:.6rem;"
    "overflow-wrap:anywhere}.filiation figure{margin:.8rem 0;overflow-x:auto}"
    ".filiation td,.filiation th{text-align:left;padding:.15rem .6rem .15rem 0}"
    ".filiation .n{text-align:right;white-space:nowrap}.filiation .soft,.filiation figcaption"
    "{color:#555;font-size:.9em}.filiation .strong{font-weight:600}</style>"
)


def examination_cell(examination: Examination) -> str:
    """Who was examined, and for each question its headline, first picture and findings."""
    blocks: list[Block] = [Heading(text=" examined against ".join(wording.pair_names(examination)))]
    for conclusion in examination.conclusions:
        blocks += _concluded(conclusion, pictures=1)
    return _cell(*blocks)


def conclusion_cell(conclusion: Conclusion) -> str:
    """The answer to one question, with all the pictures that its page has."""
    return _cell(*_concluded(conclusion))


def finding_cell(finding: Finding, conclusion: Conclusion) -> str:
    """One finding in its sentences, with the assumption it stands on."""
    return _cell(
        Heading(text=wording.titled(conclusion, finding)),
        Paragraph(text=wording.finding_sentence(finding, conclusion)),
    )


def survey_cell(survey: Survey) -> str:
    """How the models hang together, and the closest pairs of every method."""
    blocks: list[Block] = []
    if survey.stemma is not None:
        blocks.append(Drawing(svg=draw_stemma(survey.stemma, survey.kind), caption="Stemma"))
    for grid in survey_grids(survey, MOST):
        words = sum(heading == "model" for heading in grid.headings)
        right = tuple(range(words, len(grid.headings)))
        blocks.append(
            Table(caption=grid.title, headings=grid.headings, rows=grid.rows, right=right)
        )
    blocks += [Note(text=sentence) for sentence in survey_sentences(survey)]
    return _cell(*blocks)


def case_cell(status: CaseStatus) -> str:
    """Where a case stands."""
    (_, title), *rows = standing_rows(status)
    return _cell(Heading(text=title), Table(headings=("", ""), rows=rows))


def page_cell(title: str, page: bytes) -> str:
    """A page of a case as it is, in a frame that runs nothing and reaches nothing of the notebook.

    Args:
        title: What whoever cannot see it is told.
        page: The page, in UTF-8.
    """
    held = escape(page.decode())
    return (
        f'<iframe sandbox title="{escape(title)}" srcdoc="{held}" '
        'style="width:100%;height:40rem;border:1px solid #c9c9c9;background:#fff"></iframe>'
    )


def listed_cell(title: str, rows: Mapping[str, str]) -> str:
    """What is known of one thing, by name."""
    return _cell(Heading(text=title), Table(headings=("", ""), rows=tuple(rows.items())))


def _concluded(conclusion: Conclusion, pictures: int | None = None) -> Iterator[Block]:
    laid_out = answer(conclusion, 1)
    yield Heading(text=laid_out.title)
    yield Paragraph(text=laid_out.headline, strong=True)
    for figure in laid_out.figures[:pictures]:
        yield Drawing(svg=str(figure.drawing), caption=figure.words)
    if laid_out.parts:
        rows = wording.part_rows(conclusion)
        yield Table(caption="Part by part", headings=FORMS, rows=rows, right=(2, 3))
    for caption, rows in (("Findings", laid_out.summary), ("Not counted", laid_out.aside)):
        if rows:
            cells = tuple((row[0], row[1], *row[3:6]) for row in rows)
            yield Table(caption=caption, headings=FINDINGS, rows=cells, right=range(1, 5))
    if conclusion.absent:
        titles = (wording.method_text(conclusion, one.method).title for one in conclusion.absent)
        yield Note(text=f"Without a finding: {', '.join(titles)}")


def _cell(*blocks: Block) -> str:
    return f'{STYLE}<div class="filiation">{html_blocks(blocks)}</div>'
