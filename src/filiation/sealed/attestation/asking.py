"""Asking the processor that this program runs on for an attestation.

Linux offers SEV-SNP and TDX alike below configfs (`tsm/report`, since 6.7): a folder is made, 64
bytes are written, the report is read. AWS Nitro has a device that takes a request in CBOR. Neither
is at hand where this is tested; the tests put a double in their place.
"""

import ctypes
import fcntl
import os
import secrets
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError, UsageError
from filiation.sealed.attestation.cbor import byte_string, decode

__all__ = ["ask", "check_offered"]

TSM: Final = Path("/sys/kernel/config/tsm/report")
NSM: Final = Path("/dev/nsm")
REQUEST: Final = 0xC020_0A00  # _IOWR(0x0A, 0, two pairs of address and length)
ANSWER: Final = 0x3000  # bytes, as Amazon's own library allots
made, gone = Path.mkdir, Path.rmdir  # Linux makes what lies in such a folder, and unmakes it


def check_offered(tsm: Path = TSM, nsm: Path = NSM) -> None:
    """Does this machine offer attestations at all?

    Raises:
        UsageError: It does not.
    """
    if not tsm.is_dir() and not nsm.exists():
        raise UsageError(
            f"attestation: neither {tsm} nor {nsm} is there; this is no confidential machine, or "
            "its processor was not handed into the container"
        )


def ask(user_data: bytes, tsm: Path = TSM, nsm: Path = NSM) -> bytes:
    """An attestation that holds these bytes.

    Raises:
        UsageError: This machine offers none, or refuses.
        UnreadableError: Its answer is none.
    """
    check_offered(tsm, nsm)
    try:
        return _from_tsm(user_data, tsm) if tsm.is_dir() else _from_nsm(user_data, nsm)
    except OSError as error:
        raise UsageError(
            f"attestation: this machine refuses to give one: {error.strerror}"
        ) from error


def _from_tsm(user_data: bytes, tsm: Path) -> bytes:
    """Report or quote; behind a report of SEV-SNP its certificates, where the host gives them."""
    entry = tsm / f"filiation-{secrets.token_hex(8)}"
    made(entry)
    try:
        (entry / "inblob").write_bytes(user_data)
        found = (entry / "outblob").read_bytes()
        more = entry / "auxblob"
        aside = more.read_bytes() if more.exists() else b""
        provider = (entry / "provider").read_text().strip()
        if (entry / "generation").read_text().strip() != "1":
            raise UnreadableError("attestation: somebody else wrote to its folder meanwhile")
    finally:
        gone(entry)
    return found + aside if provider == "sev_guest" else found


def _from_nsm(user_data: bytes, nsm: Path) -> bytes:
    request = (
        b"\xa1\x6bAttestation\xa3\x69user_data"
        + byte_string(user_data)
        + b"\x65nonce\xf6\x6apublic_key\xf6"
    )
    given = ctypes.create_string_buffer(request, len(request))
    answer = ctypes.create_string_buffer(ANSWER)
    pairs = (ctypes.c_uint64 * 4)(
        ctypes.addressof(given), len(request), ctypes.addressof(answer), ANSWER
    )
    device = os.open(nsm, os.O_RDWR)
    try:
        fcntl.ioctl(device, REQUEST, pairs)
    finally:
        os.close(device)
    return _document(answer.raw[: pairs[3]])


def _document(answer: bytes) -> bytes:
    found = decode(answer, "attestation")
    inner = found.get("Attestation") if isinstance(found, dict) else None
    document = inner.get("document") if isinstance(inner, dict) else None
    if not isinstance(document, bytes):
        raise UnreadableError("attestation: the device answers with an error, not a document")
    return document
