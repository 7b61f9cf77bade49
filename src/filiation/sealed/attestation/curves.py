"""ECDSA signatures as attestations hold them: two numbers side by side, without a wrapping."""

from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from filiation.errors import CaseError

__all__ = ["holds", "key_of", "point"]

Order: TypeAlias = Literal["big", "little"]


def holds(
    key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes, order: Order = "big"
) -> bool:
    """Is it the key's signature of the message? SHA-256 on P-256, SHA-384 on P-384."""
    half = len(signature) // 2
    first, second = (int.from_bytes(one, order) for one in (signature[:half], signature[half:]))
    digest = hashes.SHA256() if key.curve.name == "secp256r1" else hashes.SHA384()
    try:
        key.verify(encode_dss_signature(first, second), message, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True


def key_of(one: x509.Certificate, curve: str, what: str) -> ec.EllipticCurvePublicKey:
    """The public key of a certificate.

    Raises:
        CaseError: It is not on that curve.
    """
    key = one.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != curve:
        raise CaseError(f"{what}: the key of its certificate is not on {curve}")
    return key


def point(raw: bytes) -> ec.EllipticCurvePublicKey:
    """A key on P-256 from its two coordinates.

    Raises:
        ValueError: They are no point of it.
    """
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw)
