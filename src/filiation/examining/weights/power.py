"""What does a population say of the power of a plan, known before anything is compared?"""

from filiation.methods import methods_for
from filiation.model.plan import PlannedQuestion
from filiation.model.population import Population
from filiation.model.study import MeasuredPower

__all__ = ["measured_power"]


def measured_power(population: Population, plan: PlannedQuestion) -> MeasuredPower:
    """What a population says of the plan's power, known before anything is compared.

    The curve speaks of a plan with the same methods for weights, at its level or a higher one, and
    of what is left of a unit at the largest cosine measured that the plan's reaches.
    """
    curve = population.power
    if curve is None:
        return _silent("no units were planted in its models")
    planned = {method.id for method in methods_for("weights") if method.id in plan.methods}
    if set(curve.methods) != planned or plan.level < curve.level:
        return _silent(
            f"its curve was measured by {len(curve.methods)} methods at level {curve.level:g}, and "
            f"the plan has {len(planned)} for weights, not all the same, or a smaller level"
        )
    reached = [cell.cosine for cell in curve.cells if cell.cosine <= plan.power_cosine]
    if not reached:
        return _silent(f"no cosine as small as the plan's, {plan.power_cosine:g}, was measured")
    return MeasuredPower(cells=tuple(c for c in curve.cells if c.cosine == max(reached)))


def _silent(reason: str) -> MeasuredPower:
    return MeasuredPower(cells=(), reason=reason)
