"""The files of a seal: what is published, and what its maker keeps to open it later.

Published is the commitment as canonical JSON (RFC 8785), or that in a signed envelope (DSSE). Kept
is a secret of 32 bytes with the hashes of all leaves; whoever has it can try guesses at every
block, so it is written readable by its owner alone.
"""

import base64
import binascii
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.ledger.dsse import (
    SigningKey,
    open_envelope,
    public_id,
    seal,
    signed_by,
)
from filiation.errors import CaseError, UnreadableError, UsageError
from filiation.files import opened
from filiation.model.seal import Commitment
from filiation.readers.bytes.parsing import parse_object, read_object

__all__ = [
    *("Secret", "commitment_bytes", "digest_of", "read_commitment", "read_secret"),
    *("sealed_file", "write_secret"),
]

KIND: Final = "seal"
SECRET: Final = "seal-secret"
ENVELOPE: Final = "application/vnd.filiation.seal+json"
LONGEST: Final = 1 << 16  # bytes of a commitment in its envelope
FIELDS: Final = {"kind", "schema_version", "hash", "root", "leaves", "label"}
LEAVES: Final = 256 << 20  # bytes of a secret file


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What opens a seal.

    Attributes:
        secret: 32 bytes.
        commitment: What it opens.
        leaves: Hash of every leaf.
    """

    secret: bytes
    commitment: Commitment
    leaves: tuple[bytes, ...]


def commitment_bytes(commitment: Commitment) -> bytes:
    """What is published, and what is signed."""
    return rfc8785.dumps(
        {"kind": KIND, "schema_version": 1, "hash": "sha256", **asdict(commitment)}
    )


def digest_of(commitment: Commitment) -> str:
    """SHA-256 (hex) of what is published; what a time stamp is asked for."""
    return hashlib.sha256(commitment_bytes(commitment)).hexdigest()


def sealed_file(commitment: Commitment, key: SigningKey | None) -> bytes:
    """The file that is published, signed if there is a key."""
    raw = commitment_bytes(commitment)
    return seal(ENVELOPE, raw, key) if key else raw


def read_commitment(path: Path, key: Ed25519PublicKey | None = None) -> tuple[Commitment, str]:
    """Read what was published, and who signed it.

    Args:
        path: The file.
        key: The public half of the key that should have signed it.

    Returns:
        The commitment, and the id of the key; empty if it is not signed or no key was given.

    Raises:
        UnreadableError: No such file.
        CaseError: Not a seal, altered, or not signed with this key.
    """
    with opened(path, follow=True) as file:
        raw = file.read(LONGEST + 1)
    if len(raw) > LONGEST:
        raise UnreadableError(f"{path}: more than {LONGEST} bytes, expected a seal")
    found = parse_object(raw, what=str(path))
    if "payloadType" not in found:
        if key is not None:
            raise CaseError(f"{path}: not signed, expected the signature of {public_id(key)[:12]}")
        return _commitment(raw, found, str(path)), ""
    envelope = open_envelope(raw, str(path))
    if envelope.kind != ENVELOPE:
        raise CaseError(f"{path}: signed as {envelope.kind[:80]!r}, expected {ENVELOPE}")
    if key is not None and (envelope.key != public_id(key) or not signed_by(envelope, key)):
        raise CaseError(
            f"{path}: not signed with {public_id(key)[:12]}..; another party's seal, or altered"
        )
    commitment = _commitment(
        envelope.payload, parse_object(envelope.payload, what=str(path)), str(path)
    )
    return commitment, envelope.key if key is not None else ""


def _commitment(raw: bytes, found: dict[str, Any], what: str) -> Commitment:
    if set(found) != FIELDS or found["kind"] != KIND or found["hash"] != "sha256":
        raise CaseError(f"{what}: not a seal as `filiation seal` writes it")
    if found["schema_version"] != 1 or type(found["leaves"]) is not int:
        raise CaseError(f"{what}: a seal of another version, expected schema version 1")
    if not isinstance(found["root"], str) or not isinstance(found["label"], str):
        raise CaseError(f"{what}: root or label is no text; altered")
    commitment = Commitment(root=found["root"], leaves=found["leaves"], label=found["label"])
    if commitment_bytes(commitment) != raw:
        raise CaseError(f"{what}: written in another way than a seal is; it was altered")
    return commitment


def write_secret(path: Path, secret: Secret) -> None:
    """Write what opens a seal, readable by its owner alone; never over a file that is there.

    Raises:
        UsageError: It cannot be written.
    """
    fields = {
        "kind": SECRET,
        "schema_version": 1,
        "secret": secret.secret.hex(),
        "seal": json.loads(commitment_bytes(secret.commitment)),
        "leaves": base64.b64encode(b"".join(secret.leaves)).decode(),
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123
            file.write(json.dumps(fields).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def read_secret(path: Path) -> Secret:
    """Read what opens a seal.

    Raises:
        UnreadableError: Not such a file, or damaged.
    """
    found = read_object(path, limit=LEAVES)
    if found.get("kind") != SECRET or set(found) != {
        *("kind", "schema_version", "secret", "seal", "leaves"),
    }:
        raise UnreadableError(f"{path}: not what `filiation seal` kept to open a seal")
    try:
        published = found["seal"]
        commitment = _commitment(rfc8785.dumps(published), published, str(path))
        secret = bytes.fromhex(found["secret"])
        raw = base64.b64decode(found["leaves"], validate=True)
    except (ValueError, TypeError, AttributeError, binascii.Error, CaseError) as error:
        why = f"{error}; " if isinstance(error, CaseError) else ""
        raise UnreadableError(
            f"{path}: {why}not what `filiation seal` kept to open a seal; damaged"
        ) from error
    if len(secret) != 32 or len(raw) != 32 * commitment.leaves:
        raise UnreadableError(
            f"{path}: a secret of {len(secret)} and leaves of {len(raw)} bytes, expected 32 and "
            f"{32 * commitment.leaves}; damaged"
        )
    leaves = tuple(raw[at : at + 32] for at in range(0, len(raw), 32))
    return Secret(secret=secret, commitment=commitment, leaves=leaves)
