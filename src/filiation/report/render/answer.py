"""One conclusion laid out for the page: its picture, its findings, its tables."""

from dataclasses import dataclass
from typing import Final, final

from markupsafe import Markup

from filiation.model.examination import Conclusion
from filiation.report import wording
from filiation.report.drawings import charts
from filiation.report.render.blocks.html import html_blocks
from filiation.report.render.figures import Figure, pictures
from filiation.report.render.fragments import fragment_blocks
from filiation.report.render.sections import Section, sections

__all__ = ["Answer", "answer"]

FOLDED: Final = 3  # limits that stand open; the rest is folded


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One conclusion, laid out under a section number of its own."""

    number: int
    title: str
    headline: str
    figures: tuple[Figure, ...]
    propositions: tuple[wording.Proposition, ...]
    words: str
    because: str
    combination: str
    relation: str
    power: str
    parts: tuple[wording.PartGroup, ...]
    parts_note: str
    apart: tuple[str, ...]
    limits: tuple[str, ...]
    more_limits: tuple[str, ...]
    asked_ratios: bool
    rated: bool
    population: str
    strengths: tuple[tuple[str, ...], ...]
    unsupported: tuple[str, ...]
    bounded_by: str
    known_regimes: str
    summary: tuple[tuple[str, ...], ...]
    aside: tuple[tuple[str, ...], ...]
    columns: str
    placed: bool
    sections: tuple[Section, ...]
    absent: tuple[str, ...]
    controls: str
    lined_up: bool
    undrawn: str
    line_up: tuple[tuple[str, str, str, str], ...]
    fragments: Markup
    notes: tuple[str, ...]
    plan: tuple[tuple[str, str], ...]


def answer(conclusion: Conclusion, number: int) -> Answer:
    """Lay out one conclusion as section `number` of the page."""
    shown, folded = wording.limits(conclusion)[:FOLDED], wording.limits(conclusion)[FOLDED:]
    first = pictures(conclusion)
    return Answer(
        number=number,
        title=wording.kind_title(conclusion.kind),
        headline=wording.headline(conclusion),
        figures=first,
        propositions=wording.propositions(conclusion),
        words=wording.support_words(conclusion),
        because=wording.support_because(conclusion),
        combination=wording.clause(conclusion.combined.because),
        relation=wording.relation_sentence(conclusion),
        power=wording.power_sentence(conclusion),
        parts=wording.part_groups(conclusion) if conclusion.parts else (),
        parts_note=wording.table_note(),
        apart=wording.component_sentences(conclusion),
        limits=shown,
        more_limits=folded,
        asked_ratios=bool(conclusion.strengths),
        rated=wording.has_ratios(conclusion),
        population=wording.population_sentence(conclusion) if conclusion.strengths else "",
        strengths=wording.strength_rows(conclusion) if conclusion.population else (),
        unsupported=wording.unsupported(conclusion) if conclusion.population else (),
        bounded_by=wording.bound_sentence(conclusion.strengths),
        known_regimes=wording.regimes_sentence(conclusion),
        summary=_summary(conclusion, counts=True),
        aside=_summary(conclusion, counts=False),
        columns=wording.table_sentence(conclusion),
        placed=any(wording.rank(finding) for finding in conclusion.findings),
        sections=sections(conclusion, number, drawn={figure.of for figure in first}),
        absent=tuple(wording.absent_sentences(conclusion)),
        controls=wording.controls_sentence(conclusion),
        lined_up=wording.compared_in_place(conclusion),
        undrawn=wording.undrawn_sentence(conclusion, charts.DRAWN_CONTROLS),
        line_up=_line_up(conclusion),
        fragments=html_blocks(fragment_blocks(conclusion)),
        notes=wording.notes_elsewhere(conclusion),
        plan=wording.question_lines(conclusion),
    )


def _summary(conclusion: Conclusion, *, counts: bool) -> tuple[tuple[str, ...], ...]:
    """One row per finding: title, observed, place, p, computed, least, ratio."""
    floor = conclusion.plan.assumption_floor
    return tuple(
        (
            wording.titled(conclusion, f),
            wording.quantity(f.observed),
            wording.rank_words(f),
            wording.probability_brief(f.log_p, floor, log_floor=f.null.log_floor),
            wording.figure(f.log_p),
            wording.least_figure(f.null.log_floor),
            wording.ratio_brief(wording.ratio_of(conclusion, f.method)),
        )
        for f in conclusion.findings
        if f.counts == counts
    )


def _line_up(conclusion: Conclusion) -> tuple[tuple[str, str, str, str], ...]:
    """Subject and controls as rows: name, p against source, p against subject, standing."""
    floor = conclusion.plan.assumption_floor
    own = wording.probability_brief(conclusion.combined.log_p, floor)
    return (
        (wording.named(conclusion.subject), own, "", "subject"),
        *(
            (
                wording.named(c.model),
                wording.probability_brief(c.log_p, floor),
                wording.probability_brief(c.subject_log_p, floor),
                c.standing,
            )
            for c in conclusion.controls
        ),
    )
