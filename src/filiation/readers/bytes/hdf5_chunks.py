"""Datasets of HDF5 that lie in chunks, each of them packed by itself.

Only what h5py offers for every file is undone: gzip, shuffle and Fletcher's sum, by our own bounded
code. Chunks are unpacked into one file without a name, where they lie in the dataset's order.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Final, final

import numpy as np

from filiation.readers.bytes.assembled import Assembled, Piece, assembled
from filiation.readers.bytes.hdf5_messages import Cursor
from filiation.readers.bytes.mapped import MappedFile
from filiation.readers.bytes.spooled import spooled

__all__ = ["Chunked", "put_together"]

CHUNK_LIMIT: Final = 1 << 28  # bytes of one chunk, which is held while it is unpacked
CHUNKS_LIMIT: Final = 1_000_000
GZIP, SHUFFLE, SUM = 1, 2, 3
_NAMES: Final = {4: "szip", 5: "nbit", 6: "scale-offset", 32000: "lzf"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chunked:
    """How a dataset is cut: its tree, the size of a chunk, and how each is packed.

    Attributes:
        tree: Address of the tree of chunks.
        shape: Of the dataset.
        chunk: Values of a chunk along each axis.
        size: Bytes of a value.
        filters: Numbers of the filters, in the order of packing.
    """

    tree: int
    shape: tuple[int, ...]
    chunk: tuple[int, ...]
    size: int
    filters: tuple[int, ...]

    @classmethod
    def read(
        cls, raw: Cursor, at: int, filtered: int | None, *, shape: tuple[int, ...], size: int,
        here: str,
    ) -> "Chunked":  # fmt: skip
        """What the messages of a dataset say.

        Raises:
            UnreadableError: They contradict each other, or it is packed in a way that is not read.
        """
        axes = raw.number(at + 2, 1) - 1
        chunk = tuple(raw.number(at + 11 + 4 * n, 4) for n in range(max(0, axes)))
        if axes != len(shape) or not all(chunk) or raw.number(at + 11 + 4 * axes, 4) != size:
            raise raw.refused(f"{here} has other axes than its chunks")
        filters = () if filtered is None else _filters(raw, filtered)
        unknown = [one for one in filters if one not in (GZIP, SHUFFLE, SUM)]
        reason = None
        if unknown:
            packed = _NAMES.get(unknown[0], f"filter {unknown[0]}")
            reason = f"packed by {packed}, which is not read; h5repack writes it with gzip"
        elif prod(chunk) * size > CHUNK_LIMIT:
            reason = f"in chunks of {prod(chunk) * size} bytes, more than {CHUNK_LIMIT}"
        elif any(n != m for n, m in zip(shape[2:], chunk[2:], strict=True)):
            reason = "cut along its third axis, which is not read"
        if reason is not None:
            raise raw.refused(f"{here} is {reason}")
        return cls(tree=raw.number(at + 3, 8), shape=shape, chunk=chunk, size=size, filters=filters)


def put_together(raw: Cursor, file: MappedFile, chunked: Chunked, here: str) -> Assembled:
    """The dataset as a whole.

    Args:
        raw: The HDF5 file.
        file: The file that it stands in, for errors.
        chunked: How it is cut.
        here: Opens the sentence if it does not fit.

    Raises:
        UnreadableError: A chunk is missing, or does not unpack to its size.
    """
    places = list(_leaves(raw, chunked, here))
    if len({address for address, *_ in places}) < len(places):
        raise raw.refused(f"{here}: two of its chunks are the same bytes")
    each = prod(chunked.chunk) * chunked.size
    unpacked = (_unpacked(raw, place, chunked, here) for place in places)
    source = file
    if places:
        mapped = spooled(unpacked, size=each * len(places), what=here)
        source = MappedFile(path=file.path, entries=(), mapped=mapped)
    shape = (*chunked.shape, 1, 1)[: max(2, len(chunked.shape))]
    row_bytes = prod(shape[1:]) * chunked.size
    pieces = [
        _piece(chunked, shape, offsets, source, n * each)
        for n, (_, _, _, offsets) in enumerate(places)
    ]
    what = f"{file.path}: {here}"
    return assembled(file.path, pieces, rows=shape[0], row_bytes=row_bytes, what=what)


def _piece(
    chunked: Chunked,
    shape: tuple[int, ...],
    offsets: tuple[int, ...],
    source: MappedFile,
    start: int,
) -> Piece:
    """The part of a chunk that is inside the dataset."""
    chunk, inner = chunked.chunk, prod(shape[2:]) * chunked.size
    wide, left = (chunk[1], offsets[1]) if len(chunk) > 1 else (1, 0)
    return Piece(
        source=source,
        start=start,
        top=offsets[0],
        rows=min(chunk[0], shape[0] - offsets[0]),
        left=left * inner,
        width=min(wide, shape[1] - left) * inner,
        step=wide * inner,
    )


def _filters(raw: Cursor, at: int) -> tuple[int, ...]:
    version, count = raw.number(at, 1), raw.number(at + 1, 1)
    place = at + (8 if version == 1 else 2)
    found = []
    for _ in range(min(count, 32)):
        number = raw.number(place, 2)
        named = version == 1 or number >= 256
        name = raw.number(place + 2, 2) if named else 0
        values = raw.number(place + (6 if named else 4), 2)
        place += (8 if named else 6) + (name + -name % 8 if version == 1 else name) + 4 * values
        place += 4 if version == 1 and values % 2 else 0
        found.append(number)
    return tuple(found)


def _leaves(
    raw: Cursor, chunked: Chunked, here: str
) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
    """Address, stored size, filters left out, and place of every chunk."""
    axes = len(chunked.shape)
    key = 8 + 8 * (axes + 1)
    waiting, seen = [chunked.tree], set[int]()
    if chunked.tree == 2**64 - 1:
        return
    while waiting:
        node = waiting.pop()
        if node in seen or len(seen) > CHUNKS_LIMIT:
            raise raw.refused(f"{here}: its tree of chunks runs in a circle")
        seen.add(node)
        raw.begins(node, b"TREE")
        level, count = raw.number(node + 5, 1), raw.number(node + 6, 2)
        if raw.number(node + 4, 1) != 1:
            raise raw.refused(f"{here}: its tree is none of chunks")
        for n in range(count):
            at = node + 24 + n * (key + 8)
            address = raw.number(at + key, 8)
            if level:
                waiting.append(address)
                continue
            offsets = tuple(raw.number(at + 8 + 8 * m, 8) for m in range(axes))
            outside = any(n >= m for n, m in zip(offsets, chunked.shape, strict=True))
            if outside or any(offsets[2:]):
                raise raw.refused(f"{here}: a chunk stands outside of the dataset")
            yield address, raw.number(at, 4), raw.number(at + 4, 4), offsets


def _unpacked(
    raw: Cursor, place: tuple[int, int, int, tuple[int, ...]], chunked: Chunked, here: str
) -> bytes:
    """The values of one chunk in order."""
    address, size, left_out, _ = place
    each = prod(chunked.chunk) * chunked.size
    found = bytes(raw.taken(address, min(size, CHUNK_LIMIT)))
    for n, one in reversed(list(enumerate(chunked.filters))):
        if left_out >> n & 1:
            continue
        if one == SUM:
            found = found[:-4]
        elif one == GZIP:
            try:
                found = zlib.decompressobj().decompress(found, each + 4)
            except zlib.error as error:
                raise raw.refused(f"{here}: a chunk cannot be unpacked ({error})") from error
        else:
            step = len(found) // chunked.size
            apart = np.frombuffer(found[: step * chunked.size], dtype=np.uint8)
            found = apart.reshape(chunked.size, step).T.tobytes()
    if len(found) != each:
        raise raw.refused(f"{here}: a chunk holds {len(found)} bytes, expected {each}")
    return found
