"""Which cells has a spreadsheet rewritten? `1/2` became `02-Jan`, 123456789012 1.23457E+11.

Two columns that went through a spreadsheet share its rewriting. A cell is left out where it has
such a shape while others at the same item hold what it was made from; and where a column of
numbers holds days in the form that spreadsheets give them, all of its cells of such a shape.
"""

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from filiation.methods.answers.reading.dates import MONTHS
from filiation.methods.answers.reading.numbers import is_number

__all__ = ["leave_out_rewritten", "mixed_with_days", "rewritten_cells"]

_DAY: Final = re.compile(r"(\d{1,4})[-. /]{1,2}([^\W\d_]{3,4})\.?|([^\W\d_]{3,4})\.?[- ](\d{1,4})")
_DATE: Final = re.compile(
    r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d)(?:[ T]00:00(?::00(?:\.0+)?)?)?"
)
_ROUNDED: Final = re.compile(r"[-+]?\d(?:[.,]\d{1,5})?E[+-]\d{2,3}")
_PARTS: Final = re.compile(r"\D*(\d{1,4})\s*[-/.]\s*(\d{1,4})\D*")
_INTEGER: Final = re.compile(r"[-+]?\d{8,40}")
_LONGEST: Final = 24  # characters of a cell
_WRITTEN: Final = re.compile(  # by a spreadsheet; people set a blank
    r"\d{1,2}(?:-|/|\. ?)([^\W\d_]{3,4})\.?|([^\W\d_]{3,4})\.?-(?:\d\d|\d{4})"
)
DAYS: Final = 0.05  # of a column's numbers and days together: so many of each, or it is not mixed
FEWEST: Final = 5  # days
MOST: Final = 0.5  # of a party's answers, beyond which the rest is no sample of them


def leave_out_rewritten(
    names: Sequence[str], said: Sequence[list[str | None]], keys: Sequence[str | None]
) -> tuple[tuple[str, ...], str]:
    """Take out the cells that a spreadsheet has rewritten, and say in whose answers they stood.

    Args:
        names: What the models are called, source and subject first.
        said: Their answers, row by row; rewritten cells become None.
        keys: The right answers.

    Returns:
        Whose they are, and why nothing can be compared; empty if something can.
    """
    cells = set(rewritten_cells([*said, keys]))
    for row, column in enumerate(said):
        cells.update((row, place) for place in mixed_with_days(column))
    given = [sum(output is not None for output in row) for row in said[:2]]
    lost: Counter[int] = Counter()
    for row, place in cells:
        if row < len(said):
            said[row][place] = None
            lost[row] += 1
    looks = {
        row: f"{names[row]}: {count:,} answers look like dates or rounded numbers that a "
        "spreadsheet made of them"
        for row, count in sorted(lost.items())
    }
    notes = tuple(f"{words}: left out" for words in looks.values())
    if spoiled := mixed_with_days(keys):
        return notes, (
            f"{len(spoiled):,} of {len(keys):,} keys look like dates or rounded numbers that a "
            f"spreadsheet made of them (such as {keys[spoiled[0]]!r:.30}); which answers are right "
            "is not known, and different ones may look alike"
        )
    for row, answers in enumerate(given):
        if lost[row] > MOST * answers:
            return notes, f"{looks[row]}, of {answers:,}; what it answered is not known"
    return notes, ""


def rewritten_cells(columns: Sequence[Sequence[str | None]]) -> list[tuple[int, int]]:
    """Row and place of every rewritten cell of these rows of answers, the key's row among them.

    A cell goes whose origin others show. In a row that holds one, other cells of such a shape go as
    well, but for those at an item where most rows that were not rewritten hold such a shape: there
    it is an answer.
    """
    shaped = [
        (row, place)
        for row, said in enumerate(columns)
        for place, cell in enumerate(said)
        if _shape(cell)
    ]
    made = {
        (row, place)
        for row, place in shaped
        if any(_origin(other[place], columns[row][place] or "") for other in columns)
    }
    touched = {row for row, _ in made}
    whole = [said for row, said in enumerate(columns) if row not in touched]
    honest = {place for _, place in shaped if _most([said[place] for said in whole])}
    return [
        cell for cell in shaped if cell in made or (cell[0] in touched and cell[1] not in honest)
    ]


def _most(said: Sequence[str | None]) -> bool:
    given = [cell for cell in said if cell is not None]
    return 2 * sum(map(_shape, given)) > len(given)


def mixed_with_days(cells: Sequence[str | None]) -> list[int]:
    """Places of all cells of such a shape, where days stand among numbers; else none.

    A column of days alone, or of words, may be what was asked for.
    """
    said = [cell for cell in cells if cell is not None and len(cell) <= _LONGEST]
    days = sum(map(_written_day, said))
    if days < FEWEST:
        return []
    numbers = sum(_ROUNDED.fullmatch(cell.strip()) is not None or is_number(cell) for cell in said)
    if min(days, numbers) < DAYS * (days + numbers):
        return []
    return [place for place, cell in enumerate(cells) if _shape(cell)]


def _written_day(cell: str) -> bool:
    found = _WRITTEN.fullmatch(cell.strip())
    return found is not None and (found[1] or found[2]).casefold() in MONTHS


def _shape(cell: str | None) -> bool:
    """Whether a spreadsheet writes dates or long numbers so."""
    if cell is None or not 4 <= len(cell) <= _LONGEST or not (cell[0].isalnum() or cell[0] in "+-"):
        return False
    plain = cell.strip()
    return _ROUNDED.fullmatch(plain) is not None or _day(plain) is not None


def _origin(other: str | None, cell: str) -> bool:
    """Whether the cell may have been made from the other."""
    if other is None or other == cell:
        return False
    numbers = _day(cell.strip())
    return _rounds_to(other, cell.strip()) if numbers is None else _made(other, numbers)


def _rounds_to(whole: str, rounded: str) -> bool:
    """Whether the rounded number is this whole one, to the digits that it has."""
    plain = whole.strip().replace(",", "")
    if not _INTEGER.fullmatch(plain):
        return False
    mantissa, _, exponent = rounded.replace(",", ".").partition("E")
    digits = len(mantissa.partition(".")[2])
    if abs(int(exponent)) > _LONGEST * 2:
        return False
    unit = Fraction(10) ** (int(exponent) - digits)
    near = abs(Fraction(mantissa) * Fraction(10) ** int(exponent) - int(plain)) <= unit / 2
    return near and plain != rounded


def _day(cell: str) -> frozenset[int] | None:
    """The numbers of which a date was made; None if it is none."""
    if found := _DAY.fullmatch(cell):
        day, name = (found[1], found[2]) if found[1] else (found[4], found[3])
        month = MONTHS.get(name.casefold())
        return None if month is None else frozenset({int(day) % 100, month})
    if _DATE.fullmatch(cell):
        numbers = [int(n) for n in re.findall(r"\d+", cell)[:3]]
        return frozenset(n for n in numbers if n <= 31)
    return None


def _made(other: str, numbers: frozenset[int]) -> bool:
    """Whether the other cell is a fraction, range or decimal of these numbers, not a date."""
    if len(other) > _LONGEST or (parts := _PARTS.fullmatch(other.strip())) is None:
        return False
    return {int(parts[1]) % 100, int(parts[2]) % 100} <= numbers
