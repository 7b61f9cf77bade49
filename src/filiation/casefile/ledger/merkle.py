"""The history tree of RFC 6962: which entries does a head commit to, and did it only grow?

Leaves hash as SHA-256(0x00 || entry) and nodes as SHA-256(0x01 || left || right), so that no entry
can pass for a node. Proofs as in RFC 6962 sections 2.1.1 and 2.1.2, checked as in RFC 9162
sections 2.1.3.2 and 2.1.4.2. The tree of no entries has the hash of the empty string.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, final

__all__ = [
    "EMPTY",
    "Growing",
    "consistency_proof",
    "inclusion_proof",
    "is_consistent",
    "is_included",
    "leaf_hash",
    "node_hash",
    "roots_of",
    "tree_root",
]

EMPTY: Final = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@final
class Growing:
    """The root after each appended leaf, in O(log n): the roots of all perfect subtrees."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add the hash of an entry."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def grown(self, leaf: bytes) -> "Growing":
        """Another tree: this one and a leaf more."""
        other = Growing()
        other.size, other._peaks = self.size, [*self._peaks]
        other.append(leaf)
        return other

    @property
    def root(self) -> bytes:
        """Root of the tree as it stands."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes."""
    return Growing(leaves).root


def roots_of(leaves: Sequence[bytes]) -> list[str]:
    """Root (hex) of the tree at every size from 1."""
    tree, found = Growing(), []
    for leaf in leaves:
        tree.append(leaf)
        found.append(tree.root.hex())
    return found


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from leaf `index` up to the root."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*inclusion_proof(leaves[:cut], index), tree_root(leaves[cut:])]
    return [*inclusion_proof(leaves[cut:], index - cut), tree_root(leaves[:cut])]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Does the head (size, root) commit to `leaf` at `index`?"""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """Shows that the tree of the first `first` leaves is a beginning of the tree of all."""
    if not 0 < first <= len(leaves):
        raise IndexError(f"tree of {first} before a tree of {len(leaves)}")
    return _subproof(leaves, first, whole=True)


def is_consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Is the second head a continuation of the first?"""
    if first == second:
        return first_root == second_root and not proof
    if first == 0:
        return first_root == EMPTY and not proof
    if not 0 < first < second:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _subproof(leaves: Sequence[bytes], first: int, *, whole: bool) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [tree_root(leaves)]
    cut = _split(len(leaves))
    if first <= cut:
        return [*_subproof(leaves[:cut], first, whole=whole), tree_root(leaves[cut:])]
    return [*_subproof(leaves[cut:], first - cut, whole=False), tree_root(leaves[:cut])]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
