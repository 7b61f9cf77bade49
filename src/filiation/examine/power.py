"""What could these exhibits have shown? Reckoned before anyone reads the result.

"Nothing was found" supports independence only if something would have been found. So part of the
source's units is planted in the subject, damaged, and paired by the method itself.
"""

import math
from typing import Final

import numpy as np

from filiation.methods.weights.combination import combine_layers, over_candidates
from filiation.methods.weights.partners import Partner, Partners, find_partners
from filiation.model.case import Power
from filiation.model.finding import Inapplicable
from filiation.model.plan import Plan
from filiation.model.sketch import FRAMES, Sketch
from filiation.numerics.assignment import pair_units
from filiation.numerics.combine import harmonic_factor
from filiation.numerics.rng import stream
from filiation.numerics.tail import fixed_points_log_p

__all__ = ["reckon_power"]

SHARES: Final = (
    *(0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08),
    *(0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0),
)
TRIALS: Final = 1_000
WANTED: Final = 0.95
EXACT_TO: Final = 2048


def reckon_power(source: Sketch, subject: Sketch, plan: Plan) -> Power:
    """The smallest share of inherited units that would have been found with 95 % probability.

    Only unit-order in one frame is reckoned with, the other methods at p = 1, so that the true
    power is higher.
    """
    for frame in FRAMES:
        partners = find_partners(source, subject, frame, "power")
        if isinstance(partners, Inapplicable):
            continue
        if not any(f"unit-order/1;frame={frame}" in method for method in plan.methods):
            continue
        share = next((s for s in SHARES if _detected(partners, s, plan) >= WANTED), None)
        return Power(
            share=share,
            cosine=plan.power_cosine,
            because=f"units of the source were planted in one layer of the subject at cosine "
            f"{plan.power_cosine:g} and paired as unit-order does in the {frame} frame; the share "
            f"paired rightly was carried to all {len(partners.pairs)} layers in {TRIALS:,} "
            "simulated examinations, all other methods counted as finding nothing",
        )
    return Power(
        share=None,
        cosine=plan.power_cosine,
        because="no method that could be reckoned with applied to these models",
    )


def _detected(partners: Partners, share: float, plan: Plan) -> float:
    """Share of simulated examinations that reach the plan's level."""
    rng = stream(plan.seed, "power", f"{share:g}")
    hit = _hit_rate(partners.pairs[len(partners.pairs) // 2], share, plan.power_cosine, rng)
    penalty = math.log(len(plan.methods)) + math.log(harmonic_factor(len(plan.methods)))
    sizes = [len(pair.a) for pair in partners.pairs]
    fixed = [rng.binomial(max(1, round(share * n)), hit, size=TRIALS) for n in sizes]
    tails = [
        [
            over_candidates(fixed_points_log_p(m, paired=n, units=n), pair.candidates)
            for m in range(max(counts) + 1)
        ]
        for n, counts, pair in zip(sizes, fixed, partners.pairs, strict=True)
    ]
    found = 0
    for trial in range(TRIALS):
        log_ps = [tail[counts[trial]] for tail, counts in zip(tails, fixed, strict=True)]
        log_p, _ = combine_layers(log_ps, independent=partners.independent)
        found += log_p + penalty <= math.log(plan.level)
    return found / TRIALS


def _hit_rate(pair: Partner, share: float, cosine: float, rng: np.random.Generator) -> float:
    """Share of planted units that the pairing finds, with `share` of one layer planted."""
    units = len(pair.a)
    planted = rng.choice(units, size=max(1, round(share * units)), replace=False)
    rest = math.sqrt(1.0 - cosine**2)
    b = pair.b.copy()
    b[planted] = cosine * pair.a[planted] + rest * b[planted]
    assignment = pair_units(pair.a, b, rng, exact_to=EXACT_TO)
    return float(np.mean(assignment[planted] == planted))
