"""How the examination was set up, in words; and what stands beside tables."""

import math
from collections.abc import Sequence
from typing import Final

from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Finding
from filiation.model.kinds import Kind
from filiation.model.plan import Plan
from filiation.model.subject import Subject
from filiation.report.wording.figures import clean, figure, joined, percentage, quantity, quoted
from filiation.report.wording.findings import counting
from filiation.report.wording.lineup import rank
from filiation.report.wording.methods import method_text, parameter_lines
from filiation.report.wording.part_names import called, done

__all__ = [
    "candidates_sentence",
    "exhibit_labels",
    "exhibits_sentence",
    "families_sentence",
    "least_figure",
    "many_controls_sentence",
    "plan_lines",
    "question_lines",
    "table_sentence",
    "undrawn_sentence",
]

FAMILY_NAME: Final = 40


def plan_lines(examination: Examination) -> tuple[tuple[str, str], ...]:
    """What all questions of the plan have in common, item by item."""
    plan = examination.plan
    return (
        ("Plan digest (SHA-256)", clean(examination.plan_digest)),
        ("Seed of all random draws", str(plan.seed)),
        ("Population", _population(plan)),
    )


def question_lines(conclusion: Conclusion) -> tuple[tuple[str, str], ...]:
    """How one question was planned, item by item."""
    plan = conclusion.plan
    return (
        (
            "Level",
            f"{figure(math.log(plan.level))}: at most so often would the examination as a whole "
            "support derivation between unrelated models",
        ),
        (
            "Assumption floor",
            f"{figure(math.log(plan.assumption_floor))}: smaller p-values are not relied on",
        ),
        (
            "Clean level",
            f"{figure(math.log(plan.clean_level))}: independence is supported only if the combined "
            "p is above it",
        ),
        ("Power asked for independence", _power(conclusion)),
        *_asked_of(conclusion),
        *((("How it was taken", clean(plan.taken)),) if plan.taken else ()),
        ("Combination of methods", clean(plan.combination)),
        *(("Method", words) for words in _methods(conclusion)),
    )


def _population(plan: Plan) -> str:
    population = plan.population
    if population is None:
        return "none: no likelihood ratios"
    return f"{quoted(population.name)}, SHA-256 {clean(population.digest)}"


def _power(conclusion: Conclusion) -> str:
    if conclusion.kind.no_evidence:
        return f"none is enough: {clean(conclusion.kind.plural)} alone never support it"
    share = percentage(conclusion.plan.power_share)
    left = quantity(conclusion.plan.power_cosine)
    asked = f"{share} of {clean(conclusion.kind.inherited)} inherited, with a cosine of {left} left"
    if not conclusion.plan.alternatives:
        return asked
    return f"{asked}, or of {quantity(conclusion.plan.disguised_cosine)} in a disguise"


def _asked_of(conclusion: Conclusion) -> tuple[tuple[str, str], ...]:
    """Which parts of the models the plan names, and which forms of a copy."""
    parts = ", ".join(called(one).name for one in conclusion.plan.components)
    forms = ", ".join(done(one).label for one in conclusion.plan.alternatives)
    layers = "" if conclusion.plan.layers is None else f"at most {conclusion.plan.layers} of each"
    rows = (
        ("Parts asked about", parts),
        ("Forms of a copy asked about", forms),
        ("Layers compared", layers and f"{layers} model (a quick look)"),
    )
    return tuple(row for row in rows if row[1])


def _methods(conclusion: Conclusion) -> tuple[str, ...]:
    """Methods of one stem together: their ids, and each parameter with its settings, once."""
    stems: dict[str, list[str]] = {}
    for method in conclusion.plan.methods:
        stems.setdefault(method.partition("/")[0], []).append(method)
    return tuple(_stem(conclusion, methods) for methods in stems.values())


def _stem(conclusion: Conclusion, methods: Sequence[str]) -> str:
    settings: dict[tuple[str, str], list[str]] = {}
    for method in methods:
        for line in parameter_lines(method_text(conclusion, method), method):
            said, _, meaning = line.partition(" (")
            key, _, setting = said.partition(" = ")
            of_key = settings.setdefault((key, meaning), [])
            if setting not in of_key:
                of_key.append(setting)
    told = "; ".join(
        f"{key}{f' = {values}' if (values := ', '.join(filter(None, found))) else ''}"
        f"{f' ({meaning}' if meaning else ''}"
        for (key, meaning), found in settings.items()
    )
    ids = ", ".join(map(clean, methods))
    return f"{ids} \u2014 {told}" if told else ids


def least_figure(log_floor: float) -> str:
    """The smallest p a null supports, for a table's cell."""
    return figure(log_floor) if math.isfinite(log_floor) else "no limit"


def table_sentence(conclusion: Conclusion) -> str:
    """What the columns of the table of findings mean."""
    bound = figure(math.log(conclusion.plan.assumption_floor))
    return joined(
        (
            "p: how rare agreement at least this close would be if the two models were unrelated; "
            f"below {bound} it is the assumption, not chance, that could be wrong, whatever the "
            "computed p. Least p: the smallest that the null supports.",
            "Place: the subject's in the line-up of controls; where the null is calibrated, p is "
            "an estimate from those controls."
            if any(rank(finding) for finding in conclusion.findings)
            else "",
            "A finding that is \u201creported, and not counted\u201d supports neither proposition "
            "and is left out of the combined p; its reason stands with it below."
            if len(counting(conclusion)) < len(conclusion.findings)
            else "",
            "The p of the model-equality test is of a contrary null: how rare a difference this "
            "large would be if both sides were the same."
            if any(
                method_text(conclusion, finding.method).null == "equality"
                for finding in conclusion.findings
            )
            else "",
        )
    )


def exhibits_sentence(examination: Examination) -> str:
    """What the digests beside the names are of; it stands below the table."""
    said = " ".join(
        f"For {clean(kind.label)}, \u201c{clean(kind.digest_labels[0])}\u201d is of what was "
        f"exhibited and \u201c{clean(kind.digest_labels[1])}\u201d of what every number was "
        "computed from."
        for kind in (conclusion.kind for conclusion in examination.conclusions)
    )
    return (
        f"Names are as exhibited. Digests are SHA-256. {said} A control with one digest shares "
        "the other with a model above it."
    )


def exhibit_labels(subject: Subject, kinds: Sequence[Kind]) -> tuple[str, str]:
    """What the two digests of an exhibit are of."""
    known = {kind.id: kind.digest_labels for kind in kinds}
    one, two = known.get(subject.kind, (subject.kind, "kept copy"))
    return clean(one), clean(two)


def families_sentence(examination: Examination) -> str:
    """Which models the examiner was told are relatives of each other."""
    told: dict[str, list[str]] = {}
    for name, family in examination.families:
        told.setdefault(family, []).append(quoted(name, FAMILY_NAME))
    listed = "; ".join(f"{quoted(family)}: {', '.join(who)}" for family, who in told.items())
    if not listed:
        return ""
    return f"Families, as the examiner was told: {listed}."


def many_controls_sentence(examination: Examination) -> str:
    """How many controls there are, where they are too many to be listed with the exhibits."""
    return f"{len(examination.controls):,} controls"


def candidates_sentence(finding: Finding) -> str:
    """How looking at several comparisons per layer was paid for."""
    most = max((layer.candidates for layer in finding.layers), default=1)
    if most <= 1:
        return ""
    return (
        f"Up to {most:,} comparisons were open to a layer; each layer's p is already multiplied by "
        "their number."
    )


def undrawn_sentence(conclusion: Conclusion, drawn: int) -> str:
    """Which controls the drawing leaves out."""
    left = len(conclusion.controls) - drawn
    if left <= 0:
        return ""
    everyone = len(conclusion.controls)
    return f"The first {drawn:,} controls are drawn; all {everyone:,} are in the table."
