"""A mailbox as one file (RFC 4155), in one pass and in memory of one message.

A message begins at a line `From ` at the start of the file or after an empty line, and ends before
the next. Of mailboxes that do not quote such lines in bodies nobody can tell where messages begin;
here only lines that end as the format demands, with a year or a zone, count.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["LARGEST", "is_mbox", "split_mbox", "unquoted"]

LARGEST: Final = 1 << 25  # bytes of one message that are read; the rest is skipped and told
LINE: Final = 1 << 16
BEGIN: Final = re.compile(rb"From \S.{0,400}?\d{4}\s*(?:[+-]\d{4}|[A-Z]{1,5})?\s*\r?\n?")
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
        while line := file.readline(LINE):
            if empty and line.startswith(b"From ") and BEGIN.fullmatch(line):
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


def _message(read: bytearray, length: int) -> bytes:
    """Without the empty line that separates it from the next."""
    if length == len(read):
        for separator in (b"\n\r\n", b"\n\n"):
            if read.endswith(separator):
                return bytes(read[: 1 - len(separator)])
    return bytes(read)
