"""The findings laid out: methods of one stem together, and what they share said once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import final

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding, LayerFinding
from filiation.report import wording
from filiation.report.render import figures
from filiation.report.render.figures import Drawn, Figure

__all__ = ["Section", "sections"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """One finding's layers in the annex."""

    frame: str
    rows: tuple[tuple[str, ...], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The findings of one method on one part, in all frames; told at length is the strongest."""

    anchor: str
    place: int
    title: str
    question: str
    observed: str
    agreement: str
    assumption: str
    chosen: str
    frames: tuple[tuple[str, ...], ...]
    ratios: tuple[str, ...]
    asides: tuple[str, ...]
    lineup: Figure | None
    strip: Figure | None
    matrix: Figure | None
    relatives: tuple[str, ...]
    instances: tuple[tuple[str, ...], ...]
    instances_words: str
    keyed: bool
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    methods: tuple[str, ...]
    roles: str
    layers: tuple[Layers, ...]


def sections(
    conclusion: Conclusion, number: int, *, drawn: Collection[Drawn | None]
) -> tuple[Section, ...]:
    """All findings; words that a section above has said are pointed to, pictures not repeated."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in conclusion.findings:
        groups.setdefault((finding.method.partition("/")[0], finding.component), []).append(finding)
    said = _Said(number=number, places={})
    return tuple(
        _section(found, conclusion, place, said, drawn)
        for place, found in enumerate(groups.values(), 1)
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Where words were said first."""

    number: int
    places: dict[str, int]

    def once(self, words: str, place: int) -> str:
        """The words; or, if another section has them, where they stand."""
        before = self.places.setdefault(words, place)
        return words if before == place else wording.as_above(self.number, before)


def _section(
    found: Sequence[Finding],
    conclusion: Conclusion,
    place: int,
    said: _Said,
    drawn: Collection[Drawn | None],
) -> Section:
    chosen = min(found, key=lambda finding: finding.log_p)
    roles = {wording.clean(layer.roles) for finding in found for layer in finding.layers}
    assumption = wording.assumption_words(found, conclusion)
    once = said.once(assumption, place)
    ratios = [wording.ratio_of(conclusion, finding.method) for finding in found]
    ratios_said = [wording.ratio_sentence(ratio) if ratio else "" for ratio in ratios]
    asides = [wording.aside_sentence(conclusion, finding) for finding in found]
    return Section(
        anchor=f"layers-{said.number}-{place}",
        place=place,
        title=wording.section_title(conclusion, found),
        question=wording.method_text(conclusion, chosen.method).question,
        observed=wording.observed_sentence(chosen, conclusion),
        agreement=wording.rarity_sentence(chosen, conclusion),
        assumption=once if once == assumption else f"Assumption: {once}",
        chosen=wording.chosen_sentence(conclusion, chosen, found),
        frames=_frames(found, conclusion) if len(found) > 1 else (),
        ratios=wording.told_apart(conclusion, found, ratios_said),
        asides=wording.told_apart(conclusion, found, asides),
        lineup=_lineup(chosen, conclusion, drawn),
        strip=_strip(chosen, conclusion, drawn),
        matrix=_matrix(chosen, drawn),
        relatives=wording.relatives_sentences(chosen),
        instances=wording.instance_cells(chosen),
        instances_words=wording.instances_sentence(chosen),
        keyed=any(wording.clean(one.key) for one in chosen.instances),
        facts=_facts(found, conclusion, place, said),
        methods=tuple(wording.clean(finding.method) for finding in found),
        roles=roles.pop() if len(roles) == 1 else "",
        layers=tuple(_layers(finding, conclusion) for finding in found if finding.layers),
    )


def _lineup(
    finding: Finding, conclusion: Conclusion, drawn: Collection[Drawn | None]
) -> Figure | None:
    if not wording.placed(finding) or ("lineup", finding.method) in drawn:
        return None
    return figures.lineup(finding, conclusion, wording.lineup_sentence(finding))


def _strip(
    finding: Finding, conclusion: Conclusion, drawn: Collection[Drawn | None]
) -> Figure | None:
    """One bar says no more than its p: a single layer is not drawn."""
    if len(finding.layers) < 2 or ("strip", finding.method) in drawn:
        return None
    words = (wording.layers_sentence(finding, conclusion), wording.candidates_sentence(finding))
    return figures.strip(finding, conclusion, " ".join(filter(None, words)))


def _matrix(finding: Finding, drawn: Collection[Drawn | None]) -> Figure | None:
    shown = figures.matrix(finding)
    return shown[0] if shown and ("matrix", finding.method) not in drawn else None


def _frames(found: Sequence[Finding], conclusion: Conclusion) -> tuple[tuple[str, ...], ...]:
    """One row per frame: its name, observed, p, computed p, least p."""
    floor = conclusion.plan.assumption_floor
    return tuple(
        (
            wording.frame_name(conclusion, f),
            wording.quantity(f.observed),
            wording.probability_brief(f.log_p, floor, log_floor=f.null.log_floor),
            wording.figure(f.log_p),
            wording.least_figure(f.null.log_floor),
        )
        for f in found
    )


def _facts(
    found: Sequence[Finding], conclusion: Conclusion, place: int, said: _Said
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """How it works and what would escape it, under short headings; empty ones vanish."""
    about = [wording.method_text(conclusion, finding.method) for finding in found]
    layered = any(finding.layers for finding in found)

    def told(words: Sequence[str], *, once: bool = True) -> tuple[str, ...]:
        shown = [said.once(one, place) if one and once else one for one in words]
        return wording.told_apart(conclusion, found, shown)

    facts = (
        ("How it works", told([one.explanation for one in about])),
        ("The frame", told([one.frame_explanation for one in about])),
        ("The null", told([wording.kind_words(f.null.kind) for f in found], once=False)),
        (
            "How layers combine" if layered else "How it was reckoned",
            told([wording.clause(finding.combination) for finding in found]),
        ),
        (
            "What would escape it",
            (*told([one.defeats for one in about]), *told([one.frame_defeats for one in about])),
        ),
        ("Error rate", told([wording.error_rate(one) for one in about])),
        (
            "Layers left out" if layered else "Left out",
            told([_skipped(f, conclusion) for f in found], once=False),
        ),
    )
    return tuple((what, wording.in_full(words)) for what, words in facts if words)


def _skipped(finding: Finding, conclusion: Conclusion) -> str:
    models = wording.everybody(conclusion)
    return " ".join(wording.about_models(one, models) for one in finding.skipped)


def _layers(finding: Finding, conclusion: Conclusion) -> Layers:
    return Layers(
        frame=wording.frame_name(conclusion, finding),
        rows=tuple(_cells(layer) for layer in finding.layers),
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
