"""Which days does an authority work, by which names are the others known, and what day is it there?

Public and bank holidays: package `holidays`, by their English names. Closed days: events of the
case. Local days: the time zone that the case was opened with, as this computer's tables know it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from typing import Final, final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filiation.casefile.facts import Opened
from filiation.casefile.time_facts import Closed, Counting, Terms
from filiation.errors import UsageError

__all__ = ["ONE", "Calendar", "check_jurisdiction", "check_zone", "local_day"]

ONE: Final = timedelta(days=1)


@final
class Calendar:
    """The days of an authority: holidays of its jurisdiction and the days on which it is closed."""

    def __init__(self, opened: Opened, closed: Sequence[Closed] = ()) -> None:
        """Take the terms of a case and its closed days.

        Raises:
            UsageError: The jurisdiction is not known.
        """
        self._opened = opened
        self._closed = tuple(closed)
        self._holidays = _holidays(opened) if opened.jurisdiction else None

    def name(self, day: date) -> str:
        """Why a day is no working day besides weekends; empty if it is one for all that."""
        holiday = str(self._holidays.get(day, "")) if self._holidays is not None else ""
        return "; ".join(name for name in (holiday, self._closing(day)) if name)

    def works(self, day: date) -> bool:
        """Neither weekend nor holiday nor closed."""
        return day.weekday() < 5 and not self.name(day)

    def carries(self, day: date, counting: Counting) -> bool:
        """Whether a period of that counting cannot end on this day."""
        if self._opened.jurisdiction or counting == "working":
            return not self.works(day)
        return bool(self._closing(day))

    def deemed(self, on: date, at: str, means: str) -> date:
        """The day on which a service counts as made, by the terms of the case.

        After the closing hour it is taken as made the next day. The days of the means follow, and
        a working day is waited for where the terms have such a rule (after CPR 6.14 and 6.26).
        """
        terms = self._opened.terms
        rules = dict(terms.deemed)
        if not rules and not terms.closes:
            return on
        day = on + ONE if at and terms.closes and at >= terms.closes else on
        day += ONE * rules.get(means, 0)
        while not self.works(day):
            day += ONE
        return day

    @property
    def source(self) -> str:
        """Where the holidays come from; empty if no jurisdiction was named."""
        if self._holidays is None:
            return ""
        parts = self._holidays.subdivisions and not self._opened.subdivision
        national = ", without those of its parts only" if parts else ""
        return (
            f"public holidays of {_where(self._opened)}{national}, holidays {version('holidays')}"
        )

    def _closing(self, day: date) -> str:
        return "; ".join(one.name for one in self._closed if one.first <= day <= one.last)


def check_jurisdiction(opened: Opened) -> None:
    """Refuse a jurisdiction whose holidays are not known, before a case is opened with it.

    Raises:
        UsageError: Unknown country or subdivision.
    """
    Calendar(opened).name(opened.received)


def check_zone(zone: str) -> None:
    """Refuse a time zone that this computer does not know.

    Raises:
        UsageError: Unknown.
    """
    _zone(zone)


def local_day(time: str | datetime, terms: Terms) -> date:
    """The day at the authority at a moment (RFC 3339 in UTC).

    Raises:
        UsageError: The time zone is not known to this computer.
    """
    moment = datetime.fromisoformat(time) if isinstance(time, str) else time
    return moment.astimezone(_zone(terms.zone) if terms.zone else UTC).date()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"time zone {name!r}: not known to this computer; expected a name of the IANA tables "
            "such as Europe/London (on Windows they come with `pip install tzdata`)"
        ) from error


def _where(opened: Opened) -> str:
    return "-".join(part for part in (opened.jurisdiction, opened.subdivision) if part)


def _holidays(opened: Opened):  # type: ignore[no-untyped-def]
    import holidays

    try:
        return holidays.country_holidays(
            opened.jurisdiction, subdiv=opened.subdivision or None, language="en_US"
        )
    except NotImplementedError as error:
        raise UsageError(
            f"jurisdiction {_where(opened)!r}: no calendar of holidays is known for it; give an "
            "ISO 3166 code such as GB with subdivision ENG, or none"
        ) from error
