"""A set of texts as its maker binds itself to it: a tree of salted leaves, in a hidden order.

The elements stand in the order of HMAC-SHA-256 under the maker's nonce, so that the places of a
list tell nothing of what stands there. Leaf i is that of `sealed.tree` over `e` and the element,
with the salt of place i under the nonce; the rest is padding.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError, UnreadableError
from filiation.files import opened
from filiation.model.seal import Commitment, padded
from filiation.sealed.blind.points import MOST
from filiation.sealed.tree import leaf_hash, levels_of, path_of, rises_to, salt_of

__all__ = ["MAGIC", "Opening", "Texts", "elements_of", "opening_in"]

LONGEST: Final = 1 << 16  # bytes of an element
LARGEST: Final = 1 << 28  # of a file
MAGIC: Final = b"filiation elements 1\n"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A set in its hidden order, and the leaves of its tree."""

    elements: tuple[bytes, ...]
    nonce: bytes

    def commitment(self) -> Commitment:
        """What its maker joins with."""
        leaves = self._leaves()
        return Commitment(root=levels_of(leaves)[-1][0].hex(), leaves=len(leaves))

    def _leaves(self) -> list[bytes]:
        count = padded(len(self.elements))
        entries = [b"e" + one for one in self.elements]
        entries += [b"p"] * (count - len(entries))
        return [leaf_hash(salt_of(self.nonce, n), entry) for n, entry in enumerate(entries)]

    def opening(self, session: str, scalar: bytes, places: Sequence[int]) -> bytes:
        """The elements at some places, and what shows that they stand there; with the secret."""
        levels, out = levels_of(self._leaves()), bytearray(MAGIC + bytes.fromhex(session) + scalar)
        for place in places:
            element = self.elements[place]
            out += place.to_bytes(4, "big") + salt_of(self.nonce, place)
            out += b"".join(path_of(levels, place))
            out += len(element).to_bytes(4, "big") + element
        return bytes(out)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What an opening of a set shows."""

    scalar: bytes
    elements: dict[int, bytes]


def elements_of(path: Path, nonce: bytes) -> Texts:
    """Read a set: one text in each line, each counted once.

    Raises:
        UnreadableError: Too large, or empty.
    """
    with opened(path, follow=True) as file:
        raw = file.read(LARGEST + 1)
    lines = {line.rstrip(b"\r") for line in raw.split(b"\n")} - {b""}
    if len(raw) > LARGEST or len(lines) > MOST or max(map(len, lines), default=0) > LONGEST:
        raise UnreadableError(
            f"{path}: expected at most {MOST} lines of at most {LONGEST} bytes, {LARGEST} in all"
        )
    if not lines:
        raise UnreadableError(f"{path}: no line holds anything; expected one element in each")
    ordered = sorted(lines, key=lambda one: hmac.digest(nonce, b"order" + one, "sha256"))
    return Texts(elements=tuple(ordered), nonce=nonce)


def opening_in(raw: bytes, session: str, commitment: Commitment, what: str) -> Opening:
    """Check an opening of a set.

    Raises:
        CaseError: Cut, of another session, or an element that the root does not bind.
    """
    head = MAGIC + bytes.fromhex(session)
    if not raw.startswith(head) or len(raw) < len(head) + 32:
        raise CaseError(f"{what}: not an opening of a set in this session, or cut")
    scalar, at = raw[len(head) : len(head) + 32], len(head) + 32
    height, found = commitment.leaves.bit_length() - 1, dict[int, bytes]()
    while at < len(raw):
        place = int.from_bytes(raw[at : at + 4], "big")
        salt, at = raw[at + 4 : at + 36], at + 36
        path = [raw[at + 32 * n : at + 32 * n + 32] for n in range(height)]
        at += 32 * height
        size = int.from_bytes(raw[at : at + 4], "big")
        element, at = raw[at + 4 : at + 4 + size], at + 4 + size
        if at > len(raw) or size > LONGEST or place >= commitment.leaves or place in found:
            raise CaseError(f"{what}: an element that no opening has; altered, or cut")
        if rises_to(leaf_hash(salt, b"e" + element), place, path).hex() != commitment.root:
            raise CaseError(f"{what}: the element at {place} is not what was bound; altered")
        found[place] = element
    return Opening(scalar=scalar, elements=found)
