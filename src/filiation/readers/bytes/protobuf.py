"""Protocol buffers, as far as reading needs them: fields in place, lengths checked, no copies.

Source: https://protobuf.dev/programming-guides/encoding/. Nothing is kept but offsets, so a message
of gigabytes costs no memory, and one that claims more than it holds is refused where it does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from filiation.errors import UnreadableError
from filiation.readers.bytes.mapped import Whole

__all__ = ["Field", "Message"]

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_VARINT_LIMIT = 10  # bytes


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its number, and its value or where its bytes are.

    Attributes:
        number: As the message's definition numbers it.
        value: Of a varint, unsigned; 0 for others.
        begin: First byte, counted from the start of the file.
        end: One past the last byte.
        scalar: Whether it is one number rather than bytes.
    """

    number: int
    value: int
    begin: int
    end: int
    scalar: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Bytes `begin` to `end` of a file, as a message. `what` opens each sentence."""

    whole: Whole
    begin: int
    end: int
    what: str

    def fields(self) -> Iterator[Field]:
        """Yield every field of a message in its order.

        Raises:
            UnreadableError: A field reaches beyond the message, or is of a kind not in use.
        """
        at = self.begin
        while at < self.end:
            tag, at = self.varint(at)
            number, kind = tag >> 3, tag & 7
            if number == 0 or number >= 1 << 29:
                raise UnreadableError(f"{self.what}: field number {number}, which cannot be")
            if kind == _VARINT:
                start = at
                value, at = self.varint(at)
                yield Field(number=number, value=value, begin=start, end=at, scalar=True)
                continue
            if kind == _BYTES:
                size, at = self.varint(at)
            elif kind in (_EIGHT, _FOUR):
                size = 8 if kind == _EIGHT else 4
            else:
                raise UnreadableError(f"{self.what}: field {number} has wire type {kind}, not used")
            if size > self.end - at:
                raise UnreadableError(
                    f"{self.what}: field {number} takes {size} bytes, only {self.end - at} follow; "
                    "the file is truncated or damaged"
                )
            yield Field(number=number, value=0, begin=at, end=at + size, scalar=kind != _BYTES)
            at += size

    def inner(self, field: Field) -> "Message":
        """The message that a field holds."""
        return Message(whole=self.whole, begin=field.begin, end=field.end, what=self.what)

    def text(self, field: Field, limit: int) -> str:
        """The text that a field holds, of at most `limit` bytes."""
        if field.scalar or field.end - field.begin > limit:
            raise UnreadableError(
                f"{self.what}: a text of {field.end - field.begin} bytes, expected at most {limit}"
            )
        return str(self.whole[field.begin : field.end], "utf-8", "surrogateescape")

    def varint(self, at: int) -> tuple[int, int]:
        """The number that begins at `at`, below 2^64, and where it ends."""
        value = 0
        for n in range(_VARINT_LIMIT):
            if at + n >= self.end:
                raise UnreadableError(f"{self.what}: a number is cut; the file is truncated")
            byte = self.whole[at + n]
            value |= (byte & 0x7F) << (7 * n)
            if byte < 0x80:
                return value & (1 << 64) - 1, at + n + 1
        raise UnreadableError(f"{self.what}: a number of more than 10 bytes; the file is damaged")

    def varints(self, field: Field, limit: int) -> list[int]:
        """The numbers of a field: one, or a packed list of at most `limit`."""
        if field.scalar:
            return [field.value]
        if field.end - field.begin > limit * _VARINT_LIMIT:
            raise UnreadableError(f"{self.what}: a list of more than {limit} numbers")
        inner, at, found = self.inner(field), field.begin, []
        while at < field.end:
            value, at = inner.varint(at)
            found.append(value)
        return found
