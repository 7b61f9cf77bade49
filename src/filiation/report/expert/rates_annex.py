"""The annex on error rates: false alarms by method, detection by operation, bounds of ratios."""

from collections.abc import Iterable, Iterator

from filiation.model.examination import Conclusion
from filiation.model.validation import RegimeFigures, Validation
from filiation.report import wording
from filiation.report.blocks import Block, Note, Paragraph, Table
from filiation.report.expert.gathered import CaseMaterial, of_each
from filiation.report.expert.reliability_part import unmeasured
from filiation.report.wording import expert_annexes as words
from filiation.report.wording.expert_reliability import (
    failed_sentence,
    measured_names,
    study_source,
    unmeasured_sentence,
)
from filiation.report.wording.expert_terms import place
from filiation.report.wording.validation import method_name

__all__ = ["measured", "rates"]


def rates(m: CaseMaterial) -> Iterator[Block]:
    """What the validation report found, and the most that the known pairs support."""
    found = m.validation
    if found is None:
        yield Paragraph(text=words.NO_STUDY)
    else:
        yield from measured(found, m.validation_digest, m.found.plan.methods)
        yield from _judged(m, found)
    yield from of_each(m, _strengths)


def measured(found: Validation, digest: str, methods: Iterable[str]) -> Iterator[Block]:
    """What a study measured of methods: false alarms in each regime, and what was found.

    Args:
        found: The study.
        digest: SHA-256 (hex) of its report.
        methods: Whose rates are shown, beside those of all together.
    """
    yield Note(text=words.study_sentence(found, digest))
    yield _regimes(found)
    for regime in found.regimes:
        yield from _alarms(found, regime, methods)
    yield _detections(found)


def _regimes(found: Validation) -> Table:
    return Table(
        headings=("regime", "meaning", "models", "families", "pairs"),
        rows=[
            (
                wording.clean(r.regime),
                wording.clean(r.meaning),
                f"{r.models:,}",
                f"{r.families:,}",
                f"{r.pairs:,}",
            )
            for r in found.regimes
        ],
        widths=(4, 7, 1, 1, 2),
        right=(2, 3, 4),
        caption=words.REGIMES,
    )


def _alarms(found: Validation, regime: RegimeFigures, methods: Iterable[str]) -> Iterator[Block]:
    shown = {"combined", *methods} & {"combined", *found.methods}
    rows = [
        (
            method_name(a.method),
            f"{a.level:g}",
            f"{a.found:,} of {a.of:,}",
            f"{100 * a.bound:.2g}%",
            f"{a.found_disjoint:,} of {a.disjoint:,}",
            f"{100 * a.bound_disjoint:.2g}%",
        )
        for a in regime.alarms
        if a.method in shown and a.of
    ]
    if rows and regime.innocent:
        yield Table(
            headings=("method", "level", "met by", "rate below", "independent", "rate below"),
            rows=rows,
            widths=(5, 1, 3, 2, 3, 2),
            right=(1, 2, 3, 4, 5),
            caption=words.alarms_caption(found, regime),
        )


def _detections(found: Validation) -> Table:
    return Table(
        headings=("children made by", "found", "95% interval"),
        rows=[
            (
                wording.clean(d.operation),
                f"{d.found:,} of {d.of:,}",
                f"{d.low:.2f} to {d.high:.2f}",
            )
            for d in found.detections
            if d.method == "combined"
        ],
        widths=(6, 2, 3),
        right=(1, 2),
        caption=words.detections_caption(found),
    )


def _judged(m: CaseMaterial, found: Validation) -> Iterator[Block]:
    """Demands that were not met, and which methods the study measured."""
    here = study_source(m.validation_digest)
    for verdict in found.verdicts:
        if verdict.passed is False:
            yield Paragraph(text=failed_sentence(verdict), source=here)
    if foreign := unmeasured(m, found):
        yield Paragraph(text=unmeasured_sentence(foreign), source=here)
    yield Paragraph(text=measured_names(found.methods), source=here)


def _strengths(m: CaseMaterial, one: Conclusion) -> Iterator[Block]:
    if one.population is None:
        return
    yield Table(
        headings=(
            *("method", "derivation", "independence", "unrelated pairs", "related pairs"),
            *("Cllr", "misleading"),
        ),
        rows=wording.strength_rows(one),
        widths=(5, 2, 2, 3, 3, 1, 2),
        right=(1, 2, 3, 4, 5, 6),
        caption=words.RATIOS_CAPTION,
    )
    if pairs := wording.regimes_sentence(one):
        yield Paragraph(text=pairs, source=place("rates"))
