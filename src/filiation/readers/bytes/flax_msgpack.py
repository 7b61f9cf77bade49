"""Flax's msgpack files: arrays by path, mapped where they stand.

A tree of maps whose leaves are extensions of type 1: msgpack of (shape, dtype, bytes). An array of
more than 2^30 bytes stands in chunks. Source: https://github.com/google/flax (serialization.py)
and https://github.com/msgpack/msgpack/blob/master/spec.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.assembled import Piece, assembled
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import MappedFile, Source, StoredTensor, map_file
from filiation.readers.bytes.numpy_array import NUMPY_WORDS
from filiation.readers.bytes.opened import Opened
from filiation.readers.bytes.recognise import HEAD, recognise, something_else

__all__ = ["open_msgpack"]

NESTING_LIMIT: Final = 32
VALUES_LIMIT: Final = 2_000_000
NAME_LIMIT: Final = 1 << 10  # bytes of a key
CHUNKED: Final = "__msgpack_chunked_array__"
ARRAY: Final = 1  # the type of an extension that holds an array
SCALAR: Final = 3

# First byte to how many bytes of length follow.
_BYTES: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXTENSIONS: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_NUMBERS: Final = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_FLOATS: Final = {0xCA: 4, 0xCB: 8}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Bytes that are not copied; with `kind` an extension."""

    begin: int
    end: int
    kind: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Array:
    """An array: its dtype word, its shape, and where its bytes are."""

    word: str
    shape: tuple[int, ...]
    begin: int
    nbytes: int


def open_msgpack(path: Path) -> Opened:
    """Map a file; every array is named by its path, joined by dots.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or asks for more than a model needs.
    """
    mapped = map_file(path, expected="flax msgpack")
    head = bytes(mapped[:HEAD])
    if not (0x80 <= head[0] <= 0x8F or head[0] in (0xDE, 0xDF)):
        raise something_else(head, what=str(path), expected="flax msgpack")
    if head[:1] == b"\x80" and recognise(head) is not None:
        raise something_else(head, what=str(path), expected="flax msgpack")
    reader = _Reader(memoryview(mapped), str(path))
    tree = reader.value(NESTING_LIMIT)
    if reader.at != len(mapped):
        raise reader.refused(f"{len(mapped) - reader.at} bytes follow the tree, expected none")
    file = MappedFile(path=path, entries=(), mapped=mapped)
    found: dict[str, tuple[Source, StoredTensor]] = {}
    for name, leaf in _leaves(tree, ()):
        place = _placed(name, leaf, file, reader)
        if place is None:
            continue
        if name in found or not name.isprintable():
            raise reader.refused(f"the name {name!a:.80} stands twice, or cannot be printed")
        found[name] = place
    return Opened(path=path, places=found)


def _leaves(node: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """What stands in no map, and chunked arrays as a whole, by path."""
    if isinstance(node, dict) and CHUNKED not in node:
        for key, value in node.items():
            yield from _leaves(value, (*path, key))
    else:
        yield ".".join(path), node


def _placed(
    name: str, leaf: Any, file: MappedFile, reader: "_Reader"
) -> tuple[Source, StoredTensor] | None:
    if isinstance(leaf, _Run) and leaf.kind in (ARRAY, SCALAR):
        array = reader.array(leaf)
        info = TensorInfo(name=name, dtype=array.word, shape=array.shape, nbytes=array.nbytes)
        return file, StoredTensor(info=info, start=array.begin)
    if isinstance(leaf, dict):
        return _joined(name, leaf, file, reader)
    return None


def _joined(
    name: str, leaf: Mapping[str, Any], file: MappedFile, reader: "_Reader"
) -> tuple[Source, StoredTensor]:
    """An array in chunks, each of them a run of its values."""
    sizes, chunks = leaf.get("shape"), leaf.get("chunks")
    if not isinstance(sizes, dict) or not isinstance(chunks, dict) or not chunks:
        raise reader.refused(f"{name!a:.80} is an array in chunks without shape or chunks")
    shape = tuple(sizes.get(str(n)) for n in range(len(sizes)))
    parts = [chunks.get(str(n)) for n in range(len(chunks))]
    if not all(isinstance(n, int) and 0 <= n < 2**40 for n in shape) or not all(
        isinstance(part, _Run) and part.kind == ARRAY for part in parts
    ):
        raise reader.refused(f"the chunks or the shape of {name!a:.80} are no arrays, no numbers")
    arrays = [reader.array(part) for part in parts if isinstance(part, _Run)]
    word, axes = arrays[0].word, tuple(int(n) for n in shape if n is not None)
    size = stored_bits(word, 1) // 8
    total = prod(axes)
    if any(array.word != word for array in arrays) or total == 0:
        raise reader.refused(f"the chunks of {name!a:.80} differ in dtype, or are empty")
    pieces, top = [], 0
    for array in arrays:
        rows = array.nbytes // size
        pieces.append(Piece(source=file, start=array.begin, top=top, rows=rows, left=0, width=size))
        top += rows
    here = f"{reader.what}: tensor {name!a:.80}"
    source = assembled(file.path, pieces, rows=total, row_bytes=size, what=here)
    info = TensorInfo(name=name, dtype=word, shape=axes, nbytes=total * size)
    return source, StoredTensor(info=info, start=0)


@final
class _Reader:
    """Values one after another; what is long is not copied."""

    def __init__(self, whole: memoryview, what: str, at: int = 0) -> None:
        self._whole, self.what, self.at, self._seen = whole, what, at, 0

    def refused(self, why: str) -> UnreadableError:
        return UnreadableError(f"{self.what}: {why}; it is damaged, or no flax checkpoint")

    def value(self, depth: int) -> Any:
        """The next value: a dict, a list, a number, a text, or a run of bytes."""
        self._seen += 1
        if depth == 0 or self._seen > VALUES_LIMIT:
            raise self.refused("nested without end")
        first = self._number(1)
        if first <= 0x7F or first >= 0xE0:
            return first if first <= 0x7F else first - 256
        if first <= 0x8F or first in (0xDE, 0xDF):
            return self._map(first & 15 if first <= 0x8F else self._length(first, 0xDE), depth)
        if first <= 0x9F or first in (0xDC, 0xDD):
            count = first & 15 if first <= 0x9F else self._length(first, 0xDC)
            return [self.value(depth - 1) for _ in range(count)]
        return self._leaf(first)

    def array(self, run: _Run) -> _Array:
        """The array in an extension: (shape, dtype, bytes)."""
        inner = _Reader(self._whole[: run.end], self.what, run.begin)
        parts = inner.value(4)
        if inner.at != run.end or not isinstance(parts, list) or len(parts) != 3:
            raise self.refused("an array is not shape, dtype and bytes")
        shape, word, stored = parts[0], NUMPY_WORDS.get(str(parts[1])), parts[2]
        naturals = isinstance(shape, list) and all(isinstance(n, int) and n >= 0 for n in shape)
        if word is None or not naturals or len(shape) > 16 or not isinstance(stored, _Run):
            raise self.refused(f"an array of {parts[1]!a:.40} is not read")
        nbytes = stored.end - stored.begin
        if prod(shape) * stored_bits(word, 1) // 8 != nbytes:
            raise self.refused(f"an array of shape {shape} has {nbytes} bytes of {word}")
        return _Array(word=word, shape=tuple(shape), begin=stored.begin, nbytes=nbytes)

    def _map(self, count: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(count):
            key = self.value(1)
            if not isinstance(key, str) or key in found:
                raise self.refused(f"a map has the key {key!a:.80} twice, or it is no text")
            found[key] = self.value(depth - 1)
        return found

    def _leaf(self, first: int) -> Any:
        if first in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[first]
        if first in _NUMBERS:
            size = _NUMBERS[first]
            return self._number(size, signed=first >= 0xD0)
        if first in _FLOATS:
            self._skip(_FLOATS[first])
            return None
        if 0xA0 <= first <= 0xBF:
            return self._text(first & 31)
        if first in _BYTES:
            size = self._number(_BYTES[first])
            return self._text(size) if first >= 0xD9 else self._run(size)
        if first in _EXTENSIONS or first in _FIXED:
            size = _FIXED[first] if first in _FIXED else self._number(_EXTENSIONS[first])
            return self._run(size, kind=self._number(1))
        raise self.refused(f"byte {first:#04x} begins no value")

    def _length(self, first: int, short: int) -> int:
        return self._number(2 if first == short else 4)

    def _text(self, size: int) -> str | _Run:
        if size > NAME_LIMIT:
            return self._run(size)
        run = self._run(size)
        try:
            return str(self._whole[run.begin : run.end], "utf-8")
        except UnicodeDecodeError as error:
            raise self.refused("a text is not UTF-8") from error

    def _run(self, size: int, kind: int | None = None) -> _Run:
        begin = self.at
        self._skip(size)
        return _Run(begin=begin, end=self.at, kind=kind)

    def _number(self, size: int, *, signed: bool = False) -> int:
        begin = self.at
        self._skip(size)
        return int.from_bytes(self._whole[begin : self.at], "big", signed=signed)

    def _skip(self, size: int) -> None:
        if size > self._whole.nbytes - self.at:
            raise self.refused(f"{size} bytes are said to follow at {self.at}, the file ends there")
        self.at += size
