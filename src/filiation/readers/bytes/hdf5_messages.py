"""The parts of an HDF5 object's header: messages, shapes, types, links."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Final, final

from filiation.errors import UnreadableError

__all__ = ["Cursor", "Described", "dataspace", "datatype", "link", "messages"]

MESSAGES_LIMIT: Final = 20_000
AXES_LIMIT: Final = 16
VALUES_LIMIT: Final = 1 << 48
TYPE, CONTINUED = 0x03, 0x10
_FLOATS: Final = {2: "F16", 4: "F32", 8: "F64"}
_CLASSES: Final = {
    2: "times", 4: "bits", 5: "opaque values", 6: "records", 7: "references",
    8: "named numbers", 9: "lists", 10: "arrays",
}  # fmt: skip


@final
class Cursor:
    """Bytes that are only read within their bounds."""

    def __init__(self, whole: memoryview, what: str) -> None:
        self._whole, self._what = whole, what

    def refused(self, why: str) -> UnreadableError:
        return UnreadableError(f"{self._what}: {why}; the HDF5 file is damaged or not of Keras")

    def within(self, at: int, size: int) -> bool:
        return 0 <= at <= at + size <= self._whole.nbytes

    def taken(self, at: int, size: int) -> memoryview:
        if not self.within(at, size):
            raise self.refused(f"{size} bytes are said to stand at {at}, the file ends before")
        return self._whole[at : at + size]

    def number(self, at: int, size: int) -> int:
        return int.from_bytes(self.taken(at, size), "little")

    def begins(self, at: int, magic: bytes) -> None:
        if bytes(self.taken(at, len(magic))) != magic:
            raise self.refused(f"{magic.decode()} expected at {at}, it is something else")

    def text(self, raw: bytes) -> str:
        try:
            found = raw.decode()
        except UnicodeDecodeError as error:
            raise self.refused("a name is not UTF-8") from error
        if not found or not found.isprintable() or "/" in found or found in (".", ".."):
            raise self.refused(f"the name {found!a:.80} is none that can be printed")
        return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the values of a dataset are.

    Attributes:
        word: Their dtype; None if they are no numbers.
        words: What they are instead.
        opaque: Whether the file does not say what the bytes stand for.
        text: Whether they are texts.
        numbers: Whether they are numbers that are not read.
    """

    word: str | None
    words: str = ""
    opaque: bool = False
    text: bool = False
    numbers: bool = False


def messages(raw: Cursor, address: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of each message of an object's header.

    Raises:
        UnreadableError: There is no header, or it has no end.
    """
    newer = bytes(raw.taken(address, 4)) == b"OHDR"
    waiting, head = _runs(raw, address, newer=newer)
    seen = set[int]()
    count = 0
    while waiting:
        at, size = waiting.pop(0)
        raw.taken(at, size)
        if at in seen:
            raise raw.refused("an object's header runs in a circle")
        seen.add(at)
        end = at + size
        while at + head <= end:
            wide = 1 if newer else 2
            kind, length = raw.number(at, wide), raw.number(at + wide, 2)
            shared = raw.number(at + wide + 2, 1) & 2
            at += head
            count += 1
            if at + length > end or count > MESSAGES_LIMIT:
                raise raw.refused("a message of an object's header has no end")
            if kind == CONTINUED:
                begin, more = raw.number(at, 8), raw.number(at + 8, 8)
                waiting.append((begin + 4, more - 8) if newer and more >= 8 else (begin, more))
            elif shared and kind == TYPE:
                raise raw.refused("a dataset shares its type with others, which is not read")
            elif kind:
                yield kind, at, length
            at += length


def _runs(raw: Cursor, address: int, *, newer: bool) -> tuple[list[tuple[int, int]], int]:
    """Where an object's first messages stand, and how many bytes stand before each."""
    if newer:
        flags = raw.number(address + 5, 1)
        at = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        return [(at + width, raw.number(at, width))], 6 if flags & 4 else 4
    if raw.number(address, 1) != 1:
        raise raw.refused(f"no object at {address}")
    return [(address + 16, raw.number(address + 8, 4))], 8


def dataspace(raw: Cursor, at: int) -> tuple[int, ...]:
    """The shape that a message says."""
    version, axes = raw.number(at, 1), raw.number(at + 1, 1)
    if version not in (1, 2) or axes > AXES_LIMIT:
        raise raw.refused(f"a shape of {axes} axes, or of version {version}")
    first = at + (8 if version == 1 else 4)
    if version == 2 and raw.number(at + 3, 1) == 2:
        return (0,)
    shape = tuple(raw.number(first + 8 * n, 8) for n in range(axes))
    if prod(shape) > VALUES_LIMIT:
        raise raw.refused(f"a dataset claims the shape {list(shape)}")
    return shape


def datatype(raw: Cursor, at: int) -> Described:
    """What the values are, as a message says."""
    first, size = raw.number(at, 1), raw.number(at + 4, 4)
    kind, bits = first & 15, raw.number(at + 1, 3)
    if kind == 3 or (kind == 9 and bits & 15 == 1):
        return Described(word=None, text=True)
    if kind == 5:
        words = {1: "U8", 2: "U16", 4: "U32"}.get(size)
        return Described(word=words, words="opaque values", opaque=True)
    if kind not in (0, 1):
        return Described(word=None, words=_CLASSES.get(kind, f"class {kind}"))
    if bits & 1:
        return Described(word=None, words="big-endian numbers", numbers=True)
    if kind == 0:
        word = f"{'I' if bits & 8 else 'U'}{size * 8}" if size in (1, 2, 4, 8) else None
        return Described(word=word, words=f"integers of {size} bytes", numbers=True)
    exponent, mantissa = raw.number(at + 13, 1), raw.number(at + 15, 1)
    if (size, exponent, mantissa) == (2, 8, 7):
        return Described(word="BF16")
    usual = (size, exponent, mantissa) in ((2, 5, 10), (4, 8, 23), (8, 11, 52))
    words = f"floats of {size} bytes, unusual ones"
    return Described(word=_FLOATS.get(size) if usual else None, words=words, numbers=True)


def link(raw: Cursor, at: int) -> tuple[str, int]:
    """Name and address of a link.

    Raises:
        UnreadableError: It is soft or leads to another file.
    """
    flags = raw.number(at + 1, 1)
    place = at + 2
    if flags & 8:
        if raw.number(place, 1) != 0:
            raise raw.refused("a link leads elsewhere by name; it is refused")
        place += 1
    place += (8 if flags & 4 else 0) + (1 if flags & 0x10 else 0)
    width = 1 << (flags & 3)
    length = raw.number(place, width)
    name = raw.text(bytes(raw.taken(place + width, min(length, 4096))))
    return name, raw.number(place + width + length, 8)
