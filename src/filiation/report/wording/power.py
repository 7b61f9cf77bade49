"""What could have been found: reckoned on these exhibits, and measured on a population."""

import math

from filiation.model.examination import Conclusion, MeasuredPower
from filiation.report.wording.figures import (
    as_sentence,
    clause,
    clean,
    joined,
    percentage,
    quantity,
)
from filiation.report.wording.within_reach import least_sentence

__all__ = ["measured_sentence", "power_sentence", "reach_sentence"]


def power_sentence(conclusion: Conclusion) -> str:
    """The smallest inheritance that would have been found, what the plan asks, and why."""
    asked = (
        "The plan lets independence be supported only if an inheritance of "
        f"{percentage(conclusion.plan.power_share)} would have been found."
    )
    measured = conclusion.power.measured
    return joined(
        (
            reach_sentence(conclusion),
            asked,
            as_sentence(conclusion.power.because),
            measured_sentence(measured, conclusion.plan.power_share) if measured else "",
        )
    )


def measured_sentence(measured: MeasuredPower, asked: float) -> str:
    """How often the population's own models gave away what was planted in them."""
    if not measured.cells:
        return f"The population has no measured power for this plan: {clause(measured.reason)}"
    told = ", ".join(f"{percentage(c.share)}: {c.found} of {c.trials}" for c in measured.cells)
    held = [cell for cell in measured.cells if cell.share <= asked]
    bound = ""
    if held:
        from filiation.numerics.intervals import clopper_pearson  # scipy: most verbs never need it

        cell = held[-1]
        low, _ = clopper_pearson(cell.found, cell.trials, confidence=0.9)
        bound = (
            f" Of {percentage(cell.share)} planted, {cell.found} of {cell.trials} were found: at "
            f"least {math.floor(100.0 * low):g}% of such pairs (one-sided 95% bound)."
        )
    return (
        "Measured on the population: units of one of its models were planted in another that is "
        f"unrelated, at a cosine of {quantity(measured.cells[0].cosine)}, and looked for by all "
        f"methods for weights. Found at the plan's level, by share planted: {told}.{bound} "
        "It holds for models like those of the population."
    )


def reach_sentence(conclusion: Conclusion) -> str:
    """The smallest inheritance that would have been found; or why none is known."""
    power = conclusion.power
    what = clean(conclusion.kind.inherited)
    left = f"with a cosine of {quantity(power.cosine)} to its origin left in each"
    if power.share is not None:
        return (
            f"Had the subject inherited {percentage(power.share)} of {what} of the source or more, "
            f"{left}, this would have been found at the plan's level with at least 95% probability."
        )
    if not conclusion.findings:
        return "Nothing was compared, so nothing could have been found."
    if conclusion.kind.no_evidence:
        return least_sentence(conclusion) or (
            f"How much of {what} the subject would have had to inherit to be found is not known: "
            "that nothing was found is not evidence of independence."
        )
    return (
        f"Not even a subject that inherited all of {what} would have been found at the "
        f"plan's level with 95% probability ({left})."
    )
