"""From a value of any scale to a log10 likelihood ratio, learnt from pairs of known ancestry.

Larger values mean more alike. Both calibrators are monotone and finite everywhere: before either
looks at the pairs, it is told of one related pair below all values and one unrelated above
(`Pav`), or that a label is never quite certain (`Logistic`). Both count each kind of pair as one
half, whatever their numbers, so that what comes out is a likelihood ratio and no posterior.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.isotonic import check_sides, pav_steps, to_log10

__all__ = ["Logistic", "Pav", "nearer_to_one"]

Float64: TypeAlias = NDArray[np.float64]

RIDGE: Final = 1e-6  # on the standardised slope: decides only where all values are equal
STEPS: Final = 100  # of Newton's method; five to ten are used
SETTLED: Final = 1e-10
LN10: Final = math.log(10.0)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pav:
    """Pool adjacent violators, with straight lines between the knots in the posterior share.

    Attributes:
        knots: Distinct values, ascending.
        shares: Share of related pairs at each knot, ascending, above 0 and below 1.
    """

    knots: tuple[float, ...]
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = list(self.shares) == sorted(self.shares)
        inside = bool(self.shares) and min(self.shares) > 0.0 and max(self.shares) < 1.0
        if not (self.knots and len(self.knots) == len(self.shares) and inside and rising):
            raise PopulationError(
                f"calibration: {len(self.knots)} knots with {len(self.shares)} shares, expected as "
                "many of both, shares ascending and strictly between 0 and 1"
            )

    @classmethod
    def fit(
        cls,
        related: Float64,
        unrelated: Float64,
        *,
        related_weights: Float64 | None = None,
        unrelated_weights: Float64 | None = None,
    ) -> "Pav":
        """Learn a calibration from known pairs.

        Args:
            related: float64 [pairs], values of related pairs.
            unrelated: float64 [pairs], values of unrelated pairs.
            related_weights: What each counts, in independent pairs; 1 if not given.
            unrelated_weights: The same for unrelated pairs.

        Raises:
            PopulationError: A side is empty, or a value or weight is not finite.
        """
        sides = _weighed(related, unrelated, related_weights, unrelated_weights)
        values = np.concatenate([side for side, _ in sides])
        low, high = values.min() - 1.0, values.max() + 1.0
        values = np.concatenate([values, [low, high]])
        labels = np.repeat([1.0, 0.0, 1.0, 0.0], [sides[0][0].size, sides[1][0].size, 1, 1])
        masses = [1.0 / (mass.sum() + 1.0) for _, mass in sides]
        weights = np.concatenate(
            [mass * share for (_, mass), share in zip(sides, masses, strict=True)] + [masses]
        )
        knots, shares = pav_steps(values, labels, weights)
        return cls(knots=tuple(knots.tolist()), shares=tuple(shares.tolist()))

    def log10_lr(self, values: Float64) -> Float64:
        return to_log10(np.asarray(np.interp(values, self.knots, self.shares)))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic:
    """ln LR = intercept + slope * value, with a slope of at least 0.

    Each label is taken as nearly certain only, (n + 1) / (n + 2) and its complement (Platt 1999),
    so that pairs which do not overlap leave finite numbers that grow with their number.
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and self.slope >= 0.0 and math.isfinite(self.intercept)):
            raise PopulationError(
                f"calibration: slope {self.slope}, intercept {self.intercept}; expected finite "
                "numbers and a slope of at least 0"
            )

    @classmethod
    def fit(
        cls,
        related: Float64,
        unrelated: Float64,
        *,
        related_weights: Float64 | None = None,
        unrelated_weights: Float64 | None = None,
    ) -> "Logistic":
        """Learn from pairs; arguments and errors as those of `Pav.fit`.

        Where larger values do not speak for a relation, the LR is 1 everywhere: the value was
        chosen to mean likeness, and a slope the other way is chance.
        """
        sides = _weighed(related, unrelated, related_weights, unrelated_weights)
        values = np.concatenate([side for side, _ in sides])
        weights = np.concatenate([mass / mass.sum() for _, mass in sides])
        (first, mass1), (second, mass0) = sides
        certain = (mass1.sum() + 1.0) / (mass1.sum() + 2.0), 1.0 / (mass0.sum() + 2.0)
        targets = np.repeat(certain, [first.size, second.size])
        centre = float(weights @ values) / float(weights.sum())
        scale = math.sqrt(float(weights @ (values - centre) ** 2) / float(weights.sum())) or 1.0
        slope, intercept = _newton((values - centre) / scale, targets, weights)
        if slope <= 0.0:
            return cls(slope=0.0, intercept=0.0)
        return cls(slope=slope / scale, intercept=intercept - slope * centre / scale)

    def log10_lr(self, values: Float64) -> Float64:
        return np.asarray((self.intercept + self.slope * np.asarray(values)) / LN10)


def nearer_to_one(first: Float64, second: Float64) -> Float64:
    """Of two log10 LRs for the same pair the weaker one; 0 where they point opposite ways."""
    agree = np.sign(first) == np.sign(second)
    weaker = np.where(np.abs(first) <= np.abs(second), first, second)
    return np.asarray(np.where(agree, weaker, 0.0))


def _weighed(
    related: Float64, unrelated: Float64, *weights: Float64 | None
) -> tuple[tuple[Float64, Float64], tuple[Float64, Float64]]:
    """Both sides' values and weights, checked; pairs of no weight are left out."""
    sides = check_sides(related, unrelated)
    checked = []
    for name, side, given in zip(("related", "unrelated"), sides, weights, strict=True):
        mass = np.ones(side.size) if given is None else np.asarray(given, dtype=np.float64)
        if mass.shape != side.shape or not (np.isfinite(mass) & (mass >= 0.0)).all():
            raise PopulationError(
                f"{name} pairs: {side.size} values with weights of shape {list(mass.shape)}, "
                "expected as many, finite and at least 0"
            )
        if not np.isfinite(side).all():
            raise PopulationError(
                f"{name} pairs: an infinite value, expected finite ones; nothing can be learnt "
                "from how far away infinity is"
            )
        if not mass.any():
            raise PopulationError(f"{name} pairs: all {side.size} weigh nothing, expected some")
        checked.append((side[mass > 0.0], mass[mass > 0.0]))
    return checked[0], checked[1]


def _newton(x: Float64, targets: Float64, weights: Float64) -> tuple[float, float]:
    """Slope and intercept of least weighted cross entropy, by damped Newton steps."""
    slope = intercept = 0.0
    cost = _cost(slope * x + intercept, targets, weights, slope)
    for _ in range(STEPS):
        share = expit(slope * x + intercept)
        rest, bend = weights * (share - targets), weights * share * (1.0 - share)
        g1, g0 = float(rest @ x) + RIDGE * slope, float(rest.sum())
        h11, h10, h00 = float(bend @ (x * x)) + RIDGE, float(bend @ x), float(bend.sum()) + 1e-12
        area = h11 * h00 - h10 * h10
        step1, step0 = (h00 * g1 - h10 * g0) / area, (h11 * g0 - h10 * g1) / area
        size = 1.0
        while size > 1e-6:
            after = _cost((slope - size * step1) * x + intercept - size * step0, targets, weights,
                          slope - size * step1)  # fmt: skip
            if after <= cost + 1e-15:
                break
            size /= 2.0
        slope, intercept, cost = slope - size * step1, intercept - size * step0, min(cost, after)
        moved = size * max(abs(step1), abs(step0))
        if moved <= SETTLED * (1.0 + max(abs(slope), abs(intercept))):
            break
    return slope, intercept


def _cost(logit: Float64, targets: Float64, weights: Float64, slope: float) -> float:
    entropy = np.logaddexp(0.0, logit) - targets * logit
    return float(weights @ entropy) + RIDGE * slope**2 / 2.0
