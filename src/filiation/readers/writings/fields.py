"""Where does the header of a mail end, which fields does it hold (RFC 5322)? One answer for all.

What is shown and what a signature is checked against come from here alone. Where mail programs
would take a header apart differently, the mail has a *fault*, and no signature of it verifies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Final, final

from filiation.readers.writings.alphabets import text_of

__all__ = ["Field", "Mail", "described", "split_mail"]

LONGEST_HEADER: Final = 1 << 20  # bytes of all header fields together
LONGEST_FIELD: Final = 1 << 16
LONGEST_KIND: Final = 1 << 13  # the library takes quadratic time on parameters
MOST_LINES: Final = 2000
END: Final = re.compile(rb"(?:\A|(?<=\n))\r?\n")
NAME: Final = re.compile(rb"([\x21-\x39\x3b-\x7e]+)([ \t]*):")
CONTROL: Final = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
FOLD: Final = re.compile(rb"\r?\n")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its name as written, and what follows the colon, with its folds."""

    name: bytes
    value: bytes

    @property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.decode("ascii", "replace").lower()

    @property
    def text(self) -> str:
        """The value on one line, in UTF-8 (RFC 6532) or, failing that, Windows-1252."""
        return text_of(FOLD.sub(b"", self.value[:LONGEST_FIELD]))[0].strip()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail, or a part of one, taken apart.

    Attributes:
        fields: In their order.
        body: What follows the first empty line.
        faults: Why others would take the header apart differently; empty if they would not.
    """

    fields: tuple[Field, ...]
    body: bytes
    faults: tuple[str, ...] = ()

    def all(self, name: str) -> list[str]:
        """The values of every field of a name (lower case)."""
        return [field.text for field in self.fields if field.key == name]

    def first(self, name: str) -> str:
        """The value of the first field of a name; empty if there is none."""
        return next(iter(self.all(name)), "")


def split_mail(raw: bytes) -> Mail:
    """Take header and body apart, within bounds. It never fails."""
    end = END.search(raw, 0, LONGEST_HEADER)
    header = raw[: end.start() if end else LONGEST_HEADER]
    body = raw[end.end() :] if end else b""
    faults: dict[str, None] = {}
    if end is None and len(raw) > LONGEST_HEADER:
        faults[f"the header is longer than {LONGEST_HEADER} bytes; the rest was not read"] = None
    lines = header.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    if len(lines) > MOST_LINES:
        faults[f"more than {MOST_LINES} lines of header; the rest was not read"] = None
        del lines[MOST_LINES:]
    found: list[tuple[bytes, list[bytes]]] = []
    for place, line in enumerate(lines):
        bare = line.removesuffix(b"\r")
        for fault in _faults(bare):
            faults[fault] = None
        name = NAME.match(bare)
        if bare[:1] in (b" ", b"\t") and found:
            found[-1][1].append(bare)
        elif name is not None:
            found.append((name[1], [bare[name.end() :]]))
        elif not bare.startswith((b"From ", b">From ")) or place:
            faults["a line of the header is no field; what follows it is shown as words"] = None
            body = b"\n".join(lines[place:]) + (b"\n\n" if end else b"") + body
            break
        else:
            faults["a line of a mailbox stands before the header"] = None
    fields = tuple(Field(name=name, value=b"\r\n".join(value)) for name, value in found)
    return Mail(fields=fields, body=body, faults=tuple(faults))


def _faults(line: bytes) -> Iterator[str]:
    if CONTROL.search(line):
        yield "a control code stands in the header, e.g. CR or NUL, where some programs break lines"
    if line and not line.strip(b" \t"):
        yield "a line of spaces stands in the header, where some programs end it"
    name = NAME.match(line)
    if name is not None and name[2]:
        yield "a space stands between the name of a field and its colon"


def described(mail: Mail) -> Message:
    """The Content fields, for their parameters (RFC 2045, 2231); of each the first counts."""
    found = Message()
    for field in mail.fields:
        first = field.key.startswith("content-") and field.key not in found
        if first and len(field.value) <= LONGEST_KIND:
            found[field.key] = "".join(c for c in field.text if c.isprintable() or c == "\t")
    return found
