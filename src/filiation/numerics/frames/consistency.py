"""Which pairs of units stand to each other in one model as in the other? No frame is fitted.

A unit is a vector in each matrix of its layer. Units that were taken from a model keep their inner
products among each other in every rotation, in every order of axes and units, and among whatever
units they are put: here each unit is paired with the one whose matrices lie to each other as its
own do, and pairs are counted that agree with one pair in all inner products between the two units.
Fits of a rotation look at all units; a twentieth of them is enough here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Consistent", "consistent", "unit_angles"]

Float32: TypeAlias = NDArray[np.float32]
Places: TypeAlias = NDArray[np.int64]

MOST: Final = 800  # pairs, the nearest
NEAR: Final = 0.2  # of the largest difference of inner products of units paired by chance
CLOSE: Final = 0.1  # of the distance of the first that stands for chance
CHANCE: Final = (4, 5, 6, 7)  # neighbours that stand for chance; the first is the pair itself


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Consistent:
    """Pairs that agree with one pair, it among them.

    Attributes:
        source: Their units in the one model, int64 [pairs].
        subject: And in the other.
        by_chance: The most that agree so where each unit is paired with a later neighbour, which
            lies nearly as near.
        close: Units of the other whose nearest lies at less than `CLOSE` of the fourth's distance.
        by_chance_close: How many of them do where neighbours fill their surroundings evenly.
    """

    source: Places
    subject: Places
    by_chance: int
    close: int = 0
    by_chance_close: float = 0.0


def unit_angles(parts: Float32, flips: Collection[int]) -> Float32:
    """Cosines between the matrices of each unit, none of which moves with its sign.

    Args:
        parts: Unit-length rows, [units, matrices, width].
        flips: Matrices that may change sign together.

    Returns:
        [units, cosines]; what changes sign with the unit is signed by the first such cosine.
    """
    even: list[NDArray[np.float32]] = []
    odd: list[NDArray[np.float32]] = []
    for i in range(parts.shape[1]):
        for k in range(i + 1, parts.shape[1]):
            kind = odd if (i in flips) != (k in flips) else even
            kind.append(np.einsum("ij,ij->i", parts[:, i], parts[:, k]))
    if odd:
        sign = np.where(odd[0] < 0, -1.0, 1.0)
        even += [(one * sign).astype(np.float32) for one in odd]
    return np.stack(even, axis=1).astype(np.float32)


def consistent(
    source: Float32, subject: Float32, angles: tuple[Float32, Float32], flips: Collection[int]
) -> Consistent:
    """Pairs of units that stand to each other in both models alike.

    Args:
        source: Unit-length rows of the one model, [units, matrices, width].
        subject: Of the other, [units, matrices, width].
        angles: `unit_angles` of both.
        flips: Matrices whose signs say nothing.
    """
    none = np.zeros(0, dtype=np.int64)
    if min(len(source), len(subject)) <= max(CHANCE):
        return Consistent(source=none, subject=none, by_chance=0)
    from scipy.spatial import KDTree  # a quick look does without

    spread = np.maximum(np.concatenate(angles).std(axis=0), 1e-9)
    apart, partner = map(
        np.asarray, KDTree(angles[0] / spread).query(angles[1] / spread, k=max(CHANCE))
    )
    theirs = np.argsort(apart[:, 0], kind="stable")[:MOST]
    kept = subject[theirs]
    chance = [
        (partner[theirs, rank - 1], _apart(source[partner[theirs, rank - 1]], kept, flips))
        for rank in CHANCE
    ]
    limit = NEAR * float(np.sqrt(np.mean([np.mean(one) for _, one in chance])))
    ours = partner[theirs, 0].astype(np.int64)
    group = _largest(_apart(source[ours], kept, flips), ours, limit)
    return Consistent(
        source=ours[group],
        subject=theirs[group],
        by_chance=max(len(_largest(one, at, limit)) for at, one in chance),
        close=int(np.count_nonzero(apart[:, 0] < CLOSE * apart[:, CHANCE[0] - 1])),
        by_chance_close=len(subject)
        * (1.0 - (1.0 - CLOSE ** angles[0].shape[1]) ** (CHANCE[0] - 1)),
    )


def _apart(one: Float32, other: Float32, flips: Collection[int]) -> Float32:
    """Of each two pairs the largest squared difference of an inner product, [pairs, pairs]."""
    found = np.zeros((len(one), len(one)), dtype=np.float32)
    for i in range(one.shape[1]):
        for k in range(one.shape[1]):
            ours, theirs = one[:, i] @ one[:, k].T, other[:, i] @ other[:, k].T
            if i in flips or k in flips:
                ours, theirs = np.abs(ours), np.abs(theirs)
            np.maximum(found, np.square(ours - theirs), out=found)
    return found


def _largest(apart: Float32, ours: Places, limit: float) -> Places:
    """The pairs that agree with the one with which most agree; each unit is in one of them."""
    agree = apart < limit * limit
    agree &= ours[:, None] != ours[None]
    first = int(agree.sum(axis=1).argmax())
    group = np.flatnonzero(agree[first])
    _, once = np.unique(ours[group], return_index=True)
    return np.sort(np.append(group[once], first)).astype(np.int64)
