"""Accounts that could stand in a member's place: others of about its volume.

Several channels ask whether a group is like a draw of accounts. Each member is given a pool of
accounts next to it in a stated order (volume, habit); null: which one of its pool a member is,
itself among them, is a matter of lot.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.reading import Channel, from_draws

__all__ = ["POOL", "drawn_from_pools", "pools"]

POOL: Final = 99  # others for each member
MOST: Final = 200  # members whose pools are looked at; drawn by lot from larger groups
FEWEST: Final = 19

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


def pools(
    members: Ints, key: Floats, allowed: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Members that are looked at, [k], and the pool of each, [k, pool].

    Args:
        members: Accounts of the group.
        key: What pools should be alike in, [accounts].
        allowed: Which accounts may be asked at all, [accounts]; members are taken out.
        rng: Draws the members of large groups, and orders equal keys.
    """
    mine = members[allowed[members]]
    if len(mine) > MOST:
        mine = np.sort(rng.choice(mine, MOST, replace=False))
    others = allowed.copy()
    others[members] = False
    outside = rng.permutation(np.flatnonzero(others))
    outside = outside[np.argsort(key[outside], kind="stable")]
    width = min(POOL, len(outside))
    if width < FEWEST:
        return mine[:0], np.empty((0, 0), np.int64)
    place = np.searchsorted(key[outside], key[mine], side="left")
    most = np.searchsorted(key[outside], key[mine], side="right")
    inside = place + (rng.random(len(mine)) * (most - place)).astype(np.int64)
    begin = np.clip(inside - width // 2, 0, len(outside) - width)
    return mine, outside[begin[:, None] + np.arange(width)]


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
