"""When is a decision due? Counted in the open: days, stops, and the days that do not count.

The day of receipt does not count; day one is the next day that counts. A day on which the clock
stands (from the day of the stop, up to but without the day of the resumption) does not count. A
period that ends on a weekend or holiday ends on the next working day, where a jurisdiction is named
or days are working days. Holidays: package `holidays`, whose version the clock names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import final

from filiation.casefile.facts import Opened, Resumed, Stopped
from filiation.casefile.state import State
from filiation.errors import UsageError

__all__ = ["Reading", "check_jurisdiction", "read_clock"]

ONE = timedelta(days=1)
FURTHEST = 40_000  # days that are looked ahead


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The clock on a day.

    Attributes:
        day: Days counted so far.
        days: Days allowed.
        due: Last day; None while the clock stands.
        left: Days left, below zero when overdue.
        standing: Why it stands, or empty.
        skipped: Holidays between receipt and the day of reading or the due day.
        calendar: Where the holidays come from; empty if no jurisdiction was named.
    """

    day: int
    days: int
    due: date | None
    left: int
    standing: str
    skipped: tuple[tuple[date, str], ...]
    calendar: str


def read_clock(state: State, on: date) -> Reading:
    """Read the clock of a case on a day.

    Raises:
        UsageError: The jurisdiction is not known, or the day is before receipt.
    """
    opened = state.opening
    if on < opened.received:
        raise UsageError(f"{on}: before the case was received, on {opened.received}")
    holiday = _holidays(opened)
    stops = _stops(state)

    def counts(day: date) -> bool:
        if any(start <= day and (end is None or day < end) for start, end in stops):
            return False
        return opened.counting == "calendar" or _working(day, holiday)

    day = sum(counts(opened.received + ONE * n) for n in range(1, (on - opened.received).days + 1))
    standing = [entry.fact for entry in state.of(Stopped)[len(state.of(Resumed)) :]]
    stands = bool(standing) and standing[0].on <= on
    due = None if stops and stops[-1][1] is None else _due(opened, counts, holiday)
    until = due or on
    span = [opened.received + ONE * n for n in range((until - opened.received).days + 1)]
    return Reading(
        day=day,
        days=opened.days,
        due=due,
        left=opened.days - day if due is None else _left(on, due, counts),
        standing=standing[0].because if stands else "",
        skipped=tuple((d, name) for d in span if (name := holiday(d))),
        calendar=_source(opened),
    )


def check_jurisdiction(opened: Opened) -> None:
    """Refuse a jurisdiction whose holidays are not known, before a case is opened with it.

    Raises:
        UsageError: Unknown country or subdivision.
    """
    _holidays(opened)(opened.received)


def _left(on: date, due: date, counts: Callable[[date], bool]) -> int:
    first, last, sign = (on, due, 1) if on <= due else (due, on, -1)
    return sign * sum(counts(first + ONE * n) for n in range(1, (last - first).days + 1))


def _due(opened: Opened, counts: Callable[[date], bool], holiday: Callable[[date], str]) -> date:
    day, counted = opened.received, 0
    for _ in range(FURTHEST):
        day += ONE
        counted += counts(day)
        if counted >= opened.days:
            break
    else:
        raise UsageError(f"clock: {opened.days} days are not reached within {FURTHEST} days")
    while (opened.jurisdiction or opened.counting == "working") and not _working(day, holiday):
        day += ONE
    return day


def _stops(state: State) -> Sequence[tuple[date, date | None]]:
    resumed: list[date | None] = [entry.fact.on for entry in state.of(Resumed)]
    starts = [entry.fact.on for entry in state.of(Stopped)]
    return list(zip(starts, resumed + [None] * (len(starts) - len(resumed)), strict=True))


def _working(day: date, holiday: Callable[[date], str]) -> bool:
    return day.weekday() < 5 and not holiday(day)


def _holidays(opened: Opened) -> Callable[[date], str]:
    if not opened.jurisdiction:
        return lambda day: ""
    import holidays

    try:
        known = holidays.country_holidays(
            opened.jurisdiction, subdiv=opened.subdivision or None, language="en_US"
        )
    except NotImplementedError as error:
        where = "-".join(p for p in (opened.jurisdiction, opened.subdivision) if p)
        raise UsageError(
            f"jurisdiction {where!r}: no calendar of holidays is known for it; give an ISO 3166 "
            "code such as GB with subdivision ENG, or none"
        ) from error
    return lambda day: str(known.get(day, ""))


def _source(opened: Opened) -> str:
    if not opened.jurisdiction:
        return ""
    where = "-".join(p for p in (opened.jurisdiction, opened.subdivision) if p)
    return f"public holidays of {where}, holidays {version('holidays')}"
