"""A beacon of our own, which signs as drand does: for examples and tests, since anyone has its key.

Its chain begins on 1 January 2027 and has a round every three seconds.
"""

import hashlib
import json
from pathlib import Path

from filiation.readers.owner.beacon import DOMAIN, SCHEME, own_depth

__all__ = ["chain_file", "round_file", "signature"]

KEY = int.from_bytes(hashlib.sha256(b"filiation toy beacon").digest(), "big") >> 2
GENESIS = 1798761600  # 2027-01-01T00:00:00Z
PERIOD = 3


@own_depth()
def chain_file(path: Path, *, genesis: int = GENESIS) -> Path:
    """What a relay would serve under /info."""
    from py_ecc.bls.point_compression import compress_G2
    from py_ecc.optimized_bls12_381 import G2, multiply

    high, low = compress_G2(multiply(G2, KEY))
    told = {
        "public_key": (high.to_bytes(48, "big") + low.to_bytes(48, "big")).hex(),
        "period": PERIOD,
        "genesis_time": genesis,
        "schemeID": SCHEME,
    }
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path


def round_file(path: Path, number: int, *, key: int = KEY) -> Path:
    """What a relay would serve under /public/ROUND."""
    signed = signature(number, key=key)
    told = {
        "round": number,
        "randomness": hashlib.sha256(bytes.fromhex(signed)).hexdigest(),
        "signature": signed,
    }
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path


@own_depth()
def signature(number: int, *, key: int = KEY) -> str:
    """The signature (hex) of a round."""
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import compress_G1
    from py_ecc.optimized_bls12_381 import multiply

    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    point = multiply(hash_to_G1(message, DOMAIN, hashlib.sha256), key)
    return int(compress_G1(point)).to_bytes(48, "big").hex()
