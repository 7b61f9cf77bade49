"""The report for people: one self-contained page that also prints on A4.

Nothing is fetched, nothing is executed, and every foreign text (model names are hostile) is escaped
by the template. The page holds no sentence with a number that `wording` did not write.
"""

import re
import string
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from filiation.model.examination import Case
from filiation.model.finding import Finding, LayerFinding
from filiation.model.subject import Subject
from filiation.report import wording
from filiation.report.drawings import charts as drawings
from filiation.report.drawings import dotplot

__all__ = ["render_html", "unbroken"]

POWER: Final = re.compile(r"\b\d+e-\d+\b")
LISTED_CONTROLS: Final = 6  # of more, the digests stand in the annex
TEMPLATES: Final = Path(__file__).parent.parent / "templates"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """One finding, laid out."""

    anchor: str
    place: int
    method: str
    about: wording.MethodText
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


def render_html(case: Case) -> bytes:
    """The whole report as one UTF-8 page; same case, same bytes."""
    page = _template().render(
        title=escape(" examined against ".join(wording.pair_names(case))),
        headline=wording.headline(case),
        tool=wording.clean(case.tool),
        digest=wording.clean(case.plan_digest),
        footer="".join(c for c in case.plan_digest if c in string.hexdigits)[:64],
        propositions=wording.propositions(case),
        exhibits=_exhibits(case),
        exhibited=wording.exhibits_sentence(case),
        many_controls=wording.many_controls_sentence(case) if _many(case) else "",
        annexed=_controls(case) if _many(case) else [],
        words=wording.support_words(case),
        because=wording.support_because(case),
        combination=wording.as_sentence(case.combined.because),
        relation=wording.relation_sentence(case),
        power=wording.power_sentence(case),
        limits=wording.limits(case),
        sections=_sections(case),
        summary=_summary(case),
        asked_ratios=bool(case.strengths),
        rated=wording.has_ratios(case),
        population=wording.population_sentence(case) if case.strengths else "",
        strengths=wording.strength_rows(case) if case.plan.population else (),
        unsupported=wording.unsupported(case.strengths) if case.plan.population else (),
        bounded_by=wording.bound_sentence(case.strengths),
        known_regimes=wording.regimes_sentence(case),
        scale=wording.scale(),
        scale_rows=wording.scale_rows(),
        columns=wording.table_sentence(case),
        layered=any(finding.layers for finding in case.findings),
        placed=any(wording.rank(finding) for finding in case.findings),
        absent=wording.absent_sentences(case.absent),
        controls=wording.controls_sentence(case),
        families=wording.families_sentence(case),
        lineup=Markup(drawings.lineup(case)) if wording.compared_weights(case) else None,
        undrawn=wording.undrawn_sentence(case, drawings.DRAWN_CONTROLS),
        line_up=_line_up(case),
        notes=[wording.as_sentence(note) for note in case.notes],
        plan=wording.plan_lines(case),
        environment=[wording.clean(line) for line in case.environment],
        p_value_box=wording.p_value_box(),
        glossary=wording.glossary(wording.channels(case)),
    )
    return page.encode("utf-8")


def unbroken(value: object) -> object:
    """Foreign text escaped, and numbers such as 1e-9 kept on one line; drawings as they are."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return Markup(POWER.sub(r'<span class="n1">\g<0></span>', str(escape(value))))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=unbroken,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")


def _many(case: Case) -> bool:
    """Whether the controls' digests go to the annex."""
    return len(case.controls) > LISTED_CONTROLS


def _exhibits(case: Case) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Role, full name and labelled digests of what was examined; few controls stand here too."""
    sides = [
        _exhibit(role, model)
        for role, model in (
            ("subject", case.subject),
            ("subject, outputs", case.subject_outputs),
            ("source", case.source),
            ("source, outputs", case.source_outputs),
        )
        if model is not None
    ]
    return sides if _many(case) else sides + _controls(case)


def _controls(case: Case) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """The controls; a kept copy is not named again if it is that of the parties, too."""
    parties = (case.subject, case.source, case.subject_outputs, case.source_outputs)
    kept = {m.sketch for m in parties if m is not None and m.kind == "recording"}
    return [
        _exhibit(_control_role(c.standing), c.model, copied=c.model.sketch in kept)
        for c in case.controls
    ]


def _exhibit(
    role: str, model: Subject, *, copied: bool = False
) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    digests = (wording.clean(model.digest), wording.clean(model.sketch))
    labelled = zip(wording.exhibit_labels(model), digests, strict=True)
    return role, wording.clean(model.name), tuple(labelled)[: 1 if copied else 2]


def _control_role(standing: str) -> str:
    """What a control is called in the list of exhibits."""
    return "control" if standing == "independent" else "control (relative)"


def _summary(case: Case) -> list[tuple[str, bool, str, str, str, str, str, str]]:
    """One row per finding: title, whether it counts, observed, place, p, computed, least, ratio."""
    floor = case.plan.assumption_floor
    return [
        (
            wording.method_text(f.method).title,
            f.counts,
            wording.quantity(f.observed),
            wording.rank_words(f),
            wording.probability_brief(f.log_p, floor, log_floor=f.null.log_floor),
            wording.figure(f.log_p),
            wording.least_figure(f.null.log_floor),
            wording.ratio_brief(wording.ratio_of(case, f.method)),
        )
        for f in case.findings
    ]


def _sections(case: Case) -> list[_Section]:
    """All findings; a method's explanation stands with its first one only."""
    first: dict[str, int] = {}
    sections = []
    for place, finding in enumerate(case.findings, 1):
        before = first.setdefault(wording.method_text(finding.method).explanation, place)
        sections.append(_section(finding, case, place, None if before == place else before))
    return sections


def _section(finding: Finding, case: Case, place: int, explained: int | None) -> _Section:
    roles = {wording.clean(layer.roles) for layer in finding.layers}
    shown = drawings.shown_layer(finding)
    ratio = wording.ratio_of(case, finding.method)
    return _Section(
        anchor=f"layers-{place}",
        place=place,
        method=wording.clean(finding.method),
        about=wording.method_text(finding.method),
        explained=explained,
        kind=wording.as_sentence(wording.kind_words(finding.null.kind)),
        observed=wording.observed_sentence(finding),
        agreement=wording.rarity_sentence(finding, case),
        ratio=wording.ratio_sentence(ratio) if ratio is not None else "",
        aside=wording.aside_sentence(finding),
        because=wording.assumption_sentence(finding),
        combination=wording.as_sentence(finding.combination),
        candidates=wording.candidates_sentence(finding),
        lineup=Markup(dotplot.dot_plot(finding)) if wording.placed(finding) else None,
        lineup_words=wording.lineup_sentence(finding),
        relatives=wording.relatives_sentences(finding),
        instances=wording.instance_cells(finding),
        instances_words=wording.instances_sentence(finding),
        strip=Markup(drawings.layer_strip(finding, case)) if finding.layers else None,
        strip_words=wording.strip_sentence(finding, case),
        matrix=Markup(drawings.dot_matrix(shown)) if shown else None,
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


def _line_up(case: Case) -> list[tuple[str, str, str, str]]:
    """Subject and controls as rows: name, p against source, p against subject, standing."""
    floor = case.plan.assumption_floor
    rows = [
        (
            wording.named(case.subject),
            wording.probability_brief(case.combined.log_p, floor),
            "",
            "subject",
        )
    ]
    rows += [
        (
            wording.named(c.model),
            wording.probability_brief(c.log_p, floor),
            wording.probability_brief(c.subject_log_p, floor),
            c.standing,
        )
        for c in case.controls
    ]
    return rows
