"""Who joins public templates by accounts of his own brings nobody together who shares nothing."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from filiation.methods.logs.families import Group, find_groups
from filiation.methods.logs.view import View, view_of
from logs.background import ordinary, synthetic_hours
from logs.campaign import Campaign, campaign
from logs.channels import tool_users
from logs.lookalikes import World, _templated
from logs.months import look_at
from logs.rows import Actors, assembled

PEOPLE = 20  # who use each public template, and nothing of another
MANY = 4  # of them: fewer may have put one of the log's frequent prompts


def world(seed: int) -> World:
    return World(30, synthetic_hours, np.random.default_rng([seed, 9]), -1)


def template(here: World) -> int:
    return int(here.clock.take(1)[0])


def users(here: World, which: int, what: str) -> Actors:
    made = tool_users(here, PEOPLE, synthetic_hours, which)
    made.what = what
    return made


def dealt(here: World, accounts: int, templates: Sequence[int], what: str = "campaign") -> Actors:
    """One load dealt over accounts, by each template in turn; each account uses all of them."""
    made = campaign(here, Campaign(accounts=accounts, daily=12))
    which = here.rng.integers(0, len(templates), len(made.account))
    for number, one in enumerate(templates):
        mine = which == number
        made.signatures[mine] = _templated(here, one, here.clock.take(int(mine.sum())))
    made.what = what
    return made


def background(here: World) -> Actors:
    return ordinary(250, 30, here.hours, here.public, here.clock, here.rng, mean=6.0)


def two(here: World) -> list[Actors]:
    """Accounts that use both of two public templates, more than all their users."""
    first, second = template(here), template(here)
    return [users(here, first, "first"), users(here, second, "second"),
            dealt(here, 45, [first, second])]  # fmt: skip


def third(here: World) -> list[Actors]:
    """A template of his own beside the two: no more accounts than one of them has users."""
    first, second, own = template(here), template(here), template(here)
    return [users(here, first, "first"), users(here, second, "second"),
            dealt(here, 25, [first, own, second])]  # fmt: skip


def chain(here: World) -> list[Actors]:
    """Four public templates, each joined with the next one by a campaign that uses two of them."""
    four = [template(here) for _ in range(4)]
    parts = [users(here, one, f"users {number}") for number, one in enumerate(four)]
    return parts + [dealt(here, 45, four[at : at + 2], f"campaign {at}") for at in range(3)]


def bridge(here: World) -> list[Actors]:
    """A campaign that uses the first, and bridging accounts that use both and ask little."""
    first, second = template(here), template(here)
    over = tool_users(here, 45, synthetic_hours, first)
    every = np.arange(len(over.account)) % 2 == 1
    over.signatures[every] = _templated(here, second, here.clock.take(int(every.sum())))
    over.what = "bridge"
    return [users(here, first, "first"), users(here, second, "second"), over,
            dealt(here, 25, [first])]  # fmt: skip


ATTACKS = {"two": two, "third": third, "chain": chain, "bridge": bridge}


def found(parts: list[Actors], seed: int) -> tuple[View, tuple[Group, ...], list[Counter[str]]]:
    """The log, its groups, and how many accounts of whom stand in each."""
    log, whose = assembled(parts, seed)
    view = view_of(log, seed)
    groups, _ = find_groups(view, 200)
    return view, groups, [Counter(parts[n].what for n in whose[one.members]) for one in groups]


def used(view: View, group: Group) -> list[set[tuple[str, int]]]:
    """What each member uses of the group's family on open days."""
    sets = []
    for account in group.members.tolist():
        rows = view.rows_of(account)
        rows = rows[~view.held[view.day[rows]]]
        sets.append({
            (name, int(one)) for name, family in group.family.items()
            for one in np.intersect1d(view.log.signature(name)[rows], family)
        })  # fmt: skip
    return sets


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("seed", [1, 2])
def test_people_who_share_nothing_never_stand_in_one_group(attack: str, seed: int) -> None:
    here = world(seed)
    parts = ATTACKS[attack](here)
    people = {one.what for one in parts if one.count == PEOPLE}
    _, _, whose = found([background(here), *parts], seed)
    many = [[who for who in people if one[who] >= MANY] for one in whose]
    assert not [one for one in many if len(one) > 1]


@pytest.mark.parametrize("attack", ATTACKS)
def test_any_two_of_a_group_use_a_signature_of_its_family_in_common(attack: str) -> None:
    here = world(3)
    view, groups, _ = found([background(here), *ATTACKS[attack](here)], 3)
    for group in groups:
        sets = used(view, group)
        assert all(a & b for number, a in enumerate(sets) for b in sets[:number])


def test_users_of_one_of_two_joined_templates_are_not_said_to_share_the_load() -> None:
    """Forty strangers stood in a group of eighty-five that shares one load."""
    here = world(1)
    seen = look_at([background(here), *two(here)], 1)[1]
    hands = [one for one in seen if "hand" in one.group.claims]
    assert [one.whose for one in hands] == ["campaign"]
    assert len(hands[0].group.members) == 45


def test_who_uses_a_second_template_hides_nobody_who_uses_the_first() -> None:
    """Half of a campaign uses a second template too; the others are still found with it."""
    here = world(4)
    first, second = template(here), template(here)
    both = dealt(here, 15, [first, second], "both")
    alone = dealt(here, 25, [first], "alone")
    _, groups, whose = found([background(here), alone, both], 4)
    (of,) = [group for group, who in zip(groups, whose, strict=True) if who["alone"] >= MANY]
    assert len(of.members) >= 38
