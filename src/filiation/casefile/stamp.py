"""Time stamps (RFC 3161): an authority outside the case has seen a head of its log.

The message that is stamped is the text `filiation head CASE SIZE ROOT`. The request is exported and
the response imported as files, so a case on a machine without a network can be stamped too. Each
token is kept with the root certificate that it was checked against. Extra: `timestamp`.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from datetime import datetime
from typing import final

from cryptography import x509

from filiation.errors import CaseError, UsageError

__all__ = [
    "Stamp",
    "check_stamp",
    "find_stamped",
    "head_message",
    "material_message",
    "request_stamp",
    "stamps_work",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What an authority attests."""

    time: datetime
    authority: str


def head_message(case: str, size: int, root: str) -> bytes:
    """What is stamped."""
    return f"filiation head {case} {size} {root}\n".encode()


def material_message(digest: str) -> bytes:
    """What is stamped to date a material by its digest, before there is a case."""
    return f"filiation material {digest}\n".encode()


def request_stamp(message: bytes) -> bytes:
    """A time-stamp request (DER) over SHA-512 of the message.

    Raises:
        UsageError: The extra is not installed.
    """
    _needed()
    from rfc3161_client import TimestampRequestBuilder

    return bytes(TimestampRequestBuilder().data(message).build().as_bytes())


def check_stamp(response: bytes, message: bytes, roots: bytes) -> Stamp:
    """Check a time-stamp response (DER) against the message and root certificates (PEM).

    Raises:
        UsageError: The extra is not installed, or these are no certificates.
        CaseError: Not a response, not granted, of other bytes, or not signed under these roots.
    """
    _needed()
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        trusted = x509.load_pem_x509_certificates(roots)
    except ValueError as error:
        raise UsageError(f"root certificates: not PEM: {error}") from error
    try:
        found = decode_timestamp_response(response)
        VerifierBuilder(roots=trusted).build().verify_message(found, message)
    except (VerificationError, ValueError) as error:
        raise CaseError(
            f"time stamp: {error}; it is not a stamp of this head or digest by an "
            "authority under these roots"
        ) from error
    subjects = {c.subject.rfc4514_string() for c in trusted}
    return Stamp(time=found.tst_info.gen_time, authority=" or ".join(sorted(subjects)))


def find_stamped(
    case: str, roots: list[str], response: bytes, trusted: bytes
) -> tuple[int, str, Stamp]:
    """Which head of a log was stamped: its size, its root, and the stamp.

    Args:
        case: Id of the case.
        roots: Root (hex) of the first 1, 2, ... events.
        response: The authority's response (DER).
        trusted: Root certificates (PEM).

    Raises:
        CaseError: No head of this log, or a stamp that does not hold.
    """
    _needed()
    from rfc3161_client import decode_timestamp_response

    try:
        imprint = decode_timestamp_response(response).tst_info.message_imprint.message
    except ValueError as error:
        raise CaseError(f"time stamp: not a granted response: {error}") from error
    for size, root in reversed(list(enumerate(roots, start=1))):
        message = head_message(case, size, root)
        if imprint in (hashlib.sha512(message).digest(), hashlib.sha256(message).digest()):
            return size, root, check_stamp(response, message, trusted)
    raise CaseError(
        "time stamp: of no head that this log ever had; it stamps another case, or the log was "
        "rewritten"
    )


def stamps_work() -> bool:
    """Is the extra installed?"""
    return importlib.util.find_spec("rfc3161_client") is not None


def _needed() -> None:
    if not stamps_work():
        raise UsageError(
            "time stamps need rfc3161-client, which is not installed; pip install "
            "'filiation[timestamp]'"
        )
