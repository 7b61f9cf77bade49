"""When is a decision due? Counted in the open: days, stops, and the days that do not count.

The day from which days are counted does not count; day one is the next day that counts. A day on
which the clock stands (from the day of the stop, up to but without the day of the resumption) does
not count. Of clear days neither the first nor the last counts, so that one more is needed (CPR
2.8). A period that ends on a closed day, or on a weekend or holiday where a jurisdiction is named
or days are working days, ends on the next working day.

Time that has run out does not come back: what is put on record after the last day may move that
day, and the reading says that the time had run out before. Only a party's time is given back, by an
order. A decision ends the time unless it asks
for more; what moves the clock afterwards moves nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Final, Literal, TypeAlias, final

from filiation.casefile.calendar import ONE, Calendar, local_day
from filiation.casefile.ended import ended_by, of_before
from filiation.casefile.facts import Decided
from filiation.casefile.state import Entry, State
from filiation.casefile.time_facts import (
    Closed,
    Counting,
    Extended,
    Resumed,
    Served,
    Stopped,
)
from filiation.errors import UsageError

__all__ = [
    *("DECISION", "Afterwards", "Lapse", "Moved", "Period", "Reading", "deemed_day"),
    *("late_by", "missed", "read_clock", "read_period"),
]

DECISION: Final = 0  # the event that sets the days for the decision is the first
FURTHEST: Final = 40_000  # days that are looked ahead
Moved: TypeAlias = Literal["stop", "resumption", "closing", "service"]
Stop: TypeAlias = tuple[date, date | None]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days that are allowed: by which event, from when (None: not begun), how many, how counted."""

    of: int
    start: date | None
    days: int
    counting: Counting
    clear: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """What was put on record after the day from which it counts: by which event, on which day."""

    event: int
    what: Moved
    on: date
    entered: date


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """The time had run out on a day, and an event that was entered later would move that day.

    `ordered` is an extension of a party's time: an order gives it back, and it is said that it came
    late. The time of who decides is not given back by an order of its own.
    """

    due: date
    event: int
    entered: date
    ordered: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The clock on a day.

    Attributes:
        began: The day from which days are counted; None if none was served yet.
        day: Days counted so far.
        days: Days allowed, with those of extensions.
        due: Last day; None while the clock stands or has not begun.
        left: Days left that count; overdue, the days gone by since, below zero.
        standing: Why it stands, or empty.
        skipped: Holidays and closed days between the beginning and the day of reading or due day.
        calendar: Where the holidays come from; empty if no jurisdiction was named.
        extended: Of each extension its event, and how many days it gave.
        afterwards: What was put on record after the day from which it counts.
        lapsed: The first time that the days had run out before something moved their end.
    """

    began: date | None
    day: int
    days: int
    due: date | None
    left: int
    standing: str
    skipped: tuple[tuple[date, str], ...]
    calendar: str
    extended: tuple[tuple[int, int], ...] = ()
    afterwards: tuple[Afterwards, ...] = ()
    lapsed: Lapse | None = None


def read_clock(state: State, on: date, *, before: int | None = None) -> Reading:
    """Read the clock for the decision on a day.

    Args:
        state: Of the case.
        on: The day.
        before: Only events before this one count; all without.

    Raises:
        UsageError: The jurisdiction is not known, or the day is before receipt.
    """
    if on < state.opening.received:
        raise UsageError(f"{on}: before the case was received, on {state.opening.received}")
    ending = ended_by(state, before)
    return read_period(state, _decision(state, before), on, ending or before)


def read_period(state: State, period: Period, on: date, before: int | None = None) -> Reading:
    """Read the days of a period on a day, as the record stood before an event."""
    counted = _Count(state, period, before)
    due, start = counted.due(), period.start or on
    standing = [entry.fact for entry in of_before(state, Stopped, before)]
    standing = standing[len(of_before(state, Resumed, before)) :]
    stands = due is None and bool(standing) and standing[0].on <= on
    until = due or on
    day = counted.between(start, on) if period.start else 0
    return Reading(
        began=period.start,
        day=day,
        days=counted.allowed,
        due=due,
        left=counted.allowed - day if due is None else _left(counted, max(on, start), due),
        standing=standing[0].because if stands else "",
        skipped=tuple((d, name) for d in _span(start, until) if (name := counted.calendar.name(d))),
        calendar=counted.calendar.source,
        extended=tuple((e.event.sequence, e.fact.days) for e in counted.extensions),
        afterwards=tuple(_afterwards(state, before)),
        lapsed=_lapsed(state, period, before),
    )


def late_by(state: State, entry: Entry[Decided]) -> date | None:
    """The last day, where a decision was put on record after it; None if it came in time.

    It is the last day as the record stood at the decision: what comes later mends nothing.
    """
    entered = local_day(entry.event.time, state.opening.terms)
    if entered < state.opening.received:
        return None
    return missed(read_clock(state, entered, before=entry.event.sequence), entered)


def missed(read: Reading, on: date) -> date | None:
    """The last day that had passed by a day; None if none had."""
    lapsed = read.lapsed
    if lapsed is not None and not lapsed.ordered and on > lapsed.due:
        return lapsed.due
    return read.due if read.due is not None and on > read.due else None


def deemed_day(state: State, served: Served, before: int | None = None) -> date:
    """The day on which a service counts as made."""
    closed = [entry.fact for entry in of_before(state, Closed, before)]
    return Calendar(state.opening, closed).deemed(served.on, served.at, served.means)


@final
class _Count:
    """Days of a period, counted as the record stood before an event."""

    def __init__(self, state: State, period: Period, before: int | None) -> None:
        closed = [entry.fact for entry in of_before(state, Closed, before)]
        self.calendar = Calendar(state.opening, closed)
        self.extensions = [e for e in of_before(state, Extended, before) if e.fact.of == period.of]
        self.allowed = period.days + sum(entry.fact.days for entry in self.extensions)
        self._period = period
        self._stops = _stops(state, before)

    def between(self, first: date, last: date) -> int:
        """How many days count after the first, up to the last."""
        return sum(self._counts(day) for day in _span(first + ONE, last))

    def due(self) -> date | None:
        """The last day, or None if the clock stands before it is reached, or has not begun."""
        day, counted = self._period.start, 0
        if day is None:
            return None
        needed = self.allowed + self._period.clear
        for _ in range(FURTHEST):
            day += ONE
            if self._stands_open(day):
                return None
            counted += self._counts(day)
            if counted >= needed:
                return self._carried(day)
        raise UsageError(f"clock: {needed} days are not reached within {FURTHEST} days")

    def _carried(self, day: date) -> date | None:
        if not self.calendar.carries(day, self._period.counting):
            return day
        while self.calendar.carries(day, self._period.counting) or self._stands(day):
            day += ONE
            if self._stands_open(day):
                return None
        return day

    def _counts(self, day: date) -> bool:
        if self._stands(day):
            return False
        return self._period.counting == "calendar" or self.calendar.works(day)

    def _stands(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self._stops)

    def _stands_open(self, day: date) -> bool:
        return bool(self._stops) and self._stops[-1][1] is None and day >= self._stops[-1][0]


def _decision(state: State, before: int | None) -> Period:
    opened = state.opening
    start: date | None = opened.received
    if opened.terms.starts == "service":
        start = min(_served_on_respondents(state, before), default=None)
    return Period(
        of=DECISION,
        start=start,
        days=opened.days,
        counting=opened.counting,
        clear=opened.terms.clear,
    )


def _served_on_respondents(state: State, before: int | None) -> Iterator[date]:
    """Deemed days of the complaint's services: serving it again does not begin the time anew."""
    for entry in of_before(state, Served, before):
        if entry.fact.of == DECISION and state.party(entry.fact.party).role == "respondent":
            yield deemed_day(state, entry.fact, entry.event.sequence)


def _left(counted: _Count, on: date, due: date) -> int:
    return counted.between(on, due) if on <= due else (due - on).days


def _lapsed(state: State, period: Period, before: int | None) -> Lapse | None:
    """The first event that would give back time which had run out when it was entered.

    One that nobody ordered comes before one that was.
    """
    found = list(_lapses(state, period, before))
    return next((one for one in found if not one.ordered), found[0] if found else None)


def _lapses(state: State, period: Period, before: int | None) -> Iterator[Lapse]:
    if period.start is None:
        return
    earliest = period.start + ONE * period.days
    for entry in sorted(_moves(state, period, before), key=lambda e: e.event.sequence):
        sequence, entered = entry.event.sequence, local_day(entry.event.time, state.opening.terms)
        if entered <= earliest or sequence < period.of:
            continue
        due = _Count(state, period, sequence).due()
        if due is None or entered <= due or _Count(state, period, sequence + 1).due() == due:
            continue
        ordered = isinstance(entry.fact, Extended) and period.of != DECISION
        yield Lapse(due=due, event=sequence, entered=entered, ordered=ordered)


def _moves(
    state: State, period: Period, before: int | None
) -> Iterator[Entry[Stopped] | Entry[Closed] | Entry[Extended] | Entry[Resumed]]:
    yield from of_before(state, Stopped, before)
    yield from of_before(state, Resumed, before)
    yield from of_before(state, Closed, before)
    yield from (e for e in of_before(state, Extended, before) if e.fact.of == period.of)


def _afterwards(state: State, before: int | None) -> Iterator[Afterwards]:
    days: list[tuple[int, str, Moved, date]] = []
    for stop in of_before(state, Stopped, before):
        days.append((stop.event.sequence, stop.event.time, "stop", stop.fact.on))
    for resumed in of_before(state, Resumed, before):
        days.append((resumed.event.sequence, resumed.event.time, "resumption", resumed.fact.on))
    for closed in of_before(state, Closed, before):
        days.append((closed.event.sequence, closed.event.time, "closing", closed.fact.first))
    for served in of_before(state, Served, before):
        days.append((served.event.sequence, served.event.time, "service", served.fact.on))
    for event, time, what, on in sorted(days):
        entered = local_day(time, state.opening.terms)
        if entered > on:
            yield Afterwards(event=event, what=what, on=on, entered=entered)


def _stops(state: State, before: int | None) -> Sequence[Stop]:
    stopped, resumed = of_before(state, Stopped, before), of_before(state, Resumed, before)
    return [
        (stop.fact.on, again.fact.on if again is not None else None)
        for stop, again in zip_longest(stopped, resumed)
    ]


def _span(first: date, last: date) -> Iterator[date]:
    return (first + ONE * n for n in range((last - first).days + 1))
