"""Waits that the server names, waits of our own, and how many requests may be under way."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.interrogate.attempt import Received
from filiation.interrogate.pace import Limiter, Pace, backoff, retry_after

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _received(value: str, date: str = "") -> Received:
    headers = (("Retry-After", value), *((("Date", date),) if date else ()))
    return Received(status=429, headers=headers, body=b"", complete=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0", 0.0), ("1.5", 1.5), (" 3 ", 3.0), ("soon", None), ("-3", None), ("", None)],
)
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert retry_after(_received(value)) == seconds


def test_retry_after_as_a_date_is_read_by_the_servers_clock() -> None:
    then = format_datetime(NOON + timedelta(seconds=90), usegmt=True)
    assert retry_after(_received(then, format_datetime(NOON, usegmt=True))) == 90.0
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    found = retry_after(_received(soon))
    assert found is not None
    assert 28 < found <= 30
    past = format_datetime(NOON - timedelta(days=1), usegmt=True)
    assert retry_after(_received(past, format_datetime(NOON, usegmt=True))) == 0.0
    assert retry_after(None) is None


@given(st.text(max_size=40))
def test_any_retry_after_is_a_number_or_none(value: str) -> None:
    found = retry_after(_received(value))
    assert found is None or found >= 0


@given(seed=st.integers(0, 2**53), failures=st.integers(1, 10_000))
def test_backoff_is_bounded_and_the_same_for_the_same_name(seed: int, failures: int) -> None:
    pace = Pace()
    wait = backoff(pace, seed, failures, "q1")
    assert 0.5 * pace.first_wait <= wait <= pace.longest_wait
    assert wait == backoff(pace, seed, failures, "q1")
    assert wait != backoff(pace, seed, failures, "q2")


def test_one_more_for_every_round_of_successes() -> None:
    limiter = Limiter(2, 5)
    rounds = []
    for _ in range(5):
        rounds.append(limiter.granted)
        for _ in range(limiter.granted + 1):
            limiter.succeeded()
    assert rounds == [2, 3, 4, 5, 5]


def test_a_burst_of_429_lowers_once() -> None:
    limiter = Limiter(10, 10)
    assert [limiter.refused(began=1.0) for _ in range(10)] == [True] + [False] * 9
    assert limiter.granted == 8


def test_concurrency_never_falls_below_one() -> None:
    limiter = Limiter(4, 10)
    for _ in range(30):
        limiter.refused(began=float("inf"))
    assert limiter.granted == 1
