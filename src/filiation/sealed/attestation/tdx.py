"""Intel TDX: a quote of version 4 or 5, signed by a quoting enclave with ECDSA on P-256.

After Intel's TDX DCAP quoting library (quote format, versions 4 and 5). Numbers are little-endian.
Three signatures: a fresh attestation key signs header and body; the quoting enclave's report holds
that key's digest; the platform's certified key (PCK) signs that report. The PCK certifies enclaves
of anybody who may ask for it, so that the enclave must be Intel's own. MRTD is the digest of the
machine's first memory (its firmware), RTMR1 and RTMR2 of kernel and what it was started with.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from filiation.errors import CaseError, UnreadableError
from filiation.model.attested import Attestation
from filiation.sealed.attestation.chains import Roots, chain_of, strictly
from filiation.sealed.attestation.curves import holds, key_of, point

__all__ = ["check", "is_one"]

HEADER: Final = 48  # bytes
BODIES: Final = {1: 0, 2: 584, 3: 648}  # of version 5: kind of body to its bytes; 1 is SGX
TDX: Final = 0x81
P256: Final = 2
QE_REPORT: Final = 384
LONGEST: Final = 1 << 16
VENDOR: Final = bytes.fromhex("939a7233f79c4ca9940a0db3957f0607")  # Intel's quoting enclave
QE_SIGNER: Final = bytes.fromhex("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5")
QE_PRODUCT: Final = 2  # the quoting enclave for TDX
PCK: Final = "Intel SGX PCK Certificate"
MEASURED: Final = (  # name, where it begins; 48 bytes
    ("MRTD", 136), ("RTMR0", 328), ("RTMR1", 376), ("RTMR2", 424), ("RTMR3", 472),
    ("MRSEAM", 16), ("MRCONFIGID", 184), ("MROWNER", 232), ("MROWNERCONFIG", 280),
)  # fmt: skip
SAID: Final = (("TEE_TCB_SVN", 0, 16), ("TDATTRIBUTES", 120, 128), ("XFAM", 128, 136))
# Of the attributes of a machine: any of the first byte has it under debug or profiled from outside;
# bit 29 lets it be moved to another machine. (And 2 of those of an enclave.)
WATCHED, MOVABLE = 0xFF, 1 << 29


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Quote:
    """The pieces of a quote."""

    version: int
    signed: bytes
    body: bytes
    signature: bytes
    key: bytes
    enclave: bytes
    enclave_signature: bytes
    extra: bytes
    pem: bytes


def is_one(raw: bytes) -> bool:
    """Has it the version and the kind of machine of one?"""
    return raw[:2] in (b"\x04\x00", b"\x05\x00") and _number(raw[4:8]) == TDX


def check(raw: bytes, roots: Roots, what: str) -> Attestation:
    """Parse a quote and check its signatures and certificates.

    Raises:
        UnreadableError: Not such a quote, or damaged.
        CaseError: Not signed so, or no root that was given vouches.
    """
    quote = _parsed(raw, what)
    with strictly(what):
        chain = _certificates(quote.pem, what)
        names = chain[0].subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        if [str(one.value) for one in names] != [PCK]:
            raise CaseError(f"{what}: not certified by the key of a platform ({PCK})")
        _signatures_hold(quote, chain[0], what)
    _enclave_is_intels(quote.enclave, what)
    found = chain_of(chain[0], chain[1:], roots, what)
    body = quote.body
    measured = [(name, body[at : at + 48]) for name, at in MEASURED]
    said = [(name, body[at:end].hex()) for name, at, end in SAID]
    return Attestation(
        platform="tdx",
        version=str(quote.version),
        measurements=tuple((name, value.hex()) for name, value in measured if any(value)),
        user_data=body[520:584].hex(),
        chain=found,
        others=(*said, ("QE_SVN", str(_number(quote.enclave[258:260])))),
        debug=bool(_number(body[120:128]) & (WATCHED | MOVABLE)),
    )


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _parsed(raw: bytes, what: str) -> _Quote:
    if not is_one(raw) or len(raw) > LONGEST:
        raise UnreadableError(f"{what}: no quote of TDX of version 4 or 5")
    pieces = _Pieces(raw, what)
    header = pieces.take(HEADER)
    if _number(header[2:4]) != P256 or header[12:28] != VENDOR:
        raise UnreadableError(f"{what}: not signed on P-256, or not by Intel's quoting enclave")
    version, described = _number(header[:2]), b""
    size = BODIES[2]
    if version == 5:
        described = pieces.take(6)
        size = _number(described[2:])
        if BODIES.get(_number(described[:2])) != size or not size:
            raise UnreadableError(f"{what}: a body of a kind or size that no machine has")
    body = pieces.take(size)
    rest = pieces.sized(4)
    if any(pieces.left):
        raise UnreadableError(f"{what}: bytes behind the quote that nobody signed")
    inner = _Pieces(rest, what)
    signature, key = inner.take(64), inner.take(64)
    outer = _Pieces(inner.typed(6), what)
    enclave, enclave_signature = outer.take(QE_REPORT), outer.take(64)
    extra, pem = outer.sized(2), outer.typed(5)
    if inner.left or outer.left:
        raise UnreadableError(f"{what}: bytes in the quote that belong to nothing")
    return _Quote(
        version=version, signed=header + described + body, body=body, signature=signature, key=key,
        enclave=enclave, enclave_signature=enclave_signature, extra=extra, pem=pem,
    )  # fmt: skip


@final
class _Pieces:
    """Bytes that are taken one piece after the other."""

    def __init__(self, raw: bytes, what: str) -> None:
        self.left, self.what = raw, what

    def take(self, size: int) -> bytes:
        found, self.left = self.left[:size], self.left[size:]
        if len(found) != size:
            raise UnreadableError(f"{self.what}: ends too early; it was cut, or is no quote")
        return found

    def sized(self, width: int) -> bytes:
        """A length in so many bytes, and so much."""
        return self.take(_number(self.take(width)))

    def typed(self, kind: int) -> bytes:
        """Data of one kind of certification."""
        if _number(self.take(2)) != kind:
            raise UnreadableError(f"{self.what}: certified in another way than by a chain in it")
        return self.sized(4)


def _certificates(pem: bytes, what: str) -> list[x509.Certificate]:
    """Certificates, and nothing between them."""
    found = x509.load_pem_x509_certificates(pem)
    written = b"".join(one.public_bytes(Encoding.PEM) for one in found)
    if written.rstrip(b"\n") != pem.rstrip(b"\0").rstrip(b"\n"):
        raise UnreadableError(f"{what}: bytes between its certificates that belong to none")
    return found


def _signatures_hold(quote: _Quote, leaf: x509.Certificate, what: str) -> None:
    said = quote.enclave[320:384]
    bound = hashlib.sha256(quote.key + quote.extra).digest() + bytes(32)
    if not (
        holds(point(quote.key), quote.signature, quote.signed)
        and said == bound
        and holds(key_of(leaf, "secp256r1", what), quote.enclave_signature, quote.enclave)
    ):
        raise CaseError(f"{what}: its signatures do not hold; it was altered or forged")


def _enclave_is_intels(report: bytes, what: str) -> None:
    """Signer, product and attributes of the enclave that made the quote."""
    product = _number(report[256:258])
    if report[128:160] != QE_SIGNER or product != QE_PRODUCT or report[48] & 2:
        raise CaseError(
            f"{what}: made by an enclave that is not Intel's quoting enclave for such machines; a "
            "platform certifies enclaves of others, too"
        )
