"""How does a line begin that begins a message of WhatsApp? Date, time and name, in any language.

Order of the date, signs between its parts, clock of 12 or 24 hours and the words for the halves of
the day follow the language of the telephone (Unicode CLDR). A word that is not known leaves the
hour open.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, final

__all__ = ["ORDERS", "Line", "line_of", "moment_of", "orders_of"]

ORDERS: Final = ("dmy", "mdy", "ymd")
MORNING: Final = frozenset({
    "am", "πμ", "ص", "पूर्वाह्न", "मपू", "上午", "凌晨", "早上", "清晨", "午前", "오전", "pg",
    "pagi", "vm", "sn", "öö", "fm", "ap", "dop", "de", "sa", "قبلازظهر", "قظ", "முற்பகல்",
    "ก่อนเที่ยง", "לפנהצ", "eparadites", "পূর্বাহ্ণ", "ਪੂਦੁ", "проб",
})  # fmt: skip
AFTERNOON: Final = frozenset({
    "pm", "μμ", "م", "अपराह्न", "मउ", "下午", "晚上", "午後", "오후", "ptg", "petang", "nm",
    "gn", "ös", "em", "ip", "odp", "pop", "du", "ch", "بعدازظهر", "بظ", "பிற்பகல்",
    "หลังเที่ยง", "אחהצ", "epasdites", "অপরাহ্ণ", "ਬਾਦੁ", "слоб",
})  # fmt: skip
NOON: Final = frozenset({"中午", "tengahhari", "בצהריים"})  # 11 to 1 o'clock
S: Final = "[\u200e\u200f\u202a\u202b\u202c\u202f\u2009\u00a0 ]"
SPACES: Final = re.compile(f"{S}+")
BETWEEN: Final = rf"um|klo|às|kl\.?|a{S}las|alle|at|à|u|в|о|o"  # noqa: RUF001
HALF: Final = r"[^\W\d_][^\d\n\[\]:,،\u2013-]{0,15}"
BEGIN: Final = re.compile(
    rf"{S}*(?P<open>\[?){S}*(?P<a>\d{{1,4}})(?P<s1>\.{S}|[./年-]){S}*(?P<b>\d{{1,2}})"
    rf"(?P<s2>\.{S}|[./月-]){S}*(?P<c>\d{{1,4}})(?P<s3>[日.]?)"
    rf"(?P<between>(?:{S}*\u0433\.)?[,،]?{S}*(?:(?:{BETWEEN}){S}+)?)"
    rf"(?P<before>{HALF}?{S}*)?(?P<hour>\d{{1,2}})(?P<t1>[:.])(?P<minute>\d{{2}})"
    rf"(?:(?P<t2>[:.])(?P<second>\d{{2}}))?(?:{S}*(?P<after>{HALF}?))?{S}*"
    rf"(?P<end>\]{S}*(?:-{S}+)?|[-\u2013]{S}+|:{S}+|,{S}+)"
)
NAME: Final = re.compile(rf"~?{S}*([^:\n]{{1,120}}?){S}*[:\uff1a](?:{S}|$)")
YEARS: Final = range(2009, 2100)  # in which WhatsApp was
LONG: Final = timedelta(days=60)
BACK: Final = timedelta(days=1)  # by which clocks may go back between two messages


@final
@dataclass(frozen=True, slots=True)
class Line:
    """A line that begins a message or a notice.

    Attributes:
        date: The parts of the date as they stand.
        hour: 0 to 23; None if the half of the day is not known.
        minute: 0 to 59.
        second: 0 to 59.
        given: Date and time as they stand.
        shape: How they are set, but for the numbers: the same for all lines of an export.
        name: Before the first colon behind them; empty if there is none.
        text: Where the words behind that colon begin, or those of a notice.
        rest: Where the words begin that stand behind date and time.
    """

    date: tuple[int, int, int]
    hour: int | None
    minute: int
    second: int
    given: str
    shape: str
    name: str
    text: int
    rest: int


def line_of(text: str) -> Line | None:
    """What a line begins with; None if it begins no message."""
    found = BEGIN.match(text)
    if found is None or "\n" in found[0]:
        return None
    half = found["before"] or found["after"] or ""
    named = NAME.match(text, found.end())
    joints = ("open", "s1", "s2", "s3", "between", "t1", "t2", "end")
    return Line(
        date=(int(found["a"]), int(found["b"]), int(found["c"])),
        hour=_hour(int(found["hour"]), half),
        minute=int(found["minute"]),
        second=int(found["second"] or 0),
        given=text[found.start("a") : found.start("end")].strip(),
        shape="|".join(SPACES.sub(" ", found[one] or "").strip() for one in joints),
        name=named[1].strip("\u202a\u202c\u200e\u200f\u2068\u2069 ") if named else "",
        text=named.end() if named else found.end(),
        rest=found.end(),
    )


def _hour(hour: int, half: str) -> int | None:
    """Hour of the day by a clock of 24 hours."""
    word = re.sub(r"[\W_]", "", half.casefold(), flags=re.UNICODE) or half.strip()
    # vowel signs of Indian scripts are no letters to a regular expression
    words = {word, half.strip().casefold().replace(".", "").replace(" ", "")}
    if not half.strip():
        return hour if hour < 24 else None
    if hour > 12:
        return hour if hour < 24 and words & (MORNING | AFTERNOON | NOON) else None
    if words & NOON:
        return hour if hour >= 10 else hour + 12
    if words & AFTERNOON:
        return hour % 12 + 12
    return hour % 12 if words & MORNING else None


def moment_of(line: Line, order: str) -> datetime | None:
    """The moment of a line, by the clock and calendar of the telephone; None if it is none."""
    if not order or line.hour is None:
        return None
    parts = dict(zip(order, line.date, strict=True))
    year = parts["y"] + 2000 if parts["y"] < 100 else parts["y"]
    try:
        found = datetime(year, parts["m"], parts["d"], line.hour, line.minute, line.second)
    except ValueError:
        return None
    return found if year in YEARS else None


def orders_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """Orders of day, month and year in which all dates are some, and none goes back.

    A year of two digits stands last where it can, as it does in nearly all languages, unless the
    messages would then lie months apart and otherwise not.
    """
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    left = list(ORDERS)
    short = True
    for line in lines:
        short = short and max(line.date) < 100
        for order in tuple(left):
            clock = line if line.hour is not None else _noon(line)
            moment = moment_of(clock, order)
            if moment is None or (order in last and moment + BACK < last[order]):
                left.remove(order)
            else:
                last[order] = moment
                first.setdefault(order, moment)
        if not left:
            break
    if short and len(left) == 2 and left[1] == "ymd":
        ends, begins = (last[order] - first[order] for order in left)
        return (left[0],) if ends <= LONG + begins else tuple(left)
    return tuple(left)


def _noon(line: Line) -> Line:
    return Line(line.date, 12, line.minute, line.second, line.given, line.shape, line.name,
                line.text, line.rest)  # fmt: skip
