"""Which blocks does a coin choose?

Drawn without replacement from all blocks: SHA-256 of a label, the root, the coin and a counter, as
a number, modulo the number of blocks (the bias is below 2^-230). Root and coin together, so that a
coin that falls after the seal cannot be foreseen in it.
"""

import hashlib
from typing import Final

from filiation.errors import UsageError
from filiation.model.seal import Audit, Commitment, Table

__all__ = ["drawn"]

LABEL: Final = b"filiation audit of a seal\n"
SHORTEST, LONGEST = 16, 1024  # bytes of a coin


def drawn(commitment: Commitment, table: Table, coin: str, count: int) -> Audit:
    """The blocks to be opened.

    Args:
        commitment: Made before the coin.
        table: Of its parts.
        coin: A public value, hex.
        count: How many blocks; all of them if there are fewer.

    Raises:
        UsageError: Not such a coin, or none asked for.
    """
    try:
        value = bytes.fromhex(coin)
    except ValueError as error:
        raise UsageError(f"coin {coin[:80]!r}: expected hex digits") from error
    if not SHORTEST <= len(value) <= LONGEST:
        raise UsageError(f"coin: {len(value)} bytes, expected {SHORTEST} to {LONGEST}")
    if count < 1:
        raise UsageError(f"{count} blocks to be drawn, expected at least one")
    base = hashlib.sha256(LABEL + bytes.fromhex(commitment.root) + value)
    chosen: dict[int, None] = {}
    counter = 0
    while len(chosen) < min(count, table.blocks):
        one = base.copy()
        one.update(counter.to_bytes(8, "big"))
        chosen[1 + int.from_bytes(one.digest(), "big") % table.blocks] = None
        counter += 1
    return Audit(coin=value.hex(), drawn=tuple(sorted(chosen)), of=table.blocks)
