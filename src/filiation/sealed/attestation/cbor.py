"""CBOR (RFC 8949), as much of it as an attestation of AWS Nitro uses.

A reader of our own, and not `cbor2`: a general one makes objects of tags (dates, fractions, shared
references), takes a map that has a key twice, and bounds neither depth nor number. Here a document
has one meaning or none. Known are whole numbers, byte and text strings, arrays, maps, booleans and
null; arrays and maps may be of indefinite length.
"""

from typing import Final, TypeAlias, final

from filiation.errors import UnreadableError

__all__ = ["Value", "byte_string", "decode"]

# A key of a map is a number or a text.
Value: TypeAlias = bool | int | bytes | str | list["Value"] | dict["Value", "Value"] | None
DEEPEST: Final = 6
MOST: Final = 2000  # values in one document
BREAK: Final = 0xFF
SIMPLE: Final = {20: False, 21: True, 22: None}


def decode(raw: bytes, what: str) -> Value:
    """The one value of a document.

    Raises:
        UnreadableError: Not such a document, cut, or with bytes after its end.
    """
    reader = _Reader(raw, what)
    found = reader.value(0)
    if reader.at != len(raw):
        raise UnreadableError(f"{what}: {len(raw) - reader.at} bytes after the end of the document")
    return found


def byte_string(raw: bytes) -> bytes:
    """A byte string as it is encoded."""
    size = len(raw)
    for most, head in ((24, None), (1 << 8, 24), (1 << 16, 25), (1 << 32, 26)):
        if size < most:
            if head is None:
                return bytes([0x40 | size]) + raw
            return bytes([0x40 | head]) + size.to_bytes(1 << (head - 24), "big") + raw
    raise UnreadableError(f"{size} bytes are no part of an attestation")


@final
class _Reader:
    """Where it is in the bytes, and how many values it has read."""

    def __init__(self, raw: bytes, what: str) -> None:
        self.raw, self.what, self.at, self.count = raw, what, 0, 0

    def value(self, deep: int) -> Value:
        self.count += 1
        if deep > DEEPEST or self.count > MOST:
            raise UnreadableError(f"{self.what}: more than {MOST} values, or {DEEPEST} levels")
        first = self._take(1)[0]
        kind, low = first >> 5, first & 31
        if kind in (4, 5) and low == 31:
            return self._open(kind, deep)
        if kind == 7:
            if low not in SIMPLE:
                raise self._odd(first)
            return SIMPLE[low]
        size = self._number(first, low)
        match kind:
            case 0:
                return size
            case 1:
                return -1 - size
            case 2:
                return self._take(size)
            case 3:
                return self._text(size)
            case 4:
                return [self.value(deep + 1) for _ in range(self._bounded(size))]
            case 5:
                return self._map([self._pair(deep) for _ in range(self._bounded(size))])
        raise self._odd(first)

    def _open(self, kind: int, deep: int) -> Value:
        """An array or a map that ends at a break."""
        items: list[Value] = []
        pairs: list[tuple[Value, Value]] = []
        while self.raw[self.at : self.at + 1] != bytes([BREAK]):
            if kind == 4:
                items.append(self.value(deep + 1))
            else:
                pairs.append(self._pair(deep))
        self.at += 1
        return items if kind == 4 else self._map(pairs)

    def _pair(self, deep: int) -> tuple[Value, Value]:
        return self.value(deep + 1), self.value(deep + 1)

    def _map(self, pairs: list[tuple[Value, Value]]) -> dict[Value, Value]:
        found: dict[Value, Value] = {}
        for key, value in pairs:
            if not isinstance(key, int | str) or isinstance(key, bool) or key in found:
                raise UnreadableError(f"{self.what}: a map has a key twice, or one that is none")
            found[key] = value
        return found

    def _number(self, first: int, low: int) -> int:
        if low < 24:
            return low
        if low > 27:
            raise self._odd(first)
        return int.from_bytes(self._take(1 << (low - 24)), "big")

    def _bounded(self, count: int) -> int:
        if count > MOST:
            raise UnreadableError(f"{self.what}: {count} values in one place, expected {MOST}")
        return count

    def _text(self, size: int) -> str:
        try:
            return self._take(size).decode()
        except UnicodeDecodeError as error:
            raise UnreadableError(f"{self.what}: a text that is no UTF-8") from error

    def _take(self, size: int) -> bytes:
        found = self.raw[self.at : self.at + size]
        if len(found) != size:
            raise UnreadableError(
                f"{self.what}: ends too early; it was cut, or is no such document"
            )
        self.at += size
        return found

    def _odd(self, first: int) -> UnreadableError:
        return UnreadableError(f"{self.what}: a value of kind {first:#04x}, which none has")
