"""Conclusions with likelihood ratios: bounded and not, in both directions, withheld and absent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from filiation.model.examination import Conclusion
from filiation.model.plan import PlannedPopulation
from filiation.model.ratio import NoRatio, Ratio, Strength
from report import cases

DIGEST = "ab" * 32


def strength(method: str, *, low: float = -1.0, high: float = 0.823909) -> Strength:
    return Strength(
        method=method,
        low=low,
        high=high,
        low_by="sources",
        high_by="expected-utility" if high > 2.0 else "sources",
        independent=40,
        families=30,
        related_pairs=60,
        unrelated_pairs=780,
        related_regimes=(("fine-tuned", 40), ("permuted and rescaled", 20)),
        unrelated_regimes=(("same architecture and data", 780),),
        cllr=0.3128,
        misleading_related=1,
        misleading_unrelated=3,
    )


def ratio(of: Strength, value: float, *, bounded: Literal["no", "above", "below"] = "no") -> Ratio:
    return Ratio(
        method=of.method,
        log10_lr=value,
        low=max(of.low, value - 0.4),
        high=min(of.high, value + 0.4),
        bounded=bounded,
        strength=of,
        population=DIGEST,
    )


def rated(
    base: Conclusion, *made: tuple[Strength | NoRatio, Ratio | NoRatio], name: str = "P"
) -> Conclusion:
    planned = PlannedPopulation(name=name, date="2026-11-25", digest=DIGEST, origin="released")
    return replace(
        base,
        population=planned,
        strengths=tuple(strength for strength, _ in made),
        ratios=tuple(ratio for _, ratio in made),
    )


def derivation() -> Conclusion:
    """At least; a large one; a NoRatio; an LR of 1."""
    base = cases.derivation()
    first, second, third, fourth = base.plan.methods
    bounded, large = strength(first), strength(second, high=4.5)
    none = NoRatio(method=third, reason="the population was not examined by this method")
    even = strength(fourth)
    return rated(
        base,
        (bounded, ratio(bounded, bounded.high, bounded="above")),
        (large, ratio(large, 3.7)),
        (none, none),
        (even, ratio(even, 0.01)),
    )


def independence() -> Conclusion:
    base = cases.independence()
    made = [strength(method) for method in base.plan.methods]
    values = (-1.0, -0.5, -0.02, 0.4)
    return rated(
        base,
        *(
            (of, ratio(of, value, bounded="below" if value == -1.0 else "no"))
            for of, value in zip(made, values, strict=True)
        ),
    )


def withheld() -> Conclusion:
    base = cases.disguised()
    return rated(
        base,
        *(
            (strength(m), NoRatio(method=m, reason="the units pair up in another order"))
            for m in base.plan.methods
        ),
    )


def unpopulated() -> Conclusion:
    base = cases.underpowered()
    none = tuple(
        NoRatio(method=m, reason="no population of known pairs was given")
        for m in base.plan.methods
    )
    return replace(base, strengths=none, ratios=none)


def hostile() -> Conclusion:
    base = cases.derivation()
    made = [replace(strength(m), related_regimes=((cases.HOSTILE, 60),)) for m in base.plan.methods]
    return rated(base, *((of, ratio(of, 0.5)) for of in made), name=cases.HOSTILE)


KINDS: tuple[Callable[[], Conclusion], ...] = (
    derivation,
    independence,
    withheld,
    unpopulated,
    hostile,
)
