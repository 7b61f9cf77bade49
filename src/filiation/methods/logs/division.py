"""Within one template: do the accounts of a group ask the same things less than its other users?

Of each account: the share of its requests of the family, on held days, that another user of the
family asked too, word for word. Null: members overlap with users of the family as its other users
of their volume do. Small values speak of work that was divided. Where a group is all that uses its
family there is nobody to compare with, and the channel is silent: that nothing is asked twice may
then mean that each account has material of its own.
"""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.families import Group
from filiation.methods.logs.matching import FEWEST, drawn_from_pools, pools
from filiation.methods.logs.reading import Channel
from filiation.methods.logs.timing import in_family
from filiation.methods.logs.view import View

__all__ = ["division"]

LEAST: Final = 3  # requests of the family
MOST: Final = 2000  # users of the family that are looked at
NAME: Final = "division"

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


def division(
    view: View, group: Group, users: Ints, draws: int, rng: np.random.Generator
) -> Channel:
    """The channel for one group.

    Args:
        view: The log.
        group: Which.
        users: Every account that uses a template of the family on held days.
        draws: How many.
        rng: Of the draws.
    """
    outside = np.setdiff1d(users, group.members)
    if len(outside) < FEWEST:
        why = f"{len(outside)} other accounts use its family, expected at least {FEWEST}"
        return Channel(id=NAME, reason=why)
    if len(outside) > MOST:
        outside = np.sort(rng.choice(outside, MOST, replace=False))
    inside = np.intersect1d(users, group.members)
    inside = inside if len(inside) <= MOST else np.sort(rng.choice(inside, MOST, replace=False))
    value, counts = _overlap(view, group, np.union1d(inside, outside))
    members, pool = pools(inside, np.log1p(counts), counts >= LEAST, rng)
    if len(members) < 2:
        return Channel(id=NAME, reason=f"fewer than {FEWEST} of its other users ask {LEAST} times")
    return drawn_from_pools(NAME, value[members], value[pool], draws, rng, low=True)


def _overlap(view: View, group: Group, users: Ints) -> tuple[Floats, Floats]:
    """Of every account: the share asked by others too, and how many requests of the family."""
    rows, whose = view.held_rows(users)
    kept = in_family(view, group, rows)
    rows, whose = rows[kept], whose[kept]
    whole: NDArray[Any] = np.asarray(view.log.signature("whole")[rows])
    _, prompt = np.unique(whole, return_inverse=True)
    pair = np.unique(np.stack([prompt, whose]), axis=1)
    askers = np.bincount(pair[0], minlength=int(prompt.max(initial=0)) + 1)
    counts = np.bincount(whose, minlength=len(users)).astype(np.float64)
    shared = np.bincount(whose, weights=askers[prompt] > 1, minlength=len(users))
    value, of = np.zeros(view.accounts), np.zeros(view.accounts)
    value[users] = shared / np.maximum(1.0, counts)
    of[users] = counts
    return value, of
