"""From a value of any scale to a log10 likelihood ratio, learnt from pairs of known ancestry.

Larger values mean more alike. Both calibrators are monotone and finite everywhere: before either
looks at the pairs, it is told of one related pair below all values and one unrelated above
(`Pav`), or that a label is never quite certain (`Logistic`). Both count each kind of pair as one
half, whatever their numbers, so that what comes out is a likelihood ratio and no posterior.
Hundreds of ways to weigh the same pairs (bootstrap samples, families held out) are fitted at once.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.isotonic import check_sides, pav_shares, to_log10

__all__ = ["Logistic", "Pav", "nearer_to_one", "summed"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

RIDGE: Final = 1e-6  # on the standardised slope: decides only where all values are equal
STEPS: Final = 100  # of Newton's method; five to ten are used
SETTLED: Final = 1e-10
LEAST_STEP: Final = 1e-6  # of a whole one, when halving has not lowered the cost
CLOSEST: Final = 9  # decimals: a line between nearer values could be steeper than numbers go
LN10: Final = math.log(10.0)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pav:
    """Pool adjacent violators, with straight lines between the knots in the posterior share.

    Attributes:
        knots: float64 [..., knots], values, never falling; a calibration of fewer knots than
            another of the same fit ends in repetitions of its last.
        shares: float64 [..., knots], share of related pairs at each, above 0 and below 1.
    """

    knots: Float64
    shares: Float64

    def __post_init__(self) -> None:
        alike = self.knots.shape == self.shares.shape and self.knots.size > 0
        inside = ((self.shares > 0.0) & (self.shares < 1.0)).all()
        if not (alike and inside and (np.diff(self.shares) >= 0.0).all()):
            raise PopulationError(
                f"calibration: knots {list(self.knots.shape)} with shares "
                f"{list(self.shares.shape)}, expected as many of both, shares ascending and "
                "strictly between 0 and 1"
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
        """Learn a calibration from known pairs; one for each way to weigh them.

        Args:
            related: float64 [pairs], values of related pairs.
            unrelated: float64 [pairs], values of unrelated pairs.
            related_weights: [..., pairs], what each counts, in independent pairs; 1 if not given.
            unrelated_weights: The same for unrelated pairs.

        Raises:
            PopulationError: A side is empty, or a value or weight is not finite.
        """
        (one, mass1), (none, mass0), shape = _weighed(
            related, unrelated, related_weights, unrelated_weights
        )
        values = np.round(np.concatenate([one, none]), CLOSEST)
        knots, place = np.unique(values, return_inverse=True)
        ends1, ends0 = (1.0 / (mass.sum(axis=1) + 1.0) for mass in (mass1, mass0))
        weights = np.concatenate([mass1 * ends1[:, None], mass0 * ends0[:, None]], axis=1)
        both = summed(weights, place)
        weights[:, one.size :] = 0.0
        ours = summed(weights, place)
        found = np.empty((2, both.shape[0], knots.size + 2))
        for row in range(both.shape[0]):
            here = both[row] > 0.0
            mass = np.concatenate([ends1[row, None], both[row, here], ends0[row, None]])
            share = np.concatenate([[1.0], ours[row, here] / both[row, here], [0.0]])
            at = knots[here]
            found[0, row, : mass.size] = np.concatenate([[at[0] - 1.0], at, [at[-1] + 1.0]])
            found[1, row, : mass.size] = pav_shares(share, mass)
            found[:, row, mass.size :] = found[:, row, mass.size - 1, None]
        return cls(knots=found[0].reshape(*shape, -1), shares=found[1].reshape(*shape, -1))

    def log10_lr(self, values: Float64) -> Float64:
        """float64 [..., values], by every calibration of the fit."""
        rows = (of.reshape(-1, of.shape[-1]) for of in (self.knots, self.shares))
        shares = [np.interp(values, knots, shares) for knots, shares in zip(*rows, strict=True)]
        return to_log10(np.reshape(shares, (*self.knots.shape[:-1], -1)))


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Logistic:
    """ln LR = intercept + slope * value, with a slope of at least 0; both float64 [...].

    Each label is taken as nearly certain only, (n + 1) / (n + 2) and its complement (Platt 1999),
    so that pairs which do not overlap leave finite numbers that grow with their number.
    """

    slope: Float64
    intercept: Float64

    def __post_init__(self) -> None:
        finite = np.isfinite(self.slope).all() and np.isfinite(self.intercept).all()
        if not (finite and (self.slope >= 0.0).all()):
            raise PopulationError(
                f"calibration: slope {self.slope!s:.80}, intercept {self.intercept!s:.80}; "
                "expected finite numbers and a slope of at least 0"
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
        *sides, shape = _weighed(related, unrelated, related_weights, unrelated_weights)
        (one, mass1), (none, mass0) = sides
        values = np.concatenate([one, none])
        sum1, sum0 = (mass.sum(axis=1, keepdims=True) for mass in (mass1, mass0))
        weights = np.concatenate([mass1 / sum1, mass0 / sum0], axis=1)
        certain = np.concatenate([(sum1 + 1.0) / (sum1 + 2.0), 1.0 / (sum0 + 2.0)], axis=1)
        targets = np.repeat(certain, [one.size, none.size], axis=1)
        whole = weights.sum(axis=1)
        centre = weights @ values / whole
        apart = values - centre[:, None]
        scale = np.sqrt(_dot(weights, apart**2) / whole)
        scale[scale == 0.0] = 1.0
        slope, intercept = _newton(apart / scale[:, None], targets, weights)
        speaks = slope > 0.0
        return cls(
            slope=np.where(speaks, slope / scale, 0.0).reshape(shape),
            intercept=np.where(speaks, intercept - slope * centre / scale, 0.0).reshape(shape),
        )

    def log10_lr(self, values: Float64) -> Float64:
        """float64 [..., values], by every calibration of the fit."""
        return np.asarray((self.intercept[..., None] + self.slope[..., None] * values) / LN10)


def nearer_to_one(first: Float64, second: Float64) -> Float64:
    """Of two log10 LRs for the same pair the weaker one; 0 where they point opposite ways."""
    agree = np.sign(first) == np.sign(second)
    weaker = np.where(np.abs(first) <= np.abs(second), first, second)
    return np.asarray(np.where(agree, weaker, 0.0))


def summed(weights: Float64, place: Int64) -> Float64:
    """float64 [rows, places], the sum of the columns of each place; weights [rows, columns]."""
    order = np.argsort(place, kind="stable")
    first = np.flatnonzero(np.diff(place[order], prepend=-1))
    return np.ascontiguousarray(np.add.reduceat(weights.T[order], first, axis=0).T)


def _weighed(
    related: Float64, unrelated: Float64, *weights: Float64 | None
) -> tuple[tuple[Float64, Float64], tuple[Float64, Float64], tuple[int, ...]]:
    """Both sides' values [pairs] and weights [rows, pairs], checked, and what the rows stand for.

    Pairs that no row weighs are left out.
    """
    sides = check_sides(related, unrelated)
    given = [
        np.ones(side.size) if mass is None else np.asarray(mass, dtype=np.float64)
        for side, mass in zip(sides, weights, strict=True)
    ]
    shape = np.broadcast_shapes(*(mass.shape[:-1] for mass in given))
    checked = []
    for name, side, mass in zip(("related", "unrelated"), sides, given, strict=True):
        if mass.shape[-1:] != side.shape or not (np.isfinite(mass) & (mass >= 0.0)).all():
            raise PopulationError(
                f"{name} pairs: {side.size} values with weights of shape {list(mass.shape)}, "
                "expected as many, finite and at least 0"
            )
        if not np.isfinite(side).all():
            raise PopulationError(
                f"{name} pairs: an infinite value, expected finite ones; nothing can be learnt "
                "from how far away infinity is"
            )
        if not mass.any(axis=-1).all():
            raise PopulationError(f"{name} pairs: all {side.size} weigh nothing, expected some")
        rows = np.broadcast_to(mass, (*shape, side.size)).reshape(-1, side.size)
        some = rows.any(axis=0)
        checked.append((side[some], rows[:, some]))
    return checked[0], checked[1], shape


def _newton(x: Float64, targets: Float64, weights: Float64) -> tuple[Float64, Float64]:
    """Slopes and intercepts of least weighted cross entropy, by damped Newton steps.

    All float64 [rows, pairs]; each row is a fit of its own, and stays once it has settled.
    """
    found = np.zeros((2, x.shape[0]))
    moving = np.arange(x.shape[0])
    cost = _cost(x, targets, weights, found)
    for _ in range(STEPS):
        step = _step(x, targets, weights, found[:, moving])
        size = np.ones(moving.size)
        after = _cost(x, targets, weights, found[:, moving] - step)
        while (worse := np.flatnonzero((after > cost + 1e-15) & (size > LEAST_STEP))).size:
            size[worse] /= 2.0
            halved = found[:, moving[worse]] - size[worse] * step[:, worse]
            after[worse] = _cost(x[worse], targets[worse], weights[worse], halved)
        found[:, moving] -= size * step
        moved = size * np.abs(step).max(axis=0)
        go_on = moved > SETTLED * (1.0 + np.abs(found[:, moving]).max(axis=0))
        if not go_on.any():
            break
        moving, cost = moving[go_on], np.minimum(cost, after)[go_on]
        x, targets, weights = x[go_on], targets[go_on], weights[go_on]
    return found[0], found[1]


def _step(x: Float64, targets: Float64, weights: Float64, at: Float64) -> Float64:
    """float64 [2, rows]: Newton's step for slope and intercept, to be taken away."""
    slope, intercept = at
    share = expit(slope[:, None] * x + intercept[:, None])
    rest, bend = weights * (share - targets), weights * share * (1.0 - share)
    bent = bend * x
    g1, g0 = _dot(rest, x) + RIDGE * slope, rest.sum(axis=1)
    h11, h10, h00 = _dot(bent, x) + RIDGE, bent.sum(axis=1), bend.sum(axis=1) + 1e-12
    area = h11 * h00 - h10 * h10
    return np.asarray(np.array([h00 * g1 - h10 * g0, h11 * g0 - h10 * g1]) / area)


def _cost(x: Float64, targets: Float64, weights: Float64, at: Float64) -> Float64:
    slope, intercept = at
    logit = slope[:, None] * x + intercept[:, None]
    entropy = np.maximum(logit, 0.0) + np.log1p(np.exp(-np.abs(logit))) - targets * logit
    return np.asarray(_dot(weights, entropy) + RIDGE * slope**2 / 2.0)


def _dot(one: Float64, other: Float64) -> Float64:
    """float64 [rows], the inner product of each row with its like."""
    return np.asarray(np.einsum("rp,rp->r", one, other))
