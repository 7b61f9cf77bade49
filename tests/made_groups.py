"""Groups of a log made by hand: every claim, every channel loudest, every fact that may be told."""

from typing import Any

from filiation.model.campaigns import (
    ALIKE,
    CHANNELS,
    CampaignPlan,
    Campaigns,
    Claim,
    FoundGroup,
    SharedSignature,
    Spoken,
)

__all__ = ["campaigns_of", "group_of"]

DAYS = ((0, 3), (2, 1))


def group_of(*claims: Claim, loudest: str = "", members: int = 3, **other: Any) -> FoundGroup:
    """A group of which these claims are made; any field may be given instead."""
    names = tuple(f"{number:032x}" for number in range(members))
    found: dict[str, Any] = {
        "members": names,
        "requests": 40,
        "of_family": 30,
        "first": 29_635_200,
        "last": 29_640_000,
        "payments": 1,
        "paying": members,
        "networks": 2,
        "on_networks": members,
        "alone": 5,
        "spoken": tuple(spoken(name, loud=name == loudest) for name in CHANNELS),
        "claims": claims,
        "activity": (DAYS, DAYS[1:]),
        "shown": names[:2],
        "shared": (
            SharedSignature(of="template", hashed="0" * 16, members=3, others=5, requests=9),
        ),
        "sharing": 2,
    }
    return FoundGroup(**(found | other))


def spoken(name: str, *, loud: bool) -> Spoken:
    """A channel that was asked."""
    return Spoken(
        id=name,
        observed=1.5,
        expected=1.0,
        log_p=-20.0 if loud else -1.0,
        log_e=12.0 if loud else 0.0,
        draws=(0.9, 1.0, 1.1),
    )


def campaigns_of(*groups: FoundGroup, **other: Any) -> Campaigns:
    """A log in which these groups were tested; all that may be said if none is given."""
    groups = groups or (
        group_of("template", "alike", "hand", loudest="dealing"),
        *(group_of("template", "alike", loudest=name, payments=2, networks=1) for name in ALIKE),
        group_of("template", loudest="sharing", alone=1, members=20),
        group_of(paying=0, payments=0, on_networks=0, networks=0),
    )
    found: dict[str, Any] = {
        "tool": "filiation 0",
        "plan": CampaignPlan(log="5" * 64),
        "name": "log",
        "rows": 4_000,
        "read": 4_012,
        "aside": (("not JSON", 2), ("no time", 10)),
        "accounts": 90,
        "first_day": 20_580,
        "days": 14,
        "held": (1, 3, 4),
        "proposed": len(groups) + 3,
        "groups": groups,
        "planned": True,
    }
    return Campaigns(**(found | other))
