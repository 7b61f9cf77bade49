"""One attempt to get an answer: what was sent, what came back, and what it amounts to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, final

from filiation.model.recording import Item
from filiation.readers.answers.transcript import Reply, pack

__all__ = ["Attempt", "AttemptOutcome", "Channel", "Received", "Sent", "now"]


class AttemptOutcome(StrEnum):
    """What an attempt amounts to; what follows from it is the recorder's to decide."""

    ANSWERED = "answered"
    RATE_LIMITED = "rate-limited"  # 429: fewer at a time, and later
    BUSY = "server-error"  # 5xx, 408, 409, 425: again, later
    CUT = "connection-cut"  # before, within or after the headers: again
    LATE = "timed-out"  # no end within the deadline: again
    MALFORMED = "malformed"  # a whole response that is not the dialect's: again
    UNREACHABLE = "unreachable"  # no connection: again
    PARAMETER = "parameter-refused"  # 4xx naming a parameter that we sent: again without it
    FILTERED = "filtered"  # stopped by a filter before any model: that is its answer
    REJECTED = "rejected"  # any other 4xx: this question fails
    TOO_LARGE = "too-large"  # more than is kept of a response: this question fails
    BARRED = "barred"  # key, address, model or money: no question can succeed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The request, as it left; the key is already out of it."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The response, as far as it came; the key is already out of it.

    Attributes:
        status: HTTP status.
        headers: In the order in which they came.
        body: The bytes as they came, still encoded if the server encoded them.
        complete: The body came to its end.
        http_version: Such as HTTP/1.1.
        certificate: SHA-256 of the server's certificate, empty without TLS.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    complete: bool
    http_version: str = ""
    certificate: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request and what it came to.

    Attributes:
        time: When it left, RFC 3339, UTC.
        began: The same on the monotonic clock, seconds.
        seconds: How long it took, on the monotonic clock.
        sent: The request.
        received: The response, None if not even its headers came.
        outcome: What it amounts to.
        error: What went wrong, in words.
        parameter: The parameter that the server refused.
        reply: The answer, if it is one.
        redacted: In how many places a key was taken out.
    """

    time: str
    began: float
    seconds: float
    sent: Sent
    received: Received | None
    outcome: AttemptOutcome
    error: str = ""
    parameter: str = ""
    reply: Reply | None = None
    redacted: int = 0

    def entry(self) -> dict[str, Any]:
        """The fields of the line that keeps it."""
        received = self.received
        return {
            "time": self.time,
            "seconds": round(self.seconds, 6),
            "outcome": str(self.outcome),
            "error": self.error,
            "redacted": self.redacted,
            "request": {
                "method": self.sent.method,
                "url": self.sent.url,
                "headers": self.sent.headers,
                "body": pack(self.sent.body),
            },
            "response": None
            if received is None
            else {
                "status": received.status,
                "http_version": received.http_version,
                "tls_certificate_sha256": received.certificate,
                "headers": received.headers,
                "complete": received.complete,
                "body": pack(received.body),
            },
        }


class Channel(Protocol):
    """The way to one model.

    Attributes:
        identity: What the header of a transcript says of it: model, address, dialect, version.
        parameters: What is asked with every question, besides the question.
        ceiling: How many requests may be under way at once.
        vital: Parameters without which nothing can be asked.
    """

    @property
    def identity(self) -> Mapping[str, Any]: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...
    @property
    def ceiling(self) -> int: ...
    @property
    def vital(self) -> frozenset[str]: ...

    def compose(self, item: Item, repeat: int, parameters: Mapping[str, Any]) -> bytes:
        """The exact bytes that put the question."""
        ...

    async def send(self, body: bytes, parameters: Mapping[str, Any]) -> Attempt:
        """Send them once. Never raises for what the server or the network does."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def now() -> str:
    """The time, RFC 3339, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
