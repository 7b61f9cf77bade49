"""Is this text a day, with the month as a word? Then it is no number, whatever digits it holds.

`14-Jan` and `14-Feb` are not both 14. English, German, French, Spanish, Italian, Portuguese, Dutch
and Russian names and their abbreviations, and the days of Chinese and Japanese.
"""

import re
from typing import Final

__all__ = ["MONTHS", "is_day"]

_NAMES: Final = """
jan january januar jän jänner janv janvier ene enero gen gennaio janeiro januari янв января
feb february februar fév févr février febrero febbraio fev fevereiro februari фев февраля
mar march mär märz mrz mars marzo março mrt maart мар марта
apr april avr avril abr abril aprile апр апреля
may mai mayo mag maggio maio mei мая maj
jun june juni juin junio giu giugno junho июн июня
jul july juli juil juillet julio lug luglio julho июл июля
aug august aoû août aou ago agosto augustus авг августа
sep sept september septembre septiembre set settembre setembro сен сентября
oct october okt oktober octobre octubre ott ottobre out outubro окт октября
nov november novembre noviembre novembro ноя ноября
dec december dez dezember déc décembre dic diciembre dicembre dezembro декабря дек
"""
MONTHS: Final = {
    name: number
    for number, names in enumerate(_NAMES.split("\n")[1:-1], start=1)
    for name in names.split()
}
_LONGEST: Final = 32  # characters
_SET: Final = r"[-./ ,]{1,2}(?:de |of )?"
_YEAR: Final = r"(?:[-./ ,]{1,2}(?:de )?\d{2,4})?"  # "17 out of 20" is none
_DAY: Final = re.compile(
    rf"(?:the )?\d{{1,4}}(?:st|nd|rd|th)?{_SET}(?P<after>[^\W\d_]{{3,10}})\.?{_YEAR}"
    rf"|(?P<before>[^\W\d_]{{3,10}})\.?{_SET}\d{{1,4}}(?:st|nd|rd|th)?{_YEAR}",
    re.I,
)
_CHINESE: Final = re.compile(r"(?:\d{4}\s?年\s?)?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?")


def is_day(text: str) -> bool:
    """Whether it is a day or a month of a year, with the month's name, and nothing else."""
    plain = text.strip().rstrip(".")
    if not 4 <= len(plain) <= _LONGEST or plain.isdecimal():
        return False
    if found := _DAY.fullmatch(plain):
        return (found["after"] or found["before"]).casefold() in MONTHS
    return _CHINESE.fullmatch(plain) is not None
