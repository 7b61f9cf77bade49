"""How well do values tell two kinds of pairs apart? ROC, its area, and uniformity of p-values."""

from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

from filiation.numerics.ranks import mean_ranks

__all__ = ["Roc", "Uniformity", "area", "roc", "too_small"]

Float64: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roc:
    """Both rates at every threshold, from the strictest to the laxest; float64 [points] each."""

    false_alarms: Float64
    detections: Float64


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Uniformity:
    """Are p-values under the null smaller than they may be, or larger than they need be?

    Attributes:
        distance: The largest excess of the share of p-values at or below x over x (one-sided
            Kolmogorov-Smirnov statistic D+): towards accusation.
        p: Of that distance if the p-values were independent and uniform; those of pairs that
            share models are not independent, so that it is a guide and no test.
        conservative: The same the other way (D-): towards silence, which is allowed.
    """

    distance: float
    p: float
    conservative: float


def area(related: Float64, unrelated: Float64) -> float:
    """Probability that a related pair has the larger value; ties count one half (Mann-Whitney)."""
    if not (related.size and unrelated.size):
        raise ValueError(f"{related.size} related, {unrelated.size} unrelated, expected both")
    ranks = mean_ranks(np.concatenate([related, unrelated]))
    excess = ranks[: related.size].sum() - related.size * (related.size + 1) / 2
    return float(excess / (related.size * unrelated.size))


def roc(related: Float64, unrelated: Float64) -> Roc:
    """Rates at each distinct value as threshold (at or above counts), from (0, 0) to (1, 1)."""
    if not (related.size and unrelated.size):
        raise ValueError(f"{related.size} related, {unrelated.size} unrelated, expected both")
    thresholds = np.unique(np.concatenate([related, unrelated]))[::-1]
    rates = [
        np.concatenate([[0.0], 1.0 - np.searchsorted(np.sort(side), thresholds) / side.size])
        for side in (unrelated, related)
    ]
    return Roc(false_alarms=rates[0], detections=rates[1])


def too_small(ps: Float64) -> Uniformity:
    """Compare p-values of unrelated pairs with the uniform distribution, in both directions."""
    if not ps.size:
        raise ValueError("no p-value, expected at least one")
    found = kstest(ps, "uniform", alternative="greater")
    other = kstest(ps, "uniform", alternative="less")
    return Uniformity(
        distance=float(found.statistic),
        p=float(found.pvalue),
        conservative=float(other.statistic),
    )
