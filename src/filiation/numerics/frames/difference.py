"""What kind of difference lies between two arrays of rows? Its rank, and mixtures of several.

Rows are known as directions in eight bits, with the norm of the row or up to a factor. Rounding
adds to every entry an error of known variance, step^2 / 12, a difference of full rank; divided by
its standard deviation, row by row, which changes no rank, it has unit variance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CLEAN",
    "RankEstimate",
    "difference_rank",
    "free_difference_rank",
    "mixture_weights",
    "restored",
]

Float64: TypeAlias = NDArray[np.float64]

EDGE: Final = 1.1  # times the largest singular value that rounding alone would give
CLEAN: Final = 1.1  # what a low rank may leave, over what rounding to eight bits alone leaves
LEAST: Final = 0.9  # what rounding alone leaves at least
ROUNDS: Final = 60  # of fitting the factors of rows
SETTLED: Final = 1e-6


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RankEstimate:
    """How many directions the difference of two matrices has, as far as rounding lets it be seen.

    Attributes:
        rank: Singular values above what rounding alone explains.
        most: The largest rank there could be.
        left: Energy of the other singular values over what rounding alone gives them; near 1 if
            the difference has this rank and no more.
        rest: Share of the difference that the other directions may hold, at most.
        gap: The smallest singular value counted over the largest that was not.
    """

    rank: int
    most: int
    left: float
    rest: float
    gap: float


def restored(directions: NDArray[np.int8], norms: NDArray[np.float32]) -> Float64:
    """Rows of the given norms in the directions kept in eight bits: float64 [units, columns]."""
    rows = directions.astype(np.float64)
    size = np.linalg.norm(rows, axis=1)
    factor = np.divide(norms, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(rows * factor[:, None])


def difference_rank(one: NDArray[np.int8], other: NDArray[np.int8], norms: Float64) -> RankEstimate:
    """The rank of other - one, both [units, columns] directions of rows with these norms.

    The largest singular value of rounding alone is about sqrt(units) + sqrt(columns) (Bai and Yin
    1993). Where both are stored as bfloat16, their own rounding adds 6 % to its energy.

    Args:
        one: int8 [units, columns], whole rows.
        other: int8 [units, columns], of the same units in the same order.
        norms: float64 [2, units], of the rows.
    """
    (a, a_error), (b, b_error) = _directions(one), _directions(other)
    error = np.maximum(np.hypot(norms[0] * a_error, norms[1] * b_error), 1e-300)
    values = _spectrum((norms[1][:, None] * b - norms[0][:, None] * a) / error[:, None])
    rank = int(np.count_nonzero(values > EDGE * (np.sqrt(a.shape[0]) + np.sqrt(a.shape[1]))))
    return _rank(values, rank, a.shape, freed=0)


def free_difference_rank(
    one: NDArray[np.int8], other: NDArray[np.int8], *, most: int
) -> RankEstimate:
    """The least rank of F other - one over all diagonal F, for rows known up to a factor.

    Rank and factors are fitted in turn: the directions of the difference, then for each row the
    factor that brings it nearest to the other outside of these directions.

    Args:
        one: int8 [rows, columns].
        other: int8 [rows, columns], of the same rows in the same order.
        most: The largest rank that is tried; where it leaves too much, it is returned as it is.
    """
    (a, a_error), (b, b_error) = _directions(one), _directions(other)
    found = _free(a, b, a_error, b_error, most)
    if found.left > CLEAN:
        return found
    tried = (_free(a, b, a_error, b_error, rank) for rank in range(most))
    return next((rank for rank in tried if rank.left <= CLEAN), found)


def _free(a: Float64, b: Float64, a_error: Float64, b_error: Float64, rank: int) -> RankEstimate:
    factor = np.ones(len(a))
    for _ in range(ROUNDS):
        error = np.hypot(a_error, factor * b_error)
        whitened = (factor[:, None] * b - a) / error[:, None]
        leading = np.linalg.eigh(whitened.T @ whitened)[1][:, a.shape[1] - rank :]
        one, other = (x - (x @ leading) @ leading.T for x in (a, b))
        size = np.einsum("ij,ij->i", other, other)
        shared = np.einsum("ij,ij->i", one, other)
        better = np.divide(shared, size, out=np.ones(len(a)), where=size > 0)
        settled = bool(np.abs(better - factor).max(initial=0.0) < SETTLED)
        factor = better
        if settled:
            break
    error = np.hypot(a_error, factor * b_error)
    values = _spectrum((factor[:, None] * b - a) / error[:, None])
    return _rank(values, rank, a.shape, freed=len(a))


def _directions(rows: NDArray[np.int8]) -> tuple[Float64, Float64]:
    """Rows of length 1, and the standard deviation of the error of each of their entries."""
    found = rows.astype(np.float64)
    size = np.maximum(np.linalg.norm(found, axis=1), 1.0)
    return found / size[:, None], 1.0 / (size * np.sqrt(12.0))


def _spectrum(rows: Float64) -> Float64:
    """Singular values in falling order, by way of the smaller matrix of inner products."""
    small = rows @ rows.T if rows.shape[0] <= rows.shape[1] else rows.T @ rows
    squares = np.linalg.eigvalsh(small)[::-1]
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)), dtype=np.float64)


def _rank(values: Float64, rank: int, shape: tuple[int, ...], *, freed: int) -> RankEstimate:
    """From singular values over rounding of unit variance; `freed` degrees went into factors."""
    units, columns = shape
    freedom = (units - rank) * (columns - rank) - freed
    energy, others = float(np.square(values).sum()), float(np.square(values[rank:]).sum())
    largest = float(values[rank]) if rank < len(values) else 0.0
    return RankEstimate(
        rank=rank,
        most=min(units, columns),
        left=others / max(1, freedom),
        rest=max(0.0, others - LEAST * freedom) / max(energy, 1e-300),
        gap=float(values[rank - 1]) / max(largest, 1e-300) if rank else float("inf"),
    )


def mixture_weights(
    child: Float64, parents: Sequence[Float64], rng: np.random.Generator, *, replicates: int = 200
) -> tuple[Float64, Float64]:
    """Weights w, adding up to 1, with which the parents' rows make up the child's best.

    Least squares of child - last = sum_k w_k (parent_k - last); the interval is the 2.5 and 97.5
    percentile over resampled units.

    Args:
        child: float64 [units, columns].
        parents: Two or more arrays of that shape.
        rng: Random numbers of the resampling.
        replicates: Resamplings.

    Returns:
        float64 [parents] and float64 [2, parents].
    """
    if len(parents) < 2:
        raise ValueError(f"{len(parents)} parents, expected two or more")
    differences = np.stack([parent - parents[-1] for parent in parents[:-1]])
    target = child - parents[-1]
    gram = np.einsum("kuc,luc->ukl", differences, differences)
    moment = np.einsum("kuc,uc->uk", differences, target)

    def solved(times: Float64) -> Float64:
        free = np.linalg.lstsq(
            np.einsum("u,ukl->kl", times, gram), np.einsum("u,uk->k", times, moment), rcond=None
        )[0]
        return np.asarray(np.append(free, 1.0 - free.sum()), dtype=np.float64)

    units = len(child)
    even = np.full(units, 1.0 / units)
    draws = np.stack(
        [solved(rng.multinomial(units, even).astype(np.float64)) for _ in range(replicates)]
    )
    return solved(np.ones(units, dtype=np.float64)), np.asarray(
        np.percentile(draws, [2.5, 97.5], axis=0)
    )
