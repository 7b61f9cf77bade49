"""The report for programs: one object whose field names are a contract.

Every probability stands as log10, every number carries at most 12 significant digits (so that a
replay is equal byte for byte), nothing is NaN or infinite, and assignments stay out.
"""

from collections.abc import Sequence

import rfc8785

from filiation.errors import CaseError
from filiation.model.examination import Conclusion, Examination, Part
from filiation.model.examined import Control
from filiation.model.finding import Absent, Finding, Instance, LayerFinding, Place
from filiation.model.plan import Dated, PlannedPopulation, PlannedQuestion, Propositions
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.relation import Relation
from filiation.report.render.beside import examined_json, public_json, stacks_json, subject_json
from filiation.report.render.declared import declared_json
from filiation.report.render.fragments import filtration_json
from filiation.report.render.plain import LN10, log10_of, rounded, text_of
from filiation.report.wording import (
    ComponentFound,
    Worded,
    absent_sentence,
    components_found,
    controls_sentence,
    everybody,
    finding_sentence,
    found_words,
    headline,
    limits,
    method_text,
    not_excluded_sentences,
    power_sentence,
    rank,
    ratio_of,
    ratio_sentence,
    reach,
    scale,
    seen_words,
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
]

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
        "tool": text_of(examination.tool),
        "environment": [text_of(line) for line in examination.environment],
        "subject": examined_json(examination.subject),
        "source": examined_json(examination.source),
        "controls": [examined_json(control) for control in examination.controls],
        **({"earlier": examined_json(examination.earlier)} if examination.earlier else {}),
        **public_json(examination),
        "plan_digest": text_of(examination.plan_digest),
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
        "families": [{"name": text_of(n), "family": text_of(f)} for n, f in examination.families],
        "notes": [text_of(note) for note in examination.notes],
        **declared_json(examination),
    }


def conclusion_json(conclusion: Conclusion) -> dict[str, object]:
    """The answer to one question."""
    return {
        "question": conclusion.kind.id,
        "headline": headline(conclusion),
        "propositions": _propositions(conclusion.plan.propositions),
        "level": rounded(conclusion.plan.level),
        "methods_available": conclusion.available,
        "subject": subject_json(conclusion.subject),
        "source": subject_json(conclusion.source),
        "controls": [_control(control) for control in conclusion.controls],
        "strengths": [_strength(conclusion, strength) for strength in conclusion.strengths],
        "findings": [_finding(finding, conclusion) for finding in conclusion.findings],
        "absent": [
            absent_json(absent, conclusion, everybody(conclusion)) for absent in conclusion.absent
        ],
        "combined": {
            "log10_p": log10_of(conclusion.combined.log_p, "combined"),
            "because": text_of(conclusion.combined.because),
        },
        "relation": _relation(conclusion.relation),
        "power": _power(conclusion),
        "parts": [_part(part, conclusion) for part in conclusion.parts],
        "components": [_component(one, conclusion) for one in components_found(conclusion)],
        **stacks_json(conclusion),
        **filtration_json(conclusion),
        "not_excluded": list(not_excluded_sentences(conclusion)),
        "support": {
            "toward": conclusion.support.toward,
            "reason": conclusion.support.reason,
            "of": list(conclusion.support.of),
            "words": support_words(conclusion),
            "because": support_because(conclusion),
        },
        "lineup": controls_sentence(conclusion),
        "limits": list(limits(conclusion)),
        "notes": [text_of(note) for note in conclusion.notes],
    }


def _finding(finding: Finding, conclusion: Conclusion) -> dict[str, object]:
    return {
        **finding_json(finding, finding_sentence(finding, conclusion)),
        "title": method_text(conclusion, finding.method).title,
        **_log10_lr(conclusion, finding.method),
    }


def _propositions(stated: Propositions) -> dict[str, object]:
    return {
        "derivation": text_of(stated.derivation),
        "independence": text_of(stated.independence),
    }


def _power(conclusion: Conclusion) -> dict[str, object]:
    return {
        "share": rounded(conclusion.power.share),
        "cosine": rounded(conclusion.power.cosine),
        "because": text_of(conclusion.power.because),
        "words": power_sentence(conclusion),
        **_measured(conclusion),
    }


def _part(part: Part, conclusion: Conclusion) -> dict[str, object]:
    return {
        "component": text_of(part.component),
        "alternative": text_of(part.alternative),
        "share": rounded(part.share),
        "cosine": rounded(part.cosine),
        "reach": reach(part, conclusion),
        "log10_p": log10_of(part.log_p, part.component),
        "because": text_of(part.because),
        "words": seen_words(part, conclusion),
    }


def _component(one: ComponentFound, conclusion: Conclusion) -> dict[str, object]:
    return {
        "component": text_of(one.component),
        "found": one.state,
        "log10_p": log10_of(one.log_p, one.component),
        "words": found_words(one, conclusion, p=True),
    }


def _measured(conclusion: Conclusion) -> dict[str, object]:
    """What the population's own models gave away; nothing where no population was planned."""
    measured = conclusion.power.measured
    if measured is None:
        return {}
    cells = [
        {"share": c.share, "cosine": c.cosine, "found": c.found, "trials": c.trials}
        for c in measured.cells
    ]
    return {"measured": cells, "measured_absent": text_of(measured.reason)}


def absent_json(absent: Absent, worded: Worded, models: Sequence[Named] = ()) -> dict[str, object]:
    """Why a planned method gave no finding."""
    return {
        "method": text_of(absent.method),
        "kind": absent.kind,
        "reason": text_of(absent.reason),
        "words": absent_sentence(worded, absent, models=models),
    }


def _relation(relation: Relation) -> dict[str, object]:
    share = relation.share_of_units
    return {
        "kind": relation.kind,
        "because": text_of(relation.because),
        "disguises": list(relation.disguises),
        "share_of_units": None
        if share is None
        else {
            "low": rounded(share.low),
            "estimate": rounded(share.estimate),
            "high": rounded(share.high),
        },
        "layer_map": [
            {
                "subject": text_of(layer.subject),
                "source": None if layer.source is None else text_of(layer.source),
            }
            for layer in relation.layer_map
        ],
        "mixture": [
            {
                "name": text_of(part.name),
                "weight": rounded(part.weight),
                "low": rounded(part.low),
                "high": rounded(part.high),
            }
            for part in relation.mixture
        ],
        "direction": relation.direction,
        "direction_because": text_of(relation.direction_because),
        "in_common": relation.in_common,
    }


def _control(control: Control) -> dict[str, object]:
    return subject_json(control.model) | {
        "log10_p": log10_of(control.log_p, "control"),
        "subject_log10_p": log10_of(control.subject_log_p, "control"),
        "standing": control.standing,
    }


def _question(plan: PlannedQuestion) -> dict[str, object]:
    return {
        "question": plan.kind,
        "methods": [text_of(method) for method in plan.methods],
        "taken": text_of(plan.taken),
        "level": rounded(plan.level),
        "clean_level": rounded(plan.clean_level),
        "assumption_floor": rounded(plan.assumption_floor),
        "power_share": rounded(plan.power_share),
        "power_cosine": rounded(plan.power_cosine),
        "disguised_cosine": rounded(plan.disguised_cosine),
        "components": [text_of(component) for component in plan.components],
        "alternatives": [text_of(alternative) for alternative in plan.alternatives],
        "combination": plan.combination,
        "source_dated": _dated(plan.source_dated),
        **({} if plan.layers is None else {"layers": plan.layers}),
    }


def _dated(dated: Dated | None) -> dict[str, object] | None:
    return dated and {
        "digest": text_of(dated.digest),
        "time": text_of(dated.time),
        "by": dated.by,
        "event": dated.event,
        "subject_available": dated.subject_available.isoformat(),
    }


def finding_json(finding: Finding, words: str) -> dict[str, object]:
    """One finding with the words that report it."""
    found = rank(finding)
    return {
        "method": text_of(finding.method),
        "kind": finding.null.kind,
        "observed": rounded(finding.observed),
        "unit": text_of(finding.unit),
        "component": text_of(finding.component),
        "log10_p": log10_of(finding.log_p, finding.method),
        "log10_p_floor": rounded(finding.null.log_floor / LN10),
        "because": text_of(finding.null.because),
        "combination": text_of(finding.combination),
        "layers": [_layer(layer) for layer in finding.layers],
        "skipped": [text_of(reason) for reason in finding.skipped],
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
        "name": text_of(population.name),
        "date": text_of(population.date),
        "digest": text_of(population.digest),
        "origin": population.origin,
    }


def _strength(conclusion: Conclusion, strength: Strength | NoRatio) -> dict[str, object]:
    if isinstance(strength, NoRatio):
        return {"method": text_of(strength.method), "reason": text_of(strength.reason)}
    return {
        "method": text_of(strength.method),
        "low": rounded(strength.low),
        "high": rounded(strength.high),
        "low_by": strength.low_by,
        "high_by": strength.high_by,
        "independent": strength.independent,
        "families": strength.families,
        "related_pairs": strength.related_pairs,
        "unrelated_pairs": strength.unrelated_pairs,
        "related_regimes": {text_of(r): n for r, n in strength.related_regimes},
        "unrelated_regimes": {text_of(r): n for r, n in strength.unrelated_regimes},
        "cllr": rounded(strength.cllr),
        "misleading_related": strength.misleading_related,
        "misleading_unrelated": strength.misleading_unrelated,
        "words": strength_sentence(conclusion, strength),
    }


def _log10_lr(conclusion: Conclusion, method: str) -> dict[str, object]:
    """The finding's likelihood ratio, or null and why."""
    ratio = ratio_of(conclusion, method)
    if not isinstance(ratio, Ratio):
        why = "none was asked for" if ratio is None else ratio.reason
        return {"log10_lr": None, "log10_lr_absent": text_of(why)}
    return {
        "log10_lr": {
            "value": rounded(ratio.log10_lr),
            "low": rounded(ratio.low),
            "high": rounded(ratio.high),
            "bounded": ratio.bounded != "no",
            "population": text_of(ratio.population),
            "verbal": verbal(ratio.log10_lr),
            "words": ratio_sentence(ratio),
        },
        "log10_lr_absent": None,
    }


def _place(place: Place) -> dict[str, object]:
    return {
        "name": text_of(place.name),
        "who": place.who,
        "observed": rounded(place.observed),
        "z": rounded(place.z),
        "reason": text_of(place.reason),
    }


def _instance(instance: Instance) -> dict[str, object]:
    return {
        "item": text_of(instance.item),
        "prompt": text_of(instance.prompt),
        "source": text_of(instance.source),
        "subject": text_of(instance.subject),
        "rarity": instance.rarity,
        "of": instance.of,
        "weight": rounded(instance.weight),
        "key": text_of(instance.key),
    }


def _layer(layer: LayerFinding) -> dict[str, object]:
    return {
        "layer": text_of(layer.source_layer),
        "subject_layer": text_of(layer.subject_layer),
        "roles": text_of(layer.roles),
        "units": layer.units,
        "dropped": layer.dropped,
        "candidates": layer.candidates,
        "observed": rounded(layer.observed),
        "z": rounded(layer.z),
        "log10_p": log10_of(layer.log_p, f"layer {layer.source_layer}"),
    }
