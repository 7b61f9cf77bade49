"""Rows of a log in JSON: one on each line, one after another, or the elements of one array."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, Never, TypeAlias, final

from filiation.readers.logs.streams import LARGEST_ROW

__all__ = ["Parsed", "Values", "parse_row", "split_row"]

Parsed: TypeAlias = dict[str, Any] | str
"""A row, or why it is none."""

TOO_LONG: Final = "longer than a row may be"
NOT_UTF8: Final = "not UTF-8"
NOT_JSON: Final = "not JSON"
TOO_DEEP: Final = "nested too deeply"
TWICE: Final = "a key twice"
NO_OBJECT: Final = "no object"
BETWEEN: Final = b" \t\r\n,[]"
STRUCTURE: Final = re.compile(rb'["{}\[\]]')
STRING_END: Final = re.compile(rb'["\\]')


class _TwiceError(ValueError):
    """A key stands twice in an object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found


def _no_number(word: str) -> Never:
    raise ValueError(word)


_decode: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number).decode


def parse_row(raw: bytes | None) -> Parsed:
    """One row, or why it is none."""
    if raw is None:
        return TOO_LONG
    try:
        found = _decode(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return NOT_UTF8
    except _TwiceError:
        return TWICE
    except ValueError:
        return NOT_JSON
    except RecursionError:
        return TOO_DEEP
    return found if isinstance(found, dict) else NO_OBJECT


def split_row(raw: bytes | None) -> Iterator[Parsed]:
    """The rows on one line: one, several that follow each other without an end of line, or none."""
    parsed = parse_row(raw)
    if parsed != NOT_JSON or raw is None or b"}{" not in raw.replace(b" ", b""):
        yield parsed
        return
    values = Values()
    found = [parse_row(one) for one in [*values.feed(raw), *values.end()]]
    whole = len(found) > 1 and all(isinstance(one, dict) for one in found)
    yield from found if whole else [parsed]


@final
class Values:
    """Cuts a stream into the objects that follow each other in it, or stand in its one array."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._begun = 0  # where the object that is being read begins
        self._looked = 0  # how far what is held was looked through
        self._depth = 0  # of that object; 0 between objects
        self._string = self._dropped = self._other = False

    def feed(self, block: bytes) -> Iterator[bytes | None]:
        """What is whole by now; None for an object that is longer than a row may be."""
        self._held += block
        while self._depth or self._find_beginning():
            if not self._depth and self._other:
                self._other = False
                yield b"?"  # something that is no object stood before it
            if not self._find_end():
                break
            whole = self._looked - self._begun <= LARGEST_ROW and not self._dropped
            yield bytes(self._held[self._begun : self._looked]) if whole else None
            self._begun, self._dropped = self._looked, False
        if self._looked - self._begun > LARGEST_ROW:
            self._begun, self._dropped = self._looked, True
        del self._held[: self._begun]
        self._looked -= self._begun
        self._begun = 0

    def end(self) -> Iterator[bytes | None]:
        """What is left at the end of the stream."""
        if self._depth:
            yield None if self._dropped else bytes(self._held)
        elif self._other:
            yield b"?"

    def _find_beginning(self) -> bool:
        """Come to the beginning of the next object; what is none of them is passed over."""
        place = self._held.find(b"{", self._begun)
        end = len(self._held) if place < 0 else place
        self._other |= bool(self._held[self._begun : end].strip(BETWEEN))
        self._begun = self._looked = end
        return place >= 0

    def _find_end(self) -> bool:
        held = self._held
        while True:
            found = (STRING_END if self._string else STRUCTURE).search(held, self._looked)
            if found is None:
                self._looked = len(held)
                return False
            mark, self._looked = found[0], found.end()
            if self._string and mark == b"\\":
                if self._looked >= len(held):  # what is escaped has not come yet
                    self._looked -= 1
                    return False
                self._looked += 1
            elif mark == b'"':
                self._string = not self._string
            elif mark in b"{[":
                self._depth += 1
            else:
                self._depth -= 1
                if not self._depth:
                    return True
