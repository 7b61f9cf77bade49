"""Neighbours in one order that are neighbours in another, and how often chance leaves them so.

Two orders of the same n things: thing k and thing k + 1 of the first are *kept* if they stand in
the second one after the other, in the same direction. Two nulls:

- Within blocks of b consecutive things the first order is exchangeable. With m pairs of the block
  that are neighbours in the second order, the factorial moments of the number X kept are exact,
  E[C(X, k)] = C(m, k) (b - k)! / b!, since k such pairs tie b things into b - k pieces (Riordan,
  An Introduction to Combinatorial Analysis, 1958, ch. 8); so is the moment generating function,
  sum of (e^t - 1)^k E[C(X, k)].
- Whatever was done, a block keeps no more than a share theta of its pairs on average, whatever the
  other blocks keep.

Both give tails by Chernoff's bound: upper bounds, never too small.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

__all__ = ["bounded_log_p", "kept_neighbours", "longest_true_run", "per_block", "shuffled_blocks"]

Bool: TypeAlias = NDArray[np.bool_]
Int64: TypeAlias = NDArray[np.int64]
Float64: TypeAlias = NDArray[np.float64]

STEEPEST: Final = 40.0  # largest exponent t that is tried
TRIED: Final = 200  # exponents, from small to steep: any of them gives a valid bound


def kept_neighbours(places: Int64) -> Bool:
    """For each thing but the last of the first order: is its successor its successor in the second?

    Args:
        places: Place in the second order of each thing, in the first order, [n].

    Returns:
        [n - 1].
    """
    return np.asarray(np.diff(places) == 1)


def longest_true_run(kept: Bool) -> int:
    """Length of the longest run of kept neighbours, in things: one more than its pairs."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max()) + 1 if len(edges) else min(1, len(kept) + 1)


def shuffled_blocks(places: Int64, block: int) -> tuple[float, float]:
    """How far the kept neighbours exceed what shuffling within blocks leaves.

    Args:
        places: As for `kept_neighbours`.
        block: Things in a block; what does not fill the last one is left out.

    Returns:
        Standard deviations above the mean, and an upper bound of the natural log of p.
    """
    count = len(places) // block
    if not count:
        return 0.0, 0.0
    rows = np.sort(places[: count * block].reshape(count, block), axis=1)
    chances = (np.diff(rows, axis=1) == 1).sum(axis=1)
    kept = int((np.diff(places[: count * block].reshape(count, block), axis=1) == 1).sum())
    m = np.bincount(chances, minlength=block)  # how many blocks have how many chances
    mean = float((np.arange(len(m)) * m).sum()) / block
    pairs = np.arange(len(m), dtype=np.float64)
    second = pairs * (pairs - 1) / (block * (block - 1))  # E[X(X-1)]
    variance = float((m * (second + pairs / block - (pairs / block) ** 2)).sum())
    z = (kept - mean) / math.sqrt(variance) if variance > 0 else 0.0
    return z, _block_tail(kept, m, block)


def _block_tail(kept: int, m: Int64, block: int) -> float:
    """Chernoff's bound from the exact moment generating function of each block."""
    best = 0.0
    for t in np.geomspace(1e-3, STEEPEST, TRIED):
        steps_up = math.log(math.expm1(float(t)))
        total = -float(t) * kept
        for chances in np.flatnonzero(m):
            k = np.arange(chances + 1, dtype=np.float64)
            terms = (
                k * steps_up
                + gammaln(chances + 1) - gammaln(k + 1) - gammaln(chances - k + 1)
                + gammaln(block - k + 1) - gammaln(block + 1)
            )  # fmt: skip
            top = terms.max()
            total += float(m[chances]) * (top + math.log(float(np.exp(terms - top).sum())))
        best = min(best, total)
    return best


def bounded_log_p(kept: Int64, pairs: Int64, most: float) -> float:
    """Upper bound of log P(as many kept), if no block keeps more than a share on average.

    Args:
        kept: Pairs kept in each block, [blocks].
        pairs: Pairs in each block, [blocks].
        most: The share; the expected number kept in a block is at most `most` times its pairs,
            given all other blocks.

    Returns:
        Natural log, at most 0 (Hoeffding 1963: a bounded variable's moment generating function is
        largest if it takes only its ends).
    """
    total = float(kept.sum())
    sizes, counts = np.unique(pairs[pairs > 0], return_counts=True)
    if not len(sizes) or total <= most * float(pairs.sum()):
        return 0.0
    tried = np.geomspace(1e-3, STEEPEST, TRIED)
    bound = np.array([
        float((counts * np.logaddexp(math.log1p(-most), math.log(most) + t * sizes)).sum())
        - t * total
        for t in tried
    ])  # fmt: skip
    return min(0.0, float(bound.min()))


def per_block(true: Bool, block: int) -> Int64:
    """How many neighbours hold, by block of `block` consecutive things, [blocks].

    Args:
        true: For each thing but the last, whether it and the next one do, [n - 1]. Neighbours that
            two blocks part are left out, and so is a last block that is not full.
        block: Things in a block.
    """
    count = (len(true) + 1) // block
    padded = np.append(true, False)[: count * block].reshape(count, block)
    return np.asarray(padded[:, :-1].sum(axis=1), dtype=np.int64)
