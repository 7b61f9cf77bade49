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

    def held_rows(self, accounts: Ints) -> tuple[Ints, Ints]:
        """Rows of some accounts on held days, and whose they are by place in `accounts`."""
        parts = [self.rows_of(int(one)) for one in accounts]
        rows = np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)
        whose = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        kept = self.held[self.day[rows]]
        return rows[kept], whose[kept]

    def hour(self, rows: Ints) -> Ints:
        """Hour of the day (UTC) of some rows."""
        return self.log.minute[rows] // 60 % HOURS


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
