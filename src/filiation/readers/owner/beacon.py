"""A round of a public beacon (drand), checked without a network.

drand's scheme `bls-unchained-g1-rfc9380`: the value of a round is SHA-256 of the beacon's BLS
signature (BLS12-381, 48 bytes on G1) over SHA-256 of the round's number (8 bytes, big-endian). Some
tens of organisations hold shares of the key; as long as fewer than half of them collude, nobody
knows a round before its time. The file is what drand's relays serve under `/public/ROUND`; a chain
is what they serve under `/info`. Extra: `beacon` (py-ecc, by the Ethereum Foundation).
"""

import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from filiation.errors import AlteredError, UnreadableError, UsageError
from filiation.model.drawn import Drand
from filiation.readers.bytes.parsing import read_object

__all__ = [
    *("QUICKNET", "beacons_work", "check_round", "own_depth", "read_chain", "read_round"),
    "round_at",
]

LONGEST: Final = 1 << 14
SCHEME: Final = "bls-unchained-g1-rfc9380"
DOMAIN: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
QUICKNET: Final = Drand(  # the League of Entropy's, three seconds a round since August 2023
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
        "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
        "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=1692803367,
    period=3,
    round=1,
)


def read_chain(path: Path) -> Drand:
    """A chain as drand's relays describe it (`/info`); its first round.

    Raises:
        UnreadableError: Not such a description, or of another scheme.
    """
    found = read_object(path, limit=LONGEST)
    if found.get("schemeID") != SCHEME:
        raise UnreadableError(
            f"{path}: scheme {found.get('schemeID')!a:.60}, expected {SCHEME}; other schemes are "
            "not read"
        )
    key, genesis, period = (found.get(n) for n in ("public_key", "genesis_time", "period"))
    if not isinstance(key, str) or not _whole(genesis) or not _whole(period):
        raise UnreadableError(f"{path}: no public_key, genesis_time or period; not drand's /info")
    return Drand(public_key=key, genesis=int(str(genesis)), period=int(str(period)), round=1)


def round_at(chain: Drand, moment: int) -> int:
    """The first round that is due at or after a moment (Unix time, in seconds)."""
    return max(1, -((chain.genesis - moment) // chain.period) + 1)


def read_round(path: Path, expected: Drand) -> str:
    """The signature (hex) of the round that was fixed.

    Raises:
        UnreadableError: Not a round, or one that says another randomness than its signature gives.
        UsageError: Another round.
    """
    found = read_object(path, limit=LONGEST)
    number, signature = found.get("round"), found.get("signature")
    if not _whole(number) or not isinstance(signature, str):
        raise UnreadableError(f"{path}: no 'round' and 'signature', expected drand's /public/ROUND")
    if number != expected.round:
        raise UsageError(
            f"{path}: round {number}, expected {expected.round}, which the commitment fixed; "
            "another round would be another lot"
        )
    value = _value(signature, str(path))
    if found.get("randomness", value) != value:
        raise AlteredError(str(path), recorded=str(found["randomness"]), found=value)
    return signature


def check_round(signature: str, expected: Drand) -> str:
    """The value (hex) of a round, if the chain's key signed it.

    Raises:
        UsageError: The extra is not installed.
        UnreadableError: Not a signature of that round under that key.
    """
    what = f"drand round {expected.round}"
    value = _value(signature, what)
    if not beacons_work():
        raise UsageError(
            "a round of a beacon needs py-ecc to be checked, which is not installed; expected the "
            "extra `beacon`: pip install 'filiation[beacon]'"
        )
    with own_depth():
        signed = _signed(
            bytes.fromhex(signature), bytes.fromhex(expected.public_key), expected.round
        )
    if not signed:
        raise UnreadableError(
            f"{what}: not signed by the key that was fixed; the value was made up or altered"
        )
    return value


def beacons_work() -> bool:
    """Is the extra installed?"""
    return importlib.util.find_spec("py_ecc") is not None


@contextmanager
def own_depth() -> Iterator[None]:
    """Take back the recursion limit of 100,000 that py-ecc sets for the whole process.

    Under it, JSON nested by whoever wishes us ill overruns the C stack and ends the process.
    """
    before = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _signed(signature: bytes, key: bytes, number: int) -> bool:
    """Whether e(signature, generator) is e(hash of the round, key), all in their subgroups."""
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import decompress_G1, decompress_G2
    from py_ecc.optimized_bls12_381 import (
        FQ12,
        G2,
        curve_order,
        final_exponentiate,
        is_inf,
        multiply,
        neg,
        pairing,
    )

    try:
        point: Any = decompress_G1(int.from_bytes(signature, "big"))
        halves: Any = (int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big"))
        under: Any = decompress_G2(halves)
    except ValueError:
        return False
    if is_inf(point) or is_inf(under):
        return False
    if not (is_inf(multiply(point, curve_order)) and is_inf(multiply(under, curve_order))):
        return False
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    hashed: Any = hash_to_G1(message, DOMAIN, hashlib.sha256)
    product = pairing(G2, point, final_exponentiate=False) * pairing(
        under, neg(hashed), final_exponentiate=False
    )
    return bool(final_exponentiate(product) == FQ12.one())


def _value(signature: str, what: str) -> str:
    try:
        raw = bytes.fromhex(signature)
    except ValueError as error:
        raise UnreadableError(f"{what}: its signature is not hexadecimal; damaged") from error
    if len(raw) != 48:
        raise UnreadableError(f"{what}: a signature of {len(raw)} bytes, expected 48")
    return hashlib.sha256(raw).hexdigest()


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
