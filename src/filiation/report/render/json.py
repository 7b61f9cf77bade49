"""The report for programs: one object whose field names are a contract.

Every probability stands as log10, every number carries at most 12 significant digits (so that a
replay is equal byte for byte), nothing is NaN or infinite, and assignments stay out.
"""

import math

import rfc8785

from filiation.errors import CaseError
from filiation.model.examination import Case, Control
from filiation.model.finding import Absent, Finding, Instance, LayerFinding, Place
from filiation.model.plan import Plan
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.relation import Relation
from filiation.model.subject import Subject
from filiation.report.wording import (
    absent_sentence,
    controls_sentence,
    finding_sentence,
    headline,
    limits,
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

__all__ = ["absent_json", "finding_json", "render_json", "report_json", "subject_json"]

LN10 = math.log(10.0)
REPORT = 1  # fields are added to this contract and never change their meaning


def render_json(case: Case) -> bytes:
    """Canonical JSON (RFC 8785) and a newline.

    Raises:
        CaseError: The case holds a whole number that JSON cannot carry exactly, or an impossible p.
    """
    try:
        return rfc8785.dumps(report_json(case)) + b"\n"  # type: ignore[arg-type]
    except rfc8785.IntegerDomainError as error:
        raise CaseError(f"report: {error}; JSON carries whole numbers to 2^53 exactly") from error


def report_json(case: Case) -> dict[str, object]:
    """The report as plain objects, in the contract's order."""
    return {
        "schema_version": REPORT,
        "tool": _text(case.tool),
        "environment": [_text(line) for line in case.environment],
        "question": {
            "derivation": _text(case.plan.question.derivation),
            "independence": _text(case.plan.question.independence),
        },
        "headline": headline(case),
        "subject": subject_json(case.subject),
        "source": subject_json(case.source),
        "subject_outputs": _outputs(case.subject_outputs),
        "source_outputs": _outputs(case.source_outputs),
        "controls": [_control(control) for control in case.controls],
        "plan_digest": _text(case.plan_digest),
        "plan": _plan(case.plan),
        "level": _rounded(case.plan.level),
        **_ratios(case),
        "findings": [
            {
                **finding_json(finding, finding_sentence(finding, case)),
                **_log10_lr(case, finding.method),
            }
            for finding in case.findings
        ],
        "absent": [absent_json(absent) for absent in case.absent],
        "combined": {
            "log10_p": _log10(case.combined.log_p, "combined"),
            "because": _text(case.combined.because),
        },
        "relation": _relation(case.relation),
        "power": {
            "share": _rounded(case.power.share),
            "cosine": _rounded(case.power.cosine),
            "because": _text(case.power.because),
            "words": power_sentence(case),
            **_measured(case),
        },
        "support": {
            "toward": case.support.toward,
            "reason": case.support.reason,
            "words": support_words(case),
            "because": support_because(case),
        },
        "lineup": controls_sentence(case),
        "limits": list(limits(case)),
        "families": [{"name": _text(n), "family": _text(f)} for n, f in case.families],
        "notes": [_text(note) for note in case.notes],
    }


def _measured(case: Case) -> dict[str, object]:
    """What the population's own models gave away; nothing where no population was planned."""
    measured = case.power.measured
    if measured is None:
        return {}
    cells = [
        {"share": c.share, "cosine": c.cosine, "found": c.found, "trials": c.trials}
        for c in measured.cells
    ]
    return {"measured": cells, "measured_absent": _text(measured.reason)}


def absent_json(absent: Absent) -> dict[str, object]:
    """Why a planned method gave no finding."""
    return {
        "method": _text(absent.method),
        "kind": absent.kind,
        "reason": _text(absent.reason),
        "words": absent_sentence(absent),
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
    }


def subject_json(subject: Subject) -> dict[str, object]:
    """Who, by digest."""
    return {
        "name": _text(subject.name),
        "digest": _text(subject.digest),
        "kind": subject.kind,
        "sketch": _text(subject.sketch),
    }


def _outputs(recording: Subject | None) -> dict[str, object] | None:
    return None if recording is None else subject_json(recording)


def _control(control: Control) -> dict[str, object]:
    return subject_json(control.model) | {
        "log10_p": _log10(control.log_p, "control"),
        "subject_log10_p": _log10(control.subject_log_p, "control"),
        "standing": control.standing,
    }


def _plan(plan: Plan) -> dict[str, object]:
    return {
        "methods": [_text(method) for method in plan.methods],
        "sketch": _text(plan.sketch),
        "seed": plan.seed,
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


def _ratios(case: Case) -> dict[str, object]:
    """Population and what it could support; nothing in a case of schema 1."""
    if case.schema_version == 1:
        return {}
    population = case.plan.population
    return {
        "population": population
        and {
            "name": _text(population.name),
            "date": _text(population.date),
            "digest": _text(population.digest),
            "origin": population.origin,
        },
        "strengths": [_strength(strength) for strength in case.strengths],
        "scale": {
            "edition": scale().edition,
            "bands": [{"from": band.least, "words": band.words} for band in scale().bands],
        },
    }


def _strength(strength: Strength | NoRatio) -> dict[str, object]:
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
        "words": strength_sentence(strength),
    }


def _log10_lr(case: Case, method: str) -> dict[str, object]:
    """The finding's likelihood ratio, or null and why; nothing in a case of schema 1."""
    if case.schema_version == 1:
        return {}
    ratio = ratio_of(case, method)
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
