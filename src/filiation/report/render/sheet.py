"""A table as a file that a person opens in a spreadsheet: CSV after RFC 4180, in UTF-8.

A byte-order mark stands before it, for without one Excel takes UTF-8 for the alphabet of the
computer. A cell that a spreadsheet would take for a formula gets an apostrophe before it: nothing
that a stranger wrote is computed when the file is opened (CWE-1236).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = ["harmless", "sheet"]

FORMULA: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]")
BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A header and one line a row, ended by CR LF; each cell on one line."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(columns)
    for row in rows:
        table.writerow([harmless(value) for value in row])
    return written.getvalue().encode("utf-8-sig", "backslashreplace")


def harmless(value: str) -> str:
    """A cell that no spreadsheet takes for a formula, on one line."""
    line = BREAKS.sub(" ", value)
    return f"'{line}" if FORMULA.match(line) or FORMULA.match(value) else line
