"""The time of a real authority, and what an opponent or the authority itself would do to it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from casefile.timed import BERLIN, Case, answer
from filiation.casefile import facts
from filiation.casefile.clock import late_by, missed, read_clock
from filiation.casefile.ended import ended_by
from filiation.casefile.time_facts import Allowed, Closed, Extended, Resumed, Served, Stopped, Terms
from filiation.errors import UsageError

# The decision comes after the last day.


def test_a_decision_on_the_last_day_is_in_time_and_the_day_after_it_is_marked() -> None:
    assert Case().decide(date(2026, 5, 1)) is None
    assert Case().decide(date(2026, 5, 2)) == date(2026, 5, 1)


def test_a_stop_back_dated_after_the_last_day_wins_no_time() -> None:
    case = Case()
    case.put(date(2026, 5, 5), Stopped(on=date(2026, 3, 10), because="A hearing."))
    case.put(date(2026, 5, 5), Resumed(on=date(2026, 3, 20)))
    read = read_clock(case.state, date(2026, 5, 6))

    assert read.due == date(2026, 5, 11)  # counted as before, and marked
    assert read.lapsed is not None
    assert (read.lapsed.due, read.lapsed.event) == (date(2026, 5, 1), 3)
    assert missed(read, date(2026, 5, 6)) == date(2026, 5, 1)
    assert [(one.what, one.entered) for one in read.afterwards] == [
        ("stop", date(2026, 5, 5)), ("resumption", date(2026, 5, 5)),
    ]  # fmt: skip
    assert case.decide(date(2026, 5, 6)) == date(2026, 5, 1)


def test_a_stop_back_dated_within_the_time_counts_and_carries_its_day_of_entry() -> None:
    case = Case()
    case.put(date(2026, 4, 20), Stopped(on=date(2026, 3, 10), because="A hearing."))
    case.put(date(2026, 4, 20), Resumed(on=date(2026, 3, 20)))
    read = read_clock(case.state, date(2026, 5, 6))

    assert (read.due, read.lapsed) == (date(2026, 5, 11), None)
    assert [one.event for one in read.afterwards] == [3, 4]
    assert case.decide(date(2026, 5, 6)) is None


def test_an_overdue_clock_that_is_stopped_is_still_overdue() -> None:
    """An open stop after the last day took the last day away, and the lateness with it."""
    case = Case()
    case.put(date(2026, 6, 1), Stopped(on=date(2026, 6, 1), because="A hearing."))
    read = read_clock(case.state, date(2026, 6, 5))

    assert (read.due, read.left) == (date(2026, 5, 1), -35)
    assert missed(read, date(2026, 6, 5)) == date(2026, 5, 1)


def test_a_stop_after_a_late_decision_mends_nothing() -> None:
    case = Case()
    assert case.decide(date(2026, 5, 4)) == date(2026, 5, 1)
    case.put(date(2026, 5, 5), Stopped(on=date(2026, 3, 10), because="A hearing."))
    case.put(date(2026, 5, 5), Resumed(on=date(2026, 3, 20)))

    assert late_by(case.state, case.state.of(facts.Decided)[0]) == date(2026, 5, 1)
    assert case.due(date(2026, 6, 1)) == date(2026, 5, 1)


def test_asking_for_more_does_not_end_the_time() -> None:
    case = Case()
    case.decide(date(2026, 4, 1), "need-more")
    assert ended_by(case.state) is None
    assert missed(read_clock(case.state, date(2026, 5, 2)), date(2026, 5, 2)) == date(2026, 5, 1)
    assert case.decide(date(2026, 5, 2)) == date(2026, 5, 1)


def test_a_decision_in_time_that_is_superseded_late_is_marked_on_the_later_one() -> None:
    case = Case()
    assert case.decide(date(2026, 4, 1)) is None
    first = ended_by(case.state)
    assert case.decide(date(2026, 6, 1)) == date(2026, 5, 1)
    assert ended_by(case.state) == first


def test_overdue_is_said_on_the_weekend_after_the_last_working_day() -> None:
    """Nine working days from 2 March end on Friday 13 March."""
    case = Case(days=9, counting="working")
    read = read_clock(case.state, date(2026, 3, 14))
    assert (read.due, read.left) == (date(2026, 3, 13), -1)


# Extensions.


def test_an_extension_without_an_order_is_refused() -> None:
    case = Case()
    with pytest.raises(UsageError, match="extended by an order only"):
        case.put(date(2026, 4, 1), Extended(of=0, days=10, because="Much to do."))
    assert case.put(date(2026, 4, 1), Extended(of=0, days=10, because="So."), order=True) == 3
    assert case.due(date(2026, 4, 1)) == date(2026, 5, 11)


def test_who_decides_does_not_order_back_its_own_lost_time() -> None:
    case = Case()
    case.put(date(2026, 5, 2), Extended(of=0, days=30, because="Much to do."), order=True)
    assert case.decide(date(2026, 5, 3)) == date(2026, 5, 1)


def test_a_second_deadline_for_an_open_step_would_be_an_extension() -> None:
    case = Case()
    case.put(date(2026, 3, 3), Allowed(step="answer", party="basel", days=14))
    with pytest.raises(UsageError, match="more time is given by an order"):
        case.put(date(2026, 3, 4), Allowed(step="answer", party="basel", days=90))
    case.put(date(2026, 3, 5), answer())
    case.put(date(2026, 3, 6), Allowed(step="answer", party="basel", days=7))


def test_an_order_gives_a_party_its_time_back_and_it_is_said_when() -> None:
    case = Case()
    of = case.put(date(2026, 3, 3), Allowed(step="answer", party="basel", days=14))
    late = date(2026, 3, 20)
    assert case.step(late).missed == date(2026, 3, 17)
    case.put(late, Extended(of=of, days=10, because="A disk failed."), order=True)
    read = case.step(late)
    assert (read.reading.due, read.missed) == (date(2026, 3, 27), None)
    assert read.reading.lapsed is not None and read.reading.lapsed.ordered
    case.put(date(2026, 3, 28), answer())
    assert case.step(date(2026, 9, 1)).missed == date(2026, 3, 27)


def test_an_extension_of_what_is_no_deadline() -> None:
    with pytest.raises(UsageError, match="sets no deadline"):
        Case().put(date(2026, 4, 1), Extended(of=2, days=10, because="So."), order=True)


# Service.


def test_nothing_is_served_before_it_is_there() -> None:
    case = Case()
    claim = case.put(date(2026, 3, 9), facts.Stated(kind="claim", party="acme", title="claim"))
    with pytest.raises(UsageError, match="on record since 2026-03-09"):
        case.put(date(2026, 3, 10), Served(of=claim, party="basel", on=date(2026, 3, 8)))
    with pytest.raises(UsageError, match="on record since 2026-03-02"):
        case.put(date(2026, 3, 10), Served(of=0, party="basel", on=date(2026, 3, 1)))
    with pytest.raises(UsageError, match="that day is to come"):
        case.put(date(2026, 3, 10), Served(of=claim, party="basel", on=date(2026, 3, 11)))
    with pytest.raises(UsageError, match="no such event"):
        case.put(date(2026, 3, 10), Served(of=4, party="basel", on=date(2026, 3, 10)))
    with pytest.raises(UsageError, match="no exhibit of this case"):
        case.put(
            date(2026, 3, 10), Served(of=claim, party="basel", on=date(2026, 3, 9), proof="slip")
        )


@pytest.mark.parametrize(
    ("on", "at", "means", "deemed"),
    [  # after CPR 6.14 and 6.26: Thursday 2 April 2026 is the day before Good Friday
        (date(2026, 3, 3), "16:29", "email", date(2026, 3, 3)),
        (date(2026, 3, 3), "16:30", "email", date(2026, 3, 4)),
        (date(2026, 4, 2), "17:00", "email", date(2026, 4, 7)),
        (date(2026, 3, 3), "", "post", date(2026, 3, 5)),
        (date(2026, 3, 5), "", "post", date(2026, 3, 9)),  # Saturday
    ],
)
def test_deemed_service(on: date, at: str, means: str, deemed: date) -> None:
    terms = Terms(starts="service", deemed=(("post", 2), ("email", 0)), closes="16:30")
    case = Case(terms=terms, jurisdiction="GB", subdivision="ENG")
    assert case.due(on) is None
    case.put(date(2026, 4, 10), Served(of=0, party="basel", on=on, at=at, means=means))
    assert read_clock(case.state, date(2026, 4, 10)).began == deemed
    with pytest.raises(UsageError, match="rules for post, email"):
        case.put(date(2026, 4, 10), Served(of=1, party="basel", on=on, means="pigeon"))


def test_serving_again_does_not_begin_the_time_anew() -> None:
    case = Case(terms=Terms(starts="service"))
    case.put(date(2026, 3, 4), Served(of=0, party="basel", on=date(2026, 3, 4)))
    again = Served(of=0, party="basel", on=date(2026, 4, 20))
    with pytest.raises(UsageError, match="say why it is served again"):
        case.put(date(2026, 4, 20), again)
    case.put(date(2026, 4, 20), Served(of=0, party="basel", on=date(2026, 4, 20), because="So."))
    assert case.due(date(2026, 4, 20)) == date(2026, 5, 3)


def test_service_on_who_is_no_respondent_begins_nothing() -> None:
    case = Case(terms=Terms(starts="service"))
    case.put(date(2026, 3, 4), Served(of=0, party="acme", on=date(2026, 3, 4)))
    assert case.due(date(2026, 4, 20)) is None


def test_none_is_late_for_a_deadline_before_it_is_set() -> None:
    case = Case()
    served = case.put(date(2026, 3, 3), Served(of=0, party="basel", on=date(2026, 3, 3)))
    case.put(date(2026, 4, 1), Allowed(step="answer", party="basel", days=14, served=served))
    assert case.step(date(2026, 4, 1)).reading.due == date(2026, 4, 15)
    with pytest.raises(UsageError, match="no service on acme"):
        case.put(date(2026, 4, 1), Allowed(step="claim", party="acme", days=14, served=served))


def test_clear_days_count_neither_the_first_nor_the_last() -> None:
    """Three clear days from Monday: Tuesday to Thursday are between; Friday is the day."""
    case = Case()
    case.put(date(2026, 3, 2), Allowed(step="answer", party="basel", days=3, clear=True))
    assert case.step(date(2026, 3, 3)).reading.due == date(2026, 3, 6)


# Days: zones, summer time, year ends, leap days, regions, closed days.


def test_a_day_ends_at_midnight_where_the_authority_is() -> None:
    """The last day is 1 May; 22:30 UTC of that day is 2 May in Berlin and 1 May in UTC."""
    moment = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    assert Case().decide(moment) is None
    assert Case(terms=BERLIN).decide(moment) == date(2026, 5, 1)
    assert Case(terms=BERLIN).decide(moment - timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("last", "received"), [(date(2026, 3, 29), date(2026, 3, 19)),  # an hour is lost
                           (date(2026, 10, 25), date(2026, 10, 15)),  # an hour comes twice
                           (date(2026, 12, 31), date(2026, 12, 21))],
)  # fmt: skip
def test_ten_days_across_summer_time_and_the_year(last: date, received: date) -> None:
    """23:59:59 of the last day is in time, one second later is not, whatever its offset is."""
    from zoneinfo import ZoneInfo

    end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    end = end.astimezone(UTC)
    case = Case(received=received, days=10, terms=BERLIN)
    assert case.due(received) == last
    assert case.decide(end) is None
    late = Case(received=received, days=10, terms=BERLIN)
    assert late.decide(end + timedelta(seconds=1)) == last


def test_working_days_over_new_year_in_one_country() -> None:
    """From 22 December 2026: 23, 24, 28 (Boxing Day moved) .. 1 January is a holiday."""
    case = Case(received=date(2026, 12, 22), days=5, counting="working", jurisdiction="GB",
                subdivision="ENG")  # fmt: skip
    # 23, 24, 29, 30, 31 December.
    assert case.due(date(2026, 12, 22)) == date(2026, 12, 31)


@pytest.mark.parametrize(("year", "due"), [(2028, date(2028, 2, 29)), (2027, date(2027, 3, 1))])
def test_the_29th_of_february(year: int, due: date) -> None:
    assert Case(received=date(year, 2, 28), days=1).due(date(year, 3, 5)) == due
    assert Case(received=date(2028, 2, 29), days=366).due(date(2028, 3, 1)) == date(2029, 3, 1)


def test_a_holiday_of_one_region_only() -> None:
    """Corpus Christi, 4 June 2026, is kept in Bavaria and not in Berlin."""
    bavaria, berlin, country = (
        Case(received=date(2026, 5, 26), days=9, jurisdiction="DE", subdivision=part)
        for part in ("BY", "BE", "")
    )
    on = date(2026, 6, 10)
    assert bavaria.due(on) == date(2026, 6, 5)
    assert berlin.due(on) == country.due(on) == date(2026, 6, 4)
    assert (date(2026, 6, 4), "Corpus Christi") in read_clock(bavaria.state, on).skipped
    assert "without those of its parts only" in read_clock(country.state, on).calendar


def test_closed_days_carry_the_last_day_and_are_named() -> None:
    case = Case(received=date(2026, 12, 1), days=28)
    recess = Closed(first=date(2026, 12, 24), last=date(2027, 1, 3), name="Winter recess")
    case.put(date(2026, 12, 2), recess)
    read = read_clock(case.state, date(2026, 12, 29))
    assert read.due == date(2027, 1, 4)
    assert (date(2026, 12, 29), "Winter recess") in read.skipped


def test_a_closing_invented_after_the_last_day_wins_no_time() -> None:
    case = Case()
    case.put(date(2026, 5, 4), Closed(first=date(2026, 5, 1), last=date(2026, 5, 9), name="Flood"))
    assert missed(read_clock(case.state, date(2026, 5, 5)), date(2026, 5, 5)) == date(2026, 5, 1)
    assert case.decide(date(2026, 5, 5)) == date(2026, 5, 1)


def test_before_the_last_day_nothing_is_overdue_whatever_came_later() -> None:
    case = Case()
    case.put(date(2026, 5, 5), Stopped(on=date(2026, 3, 10), because="A hearing."))
    assert missed(read_clock(case.state, date(2026, 4, 1)), date(2026, 4, 1)) is None
