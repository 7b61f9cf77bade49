"""The trace statistic: how alike are units that stand at the same index?

T = sum_i <a_i, b_i>. If the order of A's units is a uniform random permutation, T is one draw from
its permutation distribution (Hoeffding 1951).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Moments", "block_draws", "run_draws", "trace", "trace_z"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]

BLOCKS = 512
GROUPS = 32
BATCH = 500
LONG = 2  # times as many columns as rows, from which no Gram matrix is made


def trace(a: Float32, b: Float32) -> float:
    """Sum of the inner products of equal rows of two [units, columns] arrays."""
    return float(np.einsum("ij,ij->i", a, b).sum(dtype=np.float64))


@final
@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Mean row [columns] and centred Gram matrix [columns, columns] of an array of rows.

    No Gram matrix of rows much longer than there are of them: it would be larger than they are.
    """

    mean: Float64
    gram: Float64 | None

    @classmethod
    def of(cls, rows: Float32) -> "Moments":
        mean = rows.mean(axis=0, dtype=np.float64)
        if rows.shape[1] > LONG * rows.shape[0]:
            return cls(mean, None)
        centred = rows - mean.astype(np.float32)
        return cls(mean, np.asarray(centred.T @ centred, dtype=np.float64))

    def without(self, rows: Float32, left: int) -> "Moments":
        """The moments of the rows that are left when a few of them are taken out.

        Args:
            rows: What is taken out.
            left: How many stay.
        """
        if self.gram is None:
            raise ValueError("no Gram matrix was made of these rows")
        out = rows.astype(np.float64) - self.mean
        shift = out.sum(axis=0) / left
        gram = self.gram - out.T @ out - left * np.outer(shift, shift)
        return Moments(self.mean - shift, gram)


def trace_z(a: Float32, b: Float32, of_a: Moments, of_b: Moments) -> float:
    """The trace in standard deviations of its permutation null; 0 for fewer than two units.

    Mean sum(S)/h and variance sum(d^2)/(h-1), with d the doubly centred S = a b' (Hoeffding
    1951); both follow from the moments, so S itself is formed only where it is smaller than they
    are. For choosing and for display: the p-value comes from draws.
    """
    units = a.shape[0]
    if units < 2:
        return 0.0
    variance = _squares(a, b, of_a, of_b) / (units - 1)
    if variance <= 0.0:
        return 0.0
    excess = trace(a, b) - units * float(of_a.mean @ of_b.mean)
    return float(excess / np.sqrt(variance))


def _squares(a: Float32, b: Float32, of_a: Moments, of_b: Moments) -> float:
    """The sum of all squared differences d^2."""
    if of_a.gram is not None and of_b.gram is not None:
        return float(np.sum(of_a.gram * of_b.gram))
    doubly = (a - of_a.mean.astype(np.float32)) @ (b - of_b.mean.astype(np.float32)).T
    return float(np.sum(np.square(doubly), dtype=np.float64))


def block_draws(
    a: Float32, b: Float32, rng: np.random.Generator
) -> tuple[float, Iterator[Float64]]:
    """The trace and an endless stream of batches of it under random permutations of A's units.

    Permuting whole blocks of units is a subgroup of all permutations, so a permutation test over
    it is exact, and its draws cost a few hundred look-ups instead of h inner products. Up to 512
    units each unit is a block of its own; beyond, unit i belongs to block i mod m, and fewer than
    h/m units at the end, which would fill no block, are left out of the statistic.
    """
    units = a.shape[0]
    m = units if units <= BLOCKS else _blocks(units)
    used = m * (units // m)
    left, right = (
        x[:used].reshape(used // m, m, -1).transpose(1, 0, 2).reshape(m, -1) for x in (a, b)
    )
    between = np.asarray(left @ right.T, dtype=np.float64)
    return float(np.trace(between)), _draw(between, rng)


def run_draws(
    a: Float32, b: Float32, runs: Indices, rng: np.random.Generator
) -> tuple[float, Iterator[Float64]]:
    """The same, permuting A's units within runs only.

    Runs of equal length are dealt to at most 32 groups, and those of one group are permuted alike:
    again a subgroup, exact, of a few hundred look-ups a draw. A run of one unit adds a constant.

    Args:
        a: float32 [units, columns].
        b: The same shape.
        runs: The run of each unit, int64 [units], never falling.
        rng: Of the draws.
    """
    starts = np.flatnonzero(np.diff(runs, prepend=-1))
    lengths = np.diff(starts, append=len(runs))
    between = []
    for length in np.unique(lengths):
        first = starts[lengths == length]
        groups = min(GROUPS, len(first))
        if groups == len(first):  # a group is one run
            at = first[:, None] + np.arange(length)
            between.append((a[at] @ b[at].swapaxes(1, 2)).astype(np.float64))
            continue
        total = np.zeros((groups, length, length))
        for group in range(groups):
            at = first[group::groups, None] + np.arange(length)
            total[group] = np.einsum("rik,rjk->ij", a[at], b[at], optimize=True)
        between.append(total)
    observed = float(sum(np.trace(part, axis1=1, axis2=2).sum() for part in between))
    return observed, _run_draw(between, rng)


def _run_draw(between: list[Float64], rng: np.random.Generator) -> Iterator[Float64]:
    while True:
        drawn = np.zeros(BATCH)
        for part in between:
            groups, length, _ = part.shape
            columns = np.arange(length)
            identity = np.broadcast_to(columns, (BATCH, groups, length))
            place = np.arange(groups)[None, :, None]
            drawn += part[place, rng.permuted(identity, axis=2), columns].sum(axis=(1, 2))
        yield drawn


def _blocks(units: int) -> int:
    """The number of blocks, 256 to 512, that leaves the fewest units over."""
    return min(range(BLOCKS, BLOCKS // 2 - 1, -1), key=lambda m: units % m)


def _draw(between: Float64, rng: np.random.Generator) -> Iterator[Float64]:
    m = between.shape[0]
    columns = np.arange(m)
    identity = np.broadcast_to(columns, (BATCH, m))
    while True:
        yield between[rng.permuted(identity, axis=1), columns].sum(axis=1)
