"""Simulated months: are the false discovery rates as declared, and what are innocents called?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.logs.campaigns import campaigns
from filiation.model.campaigns import CLAIMS, CampaignPlan, Campaigns, FoundGroup
from filiation.model.log import ReducedLog
from logs.background import Hours, ordinary
from logs.lookalikes import TRULY_ONE, World, lookalikes
from logs.real import Prompts, worded
from logs.rows import Actors, assembled

__all__ = ["Seen", "Tally", "innocent_month", "judged", "look_at"]

DRAWS = 999  # at least; a plan by itself has 9,999
MOSTLY = 0.8  # of a group's members: whose group it then is


@final
@dataclass(frozen=True, slots=True)
class Seen:
    """A group, and whose it is in truth."""

    group: FoundGroup
    whose: str
    share: float  # of the accounts of those


def look_at(
    parts: Sequence[Actors], seed: int, level: float = 0.05
) -> tuple[Campaigns, list[Seen]]:
    """Assemble a log, examine it, and say whose each group is."""
    log, whose = assembled(parts, seed)
    made = campaigns(log, CampaignPlan(log=log.digest, level=level, seed=seed, draws=DRAWS))
    return made, judged(made, parts, log, whose)


def judged(
    made: Campaigns, parts: Sequence[Actors], log: ReducedLog, whose: NDArray[np.int64]
) -> list[Seen]:
    """Whose every group is."""
    place = {f"{a:016x}{b:016x}": i for i, (a, b) in enumerate(log.accounts.name.tolist())}
    active = np.bincount(whose[np.unique(log.account)], minlength=len(parts))
    found = []
    for group in made.groups:
        members = np.bincount([whose[place[one]] for one in group.members], minlength=len(parts))
        most = int(members.argmax())
        mostly = members[most] >= MOSTLY * members.sum()
        name = parts[most].what if mostly else "mixed"
        found.append(Seen(group, name, float(members[most] / active[most])))
    return found


def innocent_month(
    seed: int, hours: Hours, *, accounts: int = 400, scale: float = 0.16,
    real: Prompts | None = None,
) -> list[Seen]:  # fmt: skip
    """One month with every look-alike and no campaign; a new model comes in the middle.

    Args:
        seed: Of every draw.
        hours: When accounts ask.
        accounts: Ordinary ones.
        scale: Of look-alikes that are hundreds.
        real: What ordinary accounts ask; else by base rates.
    """
    rng = np.random.default_rng([seed, 2])
    world = World(30, hours, rng, 15 * 1440)
    plain = ordinary(
        accounts, 30, hours, world.public, world.clock, rng, release=world.release, mean=6.0
    )
    plain = plain if real is None else worded(plain, real, rng)
    some = lookalikes(world, plug_in=round(500 * scale), users=round(500 * scale))
    return look_at([plain, *some], seed)[1]


@final
@dataclass(slots=True)
class Tally:
    """Counts over months."""

    months: int = 0
    claimed: Counter[tuple[str, str]] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    rates: dict[str, list[float]] = field(default_factory=lambda: {one: [] for one in CLAIMS})

    def add(self, month: Sequence[Seen]) -> None:
        """Count one."""
        self.months += 1
        for seen in month:
            self.groups[seen.whose] += 1
            for claim in seen.group.claims:
                self.claimed[seen.whose, claim] += 1
        for claim in CLAIMS:
            said = [seen.whose for seen in month if claim in seen.group.claims]
            wrong = sum(false(whose, claim) for whose in said)
            self.rates[claim].append(wrong / len(said) if said else 0.0)

    def rate(self, claim: str) -> float:
        """The mean share of false ones among those of which a claim was made."""
        return float(np.mean(self.rates[claim])) if self.rates[claim] else 0.0


def false(whose: str, claim: str) -> bool:
    """Whether a claim about them is false."""
    if claim == "hand":
        return whose != "campaign" and whose not in TRULY_ONE
    if claim == "alike":  # of these nothing but chance could make them act alike
        return whose in ("ordinary", "mixed")
    return False  # that a template is shared is a fact; what it was is printed beside
