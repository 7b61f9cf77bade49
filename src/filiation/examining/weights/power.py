"""What could these exhibits have shown? Reckoned before anyone reads the result.

"Nothing was found" supports independence only if something would have been found. So part of the
source's units is planted in the subject, damaged, and paired by the method itself.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods import methods_for
from filiation.methods.weights.combination import combine_layers, over_candidates
from filiation.methods.weights.frames import Seen, views
from filiation.methods.weights.partners import find_partners, repeats_layers
from filiation.methods.weights.unit_subsequence import living_sides
from filiation.model.examination import MeasuredPower, Power
from filiation.model.finding import Inapplicable
from filiation.model.plan import PlannedQuestion
from filiation.model.population import Population
from filiation.model.sketch import FRAMES, Frame, Sketch
from filiation.numerics.combining.combine import harmonic_factor
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.rng import stream
from filiation.numerics.tails.subsequence import subsequence_log_p
from filiation.numerics.tails.tail import fixed_points_log_p

__all__ = ["measured_power", "reckon_power"]

Float32: TypeAlias = NDArray[np.float32]

SHARES: Final = (
    *(0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08),
    *(0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0),
)
TRIALS: Final = 1_000
WANTED: Final = 0.95
EXACT_TO: Final = 2048


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Planned:
    """A method whose power can be reckoned on these exhibits.

    Attributes:
        name: Of the method and its frame, in words.
        sides: Per layer of the source: its units, those of the subject's layer it is set against
            (float32 [units, columns], as many columns), and how many layers could be.
        independent: Whether the layers' p-values are independent.
        tail: Log p of so many planted units found, among so many that could be.
    """

    name: str
    sides: tuple[tuple[Float32, Float32, int], ...]
    independent: bool
    tail: Callable[[int, int], float]


def reckon_power(source: Sketch, subject: Sketch, plan: PlannedQuestion, *, seed: int) -> Power:
    """The smallest share of inherited units that would have been found with 95% probability.

    Only the first method is reckoned with that the plan names and that applies: unit-order or,
    for layers of unequal width, unit-subsequence, as stored or through the vocabulary. The other
    methods count as finding nothing, so that the true power is higher. A disguise lowers it.
    """
    for planned in _applicable(source, subject, plan):
        share = next((s for s in SHARES if _detected(planned, s, plan, seed) >= WANTED), None)
        return Power(
            share=share,
            cosine=plan.power_cosine,
            because=f"units of the source were planted in one layer of the subject at cosine "
            f"{plan.power_cosine:g} and paired as {planned.name} frame does; the share "
            f"paired rightly was carried to all {len(planned.sides)} layers in {TRIALS:,} "
            "simulated examinations, all other methods counted as finding nothing; the units were "
            "planted without a disguise, under which more of them would be needed",
        )
    return Power(
        share=None,
        cosine=plan.power_cosine,
        because="no method that could be reckoned with applied to these models",
    )


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


def _applicable(source: Sketch, subject: Sketch, plan: PlannedQuestion) -> Iterator[_Planned]:
    for frame in FRAMES:
        if any(name.startswith(f"unit-order/2;frame={frame};") for name in plan.methods):
            partners = find_partners(source, subject, frame, "power")
            if not isinstance(partners, Inapplicable):
                yield _Planned(
                    name=f"unit-order in the {frame}",
                    sides=tuple((pair.a, pair.b, pair.candidates) for pair in partners.pairs),
                    independent=partners.independent,
                    tail=_kept,
                )
    for frame in FRAMES:
        if any(name.startswith(f"unit-subsequence/2;frame={frame};") for name in plan.methods):
            seen = views(source, subject, frame)
            sides = () if isinstance(seen, str) else tuple(_unequal(*seen, frame))
            if sides and not isinstance(seen, str):
                yield _Planned(
                    name=f"unit-subsequence in the {frame}",
                    sides=sides,
                    independent=not source.guessed and not repeats_layers(seen[0], frame),
                    tail=_rising,
                )


def _kept(found: int, units: int) -> float:
    return fixed_points_log_p(found, paired=units, units=units)


def _rising(found: int, units: int) -> float:
    return subsequence_log_p(found, numbers=units)


def _unequal(
    ours: Sequence[Seen], theirs: Sequence[Seen], frame: Frame
) -> Iterator[tuple[Float32, Float32, int]]:
    for one in ours:
        options = [living_sides(one, other, frame) for other in theirs]
        found = [option for option in options if option is not None]
        if found:
            _, a, b = found[len(found) // 2]
            yield a, b, len(found)


def _detected(planned: _Planned, share: float, plan: PlannedQuestion, seed: int) -> float:
    """Share of simulated examinations that reach the plan's level."""
    rng = stream(seed, "power", f"{share:g}")
    middle = planned.sides[len(planned.sides) // 2]
    hit = _hit_rate(middle[0], middle[1], share, plan.power_cosine, rng)
    penalty = math.log(len(plan.methods)) + math.log(harmonic_factor(len(plan.methods)))
    sizes = [min(len(a), len(b)) for a, b, _ in planned.sides]
    found = [rng.binomial(max(1, round(share * n)), hit, size=TRIALS) for n in sizes]
    tails = [
        [over_candidates(planned.tail(m, n), candidates) for m in range(max(counts) + 1)]
        for n, counts, (_, _, candidates) in zip(sizes, found, planned.sides, strict=True)
    ]
    reached = 0
    for trial in range(TRIALS):
        log_ps = [tail[counts[trial]] for tail, counts in zip(tails, found, strict=True)]
        log_p, _ = combine_layers(log_ps, independent=planned.independent)
        reached += log_p + penalty <= math.log(plan.level)
    return reached / TRIALS


def _hit_rate(
    a: Float32, b: Float32, share: float, cosine: float, rng: np.random.Generator
) -> float:
    """Share of planted units that the pairing finds, with `share` of one layer planted in order."""
    units = min(len(a), len(b))
    count = max(1, round(share * units))
    planted = np.sort(rng.choice(units, size=count, replace=False))
    rest = math.sqrt(1.0 - cosine**2)
    planted_b = b.copy()
    planted_b[planted] = cosine * a[planted] + rest * b[planted]
    assignment = pair_units(a, planted_b, rng, exact_to=EXACT_TO)
    return float(np.mean(assignment[planted] == planted))
