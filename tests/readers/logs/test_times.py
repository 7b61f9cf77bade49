"""Times as logs write them; what leaves open when it was is not guessed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import UsageError
from filiation.readers.logs.times import EPOCH, NAIVE, ZONED, clock_of

OUTSIDE = "a time before 2010 or after 2100"
MINUTE = int(datetime(2026, 4, 10, 8, 9, tzinfo=UTC).timestamp()) // 60


@pytest.mark.parametrize(
    ("value", "how"),
    [
        ("2026-04-10T08:09:10Z", ZONED),
        ("2026-04-10T10:09:59.999+02:00", ZONED),
        ("2026-04-10 08:09:10+00", ZONED),
        ("2026-04-10 08:09:10 UTC", ZONED),
        (MINUTE * 60, EPOCH),
        (MINUTE * 60 + 59.9, EPOCH),
        (str(MINUTE * 60_000), EPOCH),
        (MINUTE * 60_000_000, EPOCH),
        (MINUTE * 60_000_000_000, EPOCH),
        (f"{MINUTE * 60}.25", EPOCH),
    ],
)
def test_one_minute_in_every_way_of_writing_it(value: object, how: str) -> None:
    assert clock_of("").read(value) == (MINUTE, how)
    assert clock_of("Asia/Tokyo").read(value) == (MINUTE, how)


def test_a_time_without_a_zone_is_read_in_the_stated_one_only() -> None:
    assert clock_of("").read("2026-04-10 08:09:10") == "a time without a zone"
    assert clock_of("UTC").read("2026-04-10 08:09:10") == (MINUTE, NAIVE)
    assert clock_of("+02:00").read("2026-04-10 10:09:10") == (MINUTE, NAIVE)
    assert clock_of("Europe/Berlin").read("2026-04-10 10:09:10") == (MINUTE, NAIVE)


@pytest.mark.parametrize("text", ["2026-10-25 02:30:00", "2026-03-29 02:30:00"])
def test_an_hour_that_the_clock_shows_twice_or_never_is_not_guessed(text: str) -> None:
    assert "twice or never" in str(clock_of("Europe/Berlin").read(text))
    assert isinstance(clock_of("UTC").read(text), tuple)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "no time"), ("", "no time"), ("  ", "no time"),
        ("yesterday", "a time that cannot be read"), ("2026-04-10", "a time that cannot be read"),
        (True, "a time that cannot be read"), ([1], "a time that cannot be read"),
        ("9" * 70, "a time that cannot be read"), (float("nan"), OUTSIDE),
        (float("inf"), OUTSIDE), (0, OUTSIDE),
        (-5, OUTSIDE), (10**30, OUTSIDE), (10**400, OUTSIDE),
        ("0001-01-01T00:00:00+14:00", OUTSIDE),
        ("1999-12-31T23:59:59Z", OUTSIDE),
    ],
)  # fmt: skip
def test_what_is_no_time_says_why(value: object, why: str) -> None:
    assert clock_of("").read(value) == why


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()))
def test_no_value_breaks_a_clock(value: object) -> None:
    assert isinstance(clock_of("Europe/Berlin").read(value), str | tuple)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "/etc/passwd", "x" * 300, "\0"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(UsageError, match="no such zone"):
        clock_of(zone)
