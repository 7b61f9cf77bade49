"""The cells of a table as spreadsheets and data frames write them, row by row.

A first line `sep=;` names the mark (Excel), and `="007"` is a text of three digits; lines may end
in a carriage return alone (old Macs); cells without a name at the end of every row are trailing
commas; a row whose cells are all empty is none. Rows that are short or long otherwise are refused.
"""

import csv
import re
from collections.abc import Iterator
from typing import Final

from filiation.errors import UnreadableError
from filiation.readers.answers.columns import Said, recognised

__all__ = ["LONGEST_CELL", "MISSING", "SAY", "delimiter", "head_cells", "rows"]

DELIMITERS: Final = (",", ";", "\t", "|")
LONGEST_CELL: Final = 1 << 24  # characters
MISSING: Final = frozenset(  # what data frames and spreadsheets write where there is no answer
    (
        *("nan", "NaN", "<NA>", "NaT", "None", "null", "NULL", "N/A", "n/a", "NA"),
        *("#N/A", "#N/A N/A", "#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NULL!"),
        "$ERROR$",  # benchmarks of FastChat's make
    )
)
SAY: Final = "say which with --column item=NAME, prompt=NAME, answer=NAME"
SEP: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

Row = list[str]

csv.field_size_limit(LONGEST_CELL)  # of the process: csv knows no other; its 131,072 is one essay


def delimiter(head: str, said: Said = ()) -> str | None:
    """What separates the cells, if this line is the header of a table; `said`: of which columns."""
    first = _first(head)
    if (sep := SEP.fullmatch(first)) is not None:
        return sep[1]
    split = [(_cells(first, mark), mark) for mark in DELIMITERS]
    found = [(len(cells), mark) for cells, mark in split if recognised(cells, said)]
    return max(found, key=lambda one: one[0])[1] if found else None


def head_cells(head: str, mark: str) -> Row:
    """The cells of a header line."""
    return _cells(_first(head), mark)


def rows(lines: Iterator[str], *, what: str, said: Said = ()) -> Iterator[tuple[int, Row]]:
    """Rows with the line they end on; the first is the header, and says how many cells there are.

    Raises:
        UnreadableError: No header, damaged, or a row with more or fewer cells.
    """
    whole = _ended(lines)
    first = next((line for line in whole if line.strip()), "").removeprefix("\ufeff")
    mark = delimiter(first, said)
    if mark is not None and SEP.fullmatch(first.strip()):
        first = next(whole, "")
    if mark is None:
        raise UnreadableError(
            f"{what}: the first line is {first.strip()!r:.60}, expected the names of columns: one "
            "that names each question (question_id, id, ..) or its words, and one for each model; "
            f"not a table of answers, or under other names: {SAY}"
        )
    return _checked(_parsed(first.lstrip(" \n"), whole, mark, what), what)


def _checked(found: Iterator[tuple[int, Row]], what: str) -> Iterator[tuple[int, Row]]:
    """Every row as long as the header; what is empty in both is cut off."""
    line, header = next(found, (0, []))
    while header and not header[-1].strip():
        header = header[:-1]
    yield line, header
    for number, row in found:
        while len(row) > len(header) and not row[-1].strip():
            row.pop()
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise UnreadableError(
                f"{what}: line {number}: found {len(row)} cells, expected {len(header)} as in the "
                "header; a cell is missing, holds a bare comma, or its column has no name"
            )
        yield number, row


def _parsed(first: str, rest: Iterator[str], mark: str, what: str) -> Iterator[tuple[int, Row]]:
    def all_lines() -> Iterator[str]:
        yield first
        yield from rest

    reader = csv.reader(all_lines(), delimiter=mark, strict=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UnreadableError(
                f"{what}: line {reader.line_num}: {error}; the table is damaged"
            ) from error
        if row is None:
            return
        if row:
            yield reader.line_num, [_as_meant(cell) for cell in row]


def _as_meant(cell: str) -> str:
    """The text of `="007"`, by which spreadsheets are kept from making it a number."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    return cell


def _ended(lines: Iterator[str]) -> Iterator[str]:
    r"""Lines that end in "\n" or "\r\n"; where the first holds a bare "\r", that ends them."""
    first = next(lines, "")
    if "\r" not in first.rstrip("\r\n"):
        yield first
        yield from lines
        return
    for line in (first, *lines):
        yield from (part + "\n" for part in line.rstrip("\n").split("\r"))


def _first(head: str) -> str:
    text = head.removeprefix("\ufeff").lstrip(" \n")
    return re.split(r"[\r\n]", text, maxsplit=1)[0] if text.count('"') < 2 else text.strip("\r\n")


def _cells(line: str, mark: str) -> Row:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]
    except csv.Error:
        return []
