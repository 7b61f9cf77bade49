"""When a document says that it was sent: always with the zone, or that none is recorded."""

import re
from typing import Final

__all__ = ["NO_DATE", "NO_ZONE", "as_dated", "by_day_note", "day", "moment_words", "span",
           "with_zones", "without_zone_note"]  # fmt: skip

NO_DATE: Final = "no date"
NO_ZONE: Final = "zone not recorded"
OFFSET: Final = re.compile(r"[+-]\d\d:?\d\d\b|\d\s*(?:Z|GMT|UTC?)\b")
IN_HEAD: Final = re.compile(r"^Date: (\d{4}-\d\d-\d\dT[\d:.]+Z?)$", re.MULTILINE)


def moment_words(moment: str) -> str:
    """A moment in UTC, or as it is given where the document names no zone."""
    if not moment:
        return NO_DATE
    bare = moment.removesuffix("Z").replace("T", " ")
    return f"{bare} UTC" if moment.endswith("Z") else f"{bare} ({NO_ZONE})"


def as_dated(given: str, moment: str) -> str:
    """A time as a document gives it, and which moment that is."""
    if moment:
        return f"{given} = {moment_words(moment)}"
    zone = "" if OFFSET.search(given) else f" ({NO_ZONE})"
    return f"{given}{zone}, as given; no moment was derived from it"


def day(moment: str) -> str:
    """The day of a moment."""
    if not moment:
        return NO_DATE
    return f"{moment[:10]} {'UTC' if moment.endswith('Z') else f'({NO_ZONE})'}"


def span(first: str, last: str) -> str:
    """From one day to another; the zone once, where it is the same."""
    if first and last and first.endswith("Z") == last.endswith("Z"):
        return f"{first[:10]} to {day(last)}"
    return f"{day(first)} to {day(last)}" if first or last else NO_DATE


def with_zones(words: str) -> str:
    """A document in words: the date above them with its zone."""
    head, blank, body = words.partition("\n\n")
    return IN_HEAD.sub(lambda one: f"Date: {moment_words(one[1])}", head) + blank + body


def by_day_note(without: int) -> str:
    """In which zone days are counted, and of how many documents none is known."""
    if not without:
        return "days are those of UTC"
    return f"days are those of UTC, but for {_zoneless(without)}, with the days that they name"


def without_zone_note(without: int) -> str:
    """Where documents stand among others whose time has no zone."""
    return (
        f"note: {_zoneless(without)}; they stand where they would if they were UTC, which may be "
        "out by up to 14 hours"
    )


def _zoneless(count: int) -> str:
    what = "1 document gives a time" if count == 1 else f"{count:,} documents give times"
    return f"{what} whose zone was not recorded"
