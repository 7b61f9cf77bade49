"""What a pair of strangers is expected to show: each one's own level, ability and a few traits.

A symmetric array of pair statistics y is described by

    y_ab = level_a + level_b + slope x_ab + sum over k of trait_ak trait_bk + rest,

with x known (a product of abilities) and the traits estimated and shrunk. Every pair is predicted
by a fit that leaves out all pairs between the two families it joins, so that no relation can
explain itself; the rest is then the statistic, and its scatter over strangers the null.
"""

from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.robust import huber, mad, winsorised

__all__ = ["HeldOut", "blocks_of", "fit_pairs", "held_out"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

SHRINK = 2.0  # prior of a trait, in residual scatters: pulls it to 0 unless many pairs support it
STEPS = 40
FOLDS = 40
GAIN = 0.95  # a trait is kept if it shrinks the held-out scatter of strangers at least so far
TRAIT_FROM = 8  # models for each trait: with fewer, it has more freedom than the pairs have


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """Every pair against what was predicted without it.

    Attributes:
        z: float64 [models, models], rests in scatters of strangers; NaN where y is unknown.
        rest: The same before scaling.
        scatter: Robust standard deviation of the strangers' rests.
        traits: How many traits were kept.
        stranger: bool [models, models], the pairs the scatter rests on.
    """

    z: Float64
    rest: Float64
    scatter: float
    traits: int
    stranger: Mask

    @property
    def strangers(self) -> int:
        """Pairs the scatter rests on, each once."""
        return int(np.count_nonzero(self.stranger)) // 2

    def shares_above(self) -> Float64:
        """For every pair (1 + strangers at least as high) / (1 + strangers), itself left out."""
        reference = np.sort(self.z[np.triu(self.stranger)])
        above = reference.size - np.searchsorted(reference, self.z, side="left")
        return np.asarray((1.0 + above - self.stranger) / (1.0 + reference.size - self.stranger))


def blocks_of(family: Int64) -> Int64:
    """Number the pairs by the two families they join: int64 [models, models], symmetric."""
    low = np.minimum(family[:, None], family[None, :])
    high = np.maximum(family[:, None], family[None, :])
    return np.asarray(low * (int(family.max()) + 1) + high, dtype=np.int64)


def held_out(
    y: Float64,
    known: Mask,
    family: Int64,
    x: Float64,
    rng: np.random.Generator,
    *,
    aside: Mask,
    traits: int = 1,
) -> HeldOut:
    """Predict every pair without its block of families, and scale by the strangers' scatter.

    Relatives that nobody declared are met by robustness: the pull of pairs far above their
    prediction on the fit is bounded (Huber), and they are pulled in for the scatter.

    Args:
        y: float64 [models, models], symmetric.
        known: bool, where y is known.
        family: int64 [models].
        x: float64 [models, models], the known covariate.
        rng: Assigns blocks to folds.
        aside: bool [models, models], pairs no fit may use (the pair under examination).
        traits: At most so many. A knot of undeclared relatives is a trait like any other, and a
            trait explains away what it describes; so more than one only where families are known.
    """
    n = y.shape[0]
    off = ~np.eye(n, dtype=bool)
    strangers = known & off & (family[:, None] != family[None, :]) & ~aside
    if not strangers.any():
        return _unmeasured(known & off, strangers)
    block = blocks_of(family)
    fold = _folds(block, off, rng)
    best: HeldOut | None = None
    for number in range(1 + min(traits, n // TRAIT_FROM)):
        rest = _rests(y, strangers, fold, x, traits=number)
        found = _over_scatter(rest, known & off, strangers, traits=number)
        if best is None or found.scatter < GAIN * best.scatter:
            best = found
    assert best is not None
    return best


def _unmeasured(known: Mask, strangers: Mask) -> HeldOut:
    """Without strangers there is no scatter to measure by."""
    none = np.zeros(known.shape)
    return HeldOut(
        z=np.where(known, none, np.nan), rest=none, scatter=0.0, traits=0, stranger=strangers
    )


def _over_scatter(rest: Float64, known: Mask, strangers: Mask, *, traits: int) -> HeldOut:
    """What is left of every pair, over the robust scatter of what is left of strangers."""
    centre, scatter = winsorised(rest[strangers])
    z = (rest - centre) / scatter if scatter > 0.0 else np.zeros_like(rest)
    return HeldOut(
        z=np.where(known, z, np.nan),
        rest=rest - centre,
        scatter=scatter,
        traits=traits,
        stranger=strangers,
    )


def _folds(block: Int64, off: Mask, rng: np.random.Generator) -> Int64:
    """Spread the blocks over at most 40 folds at random."""
    names, inverse = np.unique(block[off], return_inverse=True)
    of_block = rng.permutation(names.size) % min(FOLDS, names.size)
    fold = np.full(block.shape, -1, dtype=np.int64)
    fold[off] = of_block[inverse]
    return fold


def _rests(y: Float64, strangers: Mask, fold: Int64, x: Float64, *, traits: int) -> Float64:
    weights = _weights(y, strangers, x, traits=traits)
    rest = np.zeros_like(y)
    for number in range(int(fold.max()) + 1):
        here = fold == number
        predicted = fit_pairs(y, np.where(here, 0.0, weights), x, traits=traits)
        rest[here] = (y - predicted)[here]
    return np.asarray((rest + rest.T) / 2.0)  # equal already, but for rounding


def _weights(y: Float64, strangers: Mask, x: Float64, *, traits: int) -> Float64:
    """Iteratively reweighted: first without traits, which a knot of relatives would capture."""
    base = strangers.astype(np.float64)
    weights = base
    for stage in (0,) * 4 + (traits,) * (3 if traits else 0):
        rest = y - fit_pairs(y, weights, x, traits=stage)
        weights = base * huber(rest, mad(rest[strangers]))
    return weights


def fit_pairs(y: Float64, weights: Float64, x: Float64, *, traits: int) -> Float64:
    """Weighted least squares of the description above: the predicted [models, models] array.

    Levels and slope are solved jointly, the traits by damped alternating least squares from the
    leading eigenvectors of what the levels leave. Without any weight nothing is predicted: zeros.
    """
    if not weights.any():
        return np.zeros_like(y)
    solve = _level_solver(weights, x)
    predicted = solve(y)
    if not traits:
        return predicted
    rest = weights * (y - predicted)
    spread = float(np.sqrt(np.sum(weights * (y - predicted) ** 2) / max(weights.sum(), 1e-300)))
    if spread <= 0.0:
        return predicted
    values, vectors = np.linalg.eigh(rest)
    t = vectors[:, -traits:] * np.sqrt(np.maximum(values[-traits:], 0.0))
    prior = SHRINK * spread * np.eye(traits)
    for _ in range(STEPS):
        predicted = solve(y - t @ t.T)
        for _ in range(2):
            rest = weights * (y - predicted)
            squares = (weights @ (t[:, :, None] * t[:, None, :]).reshape(len(t), -1)).reshape(
                len(t), traits, traits
            )
            t = 0.5 * t + 0.5 * np.linalg.solve(squares + prior, (rest @ t)[:, :, None])[:, :, 0]
    return np.asarray(predicted + t @ t.T)


class _level_solver:  # noqa: N801 -- a function with its factorisation kept
    """Solve for levels and slope with these weights, for any y."""

    def __init__(self, weights: Float64, x: Float64) -> None:
        n = weights.shape[0]
        normal = np.zeros((n + 1, n + 1))
        normal[:n, :n] = np.diag(weights.sum(axis=1)) + weights
        normal[:n, n] = normal[n, :n] = (weights * x).sum(axis=1)
        normal[n, n] = (weights * x * x).sum() / 2.0
        ridge = 1e-9 * max(float(np.trace(normal)) / (n + 1), 1e-300)
        self._inverse = np.linalg.inv(normal + ridge * np.eye(n + 1))
        self._weights, self._x, self._n = weights, x, n

    def __call__(self, y: Float64) -> Float64:
        wy = self._weights * y
        moments = np.append(wy.sum(axis=1), (wy * self._x).sum() / 2.0)
        found = self._inverse @ moments
        level = found[: self._n]
        return np.asarray(level[:, None] + level[None, :] + found[self._n] * self._x)
