"""Time stamps (RFC 3161): an authority outside the case has seen a head of its log.

The message that is stamped is the text `filiation head CASE SIZE ROOT`. The request is exported and
the response imported as files, so a case on a machine without a network can be stamped too. Each
token is kept with the root certificate that it was checked against. Extra: `timestamp`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import final

from cryptography import x509

from filiation.errors import CaseError, UsageError

__all__ = ["Stamp", "check_stamp", "head_message", "request_stamp"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What an authority attests."""

    time: datetime
    authority: str


def head_message(case: str, size: int, root: str) -> bytes:
    """What is stamped."""
    return f"filiation head {case} {size} {root}\n".encode()


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
            f"time stamp: {error}; it is not a stamp of this head by an authority under these roots"
        ) from error
    subjects = {c.subject.rfc4514_string() for c in trusted}
    return Stamp(time=found.tst_info.gen_time, authority=" or ".join(sorted(subjects)))


def _needed() -> None:
    import importlib.util

    if importlib.util.find_spec("rfc3161_client") is None:
        raise UsageError(
            "time stamps need rfc3161-client, which is not installed; pip install "
            "'filiation[timestamp]'"
        )
