"""HDF5 files as Keras and TensorFlow write them, read without the C library and mapped.

Groups are walked from the root; each dataset that lies whole is mapped where it stands, one in
chunks is put together, after unpacking. Soft and external links, data in other files and what a
newer library writes in other ways are refused by name. Source: the HDF5 File Format Specification
3.0 (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html).
"""

import mmap
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Final, final

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.hdf5_chunks import Chunked, put_together
from filiation.readers.bytes.hdf5_messages import (
    Cursor,
    Described,
    dataspace,
    datatype,
    link,
    messages,
)
from filiation.readers.bytes.mapped import HeldBytes, MappedFile, Source, StoredTensor, map_file
from filiation.readers.bytes.opened import Opened
from filiation.readers.bytes.recognise import HEAD, something_else

__all__ = ["MAGIC", "hdf5_tensors", "open_hdf5"]

MAGIC: Final = b"\x89HDF\r\n\x1a\n"
OBJECTS_LIMIT: Final = 500_000
NESTING_LIMIT: Final = 32
NODES_LIMIT: Final = 100_000  # of a tree of names

SPACE, INFO, TYPE, LINK, EXTERNAL, LAYOUT, FILTERS, ATTRIBUTE, TABLE = (
    0x01, 0x02, 0x03, 0x06, 0x07, 0x08, 0x0B, 0x0C, 0x11,
)  # fmt: skip


def open_hdf5(path: Path) -> Opened:
    """Map a file and find its datasets.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or reaches elsewhere.
    """
    mapped = map_file(path, expected="an HDF5 file")
    if mapped[:8] != MAGIC:
        raise something_else(mapped[:HEAD], what=str(path), expected="an HDF5 file")
    return hdf5_tensors(path, mapped, 0, len(mapped))


def hdf5_tensors(path: Path, mapped: mmap.mmap, begin: int, end: int) -> Opened:
    """The datasets of a file that stands at `begin` to `end` of a mapped one, by path.

    Raises:
        UnreadableError: It is damaged, or reaches elsewhere.
    """
    file = MappedFile(path=path, entries=(), mapped=mapped)
    walk = _Walk(file, Cursor(memoryview(mapped)[begin:end], str(path)), begin)
    places: dict[str, tuple[Source, StoredTensor]] = {}
    reasons: dict[str, str] = {}
    aside: dict[str, str] = {}
    seen: dict[int, str] = {}
    for name, address in walk.objects(seen, aside):
        found = walk.dataset(name, address)
        if isinstance(found, str):
            aside[name] = found
        elif found is not None:
            places[name] = found[0], found[1]
            if found[2] is not None:
                reasons[name] = found[2]
    return Opened(path=path, places=places, unexamined=reasons, aside=aside)


@final
class _Walk:
    """Objects from the root on, each once."""

    def __init__(self, file: MappedFile, raw: Cursor, base: int) -> None:
        self.file, self.raw, self.base = file, raw, base
        self._headers: dict[int, list[tuple[int, int, int]]] = {}

    def objects(self, seen: dict[int, str], aside: dict[str, str]) -> Iterator[tuple[str, int]]:
        """Path and address of every object; a further name of one is put `aside`."""
        waiting: list[tuple[tuple[str, ...], int]] = [((), self._root())]
        while waiting:
            path, address = waiting.pop()
            name = "/".join(path)
            if address in seen:
                aside[name] = f"another name of {seen[address]}"
                continue
            seen[address] = name
            if len(path) > NESTING_LIMIT or len(seen) > OBJECTS_LIMIT:
                raise self.raw.refused("nested without end")
            yield name, address
            inner = [((*path, part), to) for part, to in self._children(address)]
            waiting.extend(reversed(inner))

    def dataset(
        self, name: str, address: int
    ) -> tuple[Source, StoredTensor, str | None] | str | None:
        """Where a dataset's values are, and why they are no weights; what it is if no numbers.

        None of a group, and of texts.

        Raises:
            UnreadableError: It is damaged, or its numbers are stored in a way that is not read.
        """
        found = {kind: at for kind, at, _ in self._messages(address)}
        if LAYOUT not in found or SPACE not in found or TYPE not in found:
            return None
        here = f"dataset {name!a:.80}"
        if EXTERNAL in found:
            raise self.raw.refused(f"{here} is placed in another file")
        kind = datatype(self.raw, found[TYPE])
        if kind.word is None:
            if kind.numbers:
                raise self.raw.refused(f"{here} holds {kind.words}, which are not read")
            return None if kind.text else f"a dataset of {kind.words}, no tensor"
        shape = dataspace(self.raw, found[SPACE])
        size = stored_bits(kind.word, 1) // 8
        word = self._renamed(address, kind) or kind.word
        info = TensorInfo(name=name, dtype=word, shape=shape, nbytes=prod(shape) * size)
        source, start = self._data(here, info, found, size)
        return (
            source,
            StoredTensor(info=info, start=start),
            ("opaque values that nothing explains" if kind.opaque and word == kind.word else None),
        )

    def _data(
        self, here: str, info: TensorInfo, found: Mapping[int, int], size: int
    ) -> tuple[Source, int]:
        raw, at = self.raw, found[LAYOUT]
        version, form = raw.number(at, 1), raw.number(at + 1, 1)
        if form > 2 or (version != 3 and not (version == 4 and form < 2)):
            raise raw.refused(f"{here} has a layout of version {version}, which is not read")
        if info.nbytes == 0:
            return HeldBytes(path=self.file.path, held=b""), 0
        if form == 0:
            held = raw.taken(at + 4, raw.number(at + 2, 2))
            if held.nbytes < info.nbytes:
                raise raw.refused(f"{here} has {held.nbytes} bytes, expected {info.nbytes}")
            return HeldBytes(path=self.file.path, held=bytes(held[: info.nbytes])), 0
        if form == 1:
            begin, length = raw.number(at + 2, 8), raw.number(at + 10, 8)
            if length < info.nbytes or not raw.within(begin, info.nbytes):
                raise raw.refused(f"{here} has {length} bytes at {begin}, expected {info.nbytes}")
            return self.file, self.base + begin
        chunked = Chunked.read(raw, at, found.get(FILTERS), shape=info.shape, size=size, here=here)
        return put_together(raw, self.file, chunked, here), 0

    def _renamed(self, address: int, kind: Described) -> str | None:
        """BF16 of opaque values with an attribute `dtype`: Keras has no other use for either."""
        if not kind.opaque:
            return None
        for message, at, size in self._messages(address):
            held = bytes(self.raw.taken(at, size)) if message == ATTRIBUTE else b""
            if kind.word == "U16" and b"dtype\0" in held[:32]:
                return "BF16"
        return None

    def _root(self) -> int:
        raw = self.raw
        version = raw.number(8, 1)
        if version in (0, 1):
            sizes, root = (
                (raw.number(13, 1), raw.number(14, 1)),
                raw.number(64 if version == 0 else 68, 8),
            )
        elif version in (2, 3):
            sizes, root = (raw.number(9, 1), raw.number(10, 1)), raw.number(36, 8)
        else:
            raise raw.refused(f"version {version} of the superblock is not known")
        if sizes != (8, 8):
            raise raw.refused(f"offsets and lengths of {sizes} bytes, expected 8")
        return root

    def _messages(self, address: int) -> list[tuple[int, int, int]]:
        if address not in self._headers:
            if len(self._headers) > 64:
                self._headers.clear()
            self._headers[address] = list(messages(self.raw, address))
        return self._headers[address]

    def _children(self, address: int) -> Iterator[tuple[str, int]]:
        """Name and address of what a group holds."""
        for kind, at, _ in self._messages(address):
            if kind == TABLE:
                yield from self._table(self.raw.number(at, 8), self.raw.number(at + 8, 8))
            elif kind == LINK:
                yield link(self.raw, at)
            elif kind == INFO and self.raw.number(at + 2 + self._tracked(at), 8) != 2**64 - 1:
                raise self.raw.refused(
                    "a group keeps its names in a dense index, which is not read"
                )

    def _tracked(self, at: int) -> int:
        return 8 if self.raw.number(at + 1, 1) & 1 else 0

    def _table(self, tree: int, heap: int) -> Iterator[tuple[str, int]]:
        """The names of a group, from its tree and its heap."""
        raw = self.raw
        raw.begins(heap, b"HEAP")
        names = raw.taken(raw.number(heap + 24, 8), raw.number(heap + 8, 8))
        waiting, seen = [tree], set[int]()
        while waiting:
            node = waiting.pop()
            if node in seen or len(seen) > NODES_LIMIT:
                raise raw.refused("a tree of names runs in a circle")
            seen.add(node)
            if bytes(raw.taken(node, 4)) == b"SNOD":
                yield from self._entries(node, names)
                continue
            raw.begins(node, b"TREE")
            if raw.number(node + 4, 1) != 0:
                raise raw.refused("a group's tree is none of names")
            count = raw.number(node + 6, 2)
            waiting.extend(raw.number(node + 32 + 16 * n, 8) for n in reversed(range(count)))

    def _entries(self, node: int, names: memoryview) -> Iterator[tuple[str, int]]:
        raw = self.raw
        for n in range(raw.number(node + 6, 2)):
            at = node + 8 + 40 * n
            offset, address = raw.number(at, 8), raw.number(at + 8, 8)
            if raw.number(at + 16, 4) == 2:
                raise raw.refused("a link leads elsewhere by name; it is refused")
            text, _, rest = bytes(names[offset : offset + 1024]).partition(b"\0")
            if not text or (not rest and offset + len(text) >= names.nbytes):
                raise raw.refused("a name has no end")
            yield raw.text(text), address
