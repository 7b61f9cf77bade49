"""The validation report in words, tables and drawings."""

from collections.abc import Iterator

from filiation.model.validation import Validation, Verdict
from filiation.report.blocks import Block, Heading, Paragraph, Table, figures_after
from filiation.report.validation.alarms import alarms, nulls
from filiation.report.validation.answers import answers
from filiation.report.validation.detections import curves, detections, kin
from filiation.report.validation.likelihoods import likelihoods
from filiation.report.validation.power import power
from filiation.report.wording import validation as words
from filiation.report.wording.validation import method_name

__all__ = ["document", "first_sections"]


def document(found: Validation) -> list[Block]:
    """The whole report, in reading order."""
    return [
        *first_sections(found),
        *nulls(found),
        *detections(found),
        *answers(found),
        *kin(found),
        *curves(found),
        *power(found),
        *likelihoods(found),
        *_reading(found),
    ]


def first_sections(found: Validation) -> list[Block]:
    """What was studied, the criteria, and how often strangers were taken for relatives."""
    return [*_opening(found), *_verdicts(found), *alarms(found)]


def _opening(found: Validation) -> Iterator[Block]:
    yield Heading(level=0, text=words.title(found))
    yield Paragraph(text=words.population_sentence(found))
    if found.left_out:
        yield Paragraph(text=words.left_out_sentence(found))
    yield Paragraph(text=words.pooling_sentence(found))


def _verdicts(found: Validation) -> Iterator[Block]:
    yield Heading(level=1, text=words.VERDICTS)
    yield Paragraph(text=words.verdicts_sentence(found))
    headings = ("criterion", "bound", "worst figure", "where", "outcome")
    yield Table(
        headings=headings,
        rows=[_verdict(verdict) for verdict in found.verdicts],
        right=figures_after(1, len(headings)),
    )


def _verdict(verdict: Verdict) -> tuple[str, ...]:
    c = verdict.criterion
    bound = f"at most {c.most:g}" if c.most is not None else f"at least {c.least:g}"
    figure = "-" if verdict.figure is None else f"{verdict.figure:.4g}"
    word = {True: "passed", False: "FAILED", None: "nothing to judge"}[verdict.passed]
    return (f"{c.id}: {c.because}" if c.because else c.id), bound, figure, _place(verdict.of), word


def _place(of: str) -> str:
    """`regime, method id` with the id shortened."""
    head, comma, method = of.rpartition(", ")
    return f"{head}, {method_name(method)}" if comma else (method_name(of) if "/" in of else of)


def _reading(found: Validation) -> Iterator[Block]:
    yield Heading(level=1, text=words.READING)
    if found.not_examined:
        yield Paragraph(text=words.not_examined_sentence(found))
    yield Paragraph(text=words.CANNOT_SHOW)
