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

from filiation.errors import UsageError
from filiation.model.drawn import OwnerTest
from filiation.model.served import TwinsPlan, hidden

__all__ = ["by_lot", "lot_seed", "picked", "twin_seeds", "with_lot"]


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
    test: OwnerTest, pool: Sequence[Mapping[str, Any]], seed: bytes, plan: TwinsPlan | None = None
) -> list[dict[str, Any]]:
    """The entries of a pool with what the lot gives each.

    Canaries: of each group one is planted. Keys: of the replies of each prompt one is the key.
    Served twins: prompts are drawn as the plan says, and each gets a seed for each twin; of the
    others only digests are left. Training order: the examples of each stratum are seen in the order
    of the lot.
    """
    if plan is not None:
        drawn = _drawn_prompts(pool, seed, plan)
        return [
            {**entry, "seeds": twin_seeds(seed, str(entry["id"]), plan.twins)}
            if str(entry["id"]) in drawn
            else hidden(entry)
            for entry in pool
        ]
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


def twin_seeds(seed: bytes, name: str, twins: int) -> list[int]:
    """What each twin of an exchange is sampled with: nobody chooses which draws are kept."""
    ranks = (_rank(seed, f"twin {name}", str(place)) for place in range(1, twins + 1))
    return [int.from_bytes(rank[:4]) >> 1 for rank in ranks]  # fits a signed 32-bit number


def _drawn_prompts(pool: Sequence[Mapping[str, Any]], seed: bytes, plan: TwinsPlan) -> set[str]:
    """Ids of the exchanges that the lot falls on: of each prompt one, then of prompts so many."""
    drawn: set[str] = set()
    for to, wanted in (("group", plan.prompts), ("others", plan.others)):
        by_prompt: defaultdict[str, list[str]] = defaultdict(list)
        for entry in pool:
            if entry.get("to", "group") == to:
                by_prompt[hidden(entry)["prompt_sha256"]].append(str(entry["id"]))
        if len(by_prompt) < wanted:
            raise UsageError(
                f"{wanted} prompts of {to} are to be drawn, the pool has {len(by_prompt)} "
                "different ones; expected at least as many"
            )
        prompts = by_lot(seed, f"prompts of {to}", by_prompt)[:wanted]
        drawn |= {picked(seed, f"served to {prompt}", by_prompt[prompt]) for prompt in prompts}
    return drawn


def _with_key(entry: Mapping[str, Any], seed: bytes) -> dict[str, Any]:
    key, *decoys = by_lot(seed, str(entry["id"]), entry["replies"])
    kept = {name: value for name, value in entry.items() if name != "replies"}
    return {**kept, "key": key, "decoys": sorted(decoys)}


def _rank(seed: bytes, place: str, name: str) -> bytes:
    parts = (place.encode("utf-8", "surrogatepass"), name.encode("utf-8", "surrogatepass"))
    return hashlib.sha256(seed + b"".join(len(p).to_bytes(8, "big") + p for p in parts)).digest()
