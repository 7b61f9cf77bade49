"""Logs by a clever opponent: innocents that were called one hand, or said to act alike."""

from dataclasses import replace

import numpy as np
import pytest

from filiation.methods.logs.view import view_of
from filiation.report.wording.campaigns import group_claim, group_otherwise
from logs.background import asked, minutes_of, ordinary, synthetic_hours
from logs.campaign import Campaign, campaign
from logs.lookalikes import World, _actors, _templated
from logs.months import Seen, look_at
from logs.rows import DAY, Actors, Ints, assembled

Found = list[Seen]


def world(seed: int, release: int = -1) -> World:
    return World(30, synthetic_hours, np.random.default_rng([seed, 9]), release)


def users(here: World, count: int = 250) -> Actors:
    return ordinary(count, here.days, here.hours, here.public, here.clock, here.rng, mean=6.0,
                    release=here.release)  # fmt: skip


def times(here: World, count: int, volume: float) -> tuple[Ints, Ints]:
    """Each account at hours and a volume of its own."""
    rng = here.rng
    rates = here.hours(count, here.days, rng) * (rng.lognormal(volume, 0.5, (count, 1, 1)) / 24)
    account, minute = minutes_of(rates, rng)
    order = np.lexsort((minute, account))
    return account[order], minute[order]


def said(seen: Found, claim: str) -> Found:
    return [one for one in seen if claim in one.group.claims]


def test_jobs_on_material_of_their_own_divide_nothing_beside_those_who_try_the_demo() -> None:
    """Thirty forks review their own changes by one tool; sixty people try its ten examples.

    Once called one hand: each fork overlaps with nobody, and people with each other.
    """
    here = world(0)
    template = int(here.clock.take(1)[0])
    account, minute = times(here, 30, 1.5)
    own = _templated(here, template, here.clock.take(len(account)))
    forks = _actors(here, "forks", 30, account, minute, own)
    people = users(here, 60)
    tried = here.rng.random(len(people.account)) < 0.25
    example = here.clock.take(10)[here.rng.integers(0, 10, int(tried.sum()))]
    people.signatures[tried] = _templated(here, template, example)
    seen = look_at([users(here), forks, people], 0)[1]
    best = max(seen, key=lambda one: one.group.channel("dealing").log_e).group
    assert best.channel("dealing").log_e > np.log(40.0)
    assert said(seen, "template") and not said(seen, "hand")


@pytest.fixture(scope="module")
def riddle() -> Found:
    """Whoever tries the new model in its first three days puts one riddle to it."""
    here = world(0, 15 * DAY)
    plain = users(here, 400)
    early = (plain.model == 2) & (plain.minute < here.release + 3 * DAY)
    asks = early & (here.rng.random(len(early)) < 0.5)
    one = np.full(int(asks.sum()), int(here.clock.take(1)[0]))
    plain.signatures[asks] = _templated(here, int(one[0]), one)
    return look_at([plain], 0)[1]


def test_who_shares_what_only_the_new_model_is_asked_did_not_turn_together(riddle: Found) -> None:
    """Once said to act alike: it was found because it turned soon."""
    best = max(riddle, key=lambda one: len(one.group.members)).group
    assert len(best.members) > 20 and "template" in best.claims
    assert best.channel("pivot").reason and "alike" not in best.claims


def test_several_hands_over_keys_of_their_own_are_not_told_from_one() -> None:
    """Twenty shops, each of which deals its requests over three keys; so the words say several."""
    here = world(0)
    hour = np.flatnonzero(np.isin(np.arange(here.days * 24) % 24, range(8, 20))).repeat(2)
    hour = np.tile(hour, 20)
    shop = np.arange(20).repeat(len(hour) // 20)
    account = shop * 3 + here.rng.integers(0, 3, len(hour))
    minute = hour * 60 + here.rng.integers(0, 60, len(hour))
    order = np.lexsort((minute, account))
    made = _templated(here, int(here.clock.take(1)[0]), here.clock.take(len(hour)))
    shops = _actors(here, "shops", 60, account[order], minute[order], made)
    assert said(look_at([users(here), shops], 0)[1], "hand")


def test_who_uses_a_campaigns_template_for_himself_is_named_with_it() -> None:
    """Thirty bystanders in a group of sixty; so it is said of the group, and of no account."""
    here = world(0)
    dealt = campaign(here, Campaign(accounts=30, templates=1))
    account, minute = times(here, 30, 2.0)
    words = asked(account, 30, here.public, here.clock, here.rng)
    words[:, 1:4] = dealt.signatures[0, 1:4]
    beside = _actors(here, "bystanders", 30, account, minute, words)
    best = said(look_at([users(here), dealt, beside], 0)[1], "hand")[0]
    assert best.whose == "mixed" and len(best.group.members) > 50


def test_one_row_of_a_clock_that_is_years_off_adds_no_held_day() -> None:
    """Once it took hours and gigabytes: sixteen years of days were permuted."""
    here = world(1)
    plain = users(here, 20)
    log, _ = assembled([plain], 1)
    minute = log.minute.copy()
    minute[0] = log.minute[0] - 16 * 365 * DAY
    far, near = view_of(replace(log, minute=minute), 1), view_of(log, 1)
    assert far.days > 5000
    assert far.held.sum() <= near.days + 1
    assert near.held.sum() == 15


def test_accounts_under_one_full_limit_stand_in_and_the_words_name_the_limit() -> None:
    """Forty firms of one tool, each with mail of its own, share a limit; nobody deals anything.

    What does not fit into an hour waits for the next one, so that the total is steady.
    """
    here, limit, firms = world(0), 26, 40
    rng = here.rng
    rates = here.hours(firms, here.days, rng) * (20 / 24)
    waits, when, whose = np.zeros(firms, np.int64), [], []
    for hour, asks in enumerate(rng.poisson(rates).transpose(1, 2, 0).reshape(-1, firms)):
        wants = asks + waits
        done = wants if wants.sum() <= limit else rng.multivariate_hypergeometric(wants, limit)
        waits = np.minimum(wants - done, 30)
        account = np.repeat(np.arange(firms), done)
        whose.append(account)
        when.append(hour * 60 + rng.integers(0, 60, len(account)))
    account, minute = np.concatenate(whose), np.concatenate(when)
    template = int(here.clock.take(1)[0])
    mail = _templated(here, template, here.clock.take(len(account)))
    under = _actors(here, "under a limit", firms, account, minute, mail)
    seen = look_at([users(here), under], 0)[1]
    (called,) = said(seen, "hand")
    assert called.whose == "under a limit"  # what is said of them is true of a limit as well
    assert "a limit that they share" in group_claim(called.group)
    assert "share one quota" in group_otherwise(called.group)


def test_a_shift_that_takes_from_one_queue_stands_in_and_is_not_said_to_be_dealt_out() -> None:
    """Six of twenty-four people answer calls at a time, each for customers of his own."""
    here, people = world(0), 24
    rates = np.zeros((people, here.days, 24))
    for day in range(here.days):
        order = here.rng.permutation(people)
        for hour in range(24):
            on = order[hour // 8 * 6 :][:6]
            rates[on, day, hour] = here.rng.dirichlet(np.ones(6)) * 12
    account, minute = minutes_of(rates, here.rng)
    order = np.lexsort((minute, account))
    account, minute = account[order], minute[order]
    template = np.full(len(account), int(here.clock.take(1)[0]))
    rows = asked(account, people, here.public, here.clock, here.rng, template=template)
    seen = look_at([users(here), _actors(here, "shift", people, account, minute, rows)], 0)[1]
    (called,) = said(seen, "alike")
    assert called.whose == "shift" and not said(seen, "hand")
    assert "one queue" in group_otherwise(called.group)
