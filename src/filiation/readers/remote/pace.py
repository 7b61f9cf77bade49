"""How long to wait for a host that fails: what it names itself, or twice as long each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import final

__all__ = ["Pace", "named_wait", "own_wait"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Every bound on waiting. Seconds, counts.

    Attributes:
        attempts: Attempts in a row without getting on.
        first: Our own wait before the second attempt; doubled for each further one.
        longest: The longest wait of our own choosing.
        longest_named: Of the host's choosing; if it names more, reading ends.
        connecting: To connect.
        silence: Between two pieces of an answer.
        slowest: Bytes a second, of an answer that takes longer than that.
        links: How long a link is used that a host led to, before it is asked again.
    """

    attempts: int = 6
    first: float = 0.5
    longest: float = 30.0
    longest_named: float = 300.0
    connecting: float = 30.0
    silence: float = 60.0
    slowest: float = 256.0
    links: float = 300.0


def own_wait(pace: Pace, failures: int) -> float:
    """Our own wait after so many failures in a row."""
    return min(pace.longest, pace.first * 2.0 ** min(failures - 1, 30))


def named_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` names, as a number or a date (RFC 9110, 10.2.3); None without.

    A date is read against the host's own clock if it names the time.
    """
    value = headers.get("retry-after", "").strip()
    if value.replace(".", "", 1).isascii() and value.replace(".", "", 1).isdigit():
        return float(value[:12])
    until = _date(value)
    base = _date(headers.get("date", "")) or datetime.now(UTC)
    return None if until is None else max(0.0, (until - base).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
