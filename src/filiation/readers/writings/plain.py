"""Words of strangers within bounds: no control codes, so long and no longer, dates as dates."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from filiation.errors import UsageError
from filiation.model.document import MOST_TEXT

__all__ = ["clipped", "instant", "need", "one_line"]

CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
NAMED: Final = re.compile(r":\d\d\s+\(?([A-Za-z]{1,8})\b")


def need(extra: str) -> UsageError:
    """The error that says which extra is missing."""
    return UsageError(
        f"{extra} is not installed, and documents are not read without it; "
        "pip install 'filiation[documents]'"
    )


def clipped(text: str) -> tuple[str, bool]:
    """Text without control codes, cut to the most that is read; whether it was cut."""
    text = text[: MOST_TEXT + 1].replace("\r\n", "\n").replace("\r", "\n")
    cut = len(text) > MOST_TEXT
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[:MOST_TEXT]), cut


def one_line(text: str, most: int = 1000) -> str:
    """Text of a header: one line, no control codes."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text[:most].split()))


def instant(given: str) -> tuple[str, str]:
    """A date of RFC 5322 or RFC 3339 in UTC, and a remark if it is missing, odd or has no zone."""
    text = given.strip()[:100]
    if not text:
        return "", "no date is given"
    try:
        iso = text[:4].isdigit()
        moment = datetime.fromisoformat(text) if iso else parsedate_to_datetime(text)
        if moment.tzinfo is None and text.endswith("-0000") and not iso:
            moment = moment.replace(tzinfo=UTC)  # RFC 5322: UTC, from a place that is not told
        if moment.tzinfo is None:
            named = NAMED.search(text) if not iso else None
            said = f"names its time zone {named[1]}, which is no offset" if named else ""
            return moment.isoformat(timespec="seconds"), (
                f"the date {said or 'is given without a time zone'}"
            )
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return "", "the date that is given is none"
