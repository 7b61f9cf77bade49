"""Each channel alone: how often it errs among unrelated accounts, and what it finds.

Size: months in which 600 people use one published tool, each at hours, volumes and subjects of his
own. Groups of them are put together in ways that look at open days alone, as the examination's own
search does: by lot, those that ask most or little, that keep the same hours, that came last.
Power: months in which some of the groups do what a channel looks for, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.logs.bench import asked as every_channel
from filiation.examining.logs.bench import bench_of
from filiation.methods.logs.families import Group
from filiation.methods.logs.incidence import incidence
from filiation.methods.logs.reading import Channel
from filiation.methods.logs.sharing import sharing
from filiation.methods.logs.view import View, view_of
from logs.background import Hours, asked, ordinary
from logs.campaign import Campaign, campaign
from logs.lookalikes import World, _templated
from logs.rows import DAY, Actors, Ints, assembled, mixed

__all__ = ["DOING", "KINDS", "Asked", "null_month", "power_month"]

DAYS: Final = 30
RELEASE: Final = 15 * DAY
USERS: Final = 600
DRAWS: Final = 199
# Columns in which a template of `asked` stands, and the kind of number that it is there.
COLUMNS: Final = {"template": 1, "opening": 2, "shingle-2": 4}


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """What a channel said of a group."""

    kind: str
    channel: Channel


def tool_users(
    world: World, count: int, hours: Hours, template: int, *, what: str = "ordinary",
    examples: float = 0.0,
) -> Actors:  # fmt: skip
    """People who use one published tool for three in five of their requests.

    Args:
        world: The month.
        count: How many.
        hours: Their rates.
        template: The tool's.
        what: What they are.
        examples: Share of the tool's requests that take one of its forty examples.
    """
    made = ordinary(
        count, world.days, hours, world.public, world.clock, world.rng, mean=6.0, what=what,
        release=world.release,
    )  # fmt: skip
    rows = len(made.account)
    worded = asked(
        made.account, count, world.public, world.clock, world.rng, template=np.full(rows, template)
    )
    through = world.rng.random(rows) < 0.6
    made.signatures[through] = worded[through]
    tried = through & (world.rng.random(rows) < examples)
    list_of = template + (1 << 44) + np.arange(40)
    made.signatures[tried] = _templated(
        world, template, world.rng.choice(list_of, int(tried.sum()))
    )
    return made


def family_of(template: int) -> Mapping[str, NDArray[np.uint64]]:
    """A template's signatures."""
    number = np.asarray([template])
    return {name: mixed(number, kind) for name, kind in COLUMNS.items()}


def said(view: View, groups: Mapping[str, Group], seed: int, draws: int) -> list[Asked]:
    """Every channel's word on every group."""
    every = [*groups.values()]
    shared, users = sharing(view, every)
    bench = bench_of(view, seed, draws)
    found = []
    for number, (kind, group) in enumerate(groups.items()):
        rest = every_channel(bench, group, users[number])
        found += [Asked(kind, one) for one in (shared[number], *rest)]
    return found


def null_month(
    seed: int, hours: Hours, *, users: int = USERS, draws: int = DRAWS, size: int = 40
) -> list[Asked]:
    """One month of unrelated people, in groups of each kind that share no member."""
    rng = np.random.default_rng([seed, 5])
    world = World(DAYS, hours, rng, RELEASE)
    template = int(world.clock.take(1)[0])
    log, _ = assembled([tool_users(world, users, hours, template)], seed)
    view = view_of(log, seed)
    left = np.flatnonzero(view.open_counts > 0)
    groups = {}
    for kind, key in KINDS.items():
        value = key(view, rng)[left]
        taken = np.argsort(value, kind="stable")[:size]
        members = np.sort(left[taken])
        left = np.delete(left, taken)
        groups[kind] = Group(members=members, family=_some_family(view, template, rng), weight=0.0)
    return said(view, groups, seed, draws)


def _some_family(view: View, template: int, rng: np.random.Generator) -> Mapping[str, Ints]:
    """The tool's signatures, and twenty that several accounts used on open days."""
    rows = view.rows_on(~view.held)
    found: dict[str, Any] = dict(family_of(template))
    values, count = np.unique(view.log.signature("whole")[rows], return_counts=True)
    found["whole"] = np.sort(rng.choice(values[count > 2], 20, replace=False))
    return found


def _open_rows(view: View) -> tuple[Ints, Ints]:
    rows = view.rows_on(~view.held)
    return rows, np.asarray(view.log.account[rows], dtype=np.int64)


def _same_hours(view: View, rng: np.random.Generator) -> Ints:
    """Distance of an account's mean hour on open days from an hour that was drawn."""
    rows, account = _open_rows(view)
    hour = view.log.minute[rows] // 60 % 24
    total = np.bincount(account, minlength=view.accounts)
    mean = np.bincount(account, weights=hour, minlength=view.accounts) / np.maximum(1, total)
    return np.asarray(np.abs(mean - rng.uniform(9, 18)))


def _came_last(view: View, rng: np.random.Generator) -> Ints:
    rows, account = _open_rows(view)
    first = np.full(view.accounts, np.iinfo(np.int64).max)
    np.minimum.at(first, account, view.log.minute[rows])
    return -first


KINDS: Final[Mapping[str, Callable[[View, np.random.Generator], Ints]]] = {
    "by lot": lambda view, rng: rng.permutation(view.accounts),
    "ask most": lambda view, rng: -view.open_counts,
    "ask little": lambda view, rng: np.abs(view.open_counts - 12),
    "same hours": _same_hours,
    "came last": _came_last,
}


def power_month(seed: int, hours: Hours, *, draws: int = DRAWS) -> list[Asked]:
    """One month with a group for each thing that a channel looks for; only that channel's word."""
    rng = np.random.default_rng([seed, 6])
    world = World(DAYS, hours, rng, RELEASE)
    parts = [
        ordinary(USERS, DAYS, hours, world.public, world.clock, rng, mean=6.0, release=RELEASE)
    ]
    for kind, (_, make) in DOING.items():
        first, *beside = make(world)
        first.what = kind
        parts += [first, *beside]
    log, whose = assembled(parts, seed)
    view = view_of(log, seed)
    groups = {}
    for number, part in enumerate(parts):
        members = np.flatnonzero((whose == number) & (view.open_counts > 0))
        if part.what in DOING:
            family = _shared_by(view, members)
            groups[part.what] = Group(members=members, family=family, weight=0.0)
    found = said(view, groups, seed, draws)
    return [one for one in found if one.channel.id == DOING[one.kind][0]]


def _shared_by(view: View, members: Ints) -> Mapping[str, NDArray[np.uint64]]:
    """Signatures that a quarter of the members use on open days, and few others do."""
    rows, account = _open_rows(view)
    found = {}
    for name in view.log.facts.signatures:
        index = incidence(np.asarray(view.log.signature(name)[rows]), account, view.accounts)
        inside = np.isin(index.account, members)
        users = np.add.reduceat(inside, index.start[:-1])
        kept = (4 * users >= len(members)) & (index.users < view.accounts / 6)
        if kept.any():
            found[name] = index.signature[kept]
    return found


def _template(world: World) -> int:
    return int(world.clock.take(1)[0])


def _some_share(world: World, users: int) -> list[Actors]:
    """So many of twenty people use one rare template, four times each."""
    made = ordinary(
        20, DAYS, world.hours, world.public, world.clock, world.rng, mean=6.0, release=RELEASE
    )
    template = _template(world)
    asks = np.bincount(made.account, minlength=20)
    for one in np.argsort(-asks, kind="stable")[:users]:
        rows = np.flatnonzero(made.account == one)
        rows = world.rng.choice(rows, min(4, len(rows)), replace=False)
        made.signatures[rows] = _templated(world, template, world.clock.take(len(rows)))
    return [made]


def _common_days(world: World, shape: float) -> list[Actors]:
    """Thirty users of a tool whose days all follow one factor, gamma of this shape."""

    def hours(accounts: int, days: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return world.hours(accounts, days, rng) * day[None, :, None]

    day = world.rng.gamma(shape, 1 / shape, DAYS)
    return [tool_users(world, 30, hours, _template(world))]


def _turning(world: World, within: float) -> list[Actors]:
    """Twenty users of a tool who turn to a new model within so many days."""
    made = tool_users(world, 20, world.hours, _template(world))
    since = RELEASE + world.rng.exponential(within * DAY, 20)
    made.model = np.where(made.minute >= since[made.account], 2, 1)
    return [made]


def _divided(world: World, examples: float) -> list[Actors]:
    """Twenty with a list of their own beside eighty who take this share from its examples."""
    template = _template(world)
    own = tool_users(world, 20, world.hours, template)
    return [own, tool_users(world, 80, world.hours, template, examples=examples)]


def _campaign(how: Campaign) -> Callable[[World], list[Actors]]:
    return lambda world: [campaign(world, how)]


# What a group does, by name: the channel that should say so, and its rows (others beside it).
DOING: Final[Mapping[str, tuple[str, Callable[[World], list[Actors]]]]] = {
    "3 of 20 use a rare template": ("sharing", lambda world: _some_share(world, 3)),
    "8 of 20 use a rare template": ("sharing", lambda world: _some_share(world, 8)),
    "30, common days, spread .5": ("together", lambda world: _common_days(world, 4.0)),
    "30, common days, spread 1": ("together", lambda world: _common_days(world, 1.0)),
    "20 turn in 2 days (others 4)": ("pivot", lambda world: _turning(world, 2.0)),
    "20 turn in 12 hours": ("pivot", lambda world: _turning(world, 0.5)),
    "20 with a list, mixed 1:5": ("coverage", _campaign(Campaign(accounts=20, daily=5, mixed=5))),
    "20 with a list": ("coverage", _campaign(Campaign(accounts=20, daily=5, paced=False))),
    "20 dealt out, 5 a day": ("compensation", _campaign(Campaign(accounts=20, daily=5))),
    "20 dealt out, 26 a day": ("compensation", _campaign(Campaign(accounts=20, daily=26))),
    "20 divide, .1 take examples": ("division", lambda world: _divided(world, 0.1)),
    "20 divide, .5 take examples": ("division", lambda world: _divided(world, 0.5)),
    "5 seats, lives of 7 days": ("replacement", _campaign(Campaign(accounts=5, life=7))),
    "20 seats, lives of 10 days": ("replacement", _campaign(Campaign(accounts=20, life=10))),
    "10 without interests": ("dealing", _campaign(Campaign(accounts=10, daily=3, paced=False))),
    "40 without interests": ("dealing", _campaign(Campaign(accounts=40, daily=5, paced=False))),
}
