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
# An account that is empty or a key that is none comes as a fault of the question, too: Anthropic
# with 400 `invalid_request_error` (credit, spend limits), Google with 400 `INVALID_ARGUMENT` (a
# key), and several with 400 for a model that they have not. No question could fare better.
_ACCOUNT: Final = re.compile(
    r"credit balance is too low|(?:usage|spend(?:ing)?) limits?\b.{0,80}\b(?:reach|exceed|regain)"
    r"|\b(?:reach|exceed)ed\b.{0,40}\b(?:usage|spend(?:ing)?) limits?"
    r"|\bapi[ _-]?key\b.{0,20}\b(?:not valid|invalid|expired|not found|revoked)"
    r"|\b(?:invalid|incorrect|expired) api[ _-]?key\b",
    re.IGNORECASE | re.DOTALL,
)
_NO_MODEL: Final = frozenset(("model_not_found", "invalid_model", "model_not_exist"))
# A prompt that a filter stopped comes as an error: Azure (content-filter) `content_filter`, OpenAI
# `content_policy_violation`, Alibaba `data_inspection_failed`; OpenRouter (errors-and-debugging) a
# 403 with `metadata.flagged_input`. A code that says no more than "invalid" is not among them.
_FILTER: Final = frozenset(
    (
        "content_filter",
        "content_policy_violation",
        "responsibleaipolicyviolation",
        "data_inspection_failed",
    )
)
_PASSED_ON: Final = range(400, 600)


def judge(
    dialect: str, received: Received, parameters: Collection[str]
) -> tuple[AttemptOutcome, str, str, Reply | None]:
    """Return outcome, words, the parameter refused, and the answer."""
    malformed = ""
    if received.status == 200:
        try:
            reply = read_reply(dialect, received.headers, received.body)
            return AttemptOutcome.ANSWERED, "", "", reply
        except UnreadableError as error:
            malformed = str(error)
    complaint = _complaint(received)
    if not malformed:
        return *_outcome(received.status, complaint, parameters), None
    inside = complaint.get("code")  # OpenRouter: 200 left before the provider behind it failed
    if isinstance(inside, int) and inside in _PASSED_ON:
        return *_outcome(inside, complaint, parameters), None
    return AttemptOutcome.MALFORMED, malformed, "", None


def _outcome(
    status: int, complaint: Mapping[str, Any], parameters: Collection[str]
) -> tuple[AttemptOutcome, str, str]:
    """Outcome, words and the parameter refused, of an error."""
    words = _words(status, complaint)
    if status < 500 and _filtered(complaint):
        return AttemptOutcome.FILTERED, words, ""
    if status in _MAY_NAME_PARAMETER and (name := refused_parameter(complaint, parameters)):
        return AttemptOutcome.PARAMETER, words, name
    if _NO_MONEY & {complaint.get("type"), complaint.get("code")} or _bars(status, complaint):
        return AttemptOutcome.BARRED, words, ""
    if status == 429:
        return AttemptOutcome.RATE_LIMITED, words, ""
    if status >= 500 or status in _AGAIN:
        return AttemptOutcome.BUSY, words, ""
    if 200 < status < 300:
        return AttemptOutcome.MALFORMED, words, ""
    if status < 400 or status in _NO_USE:
        return AttemptOutcome.BARRED, words, ""
    return AttemptOutcome.REJECTED, words, ""


def _bars(status: int, complaint: Mapping[str, Any]) -> bool:
    """Is a 400 about the account, the key or the model, whatever was asked?"""
    if status not in (400, 422):
        return False
    named = {complaint.get("type"), complaint.get("code")} & _NO_MODEL
    message = str(complaint.get("message", ""))
    return bool(named) or complaint.get("param") == "model" or bool(_ACCOUNT.search(message))


def _filtered(complaint: Mapping[str, Any]) -> bool:
    """Did a filter stop the prompt? By the error's type or code, or by what a moderator flagged."""
    said = {str(complaint.get(name)).casefold() for name in ("type", "code")}
    return bool(said & _FILTER) or bool(complaint.get("flagged"))


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
        body = plain(received.headers, received.body).strip()
        if body.startswith(b"[") and body.endswith(b"]"):  # Google: a list with one error in it
            body = body[1:-1]
        parsed = parse_object(body, what="response")
    except UnreadableError:
        return {}
    inner = parsed.get("error", parsed)
    if isinstance(inner, dict):
        about = inner.get("metadata")
        flagged = isinstance(about, dict) and "flagged_input" in about
        found = {k: v for k, v in inner.items() if isinstance(v, str | int)}
        return {**found, **_invalid(inner), "flagged": flagged}
    return {"message": inner} if isinstance(inner, str) else {}


def _invalid(inner: Mapping[str, Any]) -> dict[str, str]:
    """What a list of invalid fields says: {"detail": [{"loc": ["body", NAME], "msg"}]} (Mistral).

    It stands in `detail`, in `message`, or in the `detail` of that.
    """
    message = inner.get("message")
    nested = message.get("detail") if isinstance(message, dict) else message
    for found in (nested, inner.get("detail")):
        first = found[0] if isinstance(found, list) and found else None
        place = first.get("loc") if isinstance(first, dict) else None
        if isinstance(first, dict) and isinstance(place, list) and place[:1] == ["body"]:
            said = f"{'.'.join(map(str, place[1:]))}: {first.get('msg', '')}"
            return {"message": said, **({"param": str(place[1])} if len(place) > 1 else {})}
    return {}


def _words(status: int, complaint: Mapping[str, Any]) -> str:
    kind, message = complaint.get("type", ""), complaint.get("message", "")
    said = " ".join(str(message)[:500].split())
    return ": ".join(part for part in (f"status {status}", kind, said) if part)
