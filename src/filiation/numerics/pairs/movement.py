"""Towards whom did a model move between two versions, beyond what it moved towards everybody else?

On each item the movement towards a candidate is how much nearer the new answer is to the
candidate's than the old one was: 1, 0 or -1 by equal answers, weighed by rarity. One candidate is
*beyond* another if, over items, the movement towards it is larger by a paired permutation (signs of
the differences drawn at random within items).

Since who is beyond another was moved to more in sum, at most k + 1 of n candidates lack k or fewer
others: if the claimed one is exchangeable with them, (1 + those it is not beyond) / n is a p.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRAWS", "SURE", "beyond", "families_not_beyond", "movement", "p_moved"]

Float64: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.signedinteger]

DRAWS: Final = 199
SURE: Final = 0.01  # at which the claimed one must be beyond another


def movement(old: Integers, new: Integers, others: Integers) -> Float64:
    """How much nearer the new answers are than the old: float64 [models, items].

    Where either version, or a candidate, gave no answer (below 0) nothing moved towards it.

    Args:
        old: [items], coded answers of the older version; below 0 where there is none.
        new: [items], of the newer.
        others: [models, items], of the candidates.
    """
    chosen = (others[:, None, :] == others[None, :, :]).sum(axis=1)
    weight = np.log((len(others) + 1.0) / chosen)  # what many say is no place of anybody's
    nearer = (others == new).astype(np.float64) - (others == old)
    given = (others >= 0) & (old >= 0) & (new >= 0)
    return np.asarray(np.where(given, weight * nearer, 0.0))


def beyond(moved: Float64, rng: np.random.Generator, *, draws: int = DRAWS) -> Float64:
    """Of each other the p that the claimed one (row 0) was moved to no more: float64 [models - 1].

    Args:
        moved: float64 [models, items], the movement towards each; row 0 is the claimed one.
        rng: A stream.
        draws: Of signs.
    """
    apart = moved[0] - moved[1:]
    signs = rng.integers(0, 2, (draws, apart.shape[1])) * 2.0 - 1.0
    drawn = signs @ apart.T
    return np.asarray((1.0 + (drawn >= apart.sum(axis=1)).sum(axis=0)) / (draws + 1.0))


def families_not_beyond(p: Float64, family: Sequence[int]) -> int:
    """How many families have a member that the claimed one is not beyond.

    Args:
        p: float64 [others], as of `beyond`.
        family: Number of each other's family.
    """
    return len({number for number, one in zip(family, p.tolist(), strict=True) if one > SURE})


def p_moved(moved: Float64, rng: np.random.Generator) -> float:
    """The p of the whole question, every other for itself; never below one over all candidates."""
    p = beyond(moved, rng)
    return float(1 + families_not_beyond(p, range(len(p)))) / len(moved)
