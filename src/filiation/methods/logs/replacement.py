"""Are accounts of a group born soon after others of it were closed?

Of each closing in the group: the log of minutes to the next birth in the group. Null: given when
each of them was born, a member's closing is any closing of the log after its birth. Small sums
speak of replacement. People who were closed come back as well, each by himself, so that this says
that accounts act alike and never that they are one hand.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.families import Group
from filiation.methods.logs.matching import FEWEST
from filiation.methods.logs.reading import Channel, from_draws
from filiation.methods.logs.view import DAY, View
from filiation.model.log import NEVER

__all__ = ["replacement"]

FEW: Final = 3  # closings in the group, and births after its first day
NAME: Final = "replacement"

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


def replacement(view: View, group: Group, draws: int, rng: np.random.Generator) -> Channel:
    """The channel for one group."""
    ended = np.asarray(view.log.accounts.ended)
    closed = group.members[ended[group.members] != NEVER]
    begin = int(view.log.minute[0])
    born = np.asarray(view.log.minute[view.lives(group.members)[0]])
    births = np.sort(born[born >= begin + DAY])
    if len(closed) < FEW or len(births) < FEW:
        return Channel(
            id=NAME,
            reason=f"{len(closed)} accounts closed and {len(births)} born after the first day, "
            f"expected {FEW} of each",
        )
    found = (ended != NEVER) & (view.open_counts > 0)  # as members were: who asked on open days
    outside = np.setdiff1d(np.flatnonzero(found), group.members)
    pool = np.sort(ended[outside])
    own_birth = born[np.searchsorted(group.members, closed)]
    first = np.searchsorted(pool, own_birth)
    kept = len(pool) - first >= FEWEST
    if kept.sum() < FEW:
        return Channel(id=NAME, reason=f"fewer than {FEWEST} other closings to compare with")
    first, closed = first[kept], closed[kept]
    last = int(view.log.minute[-1])
    pick = first + (rng.random((draws, len(first))) * (len(pool) - first)).astype(np.int64)
    drawn = _waits(pool[pick], births, last).mean(axis=1)
    observed = float(_waits(ended[closed], births, last).mean())
    return from_draws(NAME, observed, drawn, low=True)


def _waits(ends: Ints, births: Ints, last: int) -> Floats:
    """Log of minutes to the next birth; to the end of the log, and as long again, if none comes."""
    place = np.searchsorted(births, ends)
    following = np.append(births, 2 * last)[place]
    never = np.maximum(1, last - births[0]) * 2
    return np.asarray(np.log1p(np.where(place < len(births), following - ends, never)))
