"""Does a group ask more that is new than random accounts of its volume?

Rarefaction on held days: twenty requests of each account, and how many distinct prompts there are
among them. Null: the group is a draw of accounts of that volume. All requests count, those without
the template too, as of the accounts that it is held against. Whoever works through a list repeats
nothing; a class repeats itself; a batch job works through a list too.
"""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.dealing import Reference
from filiation.methods.logs.families import Group
from filiation.methods.logs.matching import pools
from filiation.methods.logs.reading import Channel, from_draws
from filiation.methods.logs.view import View

__all__ = ["coverage"]

EACH: Final = 20  # requests of an account
MEMBERS: Final = 50
DRAWS: Final = 999
NAME: Final = "coverage"

Ints: TypeAlias = NDArray[np.int64]
Column: TypeAlias = NDArray[Any]


def coverage(view: View, group: Group, beside: Reference, rng: np.random.Generator) -> Channel:
    """The channel for one group."""
    whole = np.asarray(view.log.signature("whole"))
    enough = view.held_counts >= EACH
    asked = np.zeros(view.accounts, dtype=np.bool_)
    asked[group.members] = True
    volume = np.log1p(view.held_counts.astype(np.float64))
    members, pool = pools(group.members, volume, enough & (asked | beside.allowed), rng)
    members, pool = members[:MEMBERS], pool[:MEMBERS]
    if len(members) < 2:
        why = f"{len(members)} accounts with {EACH} requests on held days and a pool"
        return Channel(id=NAME, reason=f"{why}, expected at least two")
    others, where = np.unique(pool, return_inverse=True)
    own = np.stack([_prompts(view, whole, int(one), rng) for one in members])
    table = np.stack([_prompts(view, whole, int(one), rng) for one in others])
    every = np.concatenate([own[:, None], table[where.reshape(len(members), -1)]], axis=1)
    pick = rng.integers(0, every.shape[1], (DRAWS, len(members)))
    pick = np.concatenate([np.zeros((1, len(members)), np.int64), pick])
    number = np.unique(every, return_inverse=True)[1].reshape(every.shape).astype(np.uint32)
    drawn = np.sort(number[np.arange(len(members)), pick].reshape(len(pick), -1), axis=1)
    distinct = 1.0 + (drawn[:, 1:] != drawn[:, :-1]).sum(axis=1)
    share = distinct / drawn.shape[1]
    return from_draws(NAME, float(share[0]), share[1:])


def _prompts(view: View, whole: Column, account: int, rng: np.random.Generator) -> Column:
    """Twenty prompts of an account that has as many, drawn by lot."""
    rows = view.rows_of(account)
    rows = rows[view.held[view.day[rows]]].astype(np.int64)
    return np.asarray(whole[rng.choice(rows, EACH, replace=False)])
