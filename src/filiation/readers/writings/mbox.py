"""A mailbox as one file (RFC 4155), in one pass and in memory of one message.

A message begins at a line `From ` at the start of the file or after an empty line, with a weekday,
a month and a time, where a header follows; it ends before the next. Mailboxes that do not quote
such lines in bodies leave it open where messages begin, which a remark says.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["LARGEST", "doubts", "is_mbox", "split_mbox", "unquoted"]

LARGEST: Final = 1 << 25  # bytes of one message that are read; the rest is skipped and told
LINE: Final = 1 << 16
BEGIN: Final = re.compile(
    rb"From \S.{0,400}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b(?=.{0,80}\b\d{4}\b)(?=.{0,80}\d:\d\d)"
    rb".{0,20}\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b.{0,80}\r?\n?"
)
FIELD: Final = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,80}:|>From ")
UNQUOTED: Final = re.compile(rb"(?:\A|\n)\r?\nFrom ")
LENGTH: Final = re.compile(
    rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mbox(opening: bytes) -> bool:
    """Does a file that begins so hold messages of a mailbox?"""
    return BEGIN.match(opening[:500]) is not None


def unquoted(raw: bytes) -> bytes:
    """The message before the mailbox put `>` before its lines that begin with `From `."""
    return QUOTED.sub(rb"\1", raw)


def split_mbox(path: Path) -> Iterator[tuple[int, bytes, int]]:
    """Each message: first byte, its bytes (at most 2^25), and how many were left out."""
    start, length, position = -1, 0, 0
    read = bytearray()
    empty = True
    with path.open("rb") as file:
        after = file.readline(LINE)
        while line := after:
            after = file.readline(LINE)
            if empty and BEGIN.fullmatch(line) and (start < 0 or FIELD.match(after)):
                if start >= 0:
                    yield start, _message(read, length), length - len(read)
                start, length = position + len(line), 0
                read.clear()
            else:
                length += len(line)
                if length <= LARGEST:
                    read += line
            empty = line in (b"\n", b"\r\n")
            position += len(line)
    if start >= 0:
        yield start, _message(read, length), length - len(read)


def doubts(raw: bytes) -> Iterator[str]:
    """Why it is open whether a message ends where it was taken to end."""
    if UNQUOTED.search(raw):
        yield "a line of it begins with From, unquoted: where messages end is open here"
    header = raw[: 1 << 20].split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    said = LENGTH.search(header)
    body = len(raw) - len(header) - (4 if raw.startswith(b"\r\n\r\n", len(header)) else 2)
    if said is not None and not 0 <= int(said[1]) - body <= 2:
        yield f"its Content-Length is {int(said[1])} bytes, its body was taken to be {max(body, 0)}"


def _message(read: bytearray, length: int) -> bytes:
    """Without the empty line that separates it from the next."""
    if length == len(read):
        for separator in (b"\n\r\n", b"\n\n"):
            if read.endswith(separator):
                return bytes(read[: 1 - len(separator)])
    return bytes(read)
