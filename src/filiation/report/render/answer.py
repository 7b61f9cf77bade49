"""One conclusion laid out for the page: its picture, its findings, its tables."""

from dataclasses import dataclass
from typing import Final, final

from markupsafe import Markup

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding, LayerFinding
from filiation.model.words import MethodWords
from filiation.report import wording
from filiation.report.drawings import charts, dotplot

__all__ = ["Answer", "Figure", "answer"]

FOLDED: Final = 3  # limits that stand open; the rest is folded


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing, and the sentence below it; a wide one can be moved sideways on a phone."""

    drawing: Markup
    words: str
    wide: bool = True


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One finding, laid out."""

    anchor: str
    place: int
    method: str
    about: MethodWords
    error_rate: str
    explained: int | None
    kind: str
    observed: str
    agreement: str
    ratio: str
    aside: str
    because: str
    combination: str
    candidates: str
    lineup: Markup | None
    lineup_words: str
    relatives: tuple[str, ...]
    instances: tuple[tuple[str, ...], ...]
    instances_words: str
    strip: Markup | None
    strip_words: str
    matrix: Markup | None
    matrix_words: str
    skipped: tuple[str, ...]
    roles: str
    layers: tuple[tuple[str, ...], ...]


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
    parts: tuple[tuple[str, ...], ...]
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
    lineup: Markup | None
    undrawn: str
    line_up: tuple[tuple[str, str, str, str], ...]
    notes: tuple[str, ...]
    plan: tuple[tuple[str, str], ...]


def answer(conclusion: Conclusion, number: int) -> Answer:
    """Lay out one conclusion as section `number` of the page."""
    limits = wording.limits(conclusion)
    planned = conclusion.population is not None
    in_place = wording.compared_in_place(conclusion)
    return Answer(
        number=number,
        title=wording.kind_title(conclusion.kind),
        headline=wording.headline(conclusion),
        figures=_figures(conclusion),
        propositions=wording.propositions(conclusion),
        words=wording.support_words(conclusion),
        because=wording.support_because(conclusion),
        combination=wording.as_sentence(conclusion.combined.because),
        relation=wording.relation_sentence(conclusion),
        power=wording.power_sentence(conclusion),
        parts=wording.part_rows(conclusion),
        limits=limits[:FOLDED],
        more_limits=limits[FOLDED:],
        asked_ratios=bool(conclusion.strengths),
        rated=wording.has_ratios(conclusion),
        population=wording.population_sentence(conclusion) if conclusion.strengths else "",
        strengths=wording.strength_rows(conclusion) if planned else (),
        unsupported=wording.unsupported(conclusion) if planned else (),
        bounded_by=wording.bound_sentence(conclusion.strengths),
        known_regimes=wording.regimes_sentence(conclusion),
        summary=_summary(conclusion, counts=True),
        aside=_summary(conclusion, counts=False),
        columns=wording.table_sentence(conclusion),
        placed=any(wording.rank(finding) for finding in conclusion.findings),
        sections=_sections(conclusion, number),
        absent=tuple(wording.absent_sentences(conclusion)),
        controls=wording.controls_sentence(conclusion),
        lineup=Markup(charts.lineup(conclusion)) if in_place else None,
        undrawn=wording.undrawn_sentence(conclusion, charts.DRAWN_CONTROLS),
        line_up=_line_up(conclusion),
        notes=tuple(wording.as_sentence(note) for note in conclusion.notes),
        plan=wording.question_lines(conclusion),
    )


def _figures(conclusion: Conclusion) -> tuple[Figure, ...]:
    """What is seen first: the line-up, then the strongest finding's own pictures."""
    figures: list[Figure] = []
    if wording.compared_in_place(conclusion):
        figures.append(
            Figure(
                drawing=Markup(charts.lineup(conclusion)),
                words=wording.first_lineup_sentence(conclusion),
            )
        )
    counted = [finding for finding in wording.counting(conclusion)]
    strongest = min(counted, key=lambda finding: finding.log_p, default=None)
    lined_up = min(
        (finding for finding in counted if wording.placed(finding)),
        key=lambda finding: finding.log_p,
        default=None,
    )
    if lined_up is not None:
        figures.append(
            Figure(
                drawing=Markup(dotplot.dot_plot(lined_up, conclusion)),
                words=wording.first_place_sentence(lined_up, conclusion),
            )
        )
    if strongest is not None:
        figures += _layered(conclusion, counted)
    return tuple(figures)


def _layered(conclusion: Conclusion, counted: list[Finding]) -> list[Figure]:
    """The strip of layers and the dot matrix, of the strongest findings that have them."""
    figures = []
    by_p = sorted(counted, key=lambda finding: finding.log_p)
    paired = next((f for f in by_p if charts.shown_layer(f) is not None), None)
    shown = charts.shown_layer(paired) if paired is not None else None
    if shown is not None:
        figures.append(
            Figure(
                drawing=Markup(charts.dot_matrix(shown)),
                words=wording.assignment_sentence(shown),
                wide=False,
            )
        )
    layered = next((finding for finding in by_p if len(finding.layers) > 1), None)
    if layered is not None:
        figures.append(
            Figure(
                drawing=Markup(charts.layer_strip(layered, conclusion)),
                words=wording.first_strip_sentence(layered, conclusion),
            )
        )
    return figures


def _summary(conclusion: Conclusion, *, counts: bool) -> tuple[tuple[str, ...], ...]:
    """One row per finding: title, observed, place, p, computed, least, ratio."""
    floor = conclusion.plan.assumption_floor
    return tuple(
        (
            wording.method_text(conclusion, f.method).title,
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


def _sections(conclusion: Conclusion, number: int) -> tuple[Section, ...]:
    """All findings; a method's explanation stands with its first one only."""
    first: dict[str, int] = {}
    sections = []
    for place, finding in enumerate(conclusion.findings, 1):
        about = wording.method_text(conclusion, finding.method)
        before = first.setdefault(about.explanation, place)
        explained = None if before == place else before
        sections.append(_section(finding, conclusion, f"{number}-{place}", place, explained))
    return tuple(sections)


def _section(
    finding: Finding, conclusion: Conclusion, anchor: str, place: int, explained: int | None
) -> Section:
    roles = {wording.clean(layer.roles) for layer in finding.layers}
    shown = charts.shown_layer(finding)
    ratio = wording.ratio_of(conclusion, finding.method)
    about = wording.method_text(conclusion, finding.method)
    placed, layered = wording.placed(finding), bool(finding.layers)
    return Section(
        anchor=f"layers-{anchor}",
        place=place,
        method=wording.clean(finding.method),
        about=about,
        error_rate=wording.error_rate(about),
        explained=explained,
        kind=wording.as_sentence(wording.kind_words(finding.null.kind)),
        observed=wording.observed_sentence(finding),
        agreement=wording.rarity_sentence(finding, conclusion),
        ratio=wording.ratio_sentence(ratio) if ratio is not None else "",
        aside=wording.aside_sentence(conclusion, finding),
        because=wording.assumption_sentence(finding),
        combination=wording.as_sentence(finding.combination),
        candidates=wording.candidates_sentence(finding),
        lineup=Markup(dotplot.dot_plot(finding, conclusion)) if placed else None,
        lineup_words=wording.lineup_sentence(finding),
        relatives=wording.relatives_sentences(finding),
        instances=wording.instance_cells(finding),
        instances_words=wording.instances_sentence(finding),
        strip=Markup(charts.layer_strip(finding, conclusion)) if layered else None,
        strip_words=wording.strip_sentence(finding, conclusion),
        matrix=Markup(charts.dot_matrix(shown)) if shown else None,
        matrix_words=wording.assignment_sentence(shown) if shown else "",
        skipped=tuple(wording.as_sentence(reason) for reason in finding.skipped),
        roles=roles.pop() if len(roles) == 1 else "",
        layers=tuple(_cells(layer) for layer in finding.layers),
    )


def _cells(layer: LayerFinding) -> tuple[str, ...]:
    """One layer's row in the annex, p as computed."""
    return (
        wording.clean(layer.source_layer),
        wording.clean(layer.subject_layer),
        wording.clean(layer.roles),
        f"{layer.units:,}",
        f"{layer.dropped:,}",
        f"{layer.candidates:,}",
        wording.quantity(layer.observed),
        wording.quantity(layer.z),
        wording.figure(layer.log_p),
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
