"""Findings, layers, absences and the line-up in sentences."""

import math
from collections.abc import Sequence
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.examined import Control
from filiation.model.finding import Absent, Finding, LayerFinding
from filiation.model.kinds import ARCHITECTURE, CODE, TOKENIZERS, WEIGHTS
from filiation.model.null import Calibrated, Permutation
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import (
    Named,
    about_models,
    clause,
    clean,
    figure,
    is_at_floor,
    joined,
    layer_name,
    probability,
    quantity,
)
from filiation.report.wording.lineup import calibrated_words, placed
from filiation.report.wording.methods import Worded, absent_kind, method_text, titled
from filiation.report.wording.ratios import ratio_sentence

__all__ = [
    "absent_sentence",
    "absent_sentences",
    "agreement_sentence",
    "aside_sentence",
    "assignment_sentence",
    "assumption_sentence",
    "compared_in_place",
    "controls_sentence",
    "counting",
    "everybody",
    "finding_sentence",
    "is_bound_by_draws",
    "kind_words",
    "layer_sentence",
    "layers_met",
    "layers_sentence",
    "least_by_draws",
    "left_out_sentence",
    "observed_sentence",
    "rank_sentence",
    "rarity_sentence",
    "standing_sentence",
    "strip_sentence",
]

UNANSWERED: Final = frozenset({WEIGHTS, TOKENIZERS, ARCHITECTURE, CODE})
KINDS: Final = {
    "exact": "Exact: the null distribution is known, or bounded, by a formula",
    "permutation": "Permutation: the null distribution is drawn at random",
    "calibrated": "Calibrated: the null distribution is taken from the controls",
}


def counting(conclusion: Conclusion) -> tuple[Finding, ...]:
    """The findings that enter the combined p."""
    return tuple(finding for finding in conclusion.findings if finding.counts)


def left_out_sentence(conclusion: Conclusion) -> str:
    """That the plan names fewer methods than there were, which can favour one side."""
    planned, available = len(conclusion.plan.methods), conclusion.available
    if planned >= available:
        return ""
    return (
        f"The plan names {planned:,} of the {available:,} methods that there were; what the others "
        "would have found is not known."
    )


def kind_words(kind: str) -> str:
    """How a null is known."""
    return KINDS.get(kind, clean(kind))


def finding_sentence(finding: Finding, conclusion: Conclusion) -> str:
    """One finding in full: what was observed, how rare that would be, and on what assumption."""
    return joined(
        (
            f"{titled(conclusion, finding)}: {observed_sentence(finding, conclusion)}",
            rarity_sentence(finding, conclusion),
            aside_sentence(conclusion, finding),
            assumption_sentence(finding),
            *(ratio_sentence(r) for r in conclusion.ratios if r.method == finding.method),
        )
    )


def observed_sentence(finding: Finding, conclusion: Conclusion | None = None) -> str:
    """The statistic with its unit, and the items it rests on; only of answers they are answered."""
    unit = clean(finding.unit).rstrip(".")
    answered = "" if conclusion and conclusion.kind.id in UNANSWERED else " that both answered"
    items = f", over {how_many(finding.items, 'item')}{answered}" if finding.items else ""
    return f"observed {quantity(finding.observed)}{f' ({unit})' if unit else ''}{items}."


def rarity_sentence(finding: Finding, conclusion: Conclusion) -> str:
    """How rare the observation would be, under the null that the method has."""
    if method_text(conclusion, finding.method).null == "equality":
        return _difference_sentence(finding, conclusion)
    return agreement_sentence(
        finding.log_p,
        conclusion.plan.assumption_floor,
        log_floor=finding.null.log_floor,
        beside=calibrated_words(finding),
        least="so many controls can support"
        if isinstance(finding.null, Calibrated)
        else "this null can give",
    )


def _difference_sentence(finding: Finding, conclusion: Conclusion) -> str:
    """Not the same, or nothing."""
    p = probability(
        finding.log_p, conclusion.plan.assumption_floor, log_floor=finding.null.log_floor
    )
    said = (
        "If both sides were one model under the same settings, a difference at least this large "
        f"would occur with probability {p}."
    )
    if not _meets(finding.log_p, conclusion.plan.level):
        return said
    return f"{said} At {_level_words(conclusion)}, what the two sides served is not the same."


def aside_sentence(worded: Worded, finding: Finding) -> str:
    """That a finding supports nothing, and why; empty if it counts."""
    if finding.counts:
        return ""
    return (
        "This finding does not count: it is reported, and supports neither proposition. The "
        f"reason: {clause(method_text(worded, finding.method).aside)}"
    )


def agreement_sentence(
    log_p: float,
    floor: float,
    *,
    log_floor: float | None = None,
    beside: str = "",
    least: str = "this null can give",
) -> str:
    """A p-value as what it is: a frequency under a condition; `beside` stands next to it."""
    reached = (
        f" This is the smallest value that {least}; the true one may be smaller."
        if is_at_floor(log_p, log_floor)
        else ""
    )
    return (
        "If the two models were unrelated in the stated sense, agreement at least this close would "
        f"occur with probability {probability(log_p, floor, log_floor=log_floor)}"
        f"{f' ({beside})' if beside else ''}.{reached}"
    )


def assumption_sentence(finding: Finding) -> str:
    """What an opposing expert should attack first."""
    return f"Assumption: {clause(finding.null.because)}"


def layer_sentence(layer: LayerFinding, conclusion: Conclusion) -> str:
    """One layer of the source against its best partner."""
    dropped = f", {layer.dropped:,} dropped" if layer.dropped else ""
    many = (
        f"; p is already multiplied by the {layer.candidates:,} comparisons open to this layer"
        if layer.candidates > 1
        else ""
    )
    return (
        f"{_opening(layer.source_layer)} of the source against "
        f"{layer_name(layer.subject_layer)} of the subject ({clean(layer.roles)}; "
        f"{layer.units:,} units"
        f"{dropped}): observed {quantity(layer.observed)}, "
        f"p {probability(layer.log_p, conclusion.plan.assumption_floor)}{many}."
    )


def _opening(label: str) -> str:
    """A layer at the start of a sentence; what is not our word keeps its spelling."""
    words = layer_name(label)
    return f"L{words[1:]}" if words.startswith("layer ") else words


def strip_sentence(finding: Finding, conclusion: Conclusion) -> str:
    """What the strip of layers shows."""
    draws = (
        " Dotted: the most that so many random draws can show in one layer."
        if isinstance(finding.null, Permutation)
        else ""
    )
    return (
        f"{layers_sentence(finding, conclusion)} Layers stand in the source's order. The "
        "higher a bar, the rarer agreement that close is by chance. In the band at the top it is "
        "rarer than this report relies on, and height says no more. Dashed: the level required, "
        "which the layers have to meet together and not each by itself. Solid: where the "
        f"band begins.{draws}"
    )


def layers_sentence(finding: Finding, conclusion: Conclusion) -> str:
    """In how many layers p alone meets the level; or that by so many draws it could in none."""
    many = f"{how_many(len(finding.layers), 'layer')} of the source compared"
    null = finding.null
    if isinstance(null, Permutation) and is_bound_by_draws(finding, conclusion):
        return (
            f"{many}. By {null.draws:,} draws one layer alone cannot reach "
            f"{_level_words(conclusion)}, however close it is; only the layers together can."
        )
    met = layers_met(finding, conclusion)
    return f"{many}; in {met:,} of them p alone is at or below {_level_words(conclusion)}."


def layers_met(finding: Finding, conclusion: Conclusion) -> int:
    """In how many layers p alone meets the plan's level."""
    return sum(_meets(layer.log_p, conclusion.plan.level) for layer in finding.layers)


def least_by_draws(finding: Finding) -> float | None:
    """The least natural log p that the draws can give in one layer; None without draws."""
    if not isinstance(finding.null, Permutation) or not finding.layers:
        return None
    fewest = min(layer.candidates for layer in finding.layers)
    return math.log(fewest) - math.log1p(finding.null.draws)


def is_bound_by_draws(finding: Finding, conclusion: Conclusion) -> bool:
    """Whether no layer could meet the plan's level by itself, whatever was drawn."""
    least = least_by_draws(finding)
    return least is not None and not _meets(least, conclusion.plan.level)


def _meets(log_p: float, level: float) -> bool:
    """Whether a natural log p meets a level given as a probability."""
    return log_p <= math.log(level)


def _level_words(conclusion: Conclusion) -> str:
    """The plan's level as a number."""
    return f"the plan's level of {figure(math.log(conclusion.plan.level))}"


def assignment_sentence(layer: LayerFinding) -> str:
    """What the dot matrix shows."""
    paired = sum(partner >= 0 for partner in layer.assignment)
    kept = sum(partner == place for place, partner in enumerate(layer.assignment))
    return (
        f"{_opening(layer.source_layer)} of the source: {kept:,} of {paired:,} paired units are "
        "paired with the unit of the same number and stand on the diagonal. The layer shown is the "
        "one with the smallest p, chosen for display after the event; all layers are in the annex."
    )


def note_sentence(note: str, conclusion: Conclusion) -> str:
    """A note, which may begin with a model's name: that is quoted, and keeps its spelling."""
    controls = (control.model for control in conclusion.controls)
    return about_models(note, (conclusion.subject, conclusion.source, *controls))


def absent_sentence(
    worded: Worded, absent: Absent, *others: Absent, models: Sequence[Named] = ()
) -> str:
    """Why a planned method, or several for one reason, gave no finding; `models` may be named."""
    titles = [method_text(worded, one.method).title for one in (absent, *others)]
    return (
        f"{'; '.join(titles)}: {absent.kind} ({absent_kind(absent.kind)}). "
        f"{about_models(absent.reason, models)} This speaks for neither proposition."
    )


def absent_sentences(conclusion: Conclusion) -> list[str]:
    """The same for all of a conclusion, methods of one reason together, in the plan's order."""
    groups: dict[tuple[str, str], list[Absent]] = {}
    for one in conclusion.absent:
        groups.setdefault((one.kind, one.reason), []).append(one)
    models = everybody(conclusion)
    return [absent_sentence(conclusion, *group, models=models) for group in groups.values()]


def everybody(conclusion: Conclusion) -> tuple[Named, ...]:
    """The models whose names a sentence of the examination may open with."""
    return conclusion.subject, conclusion.source, *(c.model for c in conclusion.controls)


def standing_sentence(control: Control, conclusion: Conclusion) -> str:
    """One control in the line-up."""
    floor = conclusion.plan.assumption_floor
    parts = [
        f"{whom}: p {probability(log_p, floor)}" if log_p is not None else f"{whom}: no finding"
        for whom, log_p in (
            ("against the source", control.log_p),
            ("against the subject", control.subject_log_p),
        )
    ]
    return f"{'; '.join(parts)}; counted as {control.standing}."


def controls_sentence(conclusion: Conclusion) -> str:
    """The line-up as a whole: how many stood in the subject's place, and how they fared."""
    lined_up = any(placed(finding) for finding in conclusion.findings)
    if lined_up and not compared_in_place(conclusion):
        return _lineups_sentence(conclusion)
    if conclusion.support.reason == "context-only":
        return "No control was compared: context is told of the two models alone."
    if not conclusion.controls:
        return (
            "No control was examined. The p-values do not depend on controls, but their assumption "
            "was not put to the test on models known to be independent."
        )
    standing = [c for c in conclusion.controls if c.standing == "independent"]
    relatives = len(conclusion.controls) - len(standing)
    compared = [c.log_p for c in standing if c.log_p is not None]
    floor = conclusion.plan.assumption_floor
    return joined(
        (
            f"{how_many(len(conclusion.controls), 'model')} given as independent "
            f"{'was' if len(conclusion.controls) == 1 else 'were'} examined in the subject's "
            "place.",
            f"{how_many(relatives, 'of them meets', 'of them meet')} the plan's level against the "
            f"source or the subject, {'is' if relatives == 1 else 'are'} therefore taken for "
            f"{'a relative' if relatives == 1 else 'relatives'} and {_counts(relatives)} for "
            "nothing."
            if relatives
            else "",
            f"Among {how_many(len(compared), 'independent control')} that could be compared with "
            f"the source, the smallest p is {probability(min(compared), floor)}."
            if compared
            else "No independent control could be compared with the source.",
            rank_sentence(conclusion),
            _lineups_sentence(conclusion) if lined_up else "",
        )
    )


def compared_in_place(conclusion: Conclusion) -> bool:
    """Whether any control has a p of its own; some kinds only have line-ups in their findings."""
    return any(c.log_p is not None or c.subject_log_p is not None for c in conclusion.controls)


def _lineups_sentence(conclusion: Conclusion) -> str:
    relatives = sum(control.standing == "relative" for control in conclusion.controls)
    aside = (
        f" {how_many(relatives, 'of them was', 'of them were')} set aside as "
        f"{'a relative' if relatives == 1 else 'relatives'} and {_counts(relatives)} for nothing."
        if relatives
        else ""
    )
    return (
        f"{how_many(len(conclusion.controls), 'model')} given as independent: they stand in the "
        "line-ups of the findings, one line-up for each method, and each takes the subject's place "
        f"there.{aside}"
    )


def rank_sentence(conclusion: Conclusion) -> str:
    """Where the subject stands in the line-up; ties count against the accusation."""
    compared: Sequence[float] = [
        c.log_p for c in conclusion.controls if c.standing == "independent" and c.log_p is not None
    ]
    if not compared or conclusion.combined.log_p is None:
        return ""
    rank = 1 + sum(log_p <= conclusion.combined.log_p for log_p in compared)
    return (
        f"By closeness to the source the subject stands at place {rank:,} of {len(compared) + 1:,} "
        "in the line-up."
    )


def _counts(number: int) -> str:
    return "counts" if number == 1 else "count"
