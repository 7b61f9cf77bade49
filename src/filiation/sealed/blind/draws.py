"""Which tensors, or which elements of a set, does the second coin draw?

As the audit of a seal draws blocks (`sealed.audit`), under another label and over other places.
The coin falls when both sides have committed to their materials, so that nobody could know while it
made its material what would be asked for.
"""

import hashlib
from typing import Final

from filiation.model.seal import Part, Table

__all__ = ["always", "drawn_places", "drawn_tensors", "eligible"]

LABEL: Final = b"filiation blind draw\n"
SHOWN: Final = ("config.json", "tokenizer.json")  # what says how the others are to be read
INDEX: Final = ".safetensors.index.json"


def drawn_places(root: str, coin: bytes, count: int, of: int) -> tuple[int, ...]:
    """So many of the places below `of`, without replacement, increasing."""
    base = hashlib.sha256(LABEL + bytes.fromhex(root) + coin)
    chosen: dict[int, None] = {}
    counter = 0
    while len(chosen) < min(count, of):
        one = base.copy()
        one.update(counter.to_bytes(8, "big"))
        chosen[int.from_bytes(one.digest(), "big") % of] = None
        counter += 1
    return tuple(sorted(chosen))


def eligible(table: Table) -> tuple[int, ...]:
    """Numbers of the parts that can be drawn: tensors of two axes or more that hold anything."""
    return tuple(
        number
        for number, part in enumerate(table.parts)
        if part.what == "tensor" and len(part.shape) > 1 and part.nbytes
    )


def drawn_tensors(root: str, coin: bytes, count: int, table: Table) -> tuple[int, ...]:
    """Numbers of the parts that are drawn."""
    places = eligible(table)
    return tuple(places[n] for n in drawn_places(root, coin, count, len(places)))


def always(part: Part) -> bool:
    """Whether a part is opened whatever the coin says, by the table alone.

    What tells how tensors are to be read, and tensors of one axis, which are folded into others.
    """
    if part.what == "tensor":
        return len(part.shape) < 2
    name = part.file.rpartition("/")[2]
    return part.what == "header" or name in SHOWN or name.endswith(INDEX)
