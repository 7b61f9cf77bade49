"""When was a request made? Times as logs write them, to the minute of UTC.

With a zone (ISO 8601), as seconds, milliseconds, microseconds or nanoseconds since 1970 (told apart
by their size: between 2010 and 2100 no number can be two of them), or without a zone. A time
without a zone is read in the zone that somebody stated, and not at all where none was: no file says
which was meant.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, TypeAlias, final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filiation.errors import UsageError

__all__ = ["EPOCH", "NAIVE", "ZONED", "Clock", "Read", "clock_of"]

ZONED: Final = "zoned"
NAIVE: Final = "naive"
EPOCH: Final = "epoch"
NO_TIME: Final = "no time"
UNREADABLE: Final = "a time that cannot be read"
NO_ZONE: Final = "a time without a zone"
TWICE: Final = "a time that the clock of its zone shows twice or never"
OUTSIDE: Final = "a time before 2010 or after 2100"
FIRST: Final = 1_262_304_000  # 2010, in seconds since 1970
LAST: Final = 4_102_444_800  # 2100
UNITS: Final = (1, 1_000, 1_000_000, 1_000_000_000)
NUMBER: Final = re.compile(r"\d{9,20}(?:\.\d{0,12})?")
LONGEST: Final = 64
SUFFIX: Final = re.compile(r"\s*(?:UTC|GMT|Z)$")

Read: TypeAlias = tuple[int, str] | str
"""Minute and how it was written, or why it is none."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Reads times.

    Attributes:
        name: The zone of times that state none, as it was given; empty if none was.
        zone: That zone.
    """

    name: str = ""
    zone: tzinfo | None = None

    def read(self, value: Any) -> Read:
        """The minute that a value states."""
        if type(value) in (int, float):
            return _since_1970(value)
        if not isinstance(value, str):
            return NO_TIME if value is None else UNREADABLE
        text = value.strip()
        if not text:
            return NO_TIME
        if len(text) > LONGEST:
            return UNREADABLE
        if NUMBER.fullmatch(text):
            return _since_1970(float(text))
        try:
            found = datetime.fromisoformat(SUFFIX.sub("+00:00", text))
        except ValueError:
            return UNREADABLE
        if len(text) < 11:  # a day alone is no time
            return UNREADABLE
        return self._placed(found)

    def _placed(self, found: datetime) -> Read:
        how = ZONED
        if found.tzinfo is None:
            if self.zone is None:
                return NO_ZONE
            how, found = NAIVE, found.replace(tzinfo=self.zone)
            if found.utcoffset() != found.replace(fold=1).utcoffset():
                return TWICE
        try:
            seconds = found.timestamp()
        except (OverflowError, ValueError):
            return OUTSIDE
        return (int(seconds // 60), how) if FIRST <= seconds < LAST else OUTSIDE


def clock_of(zone: str) -> Clock:
    """A clock for times that state no zone; with an empty name, one that does not read these.

    Raises:
        UsageError: There is no such zone.
    """
    if not zone:
        return Clock()
    if zone.upper() in ("UTC", "GMT", "Z"):
        return Clock(name="UTC", zone=UTC)
    try:
        fixed = datetime.fromisoformat(f"2020-01-01T00:00:00{zone}").tzinfo
    except ValueError:
        fixed = None
    if fixed is not None:
        return Clock(name=zone, zone=fixed)
    try:
        return replace(Clock(name=zone), zone=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"--zone {zone!a:.60}: no such zone, expected one such as UTC, +02:00 or Europe/Berlin"
        ) from error


def _since_1970(number: float) -> Read:
    if not 0 < number < 1e30:  # a whole number may be longer than any float
        return OUTSIDE
    for unit in UNITS:
        seconds = number / unit
        if FIRST <= seconds < LAST:
            return int(seconds // 60), EPOCH
    return OUTSIDE
