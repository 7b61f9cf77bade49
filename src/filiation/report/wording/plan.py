"""How the examination was set up, in words; and what stands beside tables."""

import math

from filiation.model.case import Case
from filiation.model.finding import Finding
from filiation.report.wording.figures import clean, figure, percentage, quantity
from filiation.report.wording.methods import method_text

__all__ = [
    "candidates_sentence",
    "least_figure",
    "plan_lines",
    "table_sentence",
    "undrawn_sentence",
]


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
        (
            "Power asked for independence",
            f"{percentage(plan.power_share)} of the units inherited, each with a cosine of "
            f"{quantity(plan.power_cosine)} to its origin left",
        ),
        ("Sketch", clean(plan.sketch)),
        ("Combination of methods", clean(plan.combination)),
        *(("Method", _method(method)) for method in plan.methods),
    )


def _method(method: str) -> str:
    parameters = "; ".join(method_text(method).parameters)
    return f"{clean(method)}" + (f" \u2014 {parameters}" if parameters else "")


def least_figure(log_floor: float) -> str:
    """The smallest p a null supports, for a table's cell."""
    return figure(log_floor) if math.isfinite(log_floor) else "no limit"


def table_sentence(case: Case) -> str:
    """What the columns of the table of findings mean."""
    bound = figure(math.log(case.plan.assumption_floor))
    return (
        "p: how rare agreement at least this close would be if the two models were unrelated; "
        f"below {bound} it is the assumption, not chance, that could be wrong, whatever the "
        "computed p. Least p: the smallest that the null supports."
    )


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
