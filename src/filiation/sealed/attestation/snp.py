"""AMD SEV-SNP: a report of 1,184 bytes, signed by the processor with ECDSA on P-384.

After AMD's SEV-SNP ABI (document 56860, ATTESTATION_REPORT, versions 2 to 5) and VCEK certificates
(57230). Numbers are little-endian. Behind the report may stand the table of certificates of an
extended request (56421); what is not there must lie among the roots. A certificate of a key holds
the security versions that the key is for, and of a VCEK the chip: both must be those of the report,
or a key of an outdated platform could speak for a current one.
"""

import uuid
from typing import Final

from cryptography import x509

from filiation.errors import CaseError, UnreadableError
from filiation.model.attested import Attestation
from filiation.sealed.attestation.chains import Roots, chain_of, strictly
from filiation.sealed.attestation.curves import holds, key_of

__all__ = ["REPORT", "check", "is_one"]

REPORT: Final = 1184  # bytes
SIGNED: Final = 0x2A0
HALF: Final = 72  # bytes of either number of the signature
LONGEST: Final = 1 << 16
VERSIONS: Final = (2, 3, 4, 5)
ENTRY: Final = 24  # bytes of an entry in the table of certificates
CERTIFICATES: Final = {
    uuid.UUID("63da758d-e664-4564-adc5-f4b93be8accd"),  # VCEK
    uuid.UUID("a8074bc2-a25a-483e-aae6-39c045a0b8a1"),  # VLEK
    uuid.UUID("4ab7b379-bbac-4fe4-a02f-05aef327c782"),  # ASK
    uuid.UUID("c0b406a4-a803-4952-9743-3fb6014cd0ae"),  # ARK
}
FURTHER: Final = {uuid.UUID("ecae0c0f-9502-43b1-afa2-0ae2e0d565b6")}  # of the machine; not read
SIGNERS: Final = {0: "SEV-VCEK", 1: "SEV-VLEK"}
EXTENSION: Final = "1.3.6.1.4.1.3704.1."
HARDWARE: Final = f"{EXTENSION}4"
# Security versions in certificates, in the order of the bytes of a version in a report.
BEFORE_TURIN: Final = ("3.1", "3.2", "", "", "", "", "3.3", "3.8")
TURIN: Final = ("3.9", "3.1", "3.2", "3.3", "", "", "", "3.8")
TURIN_FAMILY: Final = 0x1A
FIELDS: Final = (  # name, where it begins and ends
    ("POLICY", 0x08, 0x10), ("FAMILY_ID", 0x10, 0x20), ("IMAGE_ID", 0x20, 0x30),
    ("HOST_DATA", 0xC0, 0xE0), ("ID_KEY_DIGEST", 0xE0, 0x110),
    ("AUTHOR_KEY_DIGEST", 0x110, 0x140), ("REPORT_ID", 0x140, 0x160),
    ("CHIP_ID", 0x1A0, 0x1E0),
)  # fmt: skip
TCBS: Final = (("CURRENT_TCB", 0x38), ("REPORTED_TCB", 0x180), ("COMMITTED_TCB", 0x1E0),
               ("LAUNCH_TCB", 0x1F0))  # fmt: skip
DEBUG, MIGRATION = 1 << 19, 1 << 18  # of the policy


def is_one(raw: bytes) -> bool:
    """Has it the length, a known version and the algorithm of one?"""
    return len(raw) >= REPORT and _number(raw, 0, 4) in VERSIONS and _number(raw, 0x34, 4) == 1


def check(raw: bytes, roots: Roots, what: str) -> Attestation:
    """Parse a report and check its signature and certificates.

    Raises:
        UnreadableError: Not such a report, or damaged.
        CaseError: Not signed so, or no root that was given vouches.
    """
    if not is_one(raw) or len(raw) > LONGEST:
        raise UnreadableError(f"{what}: no report of SEV-SNP of version 2 to 5 on ECDSA P-384")
    report, signature = raw[:SIGNED], raw[SIGNED : SIGNED + 2 * HALF]
    if any(raw[SIGNED + 2 * HALF : REPORT]):
        raise UnreadableError(f"{what}: bytes behind the signature that nobody signed")
    signer = SIGNERS.get(_number(raw, 0x48, 4) >> 2 & 7)
    if signer is None:
        raise UnreadableError(f"{what}: not signed by the processor, as its own field says")
    offered = _table(raw[REPORT:], what)
    with strictly(what):
        leaf = _signer(report, signature, signer, (*offered, *roots.others), what)
        _is_for(leaf, report, signer, what)
    above = [one for one in offered if one != leaf]
    chain = chain_of(leaf, above, roots, what)
    policy = _number(raw, 0x08, 8)
    return Attestation(
        platform="sev-snp",
        version=str(_number(raw, 0, 4)),
        measurements=(("MEASUREMENT", raw[0x90:0xC0].hex()),),
        user_data=raw[0x50:0x90].hex(),
        chain=chain,
        others=(
            *((name, raw[at:end].hex()) for name, at, end in FIELDS if any(raw[at:end])),
            *((name, raw[at : at + 8].hex()) for name, at in TCBS),
            ("VMPL", str(_number(raw, 0x30, 4))),
            ("GUEST_SVN", str(_number(raw, 0x04, 4))),
        ),
        debug=bool(policy & (DEBUG | MIGRATION)),
    )


def _number(raw: bytes, at: int, size: int) -> int:
    return int.from_bytes(raw[at : at + size], "little")


def _table(raw: bytes, what: str) -> list[x509.Certificate]:
    """The certificates behind a report; between them only zeros."""
    found, used, at = list[x509.Certificate](), set[int](), 0
    while any(raw[at : at + ENTRY]):
        if len(raw) < at + ENTRY:
            raise UnreadableError(f"{what}: its table of certificates was cut")
        name = uuid.UUID(bytes_le=raw[at : at + 16])
        begin, size = _number(raw, at + 16, 4), _number(raw, at + 20, 4)
        if name not in CERTIFICATES | FURTHER or begin + size > len(raw):
            raise UnreadableError(f"{what}: a certificate of no known kind, or one that was cut")
        if name in CERTIFICATES and size:
            with strictly(what):
                found.append(x509.load_der_x509_certificate(raw[begin : begin + size]))
        used.update(range(at, at + ENTRY), range(begin, begin + size))
        at += ENTRY
    if any(one for place, one in enumerate(raw) if place not in used):
        raise UnreadableError(f"{what}: bytes behind the report that belong to no certificate")
    return found


def _signer(
    report: bytes,
    signature: bytes,
    name: str,
    among: tuple[x509.Certificate, ...],
    what: str,
) -> x509.Certificate:
    """The certificate whose key signed the report."""
    named = [
        one
        for one in among
        if name
        in [str(a.value) for a in one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    ]
    if not named:
        raise CaseError(f"{what}: no certificate of {name} is with it or among the roots")
    for one in named:
        if holds(key_of(one, "secp384r1", what), signature, report, "little"):
            return one
    raise CaseError(
        f"{what}: its signature does not hold; it was altered, forged, or of another chip"
    )


def _is_for(leaf: x509.Certificate, report: bytes, signer: str, what: str) -> None:
    """Is the key for this chip, at these security versions?"""
    held = {
        one.oid.dotted_string.removeprefix(EXTENSION): one.value.value
        for one in leaf.extensions
        if isinstance(one.value, x509.UnrecognizedExtension)
    }
    family = report[0x188] if _number(report, 0, 4) > 2 else 0
    order = TURIN if family == TURIN_FAMILY else BEFORE_TURIN
    reported = report[0x180:0x188]
    for name, value in zip(order, reported, strict=True):
        if name and _integer(held.get(name, b"")) != value:
            raise CaseError(
                f"{what}: reports other security versions than its key is for; a key of an "
                "outdated platform cannot speak for another"
            )
    chip = held.get(HARDWARE.removeprefix(EXTENSION), b"")
    whose = report[0x1A0:0x1E0]
    if signer == SIGNERS[0] and any(whose) and (not chip or whose[: len(chip)] != chip):
        raise CaseError(f"{what}: the key of another chip signed it")


def _integer(raw: bytes) -> int:
    """An ASN.1 INTEGER of at most two bytes that is not negative; -1 if it is none."""
    if len(raw) in (3, 4) and raw[0] == 2 and raw[1] == len(raw) - 2:
        return int.from_bytes(raw[2:], "big")
    return -1
