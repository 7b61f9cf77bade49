"""The tables of `docs/validation/logs.md`."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TextIO

import numpy as np

from filiation.methods.logs.reading import Channel
from filiation.model.campaigns import CHANNELS, CLAIMS
from filiation.readers.logs.kept import write_log
from logs.background import Hours, ordinary, servegen_hours, synthetic_hours
from logs.bad import bad
from logs.campaign import Campaign, campaign
from logs.channels import DOING, KINDS, null_month, power_month
from logs.lookalikes import World, cron
from logs.months import Tally, innocent_month, look_at
from logs.real import made, prompts_of
from logs.rows import Actors, assembled

__all__ = ["TABLES"]

LEVEL: Final = 0.05
FULL: Final = (3000, 1.0)
SMALL: Final = (250, 0.16)


def _hours(asked: argparse.Namespace) -> Hours:
    return servegen_hours() if asked.real else synthetic_hours


def innocents(asked: argparse.Namespace) -> None:
    """Months without a campaign: what is said of whom."""
    tally = Tally()
    accounts, scale = FULL if asked.full else SMALL
    real = prompts_of(asked.prompts) if asked.prompts else None
    for seed in range(asked.first, asked.first + asked.months):
        month = innocent_month(seed, _hours(asked), accounts=accounts, scale=scale, real=real)
        tally.add(month)
        if tally.months % 10 == 0 and tally.months < asked.months:
            print(f"{tally.months} months", file=sys.stderr)
            _print(tally, sys.stderr)
    _print(tally, sys.stdout)


def _print(tally: Tally, file: TextIO) -> None:
    print(f"{'in truth':24s}{'groups':>8s}" + "".join(f"{one:>10s}" for one in CLAIMS), file=file)
    for whose, count in sorted(tally.groups.items()):
        cells = "".join(f"{tally.claimed[whose, one]:10d}" for one in CLAIMS)
        print(f"{whose:24s}{count:8d}{cells}", file=file)
    rates = "".join(f"{tally.rate(one):10.4f}" for one in CLAIMS)
    print(f"{'false discovery rate':32s}{rates}", file=file, flush=True)


PLAIN: Final = Campaign(accounts=100)
SETTINGS: Final[Mapping[str, Campaign]] = {
    "100 accounts, 26 a day": PLAIN,
    "20 accounts, 26 a day": Campaign(accounts=20),
    "20 accounts, 5 a day": Campaign(accounts=20, daily=5),
    "100 accounts, 5 a day": Campaign(accounts=100, daily=5),
    "40 accounts, mixed 1:1": Campaign(accounts=40, mixed=1),
    "40 accounts, 10 a day, mixed 1:5": Campaign(accounts=40, daily=10, mixed=5),
    "40 accounts, 5 a day, mixed 1:20": Campaign(accounts=40, daily=5, mixed=20),
    "40: paraphrased, 6 wordings a segment": Campaign(accounts=40, variants=6),
    "40: paraphrased, 40 a segment": Campaign(accounts=40, variants=40),
    "40: every prompt worded anew": Campaign(accounts=40, variants=0),
    "40: dispatcher without a pace": Campaign(accounts=40, paced=False),
    "40: schedule and volume of their own": Campaign(accounts=40, own=True),
    "40: lives of 10 days, replaced": Campaign(accounts=40, life=10),
    "40: lives of 4 days, replaced": Campaign(accounts=40, life=4),
    "100 accounts, 100 a day": Campaign(accounts=100, daily=100),
    "300 accounts, 26 a day": Campaign(accounts=300),
}


def power(asked: argparse.Namespace) -> None:
    """How often a campaign is found, and what is said of it."""
    print(f"{'campaign':38s}{'found':>7s}" + "".join(f"{one:>10s}" for one in CLAIMS) + "  members")
    for name, how in [*SETTINGS.items()][asked.skip :]:
        found: list[tuple[bool, ...]] = []
        shares = []
        for seed in range(asked.first, asked.first + asked.trials):
            seen = [one for one in _trial(seed, how, _hours(asked)) if one.whose == "campaign"]
            found.append(
                (bool(seen), *(any(c in one.group.claims for one in seen) for c in CLAIMS))
            )
            shares.append(max((one.share for one in seen), default=0.0))
        rates = np.mean(found, axis=0)
        cells = f"{rates[0]:7.2f}" + "".join(f"{one:10.2f}" for one in rates[1:])
        print(f"{name:38s}{cells}{np.mean(shares):9.2f}", flush=True)


def _trial(seed: int, how: Campaign, hours: Hours) -> list:  # type: ignore[type-arg]
    rng = np.random.default_rng([seed, 3])
    world = World(30, hours, rng, 15 * 1440)
    parts: list[Actors] = [
        ordinary(400, 30, hours, world.public, world.clock, rng, release=world.release, mean=6.0),
        campaign(world, how),
    ]
    return look_at(parts, seed, LEVEL)[1]


WINDOW: Final = 1500  # requests, as in the published study
SHARES: Final = (0.0, 0.05, 0.1)


def window(asked: argparse.Namespace) -> None:
    """The published setting: 1,500 requests, a share of them of one campaign; is there any?

    Said is whether a group acts alike or is of one template, at a false discovery rate of .006.
    """
    print(f"{'share':>6s}{'accounts':>10s}{'template':>10s}{'beyond':>10s}")
    for share in SHARES:
        for accounts in (3, 8, 15) if share else (0,):
            said = [_window(seed, share, accounts, _hours(asked)) for seed in range(asked.trials)]
            rates = np.mean(said, axis=0)
            print(f"{share:6.2f}{accounts:10d}{rates[0]:10.2f}{rates[1]:10.2f}", flush=True)


def _window(seed: int, share: float, accounts: int, hours: Hours) -> tuple[bool, bool]:
    """Whether a campaign's template is said to be shared; whether anything else is said so."""
    rng = np.random.default_rng([seed, 4])
    world = World(14, hours, rng, -1)
    plain = ordinary(150, 14, hours, world.public, world.clock, rng, mean=1.0)
    parts = [_first(plain, round(WINDOW * (1 - share)), rng)]
    if share:
        daily = share * WINDOW / accounts / 14
        made = campaign(world, Campaign(accounts=accounts, daily=daily, paced=False))
        parts.append(_first(made, round(WINDOW * share), rng))
    seen = look_at(parts, seed, 0.006)[1]
    found = [one for one in seen if one.group.claims]
    mine = [one.whose == "campaign" for one in found]
    return any(mine), not all(mine)


def _first(actors: Actors, rows: int, rng: np.random.Generator) -> Actors:
    """So many of their rows, by lot."""
    kept = np.sort(rng.permutation(len(actors.minute))[:rows])
    actors.account, actors.minute = actors.account[kept], actors.minute[kept]
    actors.signatures, actors.model = actors.signatures[kept], actors.model[kept]
    return actors


def channels(asked: argparse.Namespace) -> None:
    """Each channel alone: size among unrelated people, power where a group does what it looks for.

    *e* is the mean of its e-value, which is 1 at most under the null; a channel that could not be
    asked stands in no figure.
    """
    print(
        f"{'channel':14s}{'unrelated':12s}{'asked':>6s}{'p<=.01':>8s}{'.05':>7s}{'.5':>7s}{'e':>7s}"
    )
    months = range(asked.first, asked.first + asked.months)
    size = [one for seed in months for one in null_month(seed, _hours(asked))]
    for channel in CHANNELS:
        for kind in KINDS:
            of = [x.channel for x in size if (x.kind, x.channel.id) == (kind, channel)]
            print(f"{channel:14s}{kind:12s}{_cells([one for one in of if not one.reason])}")
    print(f"\n{'channel':14s}{'what a group does':30s}{'asked':>6s}{'p<=.01':>8s}{'e>=20':>7s}")
    trials = range(asked.first, asked.first + asked.trials)
    power = [one for seed in trials for one in power_month(seed, _hours(asked))]
    for kind, (channel, _) in DOING.items():
        said = [x.channel for x in power if x.kind == kind]
        log_p, log_e = (np.asarray([getattr(one, n) for one in said]) for n in ("log_p", "log_e"))
        rates = (log_p <= np.log(0.01)).mean(), (log_e >= np.log(20.0)).mean()
        spoke = sum(not one.reason for one in said)
        print(f"{channel:14s}{kind:30s}{spoke:6d}{rates[0]:8.2f}{rates[1]:7.2f}")


def _cells(said: Sequence[Channel]) -> str:
    if not said:
        return f"{0:6d}"
    p = np.exp([one.log_p for one in said])
    rates = [(p <= level).mean() for level in (0.01, 0.05, 0.5)]
    e = np.exp([one.log_e for one in said]).mean()
    return f"{len(said):6d}{rates[0]:8.3f}{rates[1]:7.3f}{rates[2]:7.2f}{e:7.2f}"


def example(asked: argparse.Namespace) -> None:
    """Write `examples/requests/made.requests`: a small log with one campaign."""
    rng = np.random.default_rng(20)
    world = World(20, synthetic_hours, rng, -1)
    parts = [
        ordinary(45, 20, synthetic_hours, world.public, world.clock, rng, mean=4.0),
        cron(world, 6), campaign(world, Campaign(accounts=10, daily=6)),
    ]  # fmt: skip
    log, _ = assembled(parts, 20, "made")
    write_log(log, asked.out)
    print(f"{asked.out}: {len(log):,} requests of {len(log.accounts):,} accounts")


TABLES: Final[Mapping[str, Callable[[argparse.Namespace], None]]] = {
    "innocents": innocents,
    "power": power,
    "window": window,
    "channels": channels,
    "bad": bad,
    "prompts": made,
    "example": example,
}
