"""Do heads, or experts, at the same place compute the same, beyond what their sizes have in common?

Second moments of rows say which head is which, and no turn inside a head moves them; but rows that
are shifted along a shared stream of random numbers keep most of them as well. What a part computes
it reads by some rows and writes by others: the sum over its units of (row that reads) x (row that
writes). A turn inside a head and an order of units inside an expert leave this alone; in a shifted
stream, readers and writers no longer belong together. It is no evidence of its own: without it the
order of heads or experts does not count.
"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.tails.tail import sequential_log_p
from filiation.numerics.tails.trace import block_draws

__all__ = ["CONTACT", "NO_CONTACT", "circuits", "contact_log_p"]

Float32: TypeAlias = NDArray[np.float32]
Int8: TypeAlias = NDArray[np.int8]

CONTACT: Final = 0.05  # p of the contact above which nothing counts
DRAWS: Final = 999
NO_CONTACT: Final = (
    "{what} at the same place do not compute the same more than others do (p {p:.2g}); their order "
    "is reported and counts for nothing, since a shared stream of random numbers can leave it"
)


def circuits(reads: Int8, writes: Int8, parts: int) -> Float32:
    """What each of so many parts computes, float32 [parts, columns of reads x of writes].

    The mean over the parts is removed, and the rest is of unit length. Where several writers share
    a reader, as heads share a value, the reader is repeated.
    """
    r, w = (_unit(rows) for rows in (reads, writes))
    if len(w) > len(r):
        size = len(w) // parts
        share = len(w) // len(r)
        groups = r.reshape(-1, size, r.shape[1])
        r = np.repeat(groups, share, axis=0).reshape(len(w), -1)
    r, w = (rows.reshape(parts, -1, rows.shape[1]) for rows in (r, w))
    found = np.einsum("pui,puj->pij", r, w, optimize=True).reshape(parts, -1)
    found = found - found.mean(axis=0)
    return _unit(found)


def contact_log_p(pairs: Sequence[tuple[Float32, Float32]], rng: np.random.Generator) -> float:
    """Log p of the likeness of parts at equal places, over all layers; the parts re-ordered."""
    streams = [block_draws(a, b, rng) for a, b in pairs]
    observed = math.fsum(found for found, _ in streams)
    batches = (
        np.sum(batch, axis=0) for batch in zip(*(draws for _, draws in streams), strict=True)
    )
    return sequential_log_p(observed, batches, draws=DRAWS, slack=1e-6 * max(1.0, abs(observed)))


def _unit(rows: Float32 | Int8) -> Float32:
    found = rows.astype(np.float32)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-30))
