"""The tree over a material's blocks: salted leaves, so that no guess at a block can be tried.

A leaf is SHA-256(0x00 || salt || entry), a node SHA-256(0x01 || left || right) (RFC 6962, with a
salt). The salt of leaf i is HMAC-SHA-256(secret, i as eight bytes, big-endian), so that one secret
of 32 bytes is kept, and an opened salt tells nothing of another. An entry is one byte that says
what it is, then: `t` the table as canonical JSON (RFC 8785); `b` the part's number (four bytes),
the offset in it (eight bytes, both big-endian) and the bytes; `p` nothing.
"""

import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, final

import rfc8785

from filiation.casefile.ledger.merkle import node_hash
from filiation.errors import CaseError
from filiation.model.seal import BLOCK, Part, Table, padded

__all__ = [
    *("block_head", "leaf_hash", "leaves_of", "levels_of", "path_of", "rises_to"),
    *("Places", "salt_of", "table_entry", "table_from"),
]

PADDING: Final = b"p"
FIELDS: Final = {"what", "file", "nbytes", "tensor", "dtype", "shape"}


def salt_of(secret: bytes, index: int) -> bytes:
    """The salt of a leaf."""
    return hmac.digest(secret, index.to_bytes(8, "big"), "sha256")


def leaf_hash(salt: bytes, *entry: bytes) -> bytes:
    """Hash of an entry, given in pieces."""
    found = hashlib.sha256(b"\x00" + salt)
    for piece in entry:
        found.update(piece)
    return found.digest()


def block_head(part: int, offset: int) -> bytes:
    """What stands before the bytes of a block."""
    return b"b" + part.to_bytes(4, "big") + offset.to_bytes(8, "big")


def table_entry(table: Table) -> bytes:
    """The entry of leaf 0."""
    parts: list[Any] = [
        {
            "what": part.what,
            "file": part.file,
            "nbytes": part.nbytes,
            "tensor": part.tensor,
            "dtype": part.dtype,
            "shape": list(part.shape),
        }
        for part in table.parts
    ]
    return b"t" + rfc8785.dumps({"block": BLOCK, "parts": parts})


def table_from(found: Mapping[str, Any], what: str) -> Table:
    """The table from its fields.

    Raises:
        CaseError: Not such a table.
    """
    parts = found.get("parts")
    if set(found) != {"block", "parts"} or found["block"] != BLOCK or not isinstance(parts, list):
        raise CaseError(f"{what}: not a table of parts in blocks of {BLOCK} bytes")
    return Table(parts=tuple(_part(one, what) for one in parts))


def _part(found: Any, what: str) -> Part:
    kinds = ("file", "tensor", "header")
    if not isinstance(found, dict) or set(found) != FIELDS or found["what"] not in kinds:
        raise CaseError(f"{what}: an entry of the table is no part of a material")
    texts = (found["file"], found["tensor"], found["dtype"])
    shape = found["shape"]
    if not all(isinstance(text, str) for text in texts) or not isinstance(shape, list):
        raise CaseError(f"{what}: a name or a shape in the table is none")
    if type(found["nbytes"]) is not int or not all(type(length) is int for length in shape):
        raise CaseError(f"{what}: a size in the table is no whole number")
    return Part(**{**found, "shape": tuple(shape)})


def leaves_of(
    secret: bytes, table: Table, blocks: Iterable[tuple[int, int, bytes]]
) -> Iterator[bytes]:
    """The leaves of a material: its table, its blocks (part, offset, bytes) in order, padding."""
    yield leaf_hash(salt_of(secret, 0), table_entry(table))
    index = 0
    for index, (part, offset, raw) in enumerate(blocks, start=1):
        yield leaf_hash(salt_of(secret, index), block_head(part, offset), raw)
    for empty in range(index + 1, padded(index + 1)):
        yield leaf_hash(salt_of(secret, empty), PADDING)


def levels_of(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """All levels of the tree, from the leaves (a power of two of them) to the root."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append(
            [node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=True)]
        )
    return levels


def path_of(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The siblings of leaf `index`, from the leaves up."""
    return [level[(index >> height) ^ 1] for height, level in enumerate(levels[:-1])]


def rises_to(leaf: bytes, index: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf at this place and its siblings give."""
    for height, sibling in enumerate(path):
        right = index >> height & 1
        leaf = node_hash(sibling, leaf) if right else node_hash(leaf, sibling)
    return leaf


@final
class Places:
    """Which part's which block stands at which leaf."""

    def __init__(self, table: Table) -> None:
        self._firsts = list(accumulate((part.blocks for part in table.parts), initial=1))

    def first(self, part: int) -> int:
        """The leaf with the first block of a part."""
        return self._firsts[part]

    def of(self, leaf: int) -> tuple[int, int]:
        """Part and block.

        Raises:
            IndexError: The table, or padding.
        """
        part = bisect_right(self._firsts, leaf) - 1
        if not 0 <= part < len(self._firsts) - 1:
            raise IndexError(leaf)
        return part, leaf - self._firsts[part]
