"""How good are likelihood ratios? The measures of forensic statistics, from log10 LRs.

Everywhere the first array holds the log10 LRs of pairs known to be related, the second those of
pairs known to be unrelated; infinite ones are allowed. Sources: Bruemmer and du Preez, Computer
Speech and Language 20 (2006) for Cllr; Vergeer and others, Forensic Science International 321
(2021) for devPAV; Ramos and Gonzalez-Rodriguez, FSI 230 (2013) for ECE; Meuwly, Ramos and
Haraksim, FSI 276 (2017) for what a validation reports.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.likelihoods.isotonic import check_sides, pav_log10_lr

__all__ = [
    "CrossEntropy",
    "Misleading",
    "Reliability",
    "Tippett",
    "cllr",
    "cllr_cal",
    "cllr_min",
    "dev_pav",
    "ece",
    "misleading",
    "reliability",
    "tippett",
]

Float64: TypeAlias = NDArray[np.float64]

BITS: Final = math.log2(10.0)  # per factor of ten


def cllr(related: Float64, unrelated: Float64) -> float:
    """Cost of the log LRs in bits: 0 is perfect, 1 says nothing, above 1 misleads.

    Raises:
        PopulationError: A side is empty or holds NaN (here and in all that follow).
    """
    related, unrelated = check_sides(related, unrelated)
    missed = np.logaddexp2(0.0, -BITS * related).mean()
    alarmed = np.logaddexp2(0.0, BITS * unrelated).mean()
    return float(missed + alarmed) / 2.0


def cllr_min(related: Float64, unrelated: Float64) -> float:
    """What would be left of Cllr if the LRs were calibrated as well as their order allows."""
    return cllr(*pav_log10_lr(related, unrelated))


def cllr_cal(related: Float64, unrelated: Float64) -> float:
    """What of Cllr is owed to calibration: Cllr - Cllr_min, at least 0 up to rounding."""
    return cllr(related, unrelated) - cllr_min(related, unrelated)


def dev_pav(related: Float64, unrelated: Float64) -> float:
    """Mean distance, in factors of ten, between the LRs and what PAV makes of them.

    The area between PAV's line and the identity, divided by the range of LRs it was taken over;
    0 is perfect. NaN where the two kinds do not overlap, so that PAV knows no finite LR; infinite
    where an infinite LR stands against a finite one.
    """
    related, unrelated = check_sides(related, unrelated)
    given = np.concatenate([related, unrelated])
    fitted = np.concatenate(pav_log10_lr(related, unrelated))
    x, first = np.unique(given, return_index=True)
    y = fitted[first]
    finite = np.isfinite(y)
    if not finite.any():
        return math.nan
    x, y = x[finite], y[finite]
    if not np.isfinite(x).all():
        return math.inf
    apart = y - x
    if x.size == 1:
        return float(abs(apart[0]))
    return float(_area(np.diff(x), apart[:-1], apart[1:]).sum() / (x[-1] - x[0]))


def _area(width: Float64, left: Float64, right: Float64) -> Float64:
    """Area under the absolute value of straight lines from `left` to `right`."""
    total = np.abs(left) + np.abs(right)
    crossing = (left * left + right * right) / np.where(total > 0.0, total, 1.0)
    return np.asarray(width / 2.0 * np.where(left * right >= 0.0, total, crossing))


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossEntropy:
    """Empirical cross entropy in bits over prior odds; three float64 [priors] on one axis.

    Attributes:
        prior_log10_odds: The axis.
        observed: The cost of the LRs as they are.
        calibrated: The cost after PAV: what their order alone could reach.
        reference: Of LR = 1 everywhere. Where `observed` lies above it, the LRs do harm.
    """

    prior_log10_odds: Float64
    observed: Float64
    calibrated: Float64
    reference: Float64


def ece(related: Float64, unrelated: Float64, prior_log10_odds: Float64) -> CrossEntropy:
    """What a fact-finder would lose, at each prior odds, by believing these LRs."""
    related, unrelated = check_sides(related, unrelated)
    odds = np.asarray(prior_log10_odds, dtype=np.float64)
    nothing = np.zeros(1)
    return CrossEntropy(
        prior_log10_odds=odds,
        observed=_entropy(related, unrelated, odds),
        calibrated=_entropy(*pav_log10_lr(related, unrelated), odds),
        reference=_entropy(nothing, nothing, odds),
    )


def _entropy(related: Float64, unrelated: Float64, odds: Float64) -> Float64:
    prior = 1.0 / (1.0 + 10.0**-odds)
    missed = np.logaddexp2(0.0, -BITS * (related[None, :] + odds[:, None])).mean(axis=1)
    alarmed = np.logaddexp2(0.0, BITS * (unrelated[None, :] + odds[:, None])).mean(axis=1)
    return np.asarray(prior * missed + (1.0 - prior) * alarmed)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tippett:
    """Share of pairs whose log10 LR is at least x; three float64 [points].

    Attributes:
        log10_lr: Every distinct finite log10 LR and 0, ascending.
        related: Share of related pairs at or above.
        unrelated: Share of unrelated pairs at or above.
    """

    log10_lr: Float64
    related: Float64
    unrelated: Float64


def tippett(related: Float64, unrelated: Float64) -> Tippett:
    """The two curves of a Tippett plot."""
    related, unrelated = check_sides(related, unrelated)
    points = np.unique(np.concatenate([related, unrelated, np.zeros(1)]))
    points = points[np.isfinite(points)]
    return Tippett(
        log10_lr=points,
        related=_at_least(related, points),
        unrelated=_at_least(unrelated, points),
    )


def _at_least(side: Float64, points: Float64) -> Float64:
    below = np.searchsorted(np.sort(side), points, side="left")
    return np.asarray(1.0 - below / side.size)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Misleading:
    """LRs that point the wrong way. An LR of exactly 1 points nowhere and is not counted.

    Attributes:
        related: Related pairs with an LR below 1.
        related_pairs: How many related pairs there are.
        unrelated: Unrelated pairs with an LR above 1.
        unrelated_pairs: How many unrelated pairs there are.
        strongest_against: The smallest log10 LR of a related pair, 0 if none is below.
        strongest_for: The largest log10 LR of an unrelated pair, 0 if none is above.
    """

    related: int
    related_pairs: int
    unrelated: int
    unrelated_pairs: int
    strongest_against: float
    strongest_for: float


def misleading(related: Float64, unrelated: Float64) -> Misleading:
    """The rate of misleading evidence in both directions, and the worst of it."""
    related, unrelated = check_sides(related, unrelated)
    return Misleading(
        related=int(np.count_nonzero(related < 0.0)),
        related_pairs=related.size,
        unrelated=int(np.count_nonzero(unrelated > 0.0)),
        unrelated_pairs=unrelated.size,
        strongest_against=min(0.0, float(related.min())),
        strongest_for=max(0.0, float(unrelated.max())),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """One bin of a reliability diagram, at even prior odds.

    Attributes:
        stated: Mean posterior share of related pairs that the LRs state, weighed as below.
        found: Share of related pairs, each kind weighing one half in all.
        pairs: Pairs in the bin.
    """

    stated: float
    found: float
    pairs: int


def reliability(related: Float64, unrelated: Float64, *, bins: int = 10) -> tuple[Reliability, ...]:
    """Do pairs with a stated posterior of s turn out related in a share s of cases?

    Bins of equal width in the posterior at even prior odds; empty ones are left out.
    """
    related, unrelated = check_sides(related, unrelated)
    with np.errstate(over="ignore"):
        stated = 1.0 / (1.0 + 10.0 ** -np.concatenate([related, unrelated]))
    weights = np.repeat([0.5 / related.size, 0.5 / unrelated.size], [related.size, unrelated.size])
    is_related = np.arange(stated.size) < related.size
    place = np.minimum((stated * bins).astype(np.int64), bins - 1)
    found = []
    for b in range(bins):
        here = place == b
        if not here.any():
            continue
        mass = weights[here].sum()
        found.append(
            Reliability(
                stated=float((weights[here] * stated[here]).sum() / mass),
                found=float(weights[here & is_related].sum() / mass),
                pairs=int(np.count_nonzero(here)),
            )
        )
    return tuple(found)
