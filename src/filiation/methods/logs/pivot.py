"""Do the accounts of a group turn to a new model sooner than others of their habits?

A release is the first use of a model that was not used on the first three days and takes at least
one request in a hundred from then on. Of each account that asked before: the log of minutes from
the release to its first use (to the end of the log if it never does). Null: members turn as
other accounts do that changed models as often before and ask as much. Members count that used what
they share before the release: who shares only what is asked of the new model was found because he
turned soon. A tool or a gateway that changes its default turns all its users, as one hand would.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.families import Group
from filiation.methods.logs.matching import FEWEST, drawn_from_pools, pools
from filiation.methods.logs.reading import Channel
from filiation.methods.logs.timing import in_family
from filiation.methods.logs.view import DAY, View

__all__ = ["Turns", "pivot", "turns"]

QUIET: Final = 3 * DAY
TAKEN: Final = 0.01
BEFORE: Final = 2  # requests of the family before the release, of each member
NAME: Final = "pivot"

Floats: TypeAlias = NDArray[np.float64]
# Delay, habit, who may be asked, minute of the release.
Turns: TypeAlias = tuple[Floats, Floats, NDArray[np.bool_], int]


def turns(view: View) -> Turns | None:
    """Delay after the largest release, habit before it, and who asked before; None without one."""
    model, minute = np.asarray(view.log.model), np.asarray(view.log.minute)
    best: tuple[int, int] | None = None
    for one in range(1, len(view.log.facts.models)):
        uses = model == one
        if not uses.any():
            continue
        begin = int(np.argmax(uses))
        released = int(minute[begin])
        count = int(uses.sum())
        if released - int(minute[0]) >= QUIET and count >= TAKEN * (len(model) - begin):
            best = max(best or (0, 0), (count, one))
    if best is None:
        return None
    return _turned(view, best[1])


def _turned(view: View, new: int) -> Turns:
    model = np.asarray(view.log.model)[view.order]
    minute = np.asarray(view.log.minute)[view.order]
    account = np.asarray(view.log.account)[view.order]
    uses = model == new
    released = int(minute[uses].min())
    before = minute < released
    asked = np.bincount(account[before], minlength=view.accounts)
    same = (account[1:] == account[:-1]) & before[1:]
    changed = same & (model[1:] != model[:-1])
    changes = np.bincount(account[1:][changed], minlength=view.accounts)
    first = np.full(view.accounts, int(minute.max()) + 1)
    np.minimum.at(first, account[uses], minute[uses])
    after = np.bincount(account[~before], minlength=view.accounts)
    habit = 100.0 * np.floor(np.log2(1.0 + changes)) + np.log1p(asked)
    return np.log1p(first - released), habit, (asked > 0) & (after > 0), released


def pivot(
    view: View, group: Group, turned: Turns | None, draws: int, rng: np.random.Generator
) -> Channel:
    """The channel for one group."""
    if turned is None:
        return Channel(id=NAME, reason="no model was released in this time")
    delay, habit, asked, released = turned
    allowed = asked.copy()
    allowed[group.members[~_shared_before(view, group, released)]] = False
    members, pool = pools(group.members, habit, allowed, rng)
    if len(members) < 2:
        why = f"{len(members)} members used it before the release, with {FEWEST} others"
        return Channel(id=NAME, reason=f"{why}; expected at least two")
    return drawn_from_pools(NAME, delay[members], delay[pool], draws, rng, low=True)


def _shared_before(view: View, group: Group, released: int) -> NDArray[np.bool_]:
    """Of each member, whether it used what they share before the release."""
    rows, whose = view.rows_and_owners(group.members)
    early = view.log.minute[rows] < released
    rows, whose = rows[early], whose[early]
    of_family = np.bincount(whose[in_family(view, group, rows)], minlength=len(group.members))
    return np.asarray(of_family >= BEFORE)
