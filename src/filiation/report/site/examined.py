"""Pages of what was examined: each question, its answer, and what its findings rest on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from filiation.model.examination import Conclusion, Examination
from filiation.model.validation import Validation
from filiation.report import wording
from filiation.report.blocks import Drawing, Heading, Note, Paragraph, Table
from filiation.report.expert.rates_annex import measured
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.render.answer import answer
from filiation.report.render.fragments import fragment_blocks
from filiation.report.render.sections import Section
from filiation.report.site.inquiries import inquiry_row
from filiation.report.site.layers import has_layers
from filiation.report.site.view import Cell, Link, Listing, Menu, Part, View
from filiation.report.wording import descent
from filiation.report.wording.looks import LAYERS
from filiation.report.wording.plan import plan_lines, question_lines
from filiation.report.wording.site import EMPTY, ISSUED_HEADS, NO_RATES, TITLES, not_in_it, shown_of
from filiation.report.wording.site_answers import BESIDE, DIFFER, LEDGER, LIMITS, WHOLE

__all__ = ["examination", "examinations", "ledger", "not_read", "rates"]

FINDINGS = ("method", "observed", "p", "computed p", "least p")
FORMS = ("part", "form of a copy", "seen from", "cosine left", "why")


def examinations(
    found: Sequence[tuple[int, Examination]], alone: Sequence[InquiryMaterial] = (),
    issued: Sequence[tuple[str, int, int, str]] = (),
) -> View:  # fmt: skip
    """Every examination, with the answer to each of its questions, and the reports on them.

    Args:
        found: Of two models, by event.
        alone: Of one exhibit.
        issued: Of each file of a report its path, the report's event, the examination's event, and
            its digest.
    """
    rows: list[tuple[Cell, ...]] = [
        (
            Link(text=f"event {number}", path=f"examinations/{number}.html"),
            " against ".join(wording.pair_names(one)),
            wording.kind_title(conclusion.kind),
            wording.headline(conclusion),
        )
        for number, one in found
        for conclusion in one.conclusions
    ]
    rows += [inquiry_row(one) for one in alone]
    listing = Listing(
        caption=shown_of(len(rows), len(rows), "answer"),
        headings=("examination", "of", "question", "answer"),
        rows=rows,
    )
    return View(
        path="examinations.html",
        title=TITLES["examinations.html"],
        parts=[listing, *_reports(issued)] if rows else [Note(text=EMPTY)],
    )


def _reports(issued: Sequence[tuple[str, int, int, str]]) -> Iterator[Listing]:
    rows: list[tuple[Cell, ...]] = [
        (
            Link(text=path.rpartition("/")[2], path=path),
            Link(text=f"event {number}", path=f"log/{number}.html"),
            Link(text=f"event {of}", path=f"examinations/{of}.html"),
            digest,
        )
        for path, number, of, digest in issued
    ]
    if rows:
        caption = shown_of(len(rows), len(rows), "file of a report", "files of reports")
        yield Listing(caption=caption, headings=ISSUED_HEADS, rows=rows)


def examination(number: int, found: Examination, left: Sequence[Link], answers: bool) -> View:
    """One examination: answers first, a picture before a table, then plan and whole report.

    Args:
        number: Of its event.
        found: The examination.
        left: Exhibits that its plan does not name.
        answers: Whether there are answers to show side by side.
    """
    stem = f"examinations/{number}"
    code = any(one.filtration for one in found.conclusions)
    parts: list[Part] = list(
        _onward(stem, number, answers=answers, code=code, deep=has_layers(found))
    )
    for place, conclusion in enumerate(found.conclusions, start=1):
        parts += _concluded(stem, place, conclusion)
    rows, notes = descent.descent_rows(found), descent.descent_notes(found)
    if rows:
        parts.append(Heading(text=descent.DESCENT_TITLE, level=1, anchor="declared"))
        parts.append(Table(headings=descent.DESCENT_HEADS, rows=rows))
    parts += [Note(text=note) for note in notes]
    if left:
        rest = [(one,) for one in left]
        parts.append(Listing(caption=not_in_it(len(rest)), headings=("exhibit",), rows=rest))
    parts.append(Table(caption="Plan", headings=("", ""), rows=plan_lines(found)))
    title = " against ".join(wording.pair_names(found))
    return View(path=f"{stem}.html", title=title, parts=parts)


def not_read(number: int, why: str) -> View:
    """In place of an answer that another version wrote and this one cannot read."""
    links = [Link(text=f"event {number}", path=f"log/{number}.html")]
    parts: list[Part] = [Paragraph(text=why, strong=True), Menu(links=links)]
    return View(path=f"examinations/{number}.html", title=f"event {number}", parts=parts)


def ledger(number: int, found: Examination) -> View:
    """Of source trees every class of matched functions, what each filter leaves, and signs.

    Args:
        number: Of the examination's event.
        found: The examination.
    """
    parts: list[Part] = [Menu(links=[Link(text=WHOLE, path=f"examinations/{number}.html")])]
    for conclusion in found.conclusions:
        parts += [
            replace(one, level=1) if isinstance(one, Heading) else one
            for one in fragment_blocks(conclusion)
        ]
    return View(path=f"examinations/{number}/ledger.html", title=LEDGER, parts=parts)


def rates(study: tuple[Validation, str] | None, methods: Iterable[str]) -> View:
    """How often the methods that were used err, by the study that the case keeps.

    Args:
        study: What was measured, and SHA-256 (hex) of its report; None: the case keeps none.
        methods: That were used.
    """
    parts: list[Part] = [Note(text=NO_RATES)]
    if study is not None:
        parts = [*measured(*study, methods)]
    return View(path="rates.html", title=TITLES["rates.html"], parts=parts)


def _onward(stem: str, number: int, *, answers: bool, code: bool, deep: bool) -> Iterator[Part]:
    """What leads to the whole report, the record, answers side by side, the ledger, the layers."""
    links = (
        Link(text="for people", path=f"{stem}/report.html"),
        Link(text="JSON", path=f"{stem}/report.json"),
        Link(text=f"event {number}", path=f"log/{number}.html"),
    )
    yield Listing(caption="", headings=("whole report", "for programs", "on record"), rows=(links,))
    beside = [(BESIDE, "answers"), (DIFFER, "differ")] if answers else []
    beside += [(LEDGER, "ledger")] if code else []
    beside += [(LAYERS, "layers")] if deep else []
    if beside:
        yield Menu(links=[Link(text=text, path=f"{stem}/{name}.html") for text, name in beside])


def _concluded(stem: str, place: int, conclusion: Conclusion) -> Iterator[Part]:
    """One question: its answer, pictures, table of parts, findings, and what was asked."""
    laid_out = answer(conclusion, place)
    yield Heading(text=laid_out.title, level=1, anchor=f"question-{place}")
    yield Paragraph(text=laid_out.headline, strong=True)
    yield from (Paragraph(text=one) for one in (laid_out.words, laid_out.relation) if one)
    yield Note(text=laid_out.because)
    for figure in laid_out.figures:
        yield Drawing(svg=str(figure.drawing), caption=figure.words)
    if laid_out.parts:
        rows = wording.part_rows(conclusion)
        yield Table(caption="Part by part", headings=FORMS, rows=rows, right=(2, 3))
    yield from _findings(stem, f"finding-{place}", "Findings", laid_out.summary)
    yield from _findings(stem, f"aside-{place}", "Not counted", laid_out.aside)
    for section in laid_out.sections:
        yield from _told(section)
    if laid_out.limits:
        yield Heading(text=LIMITS)
        yield from (Note(text=one) for one in (*laid_out.limits, *laid_out.more_limits))
    if conclusion.absent:
        yield Heading(text="Planned and without a finding")
        yield from (Note(text=why) for why in laid_out.absent)
    yield Table(caption="What was asked", headings=("", ""), rows=question_lines(conclusion))


def _told(section: Section) -> Iterator[Part]:
    """One method in words: what it asks, what was seen, what it assumes, how often it errs."""
    yield Heading(text=section.title)
    yield Note(text=section.question)
    seen = (section.observed, section.agreement, section.chosen, *section.asides)
    yield Paragraph(text=" ".join(one for one in seen if one))
    yield Note(text=section.assumption)
    yield Table(headings=("", ""), rows=[(what, " ".join(words)) for what, words in section.facts])


def _findings(
    stem: str, name: str, caption: str, summary: Sequence[tuple[str, ...]]
) -> Iterator[Part]:
    """A row for each finding, with a link that stays."""
    names = [f"{name}-{row}" for row in range(1, len(summary) + 1)]
    cells: list[tuple[Cell, ...]] = [
        (Link(text=row[0], path=f"{stem}.html#{one}"), row[1], *row[3:6])
        for one, row in zip(names, summary, strict=True)
    ]
    if cells:
        yield Listing(caption=caption, headings=FINDINGS, rows=cells, right=range(1, 5), ids=names)
