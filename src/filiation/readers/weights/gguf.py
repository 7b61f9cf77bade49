"""The GGUF format: metadata, the directory of tensors, and mapped bytes.

Layout: `GGUF`, version, number of tensors, number of metadata entries; the entries; the directory;
then, aligned, the tensors. Lengths come before what they count, so each is checked against the
bytes that are left before anything is read or kept. Source:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any, Final, TypeAlias, final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import block_values, stored_bits
from filiation.readers.bytes.mapped import MappedFile, StoredTensor, Whole, map_file, whole_of
from filiation.readers.bytes.recognise import HEAD, something_else

__all__ = ["GgufFile", "open_gguf", "parse_gguf", "parse_metadata"]

Metadata: TypeAlias = Mapping[str, Any]

VERSIONS: Final = (2, 3)
TENSORS_LIMIT: Final = 1_000_000
ENTRIES_LIMIT: Final = 100_000
ITEMS_LIMIT: Final = 4_000_000  # items of one metadata list; the largest vocabularies have 300,000
TEXT_LIMIT: Final = 1 << 24  # bytes of one text
NAME_LIMIT: Final = 1024  # bytes of a tensor's name; the format allows 64
AXES_LIMIT: Final = 8  # the format has 4
ALIGNMENT_LIMIT: Final = 1 << 20

_NUMBERS: Final = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_TEXT, _LIST = 8, 9
_TYPES: Final = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1",
    10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS",
    17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
    23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 30: "BF16",
    34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GgufFile:
    """One file: its metadata and its tensors, mapped."""

    metadata: Metadata
    file: MappedFile


def open_gguf(path: Path) -> GgufFile:
    """Map `path` and read its metadata and directory.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or contradicts itself.
    """
    mapped = map_file(path, expected="gguf")
    metadata, entries = parse_gguf(whole_of(mapped), what=str(path))
    return GgufFile(metadata=metadata, file=MappedFile(path=path, entries=entries, mapped=mapped))


def parse_gguf(whole: Whole, *, what: str) -> tuple[Metadata, tuple[StoredTensor, ...]]:
    """Check everything the head says against the file.

    Args:
        whole: The file.
        what: Opens each sentence, usually the path.
    """
    head, tensors, metadata = _metadata(whole, what)
    found = [head.tensor() for _ in range(tensors)]
    return metadata, _placed(found, head, _alignment(metadata, what), what)


def parse_metadata(whole: Whole, *, what: str) -> Metadata:
    """What the head says before it lists tensors, checked as `parse_gguf` checks it."""
    return _metadata(whole, what)[2]


def _metadata(whole: Whole, what: str) -> tuple["_Head", int, dict[str, Any]]:
    """The head after its metadata, the number of tensors it announces, and the metadata."""
    head = _Head(whole=whole, what=what)
    if bytes(whole[:4]) != b"GGUF":
        raise something_else(bytes(whole[:HEAD]), what=what, expected="GGUF")
    head.at = 4
    version = head.number("I")
    if version not in VERSIONS:
        swapped = int.from_bytes(version.to_bytes(4, "little"), "big") in VERSIONS
        kind = "it was written big-endian" if swapped else "that version is not read"
        raise UnreadableError(f"{what}: GGUF version {version}, expected 2 or 3; {kind}")
    tensors = head.count("Q", "tensors", TENSORS_LIMIT, least=24)
    entries = head.count("Q", "metadata entries", ENTRIES_LIMIT, least=13)
    metadata: dict[str, Any] = {}
    for _ in range(entries):
        key = head.text("a metadata key")
        if key in metadata:
            raise UnreadableError(f"{what}: metadata {key!a} stands twice, expected once")
        metadata[key] = head.value(head.number("I"), key)
    return head, tensors, metadata


@final
@dataclass(slots=True, kw_only=True)
class _Head:
    """A position in the file's head; never beyond its end."""

    whole: Whole
    what: str
    at: int = 0
    names: set[str] = field(default_factory=set)

    def take(self, size: int, what: str) -> memoryview:
        if size > self.whole.nbytes - self.at:
            raise UnreadableError(
                f"{self.what}: {what} takes {size} bytes, only {self.whole.nbytes - self.at} "
                "follow; the file is truncated or damaged"
            )
        self.at += size
        return self.whole[self.at - size : self.at]

    def number(self, code: str) -> Any:
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code), "a number"))[0]

    def count(self, code: str, what: str, limit: int, *, least: int) -> int:
        """A number of things, each of which takes at least `least` bytes of what follows."""
        found: int = self.number(code)
        room = (self.whole.nbytes - self.at) // least
        if found > min(limit, room):
            raise UnreadableError(
                f"{self.what}: claims {found} {what}, expected at most {min(limit, room)} in a "
                "file of this size; it is damaged or made to exhaust memory"
            )
        return found

    def text(self, what: str, limit: int = TEXT_LIMIT) -> str:
        return str(self.raw_text(what, limit), "utf-8", "surrogateescape")

    def raw_text(self, what: str, limit: int = TEXT_LIMIT) -> bytes:
        size = self.count("Q", f"bytes in {what}", limit, least=1)
        return bytes(self.take(size, what))

    def value(self, kind: int, key: str) -> Any:
        """One metadata value; lists hold numbers or texts, texts of lists stay bytes."""
        if kind in _NUMBERS:
            return self.number(_NUMBERS[kind])
        if kind == _TEXT:
            return self.text(f"metadata {key!a}")
        if kind != _LIST:
            raise UnreadableError(f"{self.what}: metadata {key!a} has type {kind}, unknown")
        inner = self.number("I")
        if inner == _TEXT:
            count = self.count("Q", f"texts in {key!a}", ITEMS_LIMIT, least=8)
            return [self.raw_text(f"metadata {key!a}") for _ in range(count)]
        if inner not in _NUMBERS:
            raise UnreadableError(
                f"{self.what}: metadata {key!a} is a list of type {inner}, expected numbers or "
                "texts; no tool writes this"
            )
        size = struct.calcsize("<" + _NUMBERS[inner])
        count = self.count("Q", f"numbers in {key!a}", ITEMS_LIMIT, least=size)
        return list(struct.unpack(f"<{count}{_NUMBERS[inner]}", self.take(count * size, key)))

    def tensor(self) -> tuple[TensorInfo, int]:
        """One entry of the directory and where it says its bytes begin."""
        name = self.text("a tensor name", NAME_LIMIT)
        if not name.isprintable() or name in self.names:
            kind = "stands twice" if name in self.names else "cannot be printed"
            raise UnreadableError(f"{self.what}: the tensor name {name!a} {kind}")
        self.names.add(name)
        here = f"{self.what}: tensor {name!r}"
        axes = self.count("I", "axes", AXES_LIMIT, least=8)
        shape = tuple(self.number("Q") for _ in range(axes))[::-1]  # innermost first in the file
        kind, offset = self.number("I"), self.number("Q")
        word = _TYPES.get(kind)
        if word is None:
            raise UnreadableError(f"{here}: type {kind} is not known; size unknown")
        if shape and shape[-1] % block_values(word):
            raise UnreadableError(
                f"{here}: rows of {shape[-1]} values, expected a multiple of "
                f"{block_values(word)} for {word}; the header contradicts itself"
            )
        if not shape and block_values(word) > 1:
            raise UnreadableError(f"{here}: {word} without axes; the header contradicts itself")
        nbytes = stored_bits(word, prod(shape)) // 8
        return TensorInfo(name=name, dtype=word, shape=shape, nbytes=nbytes), offset


def _alignment(metadata: Metadata, what: str) -> int:
    found = metadata.get("general.alignment", 32)
    if type(found) is not int or not 8 <= found <= ALIGNMENT_LIMIT or found % 8:
        raise UnreadableError(
            f"{what}: general.alignment is {found!a:.40}, expected a multiple of 8"
        )
    return found


def _placed(
    found: list[tuple[TensorInfo, int]], head: _Head, alignment: int, what: str
) -> tuple[StoredTensor, ...]:
    """Every tensor inside the file, none over another."""
    begin = -(-head.at // alignment) * alignment
    room = head.whole.nbytes - begin
    entries, reached, last = [], 0, ""
    for info, offset in sorted(found, key=lambda pair: (pair[1], pair[1] + pair[0].nbytes)):
        if offset % alignment:
            raise UnreadableError(
                f"{what}: tensor {info.name!r} begins at {offset}, expected a multiple of "
                f"{alignment}; the header contradicts itself"
            )
        if offset < reached:
            raise UnreadableError(
                f"{what}: tensors {last!r} and {info.name!r} overlap; the same bytes cannot be both"
            )
        reached, last = offset + info.nbytes, info.name
        if reached > room:
            raise UnreadableError(
                f"{what}: tensor {info.name!r} ends at {reached} of {max(0, room)} bytes; the "
                "file is truncated or damaged"
            )
        entries.append(StoredTensor(info=info, start=begin + offset))
    return tuple(entries)
