"""Rows of a log in CSV (RFC 4180), one at a time, whatever stands between its quotes.

The standard library's reader bounds a field by a setting of the whole process, and a quote that is
not closed swallows the rest of the file. Here a field may be as long as a row, and a row that is
longer is set aside.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias, final

from filiation.errors import UnreadableError
from filiation.files import shown
from filiation.readers.logs.json_rows import NOT_UTF8, TOO_LONG
from filiation.readers.logs.streams import LARGEST_ROW

__all__ = ["CsvRow", "csv_header", "csv_rows"]

CsvRow: TypeAlias = list[str] | str
"""The fields of a row, or why it is none."""

NUL: Final = "a NUL byte"
OPEN: Final = "a quote that is not closed"
DELIMITERS: Final = ",\t;|"
MOST_COLUMNS: Final = 4096


def csv_header(lines: Iterator[bytes | None], what: str) -> tuple[tuple[str, ...], str]:
    """The names of the columns, and the delimiter that stands between them.

    Raises:
        UnreadableError: There is no header, or a name stands in it twice.
    """
    first = next(lines, b"")
    text = "" if first is None else first.decode("utf-8", "replace").rstrip("\r\n")
    delimiter = max(DELIMITERS, key=text.count)
    names = next(csv_rows(iter([text.encode()]), delimiter), [])
    if isinstance(names, str) or not 1 < len(names) <= MOST_COLUMNS:
        raise UnreadableError(
            f"{what}: the first line is {shown(text[:60])!r}, expected the names of 2 to "
            f"{MOST_COLUMNS} columns with {' or '.join(map(repr, DELIMITERS))} between them"
        )
    names = [name.strip() for name in names]
    for name in names:
        if names.count(name) > 1:
            raise UnreadableError(
                f"{what}: the column {shown(name)!r:.80} stands there {names.count(name)} times, "
                "expected once; which of them is meant cannot be told"
            )
    return tuple(names), delimiter


def csv_rows(lines: Iterator[bytes | None], delimiter: str) -> Iterator[CsvRow]:
    """The rows after the header; empty lines are passed over."""
    reading = _Reading(delimiter)
    for line in lines:
        if line is None:
            reading = _Reading(delimiter)
            yield TOO_LONG
            continue
        if not reading.open and not line.strip():
            continue
        if reading.add(line):
            yield reading.row()
            reading = _Reading(delimiter)
        elif reading.length > LARGEST_ROW:
            reading = _Reading(delimiter)
            yield TOO_LONG
    if reading.open:
        yield OPEN


@final
class _Reading:
    """One row in the making."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._fields: list[str] = []
        self._quoted: list[str] = []  # pieces of the quoted field that is being read
        self._wrong = ""
        self.open = False  # within quotes
        self.length = 0

    def add(self, line: bytes) -> bool:
        """Read on; whether the row is whole at the end of this line."""
        self.length += len(line)
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text, self._wrong = line.decode("utf-8", "replace"), NOT_UTF8
        if "\0" in text:
            self._wrong = NUL
        if not self.open:
            stripped = text.rstrip("\r\n")
            if '"' not in stripped:
                self._fields = stripped.split(self._delimiter)
                return True
        self._read(text)
        return not self.open

    def row(self) -> CsvRow:
        """The fields, or why this is no row."""
        return self._wrong or self._fields

    def _read(self, text: str) -> None:
        at, end = 0, len(text.rstrip("\r\n"))
        while True:
            if self.open:
                at = self._quoted_part(text, at)
                if self.open:
                    return
            elif text[at : at + 1] == '"':
                self.open = True
                at += 1
                continue
            place = text.find(self._delimiter, at, end)
            until = end if place < 0 else place
            rest = text[at:until]
            self._fields.append("".join(self._quoted) + rest)
            self._quoted = []
            if place < 0:
                return
            at = place + 1

    def _quoted_part(self, text: str, at: int) -> int:
        """Read what is quoted; where the reading goes on."""
        while True:
            place = text.find('"', at)
            if place < 0:
                self._quoted.append(text[at:])
                return len(text)
            self._quoted.append(text[at:place])
            at = place + 1
            if text[at : at + 1] != '"':
                self.open = False
                return at
            self._quoted.append('"')
            at += 1
