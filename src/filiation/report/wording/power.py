"""What could have been found: reckoned on these exhibits, and measured on a population."""

import math
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.study import MeasuredPower
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import (
    as_sentence,
    clause,
    clean,
    joined,
    percentage,
    quantity,
)
from filiation.report.wording.part_names import called, done
from filiation.report.wording.parts import seen_verb
from filiation.report.wording.within_reach import least_sentence

__all__ = ["measured_sentence", "power_sentence", "reach_sentence"]

OPEN: Final = "Of a disguised copy this says nothing."


def power_sentence(conclusion: Conclusion) -> str:
    """The smallest inheritance that would have been found, what the plan asks, and why.

    Of parts told apart only the hardest cell, and nothing where they support derivation.
    """
    if conclusion.support.reason == "context-only":
        return clean(conclusion.kind.unseen)
    measured = conclusion.power.measured
    told = measured_sentence(measured, conclusion.plan.power_share) if measured else ""
    if conclusion.parts:
        found = conclusion.support.toward == "derivation"
        return "" if found else joined((hardest_sentence(conclusion), told))
    asked = (
        "The plan lets independence be supported only if an inheritance of "
        f"{percentage(conclusion.plan.power_share)} would have been seen."
        if not conclusion.kind.no_evidence
        else ""
    )
    because = as_sentence(conclusion.power.because)
    return joined((reach_sentence(conclusion), asked, because, told))


def hardest_sentence(conclusion: Conclusion) -> str:
    """Which planned cell asks for most, from which share on, and at which cosine."""
    cells = conclusion.parts
    unseen = sum(part.share is None for part in cells)
    part = max(cells, key=lambda cell: math.inf if cell.share is None else cell.share)
    where = f"{called(part.component).name}, {done(part.alternative).label}"
    more = f" So it is in {how_many(unseen, 'cell')}." if unseen > 1 else ""
    seen = (
        "no share of a copy was sure to be seen"
        if part.share is None
        else f"a copy {seen_verb(conclusion)} from {percentage(part.share)} on"
    )
    return (
        f"Of {how_many(len(cells), 'planned cell')}, part by form, the hardest is: {where}. At a "
        f"cosine of {quantity(part.cosine)} {seen}.{more} "
        "The table of parts has every cell."
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
        "It holds for models like those of the population, and for copies as stored."
    )


def reach_sentence(conclusion: Conclusion) -> str:
    """The smallest inheritance that would have been found in place; or why none is known."""
    power = conclusion.power
    what = clean(conclusion.kind.inherited)
    if power.share is not None:
        return (
            f"Had {percentage(power.share)} of {what} of the source been copied undisguised, this "
            "would have been found at the plan's level with at least 95% probability. "
            f"{_left(conclusion)} {OPEN}"
        )
    if not conclusion.findings:
        return "Nothing was compared, so nothing could have been found."
    if conclusion.kind.no_evidence:
        p = conclusion.combined.log_p
        met = p is not None and p <= math.log(conclusion.plan.level)
        return least_sentence(conclusion) or (
            f"How much of {what} the subject would have had to inherit to be found is not known"
            f"{'.' if met else ': that nothing was found is not evidence of independence.'}"
        )
    return (
        f"Not even for a subject that inherited all of {what} was a finding at the plan's level "
        f"assured with 95% probability. {_left(conclusion)}"
    )


def _left(conclusion: Conclusion) -> str:
    """How much damage was assumed."""
    return f"Assumed was a cosine of {quantity(conclusion.power.cosine)} to its origin in each."
