"""Innocents that look coordinated: none of them divides one work among accounts, but for two.

`TRULY_ONE` names those where one tenant deals its requests over several accounts: they do act as
one, and only intent tells them from a campaign.
"""

from typing import Final

import numpy as np

from logs.background import Hours, Public, asked, minutes_of, ordinary, switched
from logs.rows import DAY, Actors, Clock, Column, Ints, prompts

__all__ = ["TRULY_ONE", "World", "lookalikes"]

TRULY_ONE: Final = ("two keys of one tenant", "harness on four keys")


class World:
    """What all generators of one month have in common."""

    def __init__(self, days: int, hours: Hours, rng: np.random.Generator, release: int) -> None:
        self.days, self.hours, self.rng, self.release = days, hours, rng, release
        self.clock = Clock()
        self.public = Public(self.clock)


def _actors(
    world: World, what: str, count: int, account: Ints, minute: Ints, signatures: Column,
    *, payment: int = 0, model: Ints | None = None,
) -> Actors:  # fmt: skip
    if model is None:
        model = switched(account, minute, count, world.release, world.rng)
    return Actors(
        what=what, count=count, account=account, minute=minute, model=model,
        signatures=signatures.astype(np.uint64), payment=payment,
    )  # fmt: skip


def reseller(world: World, users: int = 500) -> Actors:
    """Users of a reseller: one way of paying, its system prompt, and its outages.

    Four times in the month its gateway is down for some hours, and all its users with it.
    """
    system = int(world.clock.take(1)[0])
    made = ordinary(
        users, world.days, world.hours, world.public, world.clock, world.rng, mean=4.0,
        what="reseller", release=world.release, system=system, payment=77,
    )  # fmt: skip
    down = world.rng.integers(0, world.days * 24, 4)
    up = ~np.isin(made.minute // 60, (down[:, None] + np.arange(5)).ravel())
    made.account, made.minute = made.account[up], made.minute[up]
    made.signatures, made.model = made.signatures[up], made.model[up]
    return made


def school(world: World, students: int = 30) -> Actors:
    """A class: forty exercises, the same two evenings a week, more of them before the deadline."""
    rng, days = world.rng, world.days
    rates = np.zeros((students, days, 24))
    for day in range(days):
        if day % 7 in (1, 3):
            rates[:, day, 17:22] = rng.gamma(2.0, 0.5, (students, 1)) * (1 + 2 * (day % 14 == 3))
    account, minute = minutes_of(rates, rng)
    rows = len(account)
    exercise = world.clock.take(40)[rng.integers(0, 40, rows)]
    signatures = asked(
        account, students, world.public, world.clock, rng, system=np.zeros(rows, int)
    )
    copied = rng.random(rows) < 0.5
    same = prompts(
        system=np.zeros(rows, int), template=exercise, opening=exercise, closing=exercise,
        shingles=[exercise] * 4, whole=exercise,
    )  # fmt: skip
    signatures[copied] = same[copied]
    return _actors(world, "class", students, account, minute, signatures)


def harness(world: World, teams: int = 3, items: int = 2000) -> Actors:
    """Teams that each run the same public benchmark now and then: evenly, every item once."""
    rng = world.rng
    template, ids = int(world.clock.take(1)[0]), world.clock.take(items)
    account, minute, item = [], [], []
    for team in range(teams):
        for run in np.sort(rng.choice(world.days - 1, 5, replace=False)):
            begin = run * DAY + rng.integers(0, DAY // 2)
            minute.append(begin + np.linspace(0, 600, items).astype(np.int64))
            account.append(np.full(items, team))
            item.append(rng.permutation(ids))
    signatures = _templated(world, template, np.concatenate(item))
    return _actors(
        world, "harness", teams, np.concatenate(account), np.concatenate(minute), signatures
    )


def _templated(world: World, template: int, item: Ints) -> Column:
    """Prompts that differ in one place."""
    rows = len(item)
    fixed = np.full(rows, template)
    return prompts(
        system=np.zeros(rows, int), template=fixed, opening=fixed, closing=fixed + (1 << 40),
        shingles=[fixed, fixed + (2 << 40), item, item + (3 << 40)], whole=item,
    ).astype(np.uint64)  # fmt: skip


def batches(world: World, customers: int = 12) -> Actors:
    """Customers of one batch tool: its template around records of their own, by night."""
    rng = world.rng
    rates = np.zeros((customers, world.days, 24))
    rates[:, :, 1:4] = rng.gamma(1.5, 8.0, (customers, world.days, 1))
    account, minute = minutes_of(rates, rng)
    order = np.lexsort((minute, account))
    account, minute = account[order], minute[order]
    template = np.full(len(account), int(world.clock.take(1)[0]))
    signatures = asked(
        account, customers, world.public, world.clock, rng, template=template, own=0.3
    )
    return _actors(world, "batch tool", customers, account, minute, signatures)


def plugin(world: World, accounts: int = 500) -> Actors:
    """A plug-in's template around texts of each user; its release turns all users at once."""
    made = ordinary(
        accounts, world.days, world.hours, world.public, world.clock, world.rng, mean=4.0,
        what="plug-in", release=world.release,
    )  # fmt: skip
    template = np.full(len(made.account), int(world.clock.take(1)[0]))
    through = world.rng.random(len(template)) < 0.6
    signatures = asked(
        made.account, accounts, world.public, world.clock, world.rng, template=template
    )
    made.signatures[through] = signatures[through]
    if world.release >= 0:
        made.model[through & (made.minute >= world.release + 600)] = 2
    return made


def cron(world: World, accounts: int = 40) -> Actors:
    """One job, copied from a blog, that every account runs at two in the night."""
    account, day = (one.ravel() for one in np.indices((accounts, world.days)))
    minute = day * DAY + 120 + world.rng.integers(0, 2, len(day))
    item = world.clock.take(world.days)[day]  # the date stands in the prompt
    signatures = _templated(world, int(world.clock.take(1)[0]), item)
    return _actors(world, "cron", accounts, account, minute, signatures)


def tenant(
    world: World, keys: int = 2, *, mean: float = 60.0, paced: bool = False,
    what: str = "two keys of one tenant",
) -> Actors:  # fmt: skip
    """One application that deals its users' requests over several keys."""
    rng = world.rng
    rates = world.hours(1, world.days, rng) * (mean / 24)
    if paced:
        rates = np.full((1, world.days, 24), mean / 24)
    nobody, minute = minutes_of(rates, rng)
    minute = np.sort(minute)
    user = rng.integers(0, 300, len(minute))
    template = np.full(len(minute), int(world.clock.take(1)[0]))
    signatures = asked(user, 300, world.public, world.clock, rng, template=template)
    account = rng.integers(0, keys, len(nobody))
    return _actors(world, what, keys, account, minute, signatures, payment=78)


def keyed_harness(world: World, keys: int = 4, items: int = 2000) -> Actors:
    """One evaluation that deals its items over four keys, at an even pace, on most days."""
    rng = world.rng
    template = int(world.clock.take(1)[0])
    minute, item = [], []
    for day in range(world.days):
        if rng.random() < 0.8:
            minute.append(day * DAY + 480 + np.linspace(0, 700, items // 10).astype(np.int64))
            item.append(world.clock.take(items // 10))
    times = np.concatenate(minute)
    account = rng.integers(0, keys, len(times))
    signatures = _templated(world, template, np.concatenate(item))
    return _actors(world, "harness on four keys", keys, account, times, signatures, payment=79)


def lookalikes(world: World, *, plug_in: int = 500, users: int = 500) -> list[Actors]:
    """One of each."""
    return [
        reseller(world, users), school(world), harness(world), batches(world),
        plugin(world, plug_in), cron(world), tenant(world), keyed_harness(world),
    ]  # fmt: skip
