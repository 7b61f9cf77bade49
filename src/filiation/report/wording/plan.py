"""How the examination was set up, in words; and what stands beside tables."""

import math
from typing import Final

from filiation.model.examination import Case
from filiation.model.finding import Finding
from filiation.model.subject import Subject
from filiation.report.wording.channels import channels, counting
from filiation.report.wording.figures import clean, figure, joined, percentage, quantity, quoted
from filiation.report.wording.lineup import rank
from filiation.report.wording.methods import method_text

__all__ = [
    "candidates_sentence",
    "exhibit_labels",
    "exhibits_sentence",
    "families_sentence",
    "least_figure",
    "many_controls_sentence",
    "plan_lines",
    "table_sentence",
    "undrawn_sentence",
]

FAMILY_NAME: Final = 40


def plan_lines(case: Case) -> tuple[tuple[str, str], ...]:
    """The plan, item by item."""
    plan = case.plan
    return (
        ("Plan digest (SHA-256)", clean(case.plan_digest)),
        (
            "Level",
            f"{figure(math.log(plan.level))}: at most so often would the examination as a whole "
            "support derivation between unrelated models",
        ),
        (
            "Assumption floor",
            f"{figure(math.log(plan.assumption_floor))}: smaller p-values are not relied on",
        ),
        ("Seed of all random draws", str(plan.seed)),
        ("Power asked for independence", _power(case)),
        ("Sketch", clean(plan.sketch)),
        ("Combination of methods", clean(plan.combination)),
        *(("Method", _method(method)) for method in plan.methods),
        *(() if plan.schema_version == 1 else (("Population", _population(case)),)),
    )


def _population(case: Case) -> str:
    population = case.plan.population
    if population is None:
        return "none: no likelihood ratios"
    return f"{quoted(population.name)}, SHA-256 {clean(population.digest)}"


def _power(case: Case) -> str:
    share = percentage(case.plan.power_share)
    if "weights" not in channels(case):
        return f"{share} inherited"
    left = quantity(case.plan.power_cosine)
    return f"{share} of the units inherited, each with a cosine of {left} to its origin left"


def _method(method: str) -> str:
    parameters = "; ".join(method_text(method).parameters)
    return f"{clean(method)}" + (f" \u2014 {parameters}" if parameters else "")


def least_figure(log_floor: float) -> str:
    """The smallest p a null supports, for a table's cell."""
    return figure(log_floor) if math.isfinite(log_floor) else "no limit"


def table_sentence(case: Case) -> str:
    """What the columns of the table of findings mean."""
    bound = figure(math.log(case.plan.assumption_floor))
    return joined(
        (
            "p: how rare agreement at least this close would be if the two models were unrelated; "
            f"below {bound} it is the assumption, not chance, that could be wrong, whatever the "
            "computed p. Least p: the smallest that the null supports.",
            "Place: the subject's in the line-up of controls; where the null is calibrated, p is "
            "an estimate from those controls."
            if any(rank(finding) for finding in case.findings)
            else "",
            "A finding marked \u201cdoes not count\u201d supports neither proposition and is left "
            "out of the combined p; its reason stands with it below."
            if len(counting(case)) < len(case.findings)
            else "",
            "The p of the model-equality test is of a contrary null: how rare a difference this "
            "large would be if both sides were the same."
            if any(method_text(finding.method).contrary for finding in case.findings)
            else "",
        )
    )


def exhibits_sentence(case: Case) -> str:
    """What the column of names and digests holds."""
    weights = "digest of the model, and of the sketch from which every number was computed"
    recordings = (
        "digest of the recording (items and answers), and of the kept copy from which every "
        "number was computed, not named again where it is that of the parties"
    )
    models = (case.subject, case.source, case.subject_outputs, case.source_outputs)
    kinds = {model.kind for model in (*models, *(c.model for c in case.controls)) if model}
    said = [weights] * ("weights" in kinds) + [recordings] * ("recording" in kinds)
    return f"name as exhibited; {'; '.join(said)} (SHA-256)"


def exhibit_labels(subject: Subject) -> tuple[str, str]:
    """What the two digests of an exhibit are of."""
    return ("recording", "copy") if subject.kind == "recording" else ("model", "sketch")


def families_sentence(case: Case) -> str:
    """Which models the examiner was told are relatives of each other."""
    told: dict[str, list[str]] = {}
    for name, family in case.families:
        told.setdefault(family, []).append(quoted(name, FAMILY_NAME))
    listed = "; ".join(f"{quoted(family)}: {', '.join(who)}" for family, who in told.items())
    if not listed:
        return ""
    return f"Families, as the examiner was told: {listed}."


def many_controls_sentence(case: Case) -> str:
    """How many controls there are, where they are too many to be listed with the exhibits."""
    relatives = sum(control.standing == "relative" for control in case.controls)
    taken = f", {relatives:,} of them taken for relatives" if relatives else ""
    return f"{len(case.controls):,} controls{taken}"


def candidates_sentence(finding: Finding) -> str:
    """How looking at several comparisons per layer was paid for."""
    most = max((layer.candidates for layer in finding.layers), default=1)
    if most <= 1:
        return ""
    return (
        f"Up to {most:,} comparisons were open to a layer; each layer's p is already multiplied by "
        "their number."
    )


def undrawn_sentence(case: Case, drawn: int) -> str:
    """Which controls the drawing leaves out."""
    left = len(case.controls) - drawn
    if left <= 0:
        return ""
    return f"The first {drawn:,} controls are drawn; all {len(case.controls):,} are in the table."
