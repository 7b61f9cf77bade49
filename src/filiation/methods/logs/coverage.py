"""Does a group ask more that is new than random accounts of its volume?

Rarefaction on held days: twenty requests of each account, and how many distinct prompts there are
among them. Null: the group is a draw of accounts of that volume. All requests count, those without
the template too, as of the accounts that it is held against. The twenty follow each other: people
repeat a prompt soon or not at all, so that twenty by lot of many would hold fewer repeats than
twenty of few, and those who ask most would seem to ask what is new. Whoever works through a list
repeats nothing; a class repeats itself; a batch job works through a list too.
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
    every = np.concatenate([own, table])
    number = np.unique(every, return_inverse=True)[1].reshape(every.shape).astype(np.int64)
    mine = np.arange(len(members))
    could = np.concatenate([mine[:, None], len(members) + where.reshape(len(members), -1)], axis=1)
    pick = rng.integers(0, could.shape[1], (DRAWS, len(members)))
    share = _distinct(number, np.concatenate([mine[None], could[mine, pick]]))
    return from_draws(NAME, float(share[0]), share[1:])


def _distinct(number: Ints, accounts: Ints) -> NDArray[np.float64]:
    """Of each draw of accounts, [draws, k]: the share of their prompts that is new.

    An account that was drawn twice counts once: else it would repeat all that it asked, and no draw
    of accounts that are few would hold as much that is new as the group.
    """
    accounts = np.sort(accounts, axis=1)
    again = np.zeros(accounts.shape, dtype=np.bool_)
    again[:, 1:] = accounts[:, 1:] == accounts[:, :-1]
    drawn = number[accounts]
    drawn[again] = -1
    drawn = np.sort(drawn.reshape(len(accounts), -1), axis=1)
    new = (drawn[:, 1:] != drawn[:, :-1]).sum(axis=1) + (drawn[:, 0] >= 0)
    return np.asarray(new / (number.shape[1] * (~again).sum(axis=1)))


def _prompts(view: View, whole: Column, account: int, rng: np.random.Generator) -> Column:
    """Twenty prompts that follow each other, of an account that has as many."""
    rows = view.rows_of(account)
    rows = rows[view.held[view.day[rows]]].astype(np.int64)
    first = int(rng.integers(0, len(rows) - EACH + 1))
    return np.asarray(whole[rows[first : first + EACH]])
