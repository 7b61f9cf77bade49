"""One event of a case: who did what when, with which version, from which bytes to which."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, final

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticSerializationError

from filiation.casefile.ledger.dsse import Envelope, SigningKey, open_envelope, seal
from filiation.errors import CaseError, UsageError

__all__ = ["KIND", "Event", "Signed", "Written", "read_event", "sign_event", "time_text", "unfit"]

SHOWN: Final = re.compile(  # a copy lies nowhere but here: an event may come from an opponent
    r"keys/[a-z0-9-]{1,40}\.pub"
    r"|submissions/[a-z0-9-]{1,40}/\d{4,12}-[a-z]{1,20}(\.[A-Za-z0-9.]{0,12})?"
    r"|reports/\d{4,12}-[a-z]{1,20}\.[a-z]{1,8}"
)
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
KIND: Final = "application/vnd.filiation.event+json"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An object that an event added.

    Attributes:
        what: Its place in the event: `sketch`, `plan`, `report`, ...
        sha256: Digest, which is its name in objects/.
        size: In bytes.
        shown: Where a copy for people lies in the case, or empty.
    """

    what: str
    sha256: str
    size: int
    shown: str = ""

    def __post_init__(self) -> None:
        if not DIGEST.fullmatch(self.sha256):
            raise ValueError(f"object {self.sha256[:80]!r}: expected 64 hexadecimal digits")
        if self.shown and not SHOWN.fullmatch(self.shown):
            raise ValueError(f"copy at {self.shown[:80]!r}: leads out of the folders for copies")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is signed.

    Attributes:
        case: Id of the case.
        sequence: Place in the log, from 0.
        time: UTC, RFC 3339, with microseconds; never before that of the event before it.
        actor: Party that acted.
        key: Id of the public key that signed.
        verb: What was done.
        tool: Name and version of the program.
        arguments: As given, paths cut to their last part.
        reads: Name to SHA-256 of what went in.
        writes: What came out.
        facts: What the verb states; its laws are those of `casefile.state`.
        root: Root (hex) of the tree of all events before this one.
    """

    case: str
    sequence: int
    time: str
    actor: str
    key: str
    verb: str
    tool: str
    arguments: Mapping[str, str]
    reads: Mapping[str, str]
    writes: tuple[Written, ...]
    facts: Mapping[str, Any]
    root: str
    schema_version: int = 1

    def written(self, what: str) -> str:
        """Digest of the one object in that place.

        Raises:
            CaseError: There is none, or several.
        """
        found = [w.sha256 for w in self.writes if w.what == what]
        if len(found) != 1:
            raise CaseError(
                f"event {self.sequence}: {len(found)} objects as {what}, expected one; "
                "not an event that this version can have written"
            )
        return found[0]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An event with the envelope it came in."""

    event: Event
    envelope: Envelope
    raw: bytes


EVENT: Final = TypeAdapter(Event)


def time_text(moment: datetime) -> str:
    """UTC, RFC 3339, always with microseconds, so that texts sort as times do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sign_event(event: Event, key: SigningKey) -> bytes:
    """The envelope of an event, as bytes.

    Raises:
        UsageError: It could not be read back as it is: a whole number beyond 2^53, a number that
            is not finite, or text that is not Unicode. Nothing is signed.
    """
    try:
        payload = rfc8785.dumps(EVENT.dump_python(event, mode="json"))
        again = EVENT.validate_json(payload, extra="forbid")
    except (rfc8785.CanonicalizationError, PydanticSerializationError, ValueError) as error:
        raise UsageError(f"{event.verb}: cannot be recorded: {error}") from error
    if again != event:
        raise UsageError(f"{event.verb}: cannot be recorded: it would be read back as another")
    return seal(KIND, payload, key)


def unfit(error: ErrorDetails) -> str:
    """What a part of a record that does not fit means: a field not known may be a newer one."""
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return (
            "this version does not know this field; a newer version of filiation wrote it, which "
            "can read it, or it was altered"
        )
    return f"{error['msg']}; it was altered"


def read_event(raw: bytes, what: str) -> Signed:
    """Parse an envelope and the event in it. Does not check the signature.

    Raises:
        CaseError: Not an event of this schema.
    """
    envelope = open_envelope(raw, what)
    if envelope.kind != KIND:
        raise CaseError(f"{what}: signed as {envelope.kind!r}, expected {KIND!r}; not an event")
    try:
        event = EVENT.validate_json(envelope.payload, extra="forbid")
    except ValidationError as error:
        said = unfit(error.errors()[0])
        raise CaseError(f"{what}: not an event of this version: {said}") from error
    if event.schema_version != 1:
        raise CaseError(f"{what}: event schema {event.schema_version}, this version reads 1")
    return Signed(event=event, envelope=envelope, raw=raw)
