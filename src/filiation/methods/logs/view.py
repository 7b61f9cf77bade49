"""A log laid out for testing: its days in two halves, its rows by account.

Groups are looked for on the *open* days alone and tested on the *held* days. Of every two days that
follow each other one is held, by lot: both halves then see every week, and an account that lives
for ten days has some five in each. (First half against second would lose every account that was
closed in between.)
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.log import ReducedLog
from filiation.numerics.rng import stream

__all__ = ["DAY", "View", "view_of"]

DAY: Final = 1440  # minutes
HOURS: Final = 24
BLOCK: Final = 1 << 20  # rows looked at together
THURSDAY: Final = 3  # 1 January 1970 was one

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Column: TypeAlias = NDArray[Any]


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """One log, ready to be searched and tested.

    Attributes:
        log: The log.
        first: Number of its first day since 1970 (UTC).
        held: Whether each day is held back for testing, [days].
        day: Day of every row, u16 [n], counted from the first.
        order: Rows by account, and by time within one, u32 [n].
        start: Where each account's rows begin in `order`, [accounts + 1].
    """

    log: ReducedLog
    first: int
    held: Bools
    day: Column
    order: Column
    start: Ints

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return len(self.start) - 1

    @property
    def days(self) -> int:
        """How many days it covers."""
        return len(self.held)

    @cached_property
    def weekday(self) -> Ints:
        """Day of the week of each day (UTC), Monday is 0."""
        return np.asarray((self.first + np.arange(self.days) + THURSDAY) % 7)

    @cached_property
    def open_counts(self) -> Ints:
        """Requests of each account on open days."""
        return self._counts(~self.held)

    @cached_property
    def held_counts(self) -> Ints:
        """Requests of each account on held days."""
        return self._counts(self.held)

    def _counts(self, days: Bools) -> Ints:
        return np.bincount(self.log.account[days[self.day]], minlength=self.accounts)

    def rows_on(self, days: Bools) -> Ints:
        """Rows of some days, in order of time."""
        return np.flatnonzero(days[self.day])

    def rows_of(self, account: int) -> Column:
        """Rows of one account, in order of time."""
        return self.order[self.start[account] : self.start[account + 1]]

    def rows_and_owners(self, accounts: Ints) -> tuple[Ints, Ints]:
        """Rows of some accounts, one account after another, and whose by place in `accounts`."""
        count = self.start[accounts + 1] - self.start[accounts]
        before = np.concatenate([[0], np.cumsum(count)[:-1]])
        place = np.arange(int(count.sum())) + np.repeat(self.start[accounts] - before, count)
        return self.order[place].astype(np.int64), np.repeat(np.arange(len(accounts)), count)

    def held_rows(self, accounts: Ints) -> tuple[Ints, Ints]:
        """The same on held days."""
        rows, whose = self.rows_and_owners(accounts)
        kept = self.held[self.day[rows]]
        return rows[kept], whose[kept]

    def lives(self, accounts: Ints) -> tuple[Ints, Ints]:
        """The first and the last row of each of some accounts that asked."""
        ends = self.start[accounts], self.start[accounts + 1] - 1
        return self.order[ends[0]].astype(np.int64), self.order[ends[1]].astype(np.int64)

    def hourly(self) -> Ints:
        """Requests of everybody by held day and hour of it (UTC), [held days, 24]."""
        days = int(self.held.sum())
        found = np.zeros(days * HOURS, dtype=np.int64)
        for start in range(0, len(self.day), BLOCK):
            block = slice(start, start + BLOCK)
            rows = np.flatnonzero(self.held[self.day[block]]) + start
            found += np.bincount(self.cell(rows), minlength=len(found))
        return found.reshape(days, HOURS)

    def cell(self, rows: Ints) -> Ints:
        """Day and hour of rows on held days, in one number from 0."""
        place = np.cumsum(self.held) - 1  # of a day among the held ones
        return np.asarray(place[self.day[rows]] * HOURS + self.log.minute[rows] // 60 % HOURS)


def view_of(log: ReducedLog, seed: int) -> View:
    """Lay a log out; which of two days is held follows from the seed.

    Days on which nobody asked are not held: one row of a clock that is years off adds thousands.
    """
    rows = len(log)
    first = int(log.minute[0]) // DAY if rows else 0
    day = (log.minute // DAY - first).astype(np.uint16)
    days = int(day[-1]) + 1 if rows else 0
    coins = stream(seed, "logs", "held days").integers(0, 2, (days + 1) // 2).astype(bool)
    held = np.stack([coins, ~coins], axis=1).reshape(-1)[:days]
    held &= np.bincount(day, minlength=days) > 0
    counts = np.bincount(log.account, minlength=len(log.accounts))
    return View(
        log=log, first=first, held=held, day=day,
        order=np.argsort(log.account, kind="stable").astype(np.uint32),
        start=np.concatenate([[0], np.cumsum(counts)]),
    )  # fmt: skip
