"""Signed envelopes: DSSE (secure-systems-lab/dsse, protocol 1.0.2) with Ed25519 (RFC 8032).

What is signed is PAE(type, payload), so that a payload signed as one thing cannot pass for another.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Final, Protocol, final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.errors import CaseError

__all__ = [
    *("Envelope", "SigningKey", "open_envelope", "pae", "public_id", "seal", "signed_by"),
    "taken_apart",
]

LONGEST: Final = 16 << 20  # bytes of one envelope


class SigningKey(Protocol):
    """Half of a key pair that signs; it may lie on this computer or be asked elsewhere."""

    def sign(self, data: bytes, /) -> bytes:
        """The Ed25519 signature of some bytes."""
        ...

    def public_key(self) -> Ed25519PublicKey:
        """The other half."""
        ...


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What was signed, as what, and by which key."""

    kind: str
    payload: bytes
    key: str
    signature: bytes


def pae(kind: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    named = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(named), named, len(payload), payload)


def taken_apart(message: bytes, what: str) -> tuple[str, bytes]:
    """What `pae` put together: of which kind a payload is, and the payload.

    Raises:
        CaseError: Not what `pae` makes.
    """
    try:
        start, size, rest = message.split(b" ", 2)
        kind, rest = rest[: int(size)].decode(), rest[int(size) + 1 :]
        payload = rest.split(b" ", 1)[1]
        if start == b"DSSEv1" and pae(kind, payload) == message:
            return kind, payload
    except (ValueError, IndexError):
        pass
    raise CaseError(f"{what}: not what a key of a case signs; it was altered")


def public_id(key: Ed25519PublicKey) -> str:
    """SHA-256 (hex) of the 32 raw bytes of a public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def seal(kind: str, payload: bytes, key: SigningKey) -> bytes:
    """Sign a payload; canonical JSON of the envelope."""
    envelope = Envelope(
        kind=kind,
        payload=payload,
        key=public_id(key.public_key()),
        signature=key.sign(pae(kind, payload)),
    )
    return _canonical(envelope)


def open_envelope(raw: bytes, what: str) -> Envelope:
    """Parse an envelope with one signature. Does not check the signature.

    Raises:
        CaseError: Not such an envelope, or not written as `seal` writes it: one byte may not have
            two spellings, or an unsigned one could be changed without notice.
    """
    if len(raw) > LONGEST:
        raise CaseError(f"{what}: {len(raw)} bytes, an envelope has at most {LONGEST}")
    try:
        found = json.loads(raw)
        (only,) = found["signatures"]
        envelope = Envelope(
            kind=str(found["payloadType"]),
            payload=base64.b64decode(found["payload"], validate=True),
            key=str(only["keyid"]),
            signature=base64.b64decode(only["sig"], validate=True),
        )
        written = _canonical(envelope)  # half a character has no spelling
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as error:
        raise CaseError(
            f"{what}: not a signed envelope, which is JSON with a payload, its type and one "
            "signature; another file, or altered"
        ) from error
    if written != raw:
        raise CaseError(f"{what}: written in another way than it was signed; it was altered")
    return envelope


def signed_by(envelope: Envelope, key: Ed25519PublicKey) -> bool:
    """Is the signature that of `key`?"""
    try:
        key.verify(envelope.signature, pae(envelope.kind, envelope.payload))
    except InvalidSignature:
        return False
    return True


def _canonical(envelope: Envelope) -> bytes:
    return rfc8785.dumps(
        {
            "payload": base64.b64encode(envelope.payload).decode(),
            "payloadType": envelope.kind,
            "signatures": [
                {"keyid": envelope.key, "sig": base64.b64encode(envelope.signature).decode()}
            ],
        }
    )
