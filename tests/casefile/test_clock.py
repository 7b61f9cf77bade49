"""The clock against calendars counted by hand, and against day-by-day enumeration."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.casefile import facts
from filiation.casefile.clock import read_clock
from filiation.casefile.laws import fold
from filiation.casefile.ledger.event import Event, time_text
from filiation.casefile.state import State
from filiation.errors import UsageError

START = date(2026, 3, 2)  # a Monday


def case(*stops: tuple[date, date | None], **opened: object) -> State:
    stated: list[facts.Fact] = [
        facts.Opened(title="t", lead="lead", name="Lead", received=START, **opened)  # type: ignore[arg-type]
    ]
    for begin, end in stops:
        stated.append(facts.Stopped(on=begin, because="a reason"))
        if end is not None:
            stated.append(facts.Resumed(on=end))
    return fold(
        Event(
            case="0" * 32, sequence=n, time=time_text(datetime(2026, 3, 2, tzinfo=UTC)),
            actor="lead", key="k", verb="v", tool="t", arguments={}, reads={}, writes=(),
            facts=facts.fact_fields(fact), root="",
        )
        for n, fact in enumerate(stated)
    )  # fmt: skip


def test_sixty_calendar_days() -> None:
    read = read_clock(case(), date(2026, 3, 12))
    assert (read.day, read.due, read.left) == (10, date(2026, 5, 1), 50)


def test_ten_working_days_in_england_at_easter() -> None:
    """30 March + 10: Good Friday (3 April) and Easter Monday (6 April) do not count."""
    state = case(counting="working", days=30, jurisdiction="GB", subdivision="ENG")
    # Counted by hand: 2 April is the 23rd working day, 7 April the 24th, 15 April the 30th.
    assert read_clock(state, START).due == date(2026, 4, 15)


def test_a_last_day_on_a_holiday_goes_to_the_next_working_day() -> None:
    """32 calendar days from 2 March end on Good Friday; Tuesday 7 April is the next working day."""
    plain, english = (
        read_clock(case(days=32, **more), START).due
        for more in ({}, {"jurisdiction": "GB", "subdivision": "ENG"})
    )
    assert (plain, english) == (date(2026, 4, 3), date(2026, 4, 7))


@pytest.mark.parametrize("where", ["DE", "FR", "US", "JP", "IE"])
def test_other_jurisdictions(where: str) -> None:
    read = read_clock(case(jurisdiction=where, days=200), START)
    assert read.due is not None and len(read.skipped) >= 3


def test_while_the_clock_stands_nothing_is_due() -> None:
    read = read_clock(case((date(2026, 3, 10), None)), date(2026, 3, 20))
    assert (read.day, read.due, read.standing, read.left) == (7, None, "a reason", 53)


def test_before_receipt_there_is_no_clock() -> None:
    with pytest.raises(UsageError, match="before the case was received"):
        read_clock(case(), date(2026, 3, 1))


@given(
    st.integers(1, 90), st.lists(st.integers(1, 25), min_size=4, max_size=4), st.integers(0, 200)
)
def test_stops_against_enumeration(days: int, gaps: list[int], on: int) -> None:
    """Every day is either counted or stood still; the due day is the one on which all are used."""
    edges = [START]
    for gap in gaps:
        edges.append(edges[-1] + timedelta(days=gap))
    stops = [(edges[1], edges[2]), (edges[3], edges[4])]
    standing = {
        begin + timedelta(days=n) for begin, end in stops for n in range((end - begin).days)
    }
    counted = [day for n in range(1, 400) if (day := START + timedelta(days=n)) not in standing]
    moment = START + timedelta(days=on)
    read = read_clock(case(*stops, days=days), moment)

    assert read.due == counted[days - 1]
    assert read.day == sum(day <= moment for day in counted)
    assert read.left == days - read.day or moment > counted[days - 1]
