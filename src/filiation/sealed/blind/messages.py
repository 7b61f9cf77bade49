"""Messages as bytes: canonical JSON (RFC 8785) in a signed envelope (DSSE, Ed25519)."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.ledger.dsse import (
    Envelope,
    SigningKey,
    open_envelope,
    public_id,
    seal,
    signed_by,
)
from filiation.errors import CaseError, UnreadableError
from filiation.model.blind import (
    ABORT,
    PROTOCOL,
    ROLES,
    SIDES,
    Material,
    Message,
    Role,
    Terms,
    steps_of,
)
from filiation.model.seal import Commitment
from filiation.readers.bytes.parsing import parse_object

__all__ = ["ENVELOPE", "LONGEST", "key_of", "message_from", "sealed_message", "terms_of"]

ENVELOPE: Final = "application/vnd.filiation.blind+json"
LONGEST: Final = 1 << 16  # bytes of a message
FIELDS: Final = {"protocol", "session", "from", "number", "step", "answers", "body"}
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
MOST_WORDS: Final = 1000  # characters of a reason
KINDS: Final[tuple[Material, ...]] = ("weights", "answers", "set")
STEPS: Final = {step.name for kind in KINDS for step in steps_of(kind)} | {ABORT}
SEAL: Final = {"root", "leaves", "label"}


def sealed_message(
    key: SigningKey,
    *,
    session: str,
    sender: Role,
    number: int,
    step: str,
    answers: tuple[str, ...],
    body: Mapping[str, Any],
) -> bytes:
    """Write and sign a message."""
    payload = rfc8785.dumps(
        {
            "protocol": PROTOCOL,
            "session": session,
            "from": sender,
            "number": number,
            "step": step,
            "answers": list(answers),
            "body": dict(body),
        }
    )
    return seal(ENVELOPE, payload, key)


def message_from(raw: bytes, what: str) -> tuple[Message, Envelope]:
    """Read a message. Whose signature it carries is not checked here.

    Raises:
        CaseError: Cut, altered, of another version, or none.
    """
    if len(raw) > LONGEST:
        raise CaseError(f"{what}: {len(raw)} bytes, a message has at most {LONGEST}; altered")
    envelope = open_envelope(raw, what)
    if envelope.kind != ENVELOPE:
        raise CaseError(f"{what}: signed as {envelope.kind[:80]!r}, expected {ENVELOPE}")
    try:
        found = parse_object(envelope.payload, what=what)
    except UnreadableError as error:
        raise CaseError(f"{error}; altered") from error
    if found.get("protocol") != PROTOCOL or type(found.get("protocol")) is not int:
        raise CaseError(
            f"{what}: of another version of the protocol ({found.get('protocol')!r:.20}), expected "
            f"{PROTOCOL}"
        )
    if set(found) != FIELDS or _canonical(found) != envelope.payload:
        raise CaseError(f"{what}: written in another way than a message is; altered")
    return _message(found, envelope.payload, what), envelope


def _canonical(found: Mapping[str, Any]) -> bytes:
    try:
        return rfc8785.dumps(dict(found))
    except (ValueError, TypeError):  # numbers or texts that canonical JSON has not
        return b""


def _message(found: Mapping[str, Any], payload: bytes, what: str) -> Message:
    answers, body = found["answers"], found["body"]
    named = isinstance(answers, list) and all(_digest(one) for one in answers)
    if not named or len(answers) > len(ROLES) or not isinstance(body, dict):
        raise CaseError(f"{what}: what it answers, or what it says, is no such thing; altered")
    sender, step, session = found["from"], found["step"], found["session"]
    if sender not in ROLES or not isinstance(step, str) or step not in STEPS:
        raise CaseError(f"{what}: from {sender!r:.40}, step {step!r:.40}; altered")
    if type(found["number"]) is not int or not (session == "" or _digest(session)):
        raise CaseError(f"{what}: its number or session is none; altered")
    message = Message(
        session=session,
        sender=sender,
        number=found["number"],
        step=step,
        answers=tuple(answers),
        body=body,
        digest=hashlib.sha256(payload).hexdigest(),
    )
    _check_body(message, what)
    return message


def _digest(found: object) -> bool:
    return isinstance(found, str) and DIGEST.fullmatch(found) is not None


def _check_body(message: Message, what: str) -> None:
    """Exactly the fields of its step."""
    body, step = message.body, message.step
    if step == "terms":
        terms_of(message, what)
        return
    if step == ABORT:
        reason = body.get("reason")
        fits = set(body) == {"reason"} and isinstance(reason, str) and len(reason) <= MOST_WORDS
    elif step == "join":
        more = "noise" if message.sender == "tribunal" else "seal"
        fits = set(body) == {"coin", "audit", more}
        fits = fits and all(_digest(said) for name, said in body.items() if name != "seal")
        fits = fits and ("seal" not in body or _seal(body["seal"]))
    elif step == "result":
        fits = set(body) == RESULT and _digest(body["report"]) and _digest(body["found"])
        fits = fits and all(body[side] in ("held", "failed") for side in SIDES)
        fits = fits and _matches(body["matches"])
    else:
        (only,) = FIELD[step]
        fits = set(body) == {only} and _digest(body[only])
    if not fits:
        raise CaseError(f"{what}: says other things than step {step!r} does; altered")


FIELD: Final = {
    "coin": ("value",),
    "commit": ("material",),
    "blind": ("material",),
    "raise": ("raised",),
    "reveal": ("value",),
    "open": ("opening",),
}


RESULT: Final = {"report", "found", "matches", *SIDES}


def _matches(found: object) -> bool:
    """Nothing, or the digest of each side's list."""
    if found == {}:
        return True
    return isinstance(found, dict) and set(found) == {*SIDES} and all(map(_digest, found.values()))


def _seal(found: object) -> bool:
    if not isinstance(found, dict) or set(found) != SEAL or not _digest(found["root"]):
        return False
    if type(found["leaves"]) is not int or not isinstance(found["label"], str):
        return False
    try:
        Commitment(**found)
    except CaseError:  # nobody could be audited against it, and no result would come
        return False
    return True


TERMS: Final = {
    *("material", "keys", "audit", "nonce", "both", "share", "columns", "anchors", "deep"),
    *("error", "whole", "battery", "items", "repeat", "epsilon", "controls"),
}
NUMBERS: Final = (
    *("audit", "columns", "anchors", "deep", "error", "whole", "items", "repeat", "epsilon"),
    "controls",
)
LONGEST_NAME: Final = 100  # characters of a battery's


def terms_of(message: Message, what: str) -> Terms:
    """What a message with terms says.

    Raises:
        CaseError: Not such terms.
    """
    body = message.body
    if set(body) != TERMS or any(type(body[name]) is not int for name in NUMBERS):
        raise CaseError(f"{what}: not terms of a session; altered")
    keys, nonce = body["keys"], body["nonce"]
    if not isinstance(keys, dict) or not all(_digest(one) for one in (*keys.values(), nonce)):
        raise CaseError(f"{what}: the keys or the nonce of the terms are none; altered")
    choices = body["material"] in KINDS and body["share"] in ("count", "matches")
    named = isinstance(body["battery"], str) and len(body["battery"]) <= LONGEST_NAME
    if not choices or not named or type(body["both"]) is not bool:
        raise CaseError(f"{what}: terms about something else than is known; altered")
    return Terms(**{**body, "keys": dict(keys)})


def key_of(terms: Terms, role: Role, envelope: Envelope, what: str) -> None:
    """Is a message signed with the key of its sender?

    Raises:
        CaseError: It is not.
    """
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(terms.keys[role]))
    if envelope.key != public_id(key) or not signed_by(envelope, key):
        raise CaseError(
            f"{what}: not signed with the key of the {role} in this session; altered, or somebody "
            "else's"
        )
