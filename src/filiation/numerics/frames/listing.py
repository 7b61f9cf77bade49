"""Does a list of vectors stand in an order of its own? Looked at in one model alone.

What is listed by size, by sharpness or by a fixed signal shows in the facts of neighbours: they
rise along the list, or neighbours are more alike than others. What was initialised shard by shard
from one seed repeats itself along the list.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.ranks import mean_ranks

__all__ = ["listed", "shards", "sinusoidal"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]

SHARDS: Final = (2, 4, 8, 16, 3, 6, 12)
REPEATED: Final = 0.3  # by which vectors one shard apart are more alike than one more or less
NOISE: Final = 5.0  # times 1/sqrt(entries) that it exceeds as well
BASES: Final = (10_000.0, 500_000.0)
COLUMNS: Final = 96  # of a table of positions that are looked at
SINE: Final = 0.95  # share of the variance that one frequency a column explains
FEWEST: Final = 4  # different frequencies


def listed(vectors: Float32) -> float:
    """The largest of several standard normal deviates: how plainly the list has an order.

    Three facts of each vector (length, sharpness, product with the sum of all) are ranked; of each
    the correlation with the place is taken, and that of neighbours.
    """
    norms = np.linalg.norm(vectors, axis=1).astype(np.float64)
    unit = vectors / np.maximum(norms, 1e-30)[:, None]
    facts = (norms, np.sum(np.square(np.square(unit)), axis=1), np.abs(unit @ unit.mean(axis=0)))
    place = np.arange(len(vectors), dtype=np.float64)
    found = []
    for fact in facts:
        ranks = _standard(mean_ranks(fact))
        root = np.sqrt(len(ranks))
        found.append(abs(float(ranks @ _standard(place))) / root)
        found.append(float(ranks[1:] @ ranks[:-1]) / root)
    return float(max(found))


def shards(vectors: Float32) -> int:
    """Into how many equal parts the list falls that repeat one another; 1 if it does not."""
    count, entries = vectors.shape
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)

    def likeness(apart: int) -> float:
        return float(np.median(np.abs(np.einsum("ij,ij->i", unit[apart:], unit[:-apart]))))

    enough = max(REPEATED, NOISE / np.sqrt(entries))
    most = 1
    for parts in SHARDS:
        size = count // parts
        if count % parts or size <= 2 or (here := likeness(size)) <= enough:
            continue
        if here > max(likeness(size - 1), likeness(size + 1)) + enough:
            most = max(most, parts)
    return most


def sinusoidal(rows: Float32, positions: NDArray[np.int64]) -> bool:
    """Whether a table of positions is the published one, whose columns are sines of one frequency.

    In any order of its columns, interleaved or in halves, scaled, and beginning at any position:
    each column is fitted by a sine and a cosine of the best of the published frequencies. Source:
    Vaswani et al., Attention is all you need (2017); the variant of tensor2tensor.
    """
    count, width = rows.shape
    if count < 16 or width < 8:
        return False
    chosen = rows[:, np.unique(np.linspace(0, width - 1, COLUMNS).astype(int))].astype(np.float64)
    chosen -= chosen.mean(axis=0)
    energy = np.square(chosen).sum(axis=0)
    best, which = np.zeros(len(energy)), np.zeros(len(energy))
    half = np.arange(width // 2)
    for base in BASES:
        for last in (width // 2, max(1, width // 2 - 1)):
            for frequency in base ** (-half / last):
                angle = positions * frequency
                waves = np.stack([np.sin(angle), np.cos(angle)], axis=1)
                basis, _ = np.linalg.qr(waves - waves.mean(axis=0))
                fitted = np.square(basis.T @ chosen).sum(axis=0)
                which[fitted > best] = frequency
                best = np.maximum(best, fitted)
    different = len(np.unique(which[best > SINE * energy]))
    return bool(best.sum() > SINE * energy.sum() and different >= FEWEST)


def _standard(values: Float64) -> Float64:
    moved = values - values.mean()
    return np.asarray(moved / max(float(moved.std()), 1e-30))
