"""How many of many unequal coins fall heads: the exact tail, in logs."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from filiation.numerics.roots import brent

__all__ = ["poisson_binomial_log_p"]

Float64: TypeAlias = NDArray[np.float64]


def poisson_binomial_log_p(successes: int, probabilities: Float64) -> float:
    """Log of P(sum of independent Bernoulli(p_i) >= successes), exact to rounding.

    The coins are tilted so that the mean falls on the observation; the recursion over coins then
    adds positive numbers of ordinary size only, and the tilt is undone in logs. The tail never
    underflows and never loses digits. Coins with p of 0 or 1 are counted, not tilted.

    Args:
        successes: The observed number.
        probabilities: float64 [coins], each in [0, 1].
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if p.size and not (p.min() >= 0.0 and p.max() <= 1.0):
        raise ValueError(f"probabilities from {p.min()} to {p.max()}, expected within 0 and 1")
    needed = successes - int(np.count_nonzero(p == 1.0))
    p = p[(p > 0.0) & (p < 1.0)]
    if needed <= 0:
        return 0.0
    if needed > p.size:
        return -math.inf
    if needed == p.size:
        return float(np.log(p).sum())
    odds = np.log(p) - np.log1p(-p)
    tilt = _tilt(odds, needed) if needed > p.sum() else 0.0
    mass = _mass(expit(odds + tilt))
    above = np.arange(p.size - needed + 1)
    tail = float(np.dot(mass[needed:], np.exp(-tilt * above)))
    total = float(np.sum(np.logaddexp(np.log1p(-p), np.log(p) + tilt)))
    return min(0.0, math.log(tail) + total - tilt * needed)


def _tilt(odds: Float64, mean: float) -> float:
    """The shift of all log odds that makes `mean` the expected number."""

    def gap(shift: float) -> float:
        return float(np.sum(expit(odds + shift))) - mean

    high = 1.0
    while gap(high) < 0.0:
        high *= 2.0
    return float(brent(gap, 0.0, high))


def _mass(p: Float64) -> Float64:
    """P(sum = k) for k = 0 .. coins, one coin at a time."""
    mass = np.zeros(p.size + 1)
    mass[0] = 1.0
    for coin, q in enumerate(p.tolist(), start=1):
        mass[1 : coin + 1] = mass[1 : coin + 1] * (1.0 - q) + mass[:coin] * q
        mass[0] *= 1.0 - q
    return mass
