"""A party's statement, signed at its own desk and carried to the lead by any means.

The file is JSON: `signed`, an envelope with what is said of the statement and the digest of its
words, and `words`, in base64. The envelope names the case, the head of the log that the party saw,
and a number used once: it enters no other case, no log with another beginning, and no log twice.
"""

import base64
import binascii
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from filiation.casefile.ledger.dsse import SigningKey, open_envelope, public_id, seal, signed_by
from filiation.casefile.ledger.event import time_text
from filiation.errors import CaseError

__all__ = ["LARGEST", "Submission", "open_submission", "read_submission", "submission_bytes"]

KIND: Final = "application/vnd.filiation.submission+json"
LARGEST: Final = 1 << 25  # bytes of a file


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a party signs.

    Attributes:
        case: Id of the case.
        party: Who says it.
        kind: `claim`, `answer` or `submission`.
        title: What it is called in lists.
        alternative: Which alternative explanation it puts forward; empty for none.
        confidential: Whether it is kept from other parties' exports.
        suffix: Of the file of its words.
        words: SHA-256 (hex) of its words.
        size: Events of the log that the party saw.
        root: Root (hex) of these.
        time: When it was signed, by the party's clock (UTC).
        number: 32 hexadecimal digits, used once.
        key: The party's public key (hex).
    """

    case: str
    party: str
    kind: str
    title: str
    alternative: str
    confidential: bool
    suffix: str
    words: str
    size: int
    root: str
    time: str
    number: str
    key: str
    schema_version: int = 1

    @property
    def signer(self) -> str:
        """Id of the key that signed it."""
        return hashlib.sha256(bytes.fromhex(self.key)).hexdigest()


SUBMISSION: Final = TypeAdapter(Submission)


def submission_bytes(
    words: bytes, key: SigningKey, moment: datetime, **said: str | int | bool
) -> bytes:
    """Sign a statement; the bytes of the file. `said` are the other fields of `Submission`."""
    fields: dict[str, Any] = {
        **said,
        "schema_version": 1,
        "words": hashlib.sha256(words).hexdigest(),
        "time": time_text(moment),
        "number": secrets.token_hex(16),
        "key": key.public_key().public_bytes_raw().hex(),
    }
    signed = seal(KIND, rfc8785.dumps(fields), key).decode()
    return rfc8785.dumps({"signed": signed, "words": base64.b64encode(words).decode()}) + b"\n"


def read_submission(raw: bytes, what: str) -> tuple[str, Submission, bytes]:
    """A file of a submission: the envelope as text, what it says, and the words.

    Raises:
        CaseError: Damaged or altered on its way.
    """
    try:
        found = json.loads(raw)
        text, words = str(found["signed"]), base64.b64decode(found["words"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as error:
        raise CaseError(
            f"{what}: not a submission ({type(error).__name__}); it was damaged on its way, ask "
            "for it again"
        ) from error
    submission = open_submission(text, what)
    if hashlib.sha256(words).hexdigest() != submission.words:
        raise CaseError(
            f"{what}: its words are not those that {submission.party} signed; they were damaged or "
            "altered on their way"
        )
    return text, submission, words


def open_submission(text: str, what: str) -> Submission:
    """What an envelope says, its signature checked with the key that it brings.

    Raises:
        CaseError: Not signed with that key, or not such an envelope.
    """
    envelope = open_envelope(text.encode("utf-8", "replace"), what)
    try:
        found = SUBMISSION.validate_json(envelope.payload, extra="forbid")
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.key))
    except (ValidationError, ValueError) as error:
        raise CaseError(f"{what}: not a submission of this version; it was altered") from error
    good = envelope.key == public_id(key) and signed_by(envelope, key)
    if envelope.kind != KIND or found.schema_version != 1 or not good:
        raise CaseError(f"{what}: the signature of {found.party[:40]!a} does not fit; altered")
    return found
