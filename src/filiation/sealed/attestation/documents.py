"""Attestation documents of any of the known platforms."""

from typing import Final

from filiation.errors import CaseError, UnreadableError
from filiation.model.attested import Attestation, Vouched
from filiation.sealed.attestation import nitro, snp, tdx
from filiation.sealed.attestation.chains import Roots, vendor_of

__all__ = ["LONGEST", "check", "held_against"]

LONGEST: Final = 1 << 16  # bytes


def check(raw: bytes, roots: Roots, what: str) -> Attestation:
    """Parse a document of whichever platform, and check signatures and certificates.

    Raises:
        UnreadableError: Of no known platform, or damaged.
        CaseError: Not signed so, or no root that was given vouches.
    """
    if len(raw) > LONGEST:
        raise UnreadableError(f"{what}: more than {LONGEST} bytes, expected an attestation")
    if nitro.is_one(raw):
        return nitro.check(raw, roots, what)
    if tdx.is_one(raw):
        return tdx.check(raw, roots, what)
    if snp.is_one(raw):
        return snp.check(raw, roots, what)
    raise UnreadableError(
        f"{what}: no attestation of AWS Nitro, of AMD SEV-SNP (version 2 to 5) or of Intel TDX "
        "(version 4 or 5)"
    )


def held_against(found: Attestation, bound: bytes, expected: dict[str, str], what: str) -> Vouched:
    """Hold an attestation against what it should vouch for.

    Args:
        found: Whose signatures hold.
        bound: What the program must have given.
        expected: Name and digest (hex) of measurements.
        what: Named in errors.

    Raises:
        CaseError: It vouches for something else, or for a program that others could change.
    """
    if found.debug:
        raise CaseError(
            f"{what}: of a machine in debug mode, or that may be migrated: whoever runs it could "
            "read and change what runs in it, so that it vouches for nothing"
        )
    if found.user_data != bound.hex():
        raise CaseError(
            f"{what}: vouches for {found.user_data[:24]}.., expected {bound.hex()[:24]}..; "
            "it is of another examination"
        )
    measured = dict(found.measurements)
    for name, digest in expected.items():
        if measured.get(name) != digest:
            raise CaseError(
                f"{what}: {name} is {measured.get(name, 'not stated')[:24]}.., expected "
                f"{digest[:24]}..; another program ran"
            )
    vendor = vendor_of(found.chain, found.platform)
    return Vouched(attestation=found, vendor=vendor, compared=tuple(expected))
