"""Which text, reply or order does a public value pick? Recomputed by whoever verifies.

The seed is SHA-256 over the commitment, the nonce, the value and the number of the lot; every
candidate gets SHA-256(seed, its place, its name), and the least wins. No generator of any library
is asked, so that the same lot comes out on every machine and in ten years. Nobody who fixed the
commitment before the value was out could steer it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from filiation.model.drawn import OwnerTest

__all__ = ["by_lot", "lot_seed", "picked", "with_lot"]


def lot_seed(*, commitment: str, nonce: str, value: str, lot: int) -> bytes:
    """The seed of one lot.

    Args:
        commitment: SHA-256 (hex) of what was fixed.
        nonce: Its secret part (hex).
        value: The later public value (hex).
        lot: From 1.
    """
    words = f"filiation lot\n{commitment}\n{nonce}\n{value}\n{lot}\n"
    return hashlib.sha256(words.encode()).digest()


def by_lot(seed: bytes, place: str, names: Iterable[str]) -> list[str]:
    """The names in the order that the lot gives them."""
    return sorted(names, key=lambda name: (_rank(seed, place, name), name))


def picked(seed: bytes, place: str, names: Sequence[str]) -> str:
    """The name that the lot falls on.

    Raises:
        ValueError: There is none to pick from.
    """
    return min(names, key=lambda name: (_rank(seed, place, name), name))


def with_lot(
    test: OwnerTest, pool: Sequence[Mapping[str, Any]], seed: bytes
) -> list[dict[str, Any]]:
    """The entries of a pool with what the lot gives each.

    Canaries: of each group one is planted. Keys: of the replies of each prompt one is the key.
    Training order: the examples of each stratum are seen in the order of the lot.
    """
    if test == "keyed":
        return [_with_key(entry, seed) for entry in pool]
    field = "group" if test == "canary" else "stratum"
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for entry in pool:
        groups[str(entry.get(field, ""))].append(str(entry["example"]))
    if test == "canary":
        planted = {picked(seed, group, names) for group, names in groups.items()}
        return [{**entry, "planted": str(entry["example"]) in planted} for entry in pool]
    seen = {
        name: place
        for stratum, names in groups.items()
        for place, name in enumerate(by_lot(seed, stratum, names))
    }
    return [{**entry, "seen": seen[str(entry["example"])]} for entry in pool]


def _with_key(entry: Mapping[str, Any], seed: bytes) -> dict[str, Any]:
    key, *decoys = by_lot(seed, str(entry["id"]), entry["replies"])
    kept = {name: value for name, value in entry.items() if name != "replies"}
    return {**kept, "key": key, "decoys": sorted(decoys)}


def _rank(seed: bytes, place: str, name: str) -> bytes:
    parts = (place.encode("utf-8", "surrogatepass"), name.encode("utf-8", "surrogatepass"))
    return hashlib.sha256(seed + b"".join(len(p).to_bytes(8, "big") + p for p in parts)).digest()
