"""Tail probabilities, in natural logs, that are never zero."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtri_exp

from filiation.numerics.log_sum import log_sum_exp

__all__ = [
    "deviate",
    "fair_coin_log_p",
    "fixed_points_log_p",
    "monte_carlo_floor",
    "nested_fixed_points_log_p",
    "sequential_log_p",
    "summed_fixed_points_log_p",
]

EXCEEDANCES = 20  # where the sequential test stops: relative error of p about 1/sqrt(20)
TERMS = 64  # of a series that falls faster than 1/k!: the rest is far below rounding


def sequential_log_p(
    observed: float, batches: Iterable[NDArray[np.float64]], *, draws: int, slack: float = 0.0
) -> float:
    """Log of P(null >= observed) from at most `draws` draws, stopping early when it is large.

    Stops at the draw that is the 20th to reach the observation: p = 20 / draws so far; otherwise
    p = (1 + reached) / (1 + draws). Valid at every level and never zero. Source: Besag and
    Clifford, Sequential Monte Carlo p-values, Biometrika 78 (1991); Phipson and Smyth (2010).

    Args:
        observed: The statistic; larger means more alike.
        batches: Draws of the statistic under the null, at least `draws` in all.
        draws: How many to use at most.
        slack: Draws this close below the observation count as ties, against the accusation.
    """
    seen = reached = 0
    for batch in batches:
        hits = np.flatnonzero(batch[: draws - seen] >= observed - slack)
        if reached + hits.size >= EXCEEDANCES:
            last = seen + int(hits[EXCEEDANCES - reached - 1]) + 1
            return math.log(EXCEEDANCES) - math.log(last)
        reached += int(hits.size)
        seen += min(int(batch.size), draws - seen)
        if seen >= draws:
            return math.log1p(reached) - math.log1p(seen)
    raise ValueError(f"the null gave {seen} draws, expected {draws}")


def monte_carlo_floor(draws: int) -> float:
    """The smallest log p that `draws` draws can support."""
    return -math.log1p(draws)


def fixed_points_log_p(fixed: int, *, paired: int, units: int) -> float:
    """Log of P(at least `fixed` pairs keep their index) when one side's order is random.

    A matching pairs `paired` units out of `units` on either side, one to one, by likeness alone.
    If the order of one side is a uniform random permutation, a complete matching is one too, and
    the exact tail is that of the rencontres numbers,

        P(F >= m) = sum over k >= m of (1/k!) sum over i <= units-k of (-1)^i / i!.

    A partial matching gives P(F >= m) <= C(paired, m) (units-m)! / units!  (union bound over the
    m pairs that stay), never more than 1/m!.
    """
    if not 0 <= fixed <= paired <= units:
        raise ValueError(f"fixed {fixed}, paired {paired}, units {units}: expected in this order")
    if fixed == 0:
        return 0.0
    if paired < units:
        bound = _log_choose(paired, fixed) + gammaln(units - fixed + 1) - gammaln(units + 1)
        return min(0.0, float(bound))
    k = np.arange(fixed, min(units, fixed + TERMS) + 1)
    i = np.arange(TERMS)
    series = np.cumsum(np.where(i % 2, -1.0, 1.0) * np.exp(-gammaln(i + 1)))
    share = series[np.minimum(units - k, TERMS - 1)]  # of derangements of the other units
    some = share > 0  # one unit alone cannot be out of place
    return min(0.0, log_sum_exp(np.log(share[some]) - gammaln(k[some] + 1)))


def deviate(log_p: float) -> float:
    """The z that a standard normal exceeds with probability p; minus infinity for p = 1."""
    return -float(ndtri_exp(log_p))


def fair_coin_log_p(heads: int, *, tosses: int) -> float:
    """Log of P(at least `heads` of `tosses` of a fair coin show heads); exact, never zero."""
    if not 0 <= heads <= tosses:
        raise ValueError(f"heads {heads} of {tosses} tosses: expected 0 to {tosses}")
    k = np.arange(heads, tosses + 1)
    ways = gammaln(tosses + 1) - gammaln(k + 1) - gammaln(tosses - k + 1)
    return min(0.0, log_sum_exp(ways) - tosses * math.log(2))


def nested_fixed_points_log_p(fixed: int, groups: int, members: int) -> float:
    """Log of P(at least `fixed` fixed points) among groups and, in each, its members.

    Groups are a uniform random permutation, and so are the members of each group, on their own;
    members that are alone in their group do not count. Exact, by convolution of rencontres
    distributions; the ends of the longest are kept above 1e-300.
    """
    size = members // groups
    return summed_fixed_points_log_p(fixed, [groups, *([size] * groups if size > 1 else [])])


def summed_fixed_points_log_p(fixed: int, sizes: Sequence[int]) -> float:
    """Log of P(at least `fixed` fixed points in all) of independent uniform random permutations.

    Exact, by convolution of rencontres distributions; the ends of the longest are kept above
    1e-300.

    Args:
        fixed: Places kept.
        sizes: Of the permutations.
    """
    total = np.ones(1)
    for size in sizes:
        total = np.convolve(total, _rencontres(size))
    if not 0 <= fixed < len(total):
        raise ValueError(f"fixed {fixed}: expected 0 to {len(total) - 1}")
    tail = float(np.sum(np.sort(total[fixed:])))
    return 0.0 if fixed == 0 else min(0.0, math.log(max(tail, 1e-300)))


def _rencontres(n: int) -> NDArray[np.float64]:
    """P(exactly m fixed points) of a uniform random permutation of n, for m = 0 to n."""
    i = np.arange(n + 1)
    derange = np.cumsum(np.where(i % 2, -1.0, 1.0) * np.exp(-gammaln(i + 1)))
    return np.asarray(np.maximum(derange[::-1], 0.0) * np.exp(-gammaln(i + 1)))


def _log_choose(n: int, k: int) -> float:
    return float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
