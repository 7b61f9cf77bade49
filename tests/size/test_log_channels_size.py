"""Each channel of a log alone: it seldom speaks of people who have nothing to do with each other.

`python tools/logs channels` prints the same for sixty months, and with more draws.
"""

import math
from collections import defaultdict

import pytest

from filiation.methods.logs.reading import Channel
from logs.background import synthetic_hours
from logs.channels import DOING, KINDS, null_month, power_month


def spoken(first: int, months: int, draws: int) -> dict[str, list[Channel]]:
    found = defaultdict(list)
    for seed in range(first, first + months):
        for one in null_month(seed, synthetic_hours, draws=draws):
            if not one.channel.reason:
                found[one.channel.id].append(one.channel)
    return found


def check(found: dict[str, list[Channel]]) -> None:
    for name, said in found.items():
        for level in (0.05, 0.5):
            seen = sum(one.log_p <= math.log(level) for one in said)
            slack = 4.0 * math.sqrt(level * (1 - level) * len(said))  # 1 in 30,000 by chance
            assert seen <= level * len(said) + slack, name


def test_unrelated_people_in_groups_of_every_kind() -> None:
    found = spoken(500, 4, 99)
    assert len(found) == 8 and len(found["dealing"]) == 4 * len(KINDS)
    check(found)


@pytest.mark.validate
def test_unrelated_people_of_sixty_months() -> None:
    check(spoken(0, 60, 999))


def test_those_who_ask_most_do_not_seem_to_ask_what_is_new() -> None:
    """Once they did: their pools held people who ask less, one of them for several members."""
    said = [
        one.channel for seed in range(3) for one in null_month(seed, synthetic_hours, draws=99)
        if (one.kind, one.channel.id) == ("ask most", "coverage")
    ]  # fmt: skip
    assert max(one.log_p for one in said) > math.log(0.05)


def test_those_who_ask_little_do_not_share_what_everybody_uses() -> None:
    """Once they did: of all uses theirs are few, and of one tool's users they are many."""
    for one in null_month(0, synthetic_hours, draws=99):
        if one.channel.id == "sharing":
            assert one.channel.log_e < math.log(20.0), one.kind


def test_each_channel_finds_what_it_looks_for() -> None:
    found = {one.kind: one.channel for one in power_month(0, synthetic_hours, draws=199)}
    strong = [*DOING][1::2]
    assert {DOING[kind][0] for kind in strong} == {one.id for one in found.values()}
    missed = [kind for kind in strong if found[kind].log_p > math.log(0.05)]
    assert not missed
