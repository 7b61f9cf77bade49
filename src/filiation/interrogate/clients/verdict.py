"""What does this response amount to? Status and body to an outcome; both providers alike."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.interrogate.attempt import AttemptOutcome, Received
from filiation.readers.answers.transcript import Reply, plain, read_reply
from filiation.readers.bytes.parsing import parse_object

__all__ = ["judge", "refused_parameter"]

_AGAIN: Final = (408, 409, 425)
_NO_USE: Final = (401, 402, 403, 404)
_MAY_NAME_PARAMETER: Final = (400, 403, 404, 422)  # 403: log-probabilities that are not for sale
_NO_MONEY: Final = frozenset(
    (
        "insufficient_quota",
        "credit_balance_exhausted",
        "billing_hard_limit_reached",
        "billing_error",
        "enforced_spend_limit_reached",
    )
)


def judge(
    dialect: str, received: Received, parameters: Collection[str]
) -> tuple[AttemptOutcome, str, str, Reply | None]:
    """Return outcome, words, the parameter refused, and the answer."""
    status = received.status
    if status == 200:
        try:
            return (
                AttemptOutcome.ANSWERED,
                "",
                "",
                read_reply(dialect, received.headers, received.body),
            )
        except UnreadableError as error:
            return AttemptOutcome.MALFORMED, str(error), "", None
    complaint = _complaint(received)
    words = _words(status, complaint)
    if status in _MAY_NAME_PARAMETER and (name := refused_parameter(complaint, parameters)):
        return AttemptOutcome.PARAMETER, words, name, None
    if _NO_MONEY & {complaint.get("type"), complaint.get("code")}:
        return AttemptOutcome.BARRED, words, "", None
    if status == 429:
        return AttemptOutcome.RATE_LIMITED, words, "", None
    if status >= 500 or status in _AGAIN:
        return AttemptOutcome.BUSY, words, "", None
    if 200 < status < 300:
        return AttemptOutcome.MALFORMED, words, "", None
    if status < 400 or status in _NO_USE:
        return AttemptOutcome.BARRED, words, "", None
    return AttemptOutcome.REJECTED, words, "", None


def refused_parameter(complaint: Mapping[str, Any], parameters: Collection[str]) -> str:
    """The parameter that an error names, among those that were sent; empty if it names none.

    A `param` field decides alone; without one, the name must stand in the message as a word.
    """
    named = complaint.get("param")
    if isinstance(named, str) and named:
        return named if named in parameters else ""
    message = complaint.get("message")
    if not isinstance(message, str):
        return ""
    found = (
        (place.start(), name)
        for name in parameters
        if (place := re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", message))
    )
    return min(found, default=(0, ""))[1]


def _complaint(received: Received) -> dict[str, Any]:
    """The error object; an empty one if the body holds none."""
    try:
        parsed = parse_object(plain(received.headers, received.body), what="response")
    except UnreadableError:
        return {}
    inner = parsed.get("error", parsed)
    if isinstance(inner, dict):
        return {k: v for k, v in inner.items() if isinstance(v, str)}
    return {"message": inner} if isinstance(inner, str) else {}


def _words(status: int, complaint: Mapping[str, Any]) -> str:
    kind, message = complaint.get("type", ""), complaint.get("message", "")
    said = " ".join(str(message)[:500].split())
    return ": ".join(part for part in (f"status {status}", kind, said) if part)
