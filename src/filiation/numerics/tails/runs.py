"""Orders that are taken as random only among neighbours: no smooth trend can pass for agreement.

Units may have been listed by whatever changes slowly along the list: size, activity, a part of a
tensor-parallel export. Among a run of sixteen neighbours such an order says next to nothing. So the
null re-orders units within their runs; everything that this leaves alone is given.
"""

import bisect
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.roots import brent
from filiation.numerics.tails.subsequence import longest_increasing

__all__ = [
    "LENGTH",
    "kept_in_runs",
    "length_for",
    "rising_in_runs",
    "rising_log_p",
    "runs_log_p",
    "runs_of",
]

Float64: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]

LENGTH: Final = 16  # neighbours of one run
SHORTEST: Final = 4
PARTS: Final = 14  # runs that a list has at least: a larger part of an order says too much


def length_for(units: int) -> int:
    """Neighbours of one run in a list of so many: 16 from 224 units on, 4 at least."""
    return max(SHORTEST, min(LENGTH, units // PARTS))


def runs_of(at: Indices, *, block: int = 0, length: int = LENGTH) -> Indices:
    """The run of each unit, int64 [units], numbered from 0 in the order of the list.

    Runs are of `length` units, the last one shorter. Where units are exchangeable in blocks only
    (the rows of an attention head), no run crosses a block, and the runs of one are as equal as
    they can be.

    Args:
        at: Places of the units in their layer, increasing.
        block: Units of one block; 0 for a single block.
        length: Units of one run at most.
    """
    if not block:
        return np.arange(len(at), dtype=np.int64) // length
    size = -(-block // -(-block // length))
    within = np.arange(len(at)) - np.searchsorted(at, at // block * block)
    starts = (within % size == 0).astype(np.int64)
    return np.asarray(np.cumsum(starts) - 1, dtype=np.int64)


def kept_in_runs(partner: Indices, runs: Indices) -> tuple[int, tuple[tuple[int, int], ...]]:
    """How many pairs keep their place, and for each run its units and the pairs inside it.

    Args:
        partner: For each place the unit of the other side that it goes with, -1 for none.
        runs: The run of each place.
    """
    places = np.flatnonzero(partner >= 0)
    inside = places[runs[partner[places]] == runs[places]]
    count = int(runs.max(initial=-1)) + 1
    sizes = np.bincount(runs, minlength=count).tolist()
    pairs = np.bincount(runs[inside], minlength=count).tolist()
    return int(np.count_nonzero(partner[inside] == inside)), tuple(zip(sizes, pairs, strict=True))


def runs_log_p(kept: int, within: Sequence[tuple[int, int]]) -> float:
    """Log of P(at least `kept` pairs keep their place) if only runs are re-ordered; exact.

    A pairing by likeness alone moves with the units. Re-ordering the n units of a run at random
    leaves alone which pairs have both ends in it, r of them, complete or not; exactly k of these
    keep their place with probability

        C(r, k) (n-k)!/n! sum over i <= r-k of (-1)^i C(r-k, i) (n-k-i)!/(n-k)!,

    for r = n the rencontres numbers. Pairs between runs keep their place never. Runs are
    independent, so their distributions are convolved; see `_sum_log_p`.

    Args:
        kept: Pairs that keep their place.
        within: For each run how many units it has, and how many pairs have both ends in it.
    """
    return _sum_log_p(kept, {_kept(n, r): times for (n, r), times in Counter(within).items()})


def rising_in_runs(order: Indices, runs: Indices) -> tuple[int, tuple[int, ...]]:
    """How many units stand in the same order inside runs, and of how many in each run.

    First the longest sequence of runs that never falls is sought, which re-ordering units within
    runs does not move; units off it are left out. Then the longest increasing subsequence of the
    places inside each run is added up.

    Args:
        order: Places of the partners in the first list, in the order of the second; all different.
        runs: The run of each place of the first list.
    """
    kept = order[_never_falling(runs[order])] if len(order) else order
    number = runs[kept]
    groups = [kept[number == run].tolist() for run in np.unique(number)]
    return sum(longest_increasing(g) for g in groups), tuple(len(g) for g in groups)


def rising_log_p(rising: int, sizes: Sequence[int]) -> float:
    """Log of P(longest increasing subsequences of runs of these sizes add up to so many); exact.

    The orders inside runs are random and independent. How many orders of n have a longest
    increasing subsequence of m is the sum of f^2 over the shapes of n cells whose first row is m,
    f being the number of standard tableaux (Schensted 1961; hook lengths).
    """
    return _sum_log_p(rising, {_rising(n): times for n, times in Counter(sizes).items()})


def _sum_log_p(observed: int, kinds: Mapping[tuple[float, ...], int]) -> float:
    """Log of P(sum >= observed) for independent whole numbers, so many of each distribution.

    All are tilted until the mean falls on the observation; then the sum of probabilities of
    ordinary size is taken, and the tilt undone in logs. The tail never underflows.
    """
    masses = [(np.array(kind), times) for kind, times in kinds.items()]
    most = sum(times * (mass.size - 1) for mass, times in masses)
    if not 0 <= observed <= most:
        raise ValueError(f"observed {observed}: expected 0 to {most}")
    if observed == 0:
        return 0.0
    if observed == most:
        return min(0.0, math.fsum(times * math.log(mass[-1]) for mass, times in masses))
    tilt = _tilt(masses, observed)
    total, log_mean = np.ones(1), 0.0
    for mass, times in masses:
        weights = mass * np.exp(tilt * (np.arange(mass.size) - mass.size + 1.0))
        log_mean += times * (math.log(weights.sum()) + tilt * (mass.size - 1))
        total = np.convolve(total, _times(weights / weights.sum(), times))
    above = total[observed:] * np.exp(-tilt * np.arange(total.size - observed))
    return min(0.0, math.log(above.sum()) + log_mean - tilt * observed)


def _tilt(masses: Sequence[tuple[Float64, int]], mean: int) -> float:
    """The tilt under which the sum's mean is `mean`; 0 if it is as large already."""

    def gap(tilt: float) -> float:
        found = -float(mean)
        for mass, times in masses:
            k = np.arange(mass.size)
            weights = mass * np.exp(tilt * (k - mass.size + 1.0))
            found += times * float(k @ weights) / float(weights.sum())
        return found

    if gap(0.0) >= 0.0:
        return 0.0
    high = 1.0
    while gap(high) < 0.0:
        high *= 2.0
    return float(brent(gap, 0.0, high))


def _times(mass: Float64, times: int) -> Float64:
    """The distribution of the sum of so many, by repeated doubling."""
    total = np.ones(1)
    while times:
        if times % 2:
            total = np.convolve(total, mass)
        times //= 2
        mass = np.convolve(mass, mass) if times else mass
    return total


@lru_cache(maxsize=4096)
def _kept(n: int, r: int) -> tuple[float, ...]:
    """P(exactly k of r pairs of a run of n keep their place), k = 0 .. r."""
    found = []
    for k in range(r + 1):
        rest = sum(
            Fraction((-1) ** i * math.comb(r - k, i), math.perm(n - k, i)) for i in range(r - k + 1)
        )
        found.append(float(rest * math.comb(r, k) / math.perm(n, k)))
    return tuple(found)


@lru_cache(maxsize=256)
def _rising(n: int) -> tuple[float, ...]:
    """P(the longest increasing subsequence of a random order of n is m), m = 0 .. n."""
    orders = [0] * (n + 1)
    for shape in _shapes(n, n):
        columns = [sum(row > c for row in shape) for c in range(shape[0] if shape else 0)]
        hooks = math.prod(
            row - c + columns[c] - r - 1 for r, row in enumerate(shape) for c in range(row)
        )
        orders[shape[0] if shape else 0] += (math.factorial(n) // hooks) ** 2
    return tuple(float(Fraction(count, math.factorial(n))) for count in orders)


def _shapes(cells: int, widest: int) -> Iterator[tuple[int, ...]]:
    """All ways to write `cells` as a sum of falling numbers."""
    if not cells:
        yield ()
    for row in range(min(cells, widest), 0, -1):
        for rest in _shapes(cells - row, row):
            yield (row, *rest)


def _never_falling(labels: Indices) -> Indices:
    """Places of a longest subsequence that never falls (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before = np.full(len(labels), -1, dtype=np.int64)
    for place, label in enumerate(labels.tolist()):
        pile = bisect.bisect_right(tops, label)
        before[place] = ends[pile - 1] if pile else -1
        tops[pile : pile + 1] = [label]
        ends[pile : pile + 1] = [place]
    path = []
    place = ends[-1] if ends else -1
    while place >= 0:
        path.append(place)
        place = int(before[place])
    return np.array(path[::-1], dtype=np.int64)
