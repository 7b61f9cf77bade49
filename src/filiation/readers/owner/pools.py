"""Pools of texts, prompts or examples before a lot, and lists after it.

A pool is a list without its lot: canaries without `planted`, an order without `seen`, prompts with
`replies` in place of `key` and `decoys`, exchanges of a log without `seeds`. A list names its pool,
since the lot can be taken off again: both have one digest, over the entries in the order of their
ids as canonical JSON.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import rfc8785

from filiation.errors import UnreadableError
from filiation.model.drawn import OwnerTest
from filiation.model.served import hidden
from filiation.readers.owner.entries import entries, text
from filiation.readers.owner.lists import once, read_decoys
from filiation.readers.owner.served import check_exchange

__all__ = ["Entry", "list_entries", "pool_digest", "pool_entries", "read_pool"]

Entry: TypeAlias = dict[str, Any]

NAMES: Final[Mapping[str, str]] = {
    "training-order": "example", "canary": "example", "keyed": "id", "served-twins": "id",
}  # fmt: skip
LOTS: Final = ("planted", "seen", "seeds")
FEWEST_REPLIES: Final = 2


def list_entries(path: Path) -> list[Entry]:
    """Every entry of a list as it stands; a battery's head is passed over.

    Raises:
        UnreadableError: Damaged.
    """
    found: list[Entry] = []
    for _, entry in entries(path):
        if "battery" not in entry or found:
            found.append(entry)
    return found


def pool_entries(path: Path) -> list[Entry]:
    """Every entry of a pool or a list, its lot taken off; a battery's head is passed over.

    Raises:
        UnreadableError: Damaged.
    """
    found: list[Entry] = []
    for where, entry in entries(path):
        if "battery" in entry and not found:
            continue
        kept = {name: value for name, value in entry.items() if name not in LOTS}
        if "key" in kept:
            replies = [text(kept, "key", where), *read_decoys(kept, where)]
            kept = {n: v for n, v in kept.items() if n not in ("key", "decoys")}
            kept["replies"] = replies
        if isinstance(kept.get("replies"), list):
            kept["replies"] = sorted(map(str, kept["replies"]))
        found.append(kept)
    return found


def pool_digest(found: Sequence[Entry]) -> str:
    """SHA-256 (hex) over the entries of a pool, in whatever order and with whatever lot.

    Of exchanges of a log the words enter as digests, so that a list need not show them all.

    Raises:
        UnreadableError: A number that JSON cannot hold.
    """
    try:
        rows = sorted(rfc8785.dumps(hidden(entry)) for entry in found)
    except rfc8785.CanonicalizationError as error:
        raise UnreadableError(f"a list: {error}; expected ordinary numbers and texts") from error
    return hashlib.sha256(b"\n".join(rows)).hexdigest()


def read_pool(path: Path, test: OwnerTest) -> list[Entry]:
    """Read a pool, by the rules of its test.

    Raises:
        UnreadableError: Damaged, with a lot in it already, a name or a text twice, a group of one
            text, fewer than two replies, or an exchange without prompt or answer.
    """
    name_field = NAMES[test]
    for where, entry in entries(path):
        settled = [lot for lot in (*LOTS, "key") if lot in entry]
        if settled:
            raise UnreadableError(
                f"{where}: says {settled[0]!r}, expected a pool without a lot; what was picked "
                "before cannot be drawn"
            )
    found, names, words = pool_entries(path), set[str](), dict[object, str]()
    for place, entry in enumerate(found, start=1):
        where = f"{path}, entry {place}"
        name = text(entry, name_field, where)
        if name in names:
            raise UnreadableError(f"{where}: {name!a:.60} twice, expected once; which is meant?")
        names.add(name)
        if test == "keyed":
            _replies(entry, where)
        elif test == "served-twins":
            check_exchange(entry, where)
        else:
            once(entry, name, where, words)
    if test == "canary":
        _groups(found, path)
    return found


def _replies(entry: Entry, where: str) -> None:
    text(entry, "prompt", where)
    replies = entry.get("replies")
    if not isinstance(replies, list) or len(set(replies)) < max(FEWEST_REPLIES, len(replies)):
        raise UnreadableError(
            f"{where}: 'replies' is {json.dumps(replies)[:60]}, expected a list of two or more "
            "different replies, of which the lot picks the key"
        )
    read_decoys({"decoys": replies}, where)


def _groups(found: Sequence[Entry], path: Path) -> None:
    sizes: dict[str, int] = {}
    for place, entry in enumerate(found, start=1):
        group = text(entry, "group", f"{path}, entry {place}")
        sizes[group] = sizes.get(group, 0) + 1
    alone = next((group for group, size in sizes.items() if size < 2), None)
    if alone is not None:
        raise UnreadableError(f"{path}: group {alone!a:.60} has one text, expected two or more")
