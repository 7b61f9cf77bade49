"""A test double of three makers of processors: documents in their formats, under roots of its own.

No hardware attests anything here, and every root says so in its name. What real hardware signed is
checked by `tests/validate/test_attestations.py`, where such documents are at hand.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from filiation.model.attested import DOUBLE

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
END: Final = BEGIN + timedelta(days=3650)
MADE: Final = datetime(2026, 11, 30, 12, tzinfo=UTC)
ROOT: Final = f"{DOUBLE}: root"
CHIP: Final = bytes(range(64))
TCB: Final = bytes([3, 1, 0, 0, 0, 0, 8, 115])
PCR0: Final = hashlib.sha384(b"an image").digest()
MRTD: Final = hashlib.sha384(b"a firmware").digest()
Key = ec.EllipticCurvePrivateKey


@dataclass
class Authority:
    """A certificate that may sign others, and its key."""

    certificate: x509.Certificate
    key: Key

    def signs(
        self, name: str, key: Key, *, authority: bool = False,
        more: Mapping[str, bytes] = {}, number: int = 7,
    ) -> x509.Certificate:  # fmt: skip
        return _made(name, key, self.certificate.subject, self.key, authority, more, number)


def authority(name: str = ROOT, curve: ec.EllipticCurve | None = None) -> Authority:
    """A root."""
    key = ec.generate_private_key(curve or ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    return Authority(_made(name, key, subject, key, True, {}, 1), key)


def below(above: Authority, name: str, curve: ec.EllipticCurve | None = None) -> Authority:
    """An authority between a root and a leaf."""
    key = ec.generate_private_key(curve or ec.SECP384R1())
    return Authority(above.signs(name, key, authority=True, number=2), key)


def _made(
    name: str, key: Key, issuer: x509.Name, by: Key, is_authority: bool,
    more: Mapping[str, bytes], number: int,
) -> x509.Certificate:  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority, key_cert_sign=is_authority,
                crl_sign=is_authority, content_commitment=False, key_encipherment=False,
                data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    for dotted, value in more.items():
        one = x509.UnrecognizedExtension(x509.ObjectIdentifier(dotted), value)
        builder = builder.add_extension(one, critical=False)
    return builder.sign(by, hashes.SHA384())


def crl(above: Authority, *numbers: int, at: datetime = BEGIN) -> bytes:
    """A list of revoked certificates, as DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(above.certificate.subject)
        .last_update(at)
        .next_update(END)
    )
    for number in numbers:
        one = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(BEGIN).build()
        builder = builder.add_revoked_certificate(one)
    return builder.sign(above.key, hashes.SHA384()).public_bytes(Encoding.DER)


def written(folder: Path, *certificates: x509.Certificate) -> Path:
    """A folder of roots."""
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(certificates):
        (folder / f"{number}.pem").write_bytes(one.public_bytes(Encoding.PEM))
    return folder


def side_by_side(key: Key, message: bytes, size: int, order: str = "big") -> bytes:
    """An ECDSA signature as two numbers."""
    digest = hashes.SHA384() if key.curve.key_size == 384 else hashes.SHA256()
    numbers = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return b"".join(one.to_bytes(size, order) for one in numbers)  # type: ignore[arg-type]


def cbor(value: Any) -> bytes:
    """CBOR as an enclave writes it."""
    match value:
        case None:
            return b"\xf6"
        case int() if value < 0:
            return _head(1, -1 - value)
        case int():
            return _head(0, value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list():
            return _head(4, len(value)) + b"".join(map(cbor, value))
    items = b"".join(cbor(key) + cbor(one) for key, one in value.items())
    return _head(5, len(value)) + items


def _head(kind: int, size: int) -> bytes:
    for most, low, width in ((24, size, 0), (256, 24, 1), (1 << 16, 25, 2), (1 << 32, 26, 4)):
        if size < most:
            return bytes([kind << 5 | low]) + (size.to_bytes(width, "big") if width else b"")
    return bytes([kind << 5 | 27]) + size.to_bytes(8, "big")


@dataclass
class Nitro:
    """A double of AWS Nitro."""

    root: Authority = field(default_factory=authority)

    def document(self, user_data: bytes, changed: Mapping[str, Any] = {}) -> bytes:
        between = below(self.root, "double of a zone")
        key = ec.generate_private_key(ec.SECP384R1())
        leaf = between.signs("double of an enclave", key)
        chain = [
            one.public_bytes(Encoding.DER) for one in (self.root.certificate, between.certificate)
        ]
        payload = {
            "module_id": "i-0double-enc0", "digest": "SHA384",
            "timestamp": int(MADE.timestamp() * 1000),
            "pcrs": {n: (PCR0 if n < 3 else bytes(48)) for n in range(16)},
            "certificate": leaf.public_bytes(Encoding.DER), "cabundle": chain,
            "public_key": None, "user_data": user_data, "nonce": None, **changed,
        }  # fmt: skip
        protected, raw = cbor({1: -35}), cbor(payload)
        signature = side_by_side(key, cbor(["Signature1", protected, b"", raw]), 48)
        return b"\x84" + cbor(protected) + cbor({}) + cbor(raw) + cbor(signature)

    def roots(self, folder: Path) -> Path:
        return written(folder, self.root.certificate)


@dataclass
class Snp:
    """A double of AMD SEV-SNP; `family` 0x1a is Turin."""

    version: int = 3
    family: int = 0x19
    signer: int = 0
    root: Authority = field(default_factory=lambda: authority(f"{ROOT} ARK"))

    def extensions(self, tcb: bytes, chip: bytes) -> dict[str, bytes]:
        turin = ("3.9", "3.1", "3.2", "3.3", "", "", "", "3.8")
        order = turin if self.family == 0x1A else ("3.1", "3.2", "", "", "", "", "3.3", "3.8")
        found = {
            f"1.3.6.1.4.1.3704.1.{name}": b"\x02\x01" + bytes([value])
            for name, value in zip(order, tcb, strict=True)
            if name
        }
        if self.signer == 0:
            found["1.3.6.1.4.1.3704.1.4"] = chip[:8] if self.family == 0x1A else chip
        return found

    def document(
        self, user_data: bytes, changed: Mapping[int, bytes] = {}, *, certified: bytes = TCB,
        name: str = "", table: bool = True,
    ) -> bytes:  # fmt: skip
        between = below(self.root, "double of an ASK")
        key = ec.generate_private_key(ec.SECP384R1())
        leaf = between.signs(
            name or ("SEV-VCEK", "SEV-VLEK")[self.signer], key,
            more=self.extensions(certified, CHIP),
        )  # fmt: skip
        report = bytearray(0x2A0)
        fields = {
            0x00: self.version.to_bytes(4, "little"), 0x08: (0x30000).to_bytes(8, "little"),
            0x34: b"\x01\0\0\0", 0x38: TCB, 0x48: bytes([self.signer << 2, 0, 0, 0]),
            0x50: user_data, 0x90: PCR0, 0x180: TCB, 0x1A0: CHIP, 0x1E0: TCB, 0x1F0: TCB,
            **({0x188: bytes([self.family, 2, 1])} if self.version > 2 else {}), **changed,
        }  # fmt: skip
        for at, value in fields.items():
            report[at : at + len(value)] = value
        signature = side_by_side(key, bytes(report), 72, "little")
        whole = bytes(report) + signature + bytes(1184 - 0x2A0 - 144)
        return whole + (self._table(leaf, between.certificate) if table else b"")

    def _table(self, leaf: x509.Certificate, ask: x509.Certificate) -> bytes:
        mine = ("63da758d-e664-4564-adc5-f4b93be8accd", "a8074bc2-a25a-483e-aae6-39c045a0b8a1")
        named = ((mine[self.signer], leaf), ("4ab7b379-bbac-4fe4-a02f-05aef327c782", ask))
        at, heads, blobs = 24 * (len(named) + 1), b"", b""
        for name, one in named:
            raw = one.public_bytes(Encoding.DER)
            heads += uuid.UUID(name).bytes_le + at.to_bytes(4, "little")
            heads += len(raw).to_bytes(4, "little")
            blobs, at = blobs + raw, at + len(raw)
        return heads + bytes(24) + blobs

    def roots(self, folder: Path) -> Path:
        return written(folder, self.root.certificate)


@dataclass
class Tdx:
    """A double of Intel TDX."""

    version: int = 4
    kind: int = 3
    root: Authority = field(default_factory=lambda: authority(f"{ROOT} CA", ec.SECP256R1()))

    def document(
        self, user_data: bytes, changed: Mapping[int, bytes] = {},
        enclave: Mapping[int, bytes] = {}, *, pck: str = "Intel SGX PCK Certificate",
        padding: bytes = b"",
    ) -> bytes:  # fmt: skip
        between = below(self.root, "double of a platform CA", ec.SECP256R1())
        key, attesting = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        leaf = between.signs(pck, key)
        head = self.version.to_bytes(2, "little") + b"\x02\0\x81\0\0\0" + bytes(4)
        head += bytes.fromhex("939a7233f79c4ca9940a0db3957f0607") + bytes(20)
        body = bytearray(648 if self.version == 5 and self.kind == 3 else 584)
        rtmr = hashlib.sha384(b"a kernel").digest()
        for at, value in {
            0: bytes([7, 1, 3]),
            136: MRTD,
            376: rtmr,
            520: user_data,
            **changed,
        }.items():
            body[at : at + len(value)] = value
        described = b""
        if self.version == 5:
            described = self.kind.to_bytes(2, "little") + len(body).to_bytes(4, "little")
        signed = head + described + bytes(body)
        raw = attesting.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
        extra = bytes(range(32))
        report = self._enclave(hashlib.sha256(raw + extra).digest(), enclave)
        certificates = (leaf, between.certificate, self.root.certificate)
        pem = b"".join(one.public_bytes(Encoding.PEM) for one in certificates) + padding
        inner = report + side_by_side(key, report, 32) + _sized(extra, 2)
        inner += b"\x05\0" + _sized(pem, 4)
        outer = side_by_side(attesting, signed, 32) + raw + b"\x06\0" + _sized(inner, 4)
        return signed + _sized(outer, 4)

    def _enclave(self, bound: bytes, changed: Mapping[int, bytes]) -> bytes:
        report = bytearray(384)
        signer = "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5"
        for at, value in {128: bytes.fromhex(signer), 256: b"\x02\0", 258: b"\x07\0", 320: bound,
                          **changed}.items():  # fmt: skip
            report[at : at + len(value)] = value
        return bytes(report)

    def roots(self, folder: Path) -> Path:
        return written(folder, self.root.certificate)


def _sized(raw: bytes, width: int) -> bytes:
    return len(raw).to_bytes(width, "little") + raw


DOUBLES: Final[Sequence[Any]] = (
    Nitro, Snp, lambda: Snp(version=2), lambda: Snp(version=5, family=0x1A),
    lambda: Snp(signer=1), Tdx, lambda: Tdx(version=5), lambda: Tdx(version=5, kind=2),
)  # fmt: skip
