"""What a measured workload hands out: an examination in an envelope, signed with a key made for it.

A DSSE envelope around canonical JSON (RFC 8785): `kind`, `schema_version`, the fields of the
statement, and `examination`, the bytes of an examination in base64. The public key stands in the
statement. It is nobody's: whose it was, only an attestation says, of a machine that was given the
bytes of `bound_by` while the key was in it.
"""

import base64
import binascii
import hashlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.ledger.dsse import SigningKey, open_envelope, public_id, seal, signed_by
from filiation.errors import CaseError, UnreadableError
from filiation.files import opened
from filiation.model.attested import Statement
from filiation.model.examination import Examination
from filiation.readers.bytes.parsing import parse_object

__all__ = ["Signed", "bound_by", "read_signed", "signed_bytes"]

KIND: Final = "workload"
ENVELOPE: Final = "application/vnd.filiation.workload+json"
LONGEST: Final = 16 << 20  # bytes of an envelope
FIELDS: Final = {one.name for one in fields(Statement)}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed examination that was read, its signature and digests checked.

    Attributes:
        statement: What was signed beside it.
        raw: The bytes of the examination.
        examination: It.
        bound: What an attestation must hold: the key, and the SHA-256 of what it signed.
    """

    statement: Statement
    raw: bytes
    examination: Examination
    bound: bytes


def bound_by(key: bytes, payload: bytes) -> bytes:
    """What a machine's processor is given: 64 bytes, as many as the smallest field takes."""
    return key + hashlib.sha256(payload).digest()


def signed_bytes(statement: Statement, examination: bytes, key: SigningKey) -> tuple[bytes, bytes]:
    """The envelope, and what an attestation must hold."""
    payload = _payload(statement, examination)
    return seal(ENVELOPE, payload, key), bound_by(bytes.fromhex(statement.key), payload)


def read_signed(path: Path, what: str = "") -> Signed:
    """Read a signed examination.

    Raises:
        UnreadableError: No such file, or too long.
        CaseError: Not such an examination, altered, or one that contradicts its statement.
    """
    what = what or str(path)
    with opened(path, follow=True) as file:
        raw = file.read(LONGEST + 1)
    if len(raw) > LONGEST:
        raise UnreadableError(f"{what}: more than {LONGEST} bytes, expected a signed examination")
    envelope = open_envelope(raw, what)
    if envelope.kind != ENVELOPE:
        raise CaseError(f"{what}: signed as {envelope.kind[:80]!r}, expected {ENVELOPE}")
    statement, examination = _parsed(envelope.payload, what)
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(statement.key))
    if envelope.key != public_id(public) or not signed_by(envelope, public):
        raise CaseError(f"{what}: not signed with the key that it names; it was altered")
    found = examination_from_bytes(examination, what)
    if (statement.plan, statement.tool) != (found.plan_digest, found.tool):
        raise CaseError(
            f"{what}: its statement names another plan or program than its examination; what "
            "signed it was no workload of this program"
        )
    return Signed(
        statement=statement,
        raw=examination,
        examination=found,
        bound=bound_by(bytes.fromhex(statement.key), envelope.payload),
    )


def _payload(statement: Statement, examination: bytes) -> bytes:
    held = base64.b64encode(examination).decode()
    return rfc8785.dumps(
        {"kind": KIND, "schema_version": 1, **asdict(statement), "examination": held}
    )


def _parsed(payload: bytes, what: str) -> tuple[Statement, bytes]:
    found = parse_object(payload, what=what)
    if set(found) != FIELDS | {"kind", "schema_version", "examination"} or found["kind"] != KIND:
        raise CaseError(f"{what}: not what `filiation workload` signs")
    if found["schema_version"] != 1:
        raise CaseError(f"{what}: of another version, expected schema version 1")
    if not all(isinstance(found[name], str) for name in (*FIELDS, "examination")):
        raise CaseError(f"{what}: a field of its statement is no text")
    statement = Statement(**{name: found[name] for name in FIELDS})
    try:
        examination = base64.b64decode(found["examination"], validate=True)
    except binascii.Error as error:
        raise CaseError(f"{what}: its examination is not base64") from error
    if _payload(statement, examination) != payload:
        raise CaseError(f"{what}: written in another way than it was signed; it was altered")
    return statement, examination
