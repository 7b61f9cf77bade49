"""How much of what two texts say is said by few others?"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["grams", "rare_overlap", "without"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]


def grams(words: Sequence[int], order: int, base: int) -> Int64:
    """The distinct runs of `order` words, each as one number in the given base.

    Args:
        words: Numbers 0 to base - 1.
        order: Length of a run; base ** order must stay below 2**63.
        base: Number of different words.
    """
    if base**order >= 2**63:
        raise ValueError(f"{base} different words in runs of {order} do not fit 63 bits")
    ids = np.asarray(words, dtype=np.int64)
    if ids.size < order:
        return np.empty(0, dtype=np.int64)
    keys = np.zeros(ids.size - order + 1, dtype=np.int64)
    for offset in range(order):
        keys = keys * base + ids[offset : offset + keys.size]
    keys.sort()
    return np.asarray(keys[np.concatenate(([True], keys[1:] != keys[:-1]))])


def without(elements: Int64, known: Int64) -> Int64:
    """The elements that are not in `known`; both sorted, the order kept."""
    if known.size == 0:
        return elements
    place = np.minimum(np.searchsorted(known, elements), known.size - 1)
    return np.asarray(elements[known[place] != elements])


def rare_overlap(sets: Sequence[Int64]) -> Float64:
    """Cosine between sets whose elements weigh log(sets / sets that hold the element).

    What every set holds weighs nothing. Symmetric under any reordering of the sets; 1 on the
    diagonal, 0 for an empty set or one whose every element is common to all.

    Returns:
        float64 [sets, sets].
    """
    n = len(sets)
    owner = np.repeat(np.arange(n), [len(s) for s in sets])
    if owner.size == 0:
        return np.zeros((n, n))
    elements, column = np.unique(np.concatenate(sets), return_inverse=True)
    used = np.bincount(column, minlength=elements.size)
    weight = np.log(n / used)
    length = np.sqrt(np.bincount(owner, weights=weight[column], minlength=n))
    shared = used[column] > 1
    entries = np.sqrt(weight[column[shared]])
    held = csr_array((entries, (owner[shared], column[shared])), shape=(n, elements.size))
    overlap = np.asarray((held @ held.T).toarray(), dtype=np.float64)
    scale = np.divide(1.0, length, out=np.zeros(n), where=length > 0)
    overlap *= scale[:, None] * scale
    np.fill_diagonal(overlap, length > 0)
    return overlap
