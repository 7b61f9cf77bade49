"""Openings: chosen blocks with what shows that a seal bound them.

A file of openings is `filiation opening 1` and a line end, the commitment (its length in four
bytes, then canonical JSON), then for each leaf: its index (four bytes), its salt (32), the siblings
up to the root (32 each, as many as the tree is high), the length of its entry (eight bytes) and the
entry. All numbers are big-endian. Leaf 0, the table, comes first; then blocks by increasing index.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias, final

from filiation.errors import CaseError, UnreadableError
from filiation.files import opened
from filiation.model.seal import BLOCK, Commitment, Opened, Table
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.bytes.safetensors import parse_head
from filiation.sealed.files import commitment_bytes
from filiation.sealed.tree import (
    Places,
    block_head,
    leaf_hash,
    rises_to,
    table_from,
)

__all__ = ["MAGIC", "Leaf", "Sink", "check_opening", "write_opening"]

MAGIC: Final = b"filiation opening 1\n"
TABLE: Final = 256 << 20  # bytes
HEAD: Final = 13  # bytes before those of a block

Leaf: TypeAlias = tuple[int, bytes, list[bytes], bytes]  # index, salt, siblings, entry
Sink: TypeAlias = Callable[[Table, int, int, bytes], None]


def write_opening(file: BinaryIO, commitment: Commitment, leaves: Iterable[Leaf]) -> None:
    """Write an opening: the table's leaf first."""
    raw = commitment_bytes(commitment)
    file.write(MAGIC + len(raw).to_bytes(4, "big") + raw)
    for index, salt, path, entry in leaves:
        file.write(index.to_bytes(4, "big") + salt + b"".join(path))
        file.write(len(entry).to_bytes(8, "big") + entry)


def check_opening(path: Path, commitment: Commitment, sink: Sink) -> Opened:
    """Check an opening against a commitment, block by block, in little memory.

    Args:
        path: The file.
        commitment: What was published, as the verifier has it.
        sink: Given (table, part, block, bytes) of each block, once it is known to be bound.

    Raises:
        UnreadableError: Not an opening, or cut.
        CaseError: Of another seal, or a block that the seal does not bind.
    """
    what = str(path)
    with opened(path, follow=True) as file:
        leaves = _leaves(file, commitment, what)
        index, entry = next(leaves, (-1, b""))
        if index != 0 or entry[:1] != b"t":
            raise CaseError(f"{what}: the table of the seal is not opened; nothing can be checked")
        table = table_from(parse_object(entry[1:], what=what), what)
        if table.blocks >= commitment.leaves:
            raise CaseError(f"{what}: a table of more blocks than the seal has leaves")
        places, shown, nbytes, heads = Places(table), list[int](), 0, _Heads(table)
        for index, entry in leaves:
            number, block = _placed(table, places, index, entry, what)
            shown.append(index)
            nbytes += len(entry) - HEAD
            heads.take(number, entry[HEAD:])
            sink(table, number, block, entry[HEAD:])
    heads.check(what)
    return Opened(
        commitment=commitment,
        table=table,
        blocks=tuple(shown),
        nbytes=nbytes,
        whole=_whole(table, shown),
    )


def _leaves(file: BinaryIO, commitment: Commitment, what: str) -> Iterator[tuple[int, bytes]]:
    """Index and entry of each leaf that the root binds."""
    raw = commitment_bytes(commitment)
    if file.read(len(MAGIC)) != MAGIC:
        raise UnreadableError(f"{what}: not an opening as `filiation unseal` writes it")
    length = int.from_bytes(_exactly(file, 4, what), "big")
    if length != len(raw) or _exactly(file, length, what) != raw:
        raise CaseError(f"{what}: an opening of another seal than {commitment.root[:12]}..")
    height, last = commitment.leaves.bit_length() - 1, -1
    while head := file.read(4):
        index = int.from_bytes(head + _exactly(file, 4 - len(head), what), "big")
        salt = _exactly(file, 32, what)
        siblings = [_exactly(file, 32, what) for _ in range(height)]
        size = int.from_bytes(_exactly(file, 8, what), "big")
        if size > (BLOCK + HEAD if index else TABLE):
            raise CaseError(f"{what}: leaf {index} claims {size} bytes; no seal has such a leaf")
        entry = _exactly(file, size, what)
        if not last < index < commitment.leaves:
            raise CaseError(f"{what}: leaf {index} after leaf {last}: twice, or out of order")
        last = index
        if rises_to(leaf_hash(salt, entry), index, siblings).hex() != commitment.root:
            raise CaseError(f"{what}: leaf {index} is not what was sealed; it was altered")
        yield index, entry


def _placed(table: Table, places: Places, index: int, entry: bytes, what: str) -> tuple[int, int]:
    """Part and block of a leaf, which must say the same of itself as its place does."""
    try:
        number, block = places.of(index)
    except IndexError:
        raise CaseError(f"{what}: leaf {index} is padding by the table; it opens nothing") from None
    part = table.parts[number]
    size = min(BLOCK, part.nbytes - block * BLOCK)
    if entry[:HEAD] != block_head(number, block * BLOCK) or len(entry) != HEAD + size:
        raise CaseError(
            f"{what}: leaf {index} is not block {block} of {part.name}, as the table says; the "
            "seal contradicts itself, and its maker could not open it otherwise"
        )
    return number, block


@final
class _Heads:
    """Headers of files of tensors as they are opened, to be held against the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._raw: dict[int, bytearray] = {
            n: bytearray() for n, part in enumerate(table.parts) if part.what == "header"
        }

    def take(self, number: int, raw: bytes) -> None:
        if number in self._raw:
            self._raw[number] += raw

    def check(self, what: str) -> None:
        """Of each header that was opened whole: does the table say the same of its tensors?"""
        for number, raw in self._raw.items():
            head = self._table.parts[number]
            if not raw or len(raw) != head.nbytes:
                continue
            told = [p for p in self._table.parts if p.file == head.file and p.what == "tensor"]
            size = head.nbytes + sum(part.nbytes for part in told)
            try:
                found = parse_head(bytes(raw), size, what=f"{what}: {head.file}")
            except UnreadableError as error:
                raise CaseError(f"{error}; the table calls it a header of tensors") from error
            said = [(e.info.name, e.info.dtype, e.info.shape, e.info.nbytes) for e in found]
            if said != [(part.tensor, part.dtype, part.shape, part.nbytes) for part in told]:
                raise CaseError(
                    f"{what}: the table says other names, types or shapes of the tensors of "
                    f"{head.file} than its header; the seal contradicts itself"
                )


def _exactly(file: BinaryIO, count: int, what: str) -> bytes:
    raw = file.read(count)
    if len(raw) != count:
        raise UnreadableError(f"{what}: ends {count - len(raw)} bytes too early; it was cut")
    return raw


def _whole(table: Table, shown: list[int]) -> tuple[int, ...]:
    """Parts of which every block was shown."""
    places, there = Places(table), set(shown)
    return tuple(
        number
        for number, part in enumerate(table.parts)
        if there.issuperset(range(places.first(number), places.first(number) + part.blocks))
    )
