"""Logs of known truth, examined as a whole."""

from dataclasses import replace

import numpy as np
import pytest

from filiation.errors import CaseError, FindingError, UsageError
from filiation.examining.logs.campaigns import campaigns, draws_for
from filiation.methods.logs.families import find_groups
from filiation.methods.logs.view import view_of
from filiation.model.campaigns import ALIKE, CampaignPlan, Spoken
from logs.background import ordinary, synthetic_hours
from logs.campaign import Campaign, campaign
from logs.channels import tool_users
from logs.lookalikes import (
    TRULY_ONE,
    World,
    _templated,
    batches,
    cron,
    harness,
    plugin,
    reseller,
    school,
)
from logs.months import Seen, look_at
from logs.rows import Actors, assembled
from logs.tables import _window


def world(seed: int, release: int = 15 * 1440) -> World:
    return World(30, synthetic_hours, np.random.default_rng([seed, 9]), release)


def users(here: World, accounts: int = 250, **other: object):  # type: ignore[no-untyped-def]
    return ordinary(
        accounts, 30, here.hours, here.public, here.clock, here.rng, release=here.release,
        mean=6.0, **other,
    )  # type: ignore[arg-type]  # fmt: skip


def of(seen: list[Seen], what: str) -> list[Seen]:
    return [one for one in seen if one.whose == what]


@pytest.fixture(scope="module")
def dealt() -> list[Seen]:
    here = world(1)
    return look_at([users(here), campaign(here, Campaign(accounts=60, daily=20))], 1)[1]


def test_a_dealt_campaign_is_one_hand_and_found_whole(dealt: list[Seen]) -> None:
    found = of(dealt, "campaign")[0]
    assert found.share > 0.95
    assert found.group.claims == ("template", "alike", "hand")


def test_no_ordinary_account_is_called_alike(dealt: list[Seen]) -> None:
    assert not any({"alike", "hand"} & {*one.group.claims} for one in of(dealt, "ordinary"))


@pytest.mark.parametrize("made", [school, harness, batches, cron])
def test_small_look_alikes_are_never_one_hand(made) -> None:  # type: ignore[no-untyped-def]
    here = world(2)
    seen = look_at([users(here), made(here)], 2)[1]
    assert any("template" in one.group.claims for one in seen)
    assert not any("hand" in one.group.claims for one in seen)


def test_a_tool_and_a_reseller_act_alike_and_are_never_one_hand() -> None:
    here = world(3)
    seen = look_at([users(here), plugin(here, 120), reseller(here, 120)], 3)[1]
    assert any("alike" in one.group.claims for one in of(seen, "plug-in"))
    assert not any("hand" in one.group.claims for one in seen)


def test_one_tenant_is_told_from_no_campaign_and_named_so() -> None:
    assert TRULY_ONE == ("two keys of one tenant", "harness on four keys")


def test_replaced_accounts_are_found_by_their_replacement() -> None:
    here = world(4)
    how = Campaign(accounts=40, life=8, paced=False)
    seen = look_at([users(here, 600), campaign(here, how)], 4)[1]
    best = of(seen, "campaign")[0].group
    assert best.channel("replacement").log_p < np.log(0.002)


def test_people_who_were_closed_and_come_back_are_not_one_hand() -> None:
    """Each runs the same public job, is closed, and returns within hours on a new account."""
    here = world(12)
    people, days = 40, 30
    person, day, hour = (one.ravel() for one in np.indices((people, days, 6)))
    minute = day * 1440 + 600 + hour * 30 + here.rng.integers(0, 30, len(day))
    closed = here.rng.integers(8, 20, people) * 1440 + here.rng.integers(0, 1440, people)
    account = person + people * (minute >= closed[person])
    away = (minute >= closed[person]) & (minute < closed[person] + 120)
    item = here.clock.take(len(day))
    made = Actors(
        what="came back", count=2 * people, account=account[~away], minute=minute[~away],
        model=np.ones(int((~away).sum()), np.int64),
        signatures=_templated(here, 7, item)[~away],
        ended=np.concatenate([closed, np.full(people, -1)]),
    )  # fmt: skip
    seen = look_at([users(here, 600), made], 12)[1]
    best = of(seen, "came back")[0].group
    assert best.channel("replacement").log_p < np.log(0.01)
    assert "hand" not in best.claims


def test_a_campaign_that_words_every_prompt_anew_is_not_found() -> None:
    """Where power ends, as the report says; if this fails, say more there."""
    here = world(5)
    seen = look_at([users(here), campaign(here, Campaign(accounts=60, variants=0))], 5)[1]
    assert not of(seen, "campaign")


def test_a_campaign_on_schedules_of_their_own_is_not_called_one_hand() -> None:
    here = world(6)
    seen = look_at([users(here), campaign(here, Campaign(accounts=60, own=True))], 6)[1]
    found = of(seen, "campaign")
    assert found and not any("hand" in one.group.claims for one in found)


def test_a_reseller_that_deals_one_full_quota_has_customers_with_interests() -> None:
    """The gateway is full all day: its customers stand in for each other, and are not one hand."""
    here = world(7)
    made = reseller(here, 120)
    order = np.argsort(made.minute, kind="stable")
    hour = made.minute[order] // 60
    place = np.arange(len(hour)) - np.searchsorted(hour, hour)
    kept = np.sort(order[place < 6])
    made.account, made.minute = made.account[kept], made.minute[kept]
    made.signatures, made.model = made.signatures[kept], made.model[kept]
    seen = look_at([users(here), made], 7)[1]
    assert of(seen, "reseller")
    assert not any("hand" in one.group.claims for one in seen)


def test_held_days_do_not_move_what_is_proposed() -> None:
    here = world(8)
    log, _ = assembled([users(here, 100), cron(here, 10)], 8)
    view = view_of(log, 8)
    signatures = log.signatures.copy()
    on_held = view.held[view.day]
    signatures[on_held] = np.random.default_rng(0).integers(1, 1 << 62, (int(on_held.sum()), 9))
    changed = view_of(replace(log, signatures=np.asfortranarray(signatures)), 8)
    before, after = find_groups(view, 50)[0], find_groups(changed, 50)[0]
    assert [one.members.tolist() for one in before] == [one.members.tolist() for one in after]


def test_the_same_plan_gives_the_same_groups() -> None:
    here = world(9)
    log, _ = assembled([users(here, 60), cron(here, 10)], 9)
    plan = CampaignPlan(log=log.digest)
    assert campaigns(log, plan) == campaigns(log, plan)


def test_a_plan_of_another_log_is_refused() -> None:
    here = world(10)
    log, _ = assembled([users(here, 20)], 10)
    with pytest.raises(CaseError, match="two logs"):
        campaigns(log, CampaignPlan(log="0" * 64))


def test_laws_of_the_plan() -> None:
    with pytest.raises(UsageError, match="false discovery rate"):
        CampaignPlan(log="0", level=0.5)
    with pytest.raises(UsageError, match="groups"):
        CampaignPlan(log="0", most=0)
    with pytest.raises(FindingError, match="neither"):
        Spoken(id="sharing", observed=None, expected=None, log_p=0.0, log_e=0.0)
    assert CampaignPlan(log="0").digest != CampaignPlan(log="0", seed=1).digest


def test_draws_suffice_for_one_channel_among_all_groups() -> None:
    for groups in (1, 200, 1000):
        assert draws_for(groups, CampaignPlan(log="0")) / len(ALIKE) >= groups / 0.05


def test_a_log_of_two_rows_says_nothing() -> None:
    here = world(11)
    made = users(here, 2)
    made.account, made.minute = made.account[:2], made.minute[:2]
    made.signatures, made.model = made.signatures[:2], made.model[:2]
    log, _ = assembled([made], 11)
    assert campaigns(log, CampaignPlan(log=log.digest)).groups == ()


def test_a_campaign_that_asks_little_of_each_of_several_templates_is_found() -> None:
    """Fifteen accounts, five requests each in a fortnight: eight of twenty were found."""
    found = [_window(seed, 0.05, 15, synthetic_hours) for seed in range(10)]
    assert sum(mine for mine, _ in found) >= 8
    assert not any(beyond for _, beyond in found)


def test_users_of_a_public_tool_are_not_taken_in_with_a_campaign_that_uses_it_too() -> None:
    """Half of its accounts use it: sixty strangers stood in a group that shares one load."""
    here = world(4)
    template = int(here.clock.take(1)[0])
    dealt = campaign(here, Campaign(accounts=20, daily=10))
    through = here.rng.random(len(dealt.account)) < 0.15
    dealt.signatures[through] = _templated(here, template, here.clock.take(int(through.sum())))
    parts = [users(here), tool_users(here, 60, synthetic_hours, template), dealt]
    hands = [one for one in look_at(parts, 1)[1] if "hand" in one.group.claims]
    assert [(one.whose, len(one.group.members)) for one in hands] == [("campaign", 20)]
