"""AWS Nitro Enclaves: a COSE_Sign1 (RFC 9052) around a map, signed with ES384.

As `aws-nitro-enclaves-nsm-api` (docs/attestation_process.md) has it. The certificates are in the
map and so are signed themselves; the first of `cabundle` is the root. PCR0 is the digest of the
enclave's image, PCR1 of its kernel, PCR2 of its application, PCR8 of who signed the image.
"""

from datetime import UTC, datetime
from typing import Final

from filiation.errors import CaseError, UnreadableError
from filiation.model.attested import Attestation
from filiation.sealed.attestation.cbor import Value, byte_string, decode
from filiation.sealed.attestation.chains import Roots, chain_of, der, moment, strictly
from filiation.sealed.attestation.curves import holds, key_of

__all__ = ["check", "is_one"]

ES384: Final = -35
NEEDED: Final = {"module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"}
OPTIONAL: Final = {"public_key": 1024, "user_data": 1024, "nonce": 1024}  # bytes at most
SIGNATURE: Final = 96
PCRS: Final = 32
AUTHORITIES: Final = 6
CERTIFICATE: Final = 4096  # bytes
YEAR_9999: Final = 253_402_300_799_000  # in milliseconds
CONTEXT: Final = b"\x84\x6aSignature1"  # an array of four; of what it is a signature


def is_one(raw: bytes) -> bool:
    """Does it begin as one: an array of four, tagged as COSE_Sign1 or not?"""
    return raw.removeprefix(b"\xd2")[:1] == b"\x84"


def check(raw: bytes, roots: Roots, what: str) -> Attestation:
    """Parse a document and check its signature and certificates.

    Raises:
        UnreadableError: Not such a document, or damaged.
        CaseError: Not signed so, or no root that was given vouches.
    """
    protected, payload, signature = _parts(raw, what)
    fields = _fields(decode(payload, what), what)
    leaf = der(_bytes(fields["certificate"], CERTIFICATE, "certificate", what), what)
    above = [der(_bytes(one, CERTIFICATE, "cabundle", what), what)
             for one in _list(fields["cabundle"], what)]  # fmt: skip
    with strictly(what):
        key = key_of(leaf, "secp384r1", what)
        message = CONTEXT + byte_string(protected) + byte_string(b"") + byte_string(payload)
        if not holds(key, signature, message):
            raise CaseError(f"{what}: its signature does not hold; it was altered or forged")
    chain = chain_of(leaf, above, roots, what)
    pcrs = _pcrs(fields["pcrs"], what)
    made = _made(fields["timestamp"], what)
    if not chain.begin <= made <= chain.end:
        raise CaseError(
            f"{what}: made at {made}, its certificates are valid from {chain.begin} to {chain.end}"
        )
    given = {name: fields.get(name) or b"" for name in OPTIONAL}
    kept = {name: _bytes(value, OPTIONAL[name], name, what) for name, value in given.items()}
    others = [("module_id", str(fields["module_id"]))]
    others += [(name, kept[name].hex()) for name in ("public_key", "nonce") if kept[name]]
    return Attestation(
        platform="nitro",
        version="1",
        measurements=tuple(
            (f"PCR{number}", value) for number, value in pcrs if set(value) != {"0"}
        ),
        user_data=kept["user_data"].hex(),
        chain=chain,
        others=tuple(others),
        made=made,
        debug=not any(set(value) != {"0"} for number, value in pcrs if number < 3),
    )


def _parts(raw: bytes, what: str) -> tuple[bytes, bytes, bytes]:
    """Signed header, payload and signature."""
    found = decode(raw.removeprefix(b"\xd2"), what)
    if not isinstance(found, list) or len(found) != 4:
        raise UnreadableError(f"{what}: no COSE_Sign1, which has four parts")
    protected, plain, payload, signature = found
    if not (isinstance(protected, bytes) and isinstance(payload, bytes) and plain == {}):
        raise UnreadableError(f"{what}: no COSE_Sign1, or with a header that nobody signed")
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE:
        raise UnreadableError(f"{what}: its signature has not {SIGNATURE} bytes")
    if decode(protected, what) != {1: ES384}:
        raise UnreadableError(f"{what}: not signed with ES384, as these are")
    return protected, payload, signature


def _fields(found: Value, what: str) -> dict[str, Value]:
    if not isinstance(found, dict):
        raise UnreadableError(f"{what}: signs no map")
    fields = {str(name): value for name, value in found.items()}
    if not NEEDED <= set(fields) <= NEEDED | set(OPTIONAL):
        odd = sorted(set(fields) ^ NEEDED)[:6]
        raise UnreadableError(f"{what}: not the fields of an enclave's document; see {odd}")
    name, digest = fields["module_id"], fields["digest"]
    if not isinstance(name, str) or not 0 < len(name) < 200 or digest != "SHA384":
        raise UnreadableError(f"{what}: no name of a module, or another digest than SHA384")
    return fields


def _pcrs(found: Value, what: str) -> list[tuple[int, str]]:
    if not isinstance(found, dict) or not 0 < len(found) <= PCRS:
        raise UnreadableError(f"{what}: no map of up to {PCRS} measurements")
    pcrs = []
    for number, value in found.items():
        if not isinstance(number, int) or not 0 <= number < PCRS:
            raise UnreadableError(f"{what}: a measurement that has no number below {PCRS}")
        if not isinstance(value, bytes) or len(value) != 48:
            raise UnreadableError(f"{what}: PCR{number} is no SHA-384")
        pcrs.append((number, value.hex()))
    return sorted(pcrs)


def _made(found: Value, what: str) -> str:
    if not isinstance(found, int) or not 0 < found < YEAR_9999:
        raise UnreadableError(f"{what}: its time is no number of milliseconds")
    return moment(datetime.fromtimestamp(found // 1000, UTC))


def _bytes(found: Value, most: int, name: str, what: str) -> bytes:
    if not isinstance(found, bytes) or len(found) > most:
        raise UnreadableError(f"{what}: {name} is no byte string of at most {most}")
    return found


def _list(found: Value, what: str) -> list[Value]:
    if not isinstance(found, list) or not 0 < len(found) <= AUTHORITIES:
        raise UnreadableError(f"{what}: cabundle is no list of up to {AUTHORITIES} certificates")
    return found
