"""Accounts that could stand in a member's place: others of about its volume.

Several channels ask whether a group is like a draw of accounts. Each member is given a pool of
accounts next to it in a stated order (volume, habit), as many above it as below and all of them
near; null: which one of its pool a member is, itself among them, is a matter of lot. A member that
has none near on one side is not asked about: held against those who ask less it would differ by
that alone.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.reading import Channel, from_draws

__all__ = ["POOL", "drawn_from_pools", "pools"]

POOL: Final = 99  # others for each member
MOST: Final = 200  # members whose pools are looked at; drawn by lot from larger groups
FEWEST: Final = 20  # others for a member: half of them above it, half below
NEAR: Final = 0.7  # of the key: about twice or half the volume

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


def pools(
    members: Ints, key: Floats, allowed: NDArray[np.bool_], rng: np.random.Generator,
    *, most_alone: bool = False,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Members that are looked at, [k], and the pool of each, [k, pool]; none further than `NEAR`.

    Args:
        members: Accounts of the group.
        key: What pools should be alike in, [accounts].
        allowed: Which accounts may be asked at all, [accounts]; members are taken out.
        rng: Draws the members of large groups, and orders equal keys.
        most_alone: Whether members whose key is above that of all others are held against the
            highest of those, near or not: where that can only speak for them.
    """
    mine = members[allowed[members]]
    if len(mine) > MOST:
        mine = np.sort(rng.choice(mine, MOST, replace=False))
    others = allowed.copy()
    others[members] = False
    outside = rng.permutation(np.flatnonzero(others))
    outside = outside[np.argsort(key[outside], kind="stable")]
    ordered = key[outside]
    place = np.searchsorted(ordered, key[mine], side="left")
    ties = np.searchsorted(ordered, key[mine], side="right") - place
    place += (rng.random(len(mine)) * (ties + 1)).astype(np.int64)
    below = place - np.searchsorted(ordered, key[mine] - NEAR, side="left")
    above = np.searchsorted(ordered, key[mine] + NEAR, side="right") - place
    room = np.minimum(np.minimum(below, above), POOL // 2)
    if most_alone:
        alone = (len(ordered) - place < FEWEST // 2) & (len(ordered) >= FEWEST)
        place = np.where(alone, len(ordered) - FEWEST // 2, place)
        room = np.where(alone, FEWEST // 2, room)
    near = room >= FEWEST // 2
    if not near.any():
        return mine[:0], np.empty((0, 0), np.int64)
    half = int(room[near].min())
    begin = place[near] - half
    return mine[near], outside[begin[:, None] + np.arange(2 * half)]


def drawn_from_pools(
    channel: str, own: Floats, pool: Floats, draws: int, rng: np.random.Generator, *, low: bool
) -> Channel:
    """Compare the sum over members with sums in which each is replaced by lot from its pool.

    Args:
        channel: Its id.
        own: Value of each member, [k].
        pool: Values of its pool, [k, pool].
        draws: How many.
        rng: Of the draws.
        low: Whether small sums speak against the null.
    """
    every = np.concatenate([own[:, None], pool], axis=1)
    pick = rng.integers(0, every.shape[1], (draws, len(own)))
    sums = every[np.arange(len(own)), pick].mean(axis=1)
    return from_draws(channel, float(own.mean()), sums, low=low)
