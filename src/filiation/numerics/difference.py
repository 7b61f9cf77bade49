"""What kind of difference lies between two arrays of units? Its rank, and mixtures of several.

Units are known as directions in eight bits with the norm of the whole row, so that a row is known
up to a factor near 1 that both arrays share while they are close. A factor per row changes neither
the rank of a difference nor, on average, the weights of a mixture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rank", "difference_rank", "mixture_weights", "restored"]

Float64: TypeAlias = NDArray[np.float64]

EDGE: Final = 1.2  # times the largest singular value that rounding alone would give


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """How many directions a difference has.

    Attributes:
        rank: Singular values above what rounding alone explains.
        most: The largest rank there could be.
        left: Energy of the other singular values over what rounding alone gives them; near 1 if
            the difference has this rank and no more.
        relative: Norm of the difference over the norm of the first array.
    """

    rank: int
    most: int
    left: float
    relative: float


def restored(directions: NDArray[np.int8], norms: NDArray[np.float32]) -> Float64:
    """Rows of the given norms in the directions kept in eight bits: float64 [units, columns]."""
    rows = directions.astype(np.float64)
    size = np.linalg.norm(rows, axis=1)
    factor = np.divide(norms, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(rows * factor[:, None])


def difference_rank(one: NDArray[np.int8], other: NDArray[np.int8], norms: Float64) -> Rank:
    """The rank of other - one, both [units, columns] directions of rows with these norms.

    Rounding to eight bits adds a difference of full rank with a known variance; by Bai and Yin
    (1993) its largest singular value is about sigma (sqrt(units) + sqrt(columns)).

    Args:
        one: int8 [units, columns].
        other: Likewise, of the same units in the same order.
        norms: float64 [2, units], of the whole rows.
    """
    a = restored(one, norms[0].astype(np.float32))
    b = restored(other, norms[1].astype(np.float32))
    units, columns = a.shape
    steps = [
        norm / np.maximum(np.linalg.norm(x.astype(np.float64), axis=1), 1.0)
        for x, norm in zip((one, other), norms, strict=True)
    ]
    sigma = float(np.sqrt(np.mean(steps[0] ** 2 + steps[1] ** 2) / 12.0))
    values = np.linalg.svd(b - a, compute_uv=False)
    edge = EDGE * sigma * (np.sqrt(units) + np.sqrt(columns))
    rank = int(np.count_nonzero(values > edge))
    rounding = sigma**2 * max(1, (units - rank) * (columns - rank))
    return Rank(
        rank=rank,
        most=min(units, columns),
        left=float(np.square(values[rank:]).sum() / max(rounding, 1e-300)),
        relative=float(np.linalg.norm(b - a)) / max(float(np.linalg.norm(a)), 1e-30),
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
        rng: Of the resampling.
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
