"""The report for programs: one object whose field names are a contract.

Every probability stands as log10, every number carries at most 12 significant digits (so that a
replay is equal byte for byte), nothing is NaN or infinite, and assignments stay out.
"""

import math
from collections.abc import Sequence

import rfc8785

from filiation.errors import CaseError
from filiation.model.examination import Conclusion, Control, Examination, Examined, Part
from filiation.model.finding import Absent, Finding, Instance, LayerFinding, Place
from filiation.model.plan import PlannedPopulation, PlannedQuestion, Propositions
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.relation import Relation
from filiation.model.subject import Subject
from filiation.report.wording import (
    Worded,
    absent_sentence,
    controls_sentence,
    everybody,
    finding_sentence,
    headline,
    limits,
    method_text,
    power_sentence,
    rank,
    ratio_of,
    ratio_sentence,
    scale,
    strength_sentence,
    support_because,
    support_words,
    verbal,
)
from filiation.report.wording.figures import Named

__all__ = [
    "absent_json",
    "conclusion_json",
    "finding_json",
    "render_json",
    "report_json",
    "subject_json",
]

LN10 = math.log(10.0)
REPORT = 3  # fields are added to this contract and never change their meaning


def render_json(examination: Examination) -> bytes:
    """Canonical JSON (RFC 8785) and a newline.

    Raises:
        CaseError: It holds a whole number that JSON cannot carry exactly, or an impossible p.
    """
    try:
        return rfc8785.dumps(report_json(examination)) + b"\n"  # type: ignore[arg-type]
    except rfc8785.IntegerDomainError as error:
        raise CaseError(f"report: {error}; JSON carries whole numbers to 2^53 exactly") from error


def report_json(examination: Examination) -> dict[str, object]:
    """The report as plain objects, in the contract's order."""
    return {
        "schema_version": REPORT,
        "tool": _text(examination.tool),
        "environment": [_text(line) for line in examination.environment],
        "subject": _examined(examination.subject),
        "source": _examined(examination.source),
        "controls": [_examined(control) for control in examination.controls],
        "plan_digest": _text(examination.plan_digest),
        "plan": {
            "seed": examination.plan.seed,
            "questions": [_question(question) for question in examination.plan.questions],
            "population": _population(examination.plan.population),
        },
        "conclusions": [conclusion_json(one) for one in examination.conclusions],
        "scale": {
            "edition": scale().edition,
            "bands": [{"from": band.least, "words": band.words} for band in scale().bands],
        },
        "families": [{"name": _text(n), "family": _text(f)} for n, f in examination.families],
        "notes": [_text(note) for note in examination.notes],
    }


def conclusion_json(conclusion: Conclusion) -> dict[str, object]:
    """The answer to one question."""
    return {
        "question": conclusion.kind.id,
        "headline": headline(conclusion),
        "propositions": _propositions(conclusion.plan.propositions),
        "level": _rounded(conclusion.plan.level),
        "methods_available": conclusion.available,
        "subject": subject_json(conclusion.subject),
        "source": subject_json(conclusion.source),
        "controls": [_control(control) for control in conclusion.controls],
        "strengths": [_strength(conclusion, strength) for strength in conclusion.strengths],
        "findings": [
            {
                **finding_json(finding, finding_sentence(finding, conclusion)),
                "title": method_text(conclusion, finding.method).title,
                **_log10_lr(conclusion, finding.method),
            }
            for finding in conclusion.findings
        ],
        "absent": [
            absent_json(absent, conclusion, everybody(conclusion)) for absent in conclusion.absent
        ],
        "combined": {
            "log10_p": _log10(conclusion.combined.log_p, "combined"),
            "because": _text(conclusion.combined.because),
        },
        "relation": _relation(conclusion.relation),
        "power": _power(conclusion),
        "parts": [_part(part) for part in conclusion.parts],
        "support": {
            "toward": conclusion.support.toward,
            "reason": conclusion.support.reason,
            "words": support_words(conclusion),
            "because": support_because(conclusion),
        },
        "lineup": controls_sentence(conclusion),
        "limits": list(limits(conclusion)),
        "notes": [_text(note) for note in conclusion.notes],
    }


def _propositions(stated: Propositions) -> dict[str, object]:
    return {
        "derivation": _text(stated.derivation),
        "independence": _text(stated.independence),
    }


def _power(conclusion: Conclusion) -> dict[str, object]:
    return {
        "share": _rounded(conclusion.power.share),
        "cosine": _rounded(conclusion.power.cosine),
        "because": _text(conclusion.power.because),
        "words": power_sentence(conclusion),
        **_measured(conclusion),
    }


def _part(part: Part) -> dict[str, object]:
    return {
        "component": _text(part.component),
        "alternative": _text(part.alternative),
        "share": _rounded(part.share),
        "log10_p": _log10(part.log_p, part.component),
        "because": _text(part.because),
    }


def _examined(model: Examined) -> dict[str, object]:
    return {"name": _text(model.name), "materials": [subject_json(m) for m in model.materials]}


def _measured(conclusion: Conclusion) -> dict[str, object]:
    """What the population's own models gave away; nothing where no population was planned."""
    measured = conclusion.power.measured
    if measured is None:
        return {}
    cells = [
        {"share": c.share, "cosine": c.cosine, "found": c.found, "trials": c.trials}
        for c in measured.cells
    ]
    return {"measured": cells, "measured_absent": _text(measured.reason)}


def absent_json(absent: Absent, worded: Worded, models: Sequence[Named] = ()) -> dict[str, object]:
    """Why a planned method gave no finding."""
    return {
        "method": _text(absent.method),
        "kind": absent.kind,
        "reason": _text(absent.reason),
        "words": absent_sentence(worded, absent, models=models),
    }


def _relation(relation: Relation) -> dict[str, object]:
    share = relation.share_of_units
    return {
        "kind": relation.kind,
        "because": _text(relation.because),
        "disguises": list(relation.disguises),
        "share_of_units": None
        if share is None
        else {
            "low": _rounded(share.low),
            "estimate": _rounded(share.estimate),
            "high": _rounded(share.high),
        },
        "layer_map": [
            {
                "subject": _text(layer.subject),
                "source": None if layer.source is None else _text(layer.source),
            }
            for layer in relation.layer_map
        ],
        "mixture": [
            {
                "name": _text(part.name),
                "weight": _rounded(part.weight),
                "low": _rounded(part.low),
                "high": _rounded(part.high),
            }
            for part in relation.mixture
        ],
        "direction": relation.direction,
        "direction_because": _text(relation.direction_because),
        "in_common": relation.in_common,
    }


def subject_json(subject: Subject) -> dict[str, object]:
    """One model by one of its materials."""
    return {
        "name": _text(subject.name),
        "digest": _text(subject.digest),
        "kind": subject.kind,
        "kept": _text(subject.kept),
    }


def _control(control: Control) -> dict[str, object]:
    return subject_json(control.model) | {
        "log10_p": _log10(control.log_p, "control"),
        "subject_log10_p": _log10(control.subject_log_p, "control"),
        "standing": control.standing,
    }


def _question(plan: PlannedQuestion) -> dict[str, object]:
    return {
        "question": plan.kind,
        "methods": [_text(method) for method in plan.methods],
        "taken": _text(plan.taken),
        "level": _rounded(plan.level),
        "clean_level": _rounded(plan.clean_level),
        "assumption_floor": _rounded(plan.assumption_floor),
        "power_share": _rounded(plan.power_share),
        "power_cosine": _rounded(plan.power_cosine),
        "combination": plan.combination,
    }


def finding_json(finding: Finding, words: str) -> dict[str, object]:
    """One finding with the words that report it."""
    found = rank(finding)
    return {
        "method": _text(finding.method),
        "kind": finding.null.kind,
        "observed": _rounded(finding.observed),
        "unit": _text(finding.unit),
        "log10_p": _log10(finding.log_p, finding.method),
        "log10_p_floor": _rounded(finding.null.log_floor / LN10),
        "because": _text(finding.null.because),
        "combination": _text(finding.combination),
        "layers": [_layer(layer) for layer in finding.layers],
        "skipped": [_text(reason) for reason in finding.skipped],
        "counts": finding.counts,
        "items": finding.items,
        "rank": {"place": found.place, "of": found.of} if found else None,
        "lineup": [_place(place) for place in finding.lineup],
        "instances": [_instance(instance) for instance in finding.instances],
        "words": words,
    }


def _population(population: PlannedPopulation | None) -> dict[str, object] | None:
    """Where likelihood ratios come from."""
    return population and {
        "name": _text(population.name),
        "date": _text(population.date),
        "digest": _text(population.digest),
        "origin": population.origin,
    }


def _strength(conclusion: Conclusion, strength: Strength | NoRatio) -> dict[str, object]:
    if isinstance(strength, NoRatio):
        return {"method": _text(strength.method), "reason": _text(strength.reason)}
    return {
        "method": _text(strength.method),
        "low": _rounded(strength.low),
        "high": _rounded(strength.high),
        "low_by": strength.low_by,
        "high_by": strength.high_by,
        "independent": strength.independent,
        "families": strength.families,
        "related_pairs": strength.related_pairs,
        "unrelated_pairs": strength.unrelated_pairs,
        "related_regimes": {_text(r): n for r, n in strength.related_regimes},
        "unrelated_regimes": {_text(r): n for r, n in strength.unrelated_regimes},
        "cllr": _rounded(strength.cllr),
        "misleading_related": strength.misleading_related,
        "misleading_unrelated": strength.misleading_unrelated,
        "words": strength_sentence(conclusion, strength),
    }


def _log10_lr(conclusion: Conclusion, method: str) -> dict[str, object]:
    """The finding's likelihood ratio, or null and why."""
    ratio = ratio_of(conclusion, method)
    if not isinstance(ratio, Ratio):
        why = "none was asked for" if ratio is None else ratio.reason
        return {"log10_lr": None, "log10_lr_absent": _text(why)}
    return {
        "log10_lr": {
            "value": _rounded(ratio.log10_lr),
            "low": _rounded(ratio.low),
            "high": _rounded(ratio.high),
            "bounded": ratio.bounded != "no",
            "population": _text(ratio.population),
            "verbal": verbal(ratio.log10_lr),
            "words": ratio_sentence(ratio),
        },
        "log10_lr_absent": None,
    }


def _place(place: Place) -> dict[str, object]:
    return {
        "name": _text(place.name),
        "who": place.who,
        "observed": _rounded(place.observed),
        "z": _rounded(place.z),
        "reason": _text(place.reason),
    }


def _instance(instance: Instance) -> dict[str, object]:
    return {
        "item": _text(instance.item),
        "prompt": _text(instance.prompt),
        "source": _text(instance.source),
        "subject": _text(instance.subject),
        "rarity": instance.rarity,
        "of": instance.of,
        "weight": _rounded(instance.weight),
    }


def _layer(layer: LayerFinding) -> dict[str, object]:
    return {
        "layer": _text(layer.source_layer),
        "subject_layer": _text(layer.subject_layer),
        "roles": _text(layer.roles),
        "units": layer.units,
        "dropped": layer.dropped,
        "candidates": layer.candidates,
        "observed": _rounded(layer.observed),
        "z": _rounded(layer.z),
        "log10_p": _log10(layer.log_p, f"layer {layer.source_layer}"),
    }


def _log10(log_p: float | None, where: str) -> float | None:
    """Natural log to log10. A p of zero is a bug, and must not turn into an absence."""
    if log_p is not None and not math.isfinite(log_p):
        raise CaseError(f"{where}: log p is {log_p}, expected a finite number; no p is ever zero")
    return None if log_p is None else _rounded(log_p / LN10)


def _rounded(value: float | None) -> float | None:
    """Twelve significant digits; None for what is absent, NaN or infinite."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.12g}") + 0.0  # never -0.0


def _text(text: str) -> str:
    """Text that UTF-8 can carry: lone surrogates, which file names may hold, are replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
