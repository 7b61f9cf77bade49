"""Campaigns: one work list, dealt over many accounts."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from logs.background import asked, minutes_of, ordinary
from logs.lookalikes import World
from logs.rows import DAY, Actors, Ints, prompts

__all__ = ["Campaign", "campaign"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """How one is run.

    Attributes:
        accounts: At work at any one time.
        daily: Requests of the campaign a day and account.
        mixed: Ordinary requests for each one of the campaign.
        templates: Different templates.
        variants: Wordings of each of a template's four segments; 1 is no paraphrase, 0 a new one
            for every request: nothing is shared any more.
        paced: Whether the dispatcher keeps a steady rate (else each hour is Poisson).
        own: Whether every account keeps a schedule and a volume of its own.
        life: Days that an account lasts; 0 is all of them. Each is replaced within hours.
    """

    accounts: int
    daily: float = 26.0
    mixed: float = 0.0
    templates: int = 3
    variants: int = 1
    paced: bool = True
    own: bool = False
    life: int = 0


def campaign(world: World, how: Campaign) -> Actors:
    """The rows of one."""
    rng = world.rng
    seat, minute = _dealt(world, how)
    account, count, ended = _lives(world, how, seat, minute)
    signatures = _worded(world, how, len(minute))
    model = np.where((world.release >= 0) & (minute >= world.release + 240), 2, 1)
    if how.mixed > 0.0:
        cover = ordinary(
            how.accounts, world.days, world.hours, world.public, world.clock, rng,
            mean=how.daily * how.mixed, release=world.release,
        )  # fmt: skip
        whose = _seated(world, how, cover.account, cover.minute, count)
        again = asked(whose, count, world.public, world.clock, rng)
        account = np.concatenate([account, whose])
        minute = np.concatenate([minute, cover.minute])
        signatures = np.concatenate([signatures, again])
        model = np.concatenate([model, cover.model])
    return Actors(
        what="campaign", count=count, account=account, minute=minute, model=model,
        signatures=signatures, ended=ended,
    )  # fmt: skip


def _dealt(world: World, how: Campaign) -> tuple[Ints, Ints]:
    """Which seat takes each request, and when."""
    rng, days = world.rng, world.days
    if how.own:
        volume = rng.lognormal(np.log(how.daily) - 0.32, 0.8, how.accounts)
        rates = world.hours(how.accounts, days, rng) * (volume / 24)[:, None, None]
        return minutes_of(rates, rng)
    hourly = np.full(days * 24, how.accounts * how.daily / 24)
    jitter = rng.normal(1.0, 0.05, len(hourly)) if how.paced else np.ones(len(hourly))
    wanted = hourly * jitter
    counts = np.floor(wanted + rng.random(len(wanted))) if how.paced else rng.poisson(wanted)
    hour = np.repeat(np.arange(len(hourly)), np.maximum(counts, 0).astype(np.int64))
    return rng.integers(0, how.accounts, len(hour)), hour * 60 + rng.integers(0, 60, len(hour))


def _lives(world: World, how: Campaign, seat: Ints, minute: Ints) -> tuple[Ints, int, Ints]:
    """Accounts in turn on each seat, and when each was closed."""
    if not how.life:
        return seat, how.accounts, np.full(how.accounts, -1)
    turns = world.days // how.life + 2
    offset = world.rng.integers(0, how.life * DAY, how.accounts)
    turn = (minute + offset[seat]) // (how.life * DAY)
    ends = (np.arange(1, turns + 1) * how.life * DAY)[None] - offset[:, None]
    ended = np.where(ends < world.days * DAY, ends - 1, -1).reshape(-1)
    return seat * turns + turn, how.accounts * turns, ended


def _seated(world: World, how: Campaign, seat: Ints, minute: Ints, count: int) -> Ints:
    """The account that sits there: cover goes through accounts in no particular order."""
    turns = count // how.accounts
    if turns == 1:
        return seat
    turn = np.minimum(minute // (how.life * DAY), turns - 1)
    return np.asarray(seat * turns + turn)


def _worded(world: World, how: Campaign, rows: int) -> NDArray[np.uint64]:
    """Prompts: a template in four segments around an item that is asked once."""
    rng, clock = world.rng, world.clock
    item, more = clock.take(rows), clock.take(rows)
    none = np.zeros(rows, dtype=np.int64)
    if how.variants == 0:
        free = [clock.take(rows) for _ in range(4)]
        return prompts(
            system=none, template=free[0], opening=free[1], closing=free[2],
            shingles=[free[3], item, more, clock.take(rows)], whole=item,
        )  # fmt: skip
    ids = clock.take(how.templates * 4 * how.variants).reshape(how.templates, 4, how.variants)
    which = rng.integers(0, how.templates, rows)
    segments = [ids[which, part, rng.integers(0, how.variants, rows)] for part in range(4)]
    template = sum(part * (7919 + 2 * place) for place, part in enumerate(segments)) + (5 << 40)
    return prompts(
        system=none, template=np.asarray(template), opening=segments[0], closing=segments[3],
        shingles=[segments[1], segments[2] + (1 << 41), item, more], whole=item,
    )  # fmt: skip
