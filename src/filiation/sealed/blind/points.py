"""Private set intersection by Diffie-Hellman on Curve25519, with the X25519 of OpenSSL.

An element becomes a point whose u-coordinate is a hash of it: SHA-256 of a label, the session's
coin, a counter and the element, for the first counter whose value is the u of a point on the curve.
Only u is ever used, so that raising to two secrets gives the same in either order. Values that are
no point of the curve (but of its twist) are refused, since which of the two a value is on would
show one bit of what it hides; X25519 clears the cofactor of its own.

Not `openmined-psi`: its wheel brings a copy of google.protobuf of its own, asks for glibc 2.35, and
gives the intersection to one of two parties, where here a third counts sets that were sealed.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from filiation.errors import CaseError

__all__ = ["MOST", "POINT", "point_of", "points_in", "raised"]

LABEL: Final = b"filiation blind point\n"
PRIME: Final = 2**255 - 19
SLOPE: Final = 486662
POINT: Final = 32  # bytes
MOST: Final = 1 << 20  # points of a list


def _on_curve(u: int) -> bool:
    """Is there a v with v^2 = u^3 + 486662 u^2 + u? 0 is not wanted: it is of small order."""
    square = (u * u * u + SLOPE * u * u + u) % PRIME
    return square != 0 and pow(square, (PRIME - 1) // 2, PRIME) == 1


def point_of(coin: bytes, element: bytes) -> bytes:
    """The point of an element, 32 bytes, little-endian as X25519 has them."""
    counter = 0
    while True:
        head = LABEL + coin + counter.to_bytes(4, "big")
        u = int.from_bytes(hashlib.sha256(head + element).digest(), "big") % 2**255
        if u < PRIME and _on_curve(u):
            return u.to_bytes(POINT, "little")
        counter += 1


def raised(scalar: bytes, points: Iterable[bytes]) -> Iterator[bytes]:
    """Each point raised to a secret.

    Raises:
        CaseError: A point of small order.
    """
    key = X25519PrivateKey.from_private_bytes(scalar)
    for point in points:
        try:
            yield key.exchange(X25519PublicKey.from_public_bytes(point))
        except ValueError as error:
            raise CaseError("a point of small order, which hides nothing; altered") from error


def points_in(raw: bytes, what: str) -> Sequence[bytes]:
    """Points of a list that somebody handed over.

    Raises:
        CaseError: Too many, cut, one of them twice, or one that is no point of the curve.
    """
    if len(raw) % POINT or len(raw) > MOST * POINT:
        raise CaseError(f"{what}: {len(raw)} bytes, expected at most {MOST} points of 32; cut")
    points = [raw[at : at + POINT] for at in range(0, len(raw), POINT)]
    if len(set(points)) < len(points):
        raise CaseError(f"{what}: a point stands twice; a set holds each element once")
    for point in points:
        u = int.from_bytes(point, "little")
        if u >= PRIME or not _on_curve(u):
            raise CaseError(f"{what}: a value that is no point of the curve; altered")
    return points
