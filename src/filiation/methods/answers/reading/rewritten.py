"""Which cells has a spreadsheet rewritten? `1/2` became `02-Jan`, 123456789012 1.23457E+11.

Two columns that went through a spreadsheet share its rewriting. A cell is left out where it has
such a shape while others at the same item hold what it was made from.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

__all__ = ["rewritten_cells"]

_NAMES: Final = """jan,jän,janv,ene,gen feb,fev,févr,fév mar,mär,mrz,mars apr,abr,avr
    may,mai,mag,maj jun,juin,giu jul,juil,lug aug,ago,août,aou sep,sept,set oct,okt,ott,out
    nov dec,dez,déc,dic"""
_MONTHS: Final = {
    name: number
    for number, names in enumerate(_NAMES.split(), start=1)
    for name in names.split(",")
}
_DAY: Final = re.compile(r"(\d{1,4})[-. /]{1,2}([^\W\d_]{3,4})\.?|([^\W\d_]{3,4})\.?[- ](\d{1,4})")
_DATE: Final = re.compile(
    r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d)(?:[ T]00:00(?::00(?:\.0+)?)?)?"
)
_ROUNDED: Final = re.compile(r"[-+]?\d(?:[.,]\d{1,5})?E[+-]\d{2,3}")
_PARTS: Final = re.compile(r"\D*(\d{1,4})\s*[-/.]\s*(\d{1,4})\D*")
_INTEGER: Final = re.compile(r"[-+]?\d{8,40}")
_LONGEST: Final = 24  # characters of a cell


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
        month = _MONTHS.get(name.casefold())
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
