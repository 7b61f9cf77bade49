"""Each channel alone: silent where its null holds, loud where it does not."""

import math
from dataclasses import replace

import numpy as np
import pytest

from filiation.methods.logs.coverage import _distinct
from filiation.methods.logs.families import Group
from filiation.methods.logs.incidence import incidence
from filiation.methods.logs.matching import drawn_from_pools, pools
from filiation.methods.logs.sharing import _Capped
from filiation.methods.logs.timing import Days, counted, timing
from filiation.methods.logs.view import view_of
from logged import reduced

DAYS, HOURS = 14, 24
WEEKDAY = np.arange(DAYS) % 7


def days_of(counts: np.ndarray, others: np.ndarray | None = None) -> Days:
    k = len(counts)
    return Days(
        counts=counts.astype(float),
        first=np.zeros(k, int),
        last=np.full(k, DAYS - 1),
        others=np.zeros((DAYS, HOURS)) if others is None else others,
        weekday=WEEKDAY,
    )


def independent(seed: int, accounts: int = 12) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rate = rng.gamma(2.0, 0.5, (accounts, 1, HOURS)) * rng.gamma(2.0, 0.5, (accounts, DAYS, 1))
    return rng.poisson(rate)


def dealt(seed: int, accounts: int = 12) -> np.ndarray:
    """One steady load of 30 an hour, dealt at random."""
    rng = np.random.default_rng(seed)
    return np.moveaxis(rng.multinomial(30, np.full(accounts, 1 / accounts), (DAYS, HOURS)), 2, 0)


def test_independent_accounts_give_uniform_p() -> None:
    rng = np.random.default_rng(5)
    ps = np.exp(
        [[one.log_p for one in timing(days_of(independent(s)), 99, rng)] for s in range(150)]
    )
    for column in ps.T:
        assert (column <= 0.05).mean() <= 0.10  # 150 draws of .05: 3.6 sigma
        assert (column <= 0.5).mean() == pytest.approx(0.5, abs=0.15)


def test_e_values_of_independent_accounts_keep_the_bound_of_markov() -> None:
    rng = np.random.default_rng(6)
    es = np.exp(
        [[one.log_e for one in timing(days_of(independent(s)), 99, rng)] for s in range(150)]
    )
    assert (es >= 20.0).mean(axis=0).max() <= 0.05


def test_a_dealt_load_is_compensation_and_not_together() -> None:
    together, compensation = timing(days_of(dealt(0)), 999, np.random.default_rng(1))
    assert compensation.log_p == pytest.approx(math.log(1 / 1000))
    assert together.log_p > math.log(0.5)


def test_a_common_outage_is_together_and_never_compensation() -> None:
    counts = independent(1, 40)
    counts[:, 3, 8:16] = 0
    together, compensation = timing(days_of(counts), 999, np.random.default_rng(1))
    assert together.log_p < math.log(0.01)
    assert compensation.log_p > math.log(0.5)


def test_what_everybody_follows_is_no_compensation() -> None:
    """Once it was: projecting everybody out took from the observed days and not from permuted."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        shock = rng.gamma(2.0, 0.5, (DAYS, 1)) * np.ones((1, HOURS))
        counts = rng.poisson(np.broadcast_to(shock, (60, DAYS, HOURS)))
        others = rng.poisson(500 * shock).astype(float)
        _, compensation = timing(days_of(counts, others), 999, np.random.default_rng(1))
        assert compensation.log_e < math.log(20.0)


def taking_turns(kind: str, seed: int, accounts: int = 24, days: int = 28) -> np.ndarray:
    """People who take turns: nobody deals out what they ask."""
    rng = np.random.default_rng(seed)
    hour, half, week = np.arange(HOURS), np.arange(accounts) % 2, np.arange(days) // 7 % 2
    now = (week[None] == half[:, None])[:, :, None]
    lesson = np.isin(hour, (9, 10, 11, 12)) * 3.0
    if kind == "weeks":
        return rng.poisson(now * lesson)
    if kind == "holiday":  # on two days one half works more, the other hardly
        now = np.isin(np.arange(days), (3, 10))[None, :, None]
        return rng.poisson(np.where(now, np.where(half, 1.9, 0.1)[:, None, None], np.ones(HOURS)))
    if kind == "keys":  # each person one key in the office and one at home
        office = rng.random((accounts // 2, days)) < 0.5
        return rng.poisson(np.concatenate([office, ~office])[:, :, None] * lesson)
    shifts = [np.isin(hour, np.arange(8) + 8 * one) * 2.0 for one in range(3)]
    turn = (np.arange(days)[None] // 2 + np.arange(accounts)[:, None]) % 3
    return rng.poisson(np.stack(shifts)[turn])


@pytest.mark.parametrize("kind", ["weeks", "holiday", "keys", "shifts"])
def test_people_who_take_turns_are_no_compensation(kind: str) -> None:
    for seed in range(3):
        counts = taking_turns(kind, seed)
        days = replace(days_of(counts[:, :DAYS]), counts=counts.astype(float),
                       last=np.full(24, 27), others=np.zeros((28, HOURS)),
                       weekday=np.arange(28) % 7)  # fmt: skip
        _, compensation = timing(days, 999, np.random.default_rng(1))
        assert compensation.log_e < math.log(20.0)


def test_what_everybody_does_is_no_common_cause() -> None:
    rng = np.random.default_rng(2)
    shock = rng.gamma(2.0, 0.5, (DAYS, 1)) * np.ones((1, HOURS))
    counts = rng.poisson(np.broadcast_to(shock, (30, DAYS, HOURS)))
    others = rng.poisson(500 * shock)
    alone, _ = timing(days_of(counts), 999, np.random.default_rng(1))
    beside, _ = timing(days_of(counts, others.astype(float)), 999, np.random.default_rng(1))
    assert alone.log_p < math.log(0.01) < beside.log_p


def test_a_nightly_job_is_neither() -> None:
    counts = np.zeros((40, DAYS, HOURS), int)
    counts[:, :, 2] = 1
    together, compensation = timing(days_of(counts), 99, np.random.default_rng(1))
    assert together.log_e == compensation.log_e == 0.0


def test_sections_of_a_course_on_days_of_their_own_do_not_stand_in_for_each_other() -> None:
    rng = np.random.default_rng(7)
    section = np.arange(50) % 5
    there = section[:, None] == WEEKDAY
    counts = rng.poisson(there[:, :, None] * np.ones(HOURS))
    _, compensation = timing(days_of(counts), 999, np.random.default_rng(1))
    assert compensation.log_p > math.log(0.02)


def test_large_groups_are_permuted_in_blocks_of_equal_life() -> None:
    days = days_of(dealt(3, 100))
    days = replace(days, first=np.repeat([0, 2], 50))
    _, compensation = timing(days, 999, np.random.default_rng(1))
    assert compensation.log_p < math.log(0.02)


def test_too_few_days_are_said() -> None:
    counts = np.zeros((3, DAYS, HOURS), int)
    counts[:, 1, 3] = 2
    together, _ = timing(days_of(counts), 99, np.random.default_rng(1))
    assert "4 held days" in together.reason and together.log_e == 0.0


def test_pools_stand_about_members_and_hold_none_of_them() -> None:
    members, key = np.asarray([5, 20, 500, 999]), np.log1p(np.arange(1000.0))
    found, pool = pools(members, key, np.ones(1000, bool), np.random.default_rng(0))
    assert found.tolist() == [20, 500]  # of 5 and 999 nobody asks a little less, or more
    assert not np.isin(pool, members).any()
    assert ((pool < found[:, None]).sum(axis=1) == (pool > found[:, None]).sum(axis=1)).all()
    assert np.abs(key[pool] - key[found][:, None]).max() < 0.7


def test_who_asks_most_is_held_against_those_below_only_where_that_speaks_for_him() -> None:
    key, every = np.log1p(np.arange(1000.0)), np.ones(1000, bool)
    found, pool = pools(np.asarray([999]), key, every, np.random.default_rng(0), most_alone=True)
    assert found.tolist() == [999] and pool.min() > 970


@pytest.mark.parametrize("most_alone", [False, True])
def test_a_member_is_asked_about_if_there_are_twenty_others_and_not_if_there_are_nineteen(
    most_alone: bool,
) -> None:
    """Of nineteen the pool of who asks most held one of them twice."""
    for others in (19, 20):
        key = np.full(others + 1, 2.0)
        key[-1] += 0.1 * most_alone
        member = np.asarray([others])
        draw = np.random.default_rng(3)
        pooled = [
            pools(member, key, np.ones(others + 1, bool), draw, most_alone=most_alone)[1]
            for _ in range(200)
        ]
        held = [one[0].tolist() for one in pooled if len(one)]
        assert all(sorted(one) == [*range(20)] for one in held)
        assert bool(held) == (others == 20)


def test_members_like_their_pools_give_uniform_p() -> None:
    rng = np.random.default_rng(3)
    ps = []
    for _ in range(200):
        every = rng.standard_exponential((6, 40))
        ps.append(drawn_from_pools("x", every[:, 0], every[:, 1:], 99, rng, low=True).log_p)
    assert (np.exp(ps) <= 0.05).mean() <= 0.10


def test_incidence_against_brute_force() -> None:
    rng = np.random.default_rng(4)
    signature = rng.integers(0, 30, 300).astype(np.uint64)
    account = rng.integers(0, 9, 300).astype(np.uint32)
    found = incidence(signature, account, 9)
    pairs = {(int(s), int(a)) for s, a in zip(signature, account, strict=True) if s}
    assert found.degree.tolist() == [sum(a == one for _, a in pairs) for one in range(9)]
    for place, value in enumerate(found.signature):
        users = sorted(a for s, a in pairs if s == value)
        assert found.users_of(place).tolist() == users
        mine = slice(found.start[place], found.start[place + 1])
        assert found.count[mine].tolist() == [
            int(((signature == value) & (account == a)).sum()) for a in users
        ]
    assert 0 not in found.signature and found.users.min() >= 2


def test_a_signature_of_one_account_counts_for_its_degree_alone() -> None:
    found = incidence(
        np.asarray([7, 7, 8, 9, 9], np.uint64), np.asarray([0, 0, 1, 0, 1], np.uint32), 2
    )
    assert found.signature.tolist() == [9] and found.degree.tolist() == [2, 2]


def test_an_account_that_was_drawn_twice_counts_once() -> None:
    """Once its prompts stood twice, and no draw of few accounts held as much that is new."""
    number = np.asarray([[0, 1], [2, 3], [0, 4]])
    share = _distinct(number, np.asarray([[0, 0], [0, 1], [0, 2], [1, 1]]))
    assert share.tolist() == [1.0, 1.0, 0.75, 1.0]


def test_shares_of_uses_are_the_largest_at_any_cap() -> None:
    """Brute force over caps; of those who use little it is their share of accounts."""
    rng = np.random.default_rng(8)
    degree = rng.integers(0, 40, 60)
    for members in (rng.permutation(60)[:12], np.argsort(degree)[:12], np.argsort(degree)[-12:]):
        caps = [np.minimum(degree, cap) for cap in range(1, 41)]
        expected = max(one[members].sum() / one.sum() for one in caps)
        assert _Capped(degree).share(members) == pytest.approx(expected)


def test_of_a_group_too_large_some_members_are_counted_and_all_are_taken_from_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = reduced(rows=4000, accounts=40)
    view = view_of(log, 1)
    family = {"whole": np.unique(log.signature("whole"))}
    group = Group(members=np.arange(30), family=family, weight=0.0)
    everybody = view.hourly().astype(float)
    whole = counted(view, group, everybody, np.random.default_rng(0))
    held = int(view.held.sum())
    monkeypatch.setattr("filiation.methods.logs.timing.CELLS", 12 * held * HOURS)
    some = counted(view, group, everybody, np.random.default_rng(0))
    assert whole.counts.shape == (30, held, HOURS) and some.counts.shape == (12, held, HOURS)
    assert (some.others == whole.others).all()
    every = {one.tobytes() for one in whole.counts}
    assert all(one.tobytes() in every for one in some.counts)
    assert (whole.counts.sum(axis=0) + whole.others == everybody).all()
