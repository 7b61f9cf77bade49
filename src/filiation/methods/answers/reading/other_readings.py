"""Could these two answers be the same one, under some other defensible reading?

No rule reads every form: 12.345 is a decimal in one country and thousands in another, 25 % is .25
to a calculator, .6667 is 2/3 to the digits shown. Two models that share such a form would share
"errors" that are none. So what may be the same is neither right nor wrong, but unclear, and no list
of forms has to be complete. Two answers may be the same if they differ by

- what a point or a comma means, or by a hundred, or, beside a word or a sign, by thousands,
- the sign, where a number stands in parentheses as accounts write it,
- digits that one of them does not show,
- arithmetic: fractions, roots, pi, degrees, units and their parts, a spreadsheet's days,
- the order of a list of numbers, of a dictionary, or of the words of a name,
- blanks, lines and escapes.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.reading.latex import one_line
from filiation.methods.answers.reading.numbers import number
from filiation.methods.answers.reading.rules import LETTER, LITERAL, NUMBER
from filiation.methods.answers.reading.values import literal
from filiation.methods.answers.reading.wrapping import boxed, cued, fenced, tagged, unwrapped
from filiation.methods.answers.reading.written_values import parsed

__all__ = ["maybe_same", "unclear_cells"]

SHORT: Final = 80  # characters of an answer of which every number is looked at, not the last alone
LONGEST: Final = 2_000  # characters of a value
SPANS: Final = 6  # numbers of a short answer
LISTED: Final = 20  # numbers of a list
SIGNIFICANT: Final = 3  # digits from which a whole number may be a rounded one
DIGITS: Final = 40  # of a number
NEAR: Final = 1e-9  # relative, of two results of arithmetic
SCALES: Final = tuple(Fraction(10) ** n for n in (3, 6, 9, -3, -6, -9))
HUNDREDS: Final = (Fraction(1), Fraction(100), Fraction(1, 100))
FIRST_DAY: Final = date(1899, 12, 30)  # of a spreadsheet
DAYS: Final = range(20_000, 80_000)

_SPAN: Final = re.compile(
    r"(?<![\w.,])[-+]?(?:\d{1,3}(?:[ .,'_]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*|[.,]\d+)"
    r"(?:e[-+]?\d{1,3}\b)?",
    re.I,
)
_MIXED: Final = re.compile(r"(?:(-?\d+)\s*(?:and|und|et|y|e|&|\+)?\s+)?(-?\d+)\s*/\s*(\d+)")
_COMPOUND: Final = re.compile(r"(\d+)\s*[^\W\d]+\.?\W+(?:[^\W\d]+\s+)?(\d{1,2})\s*[^\W\d]")
_BOOKED: Final = re.compile(r"\([\d.,' ]+\)|[\d.,' ]+-")  # less than nothing, as accounts write it
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d)(?::00)?(?!\d)")
_NO_LIST: Final = re.compile(r"\d\s*[/*^+:√π]|[/*^√π]\s*\d")
_UNIT: Final = re.compile(r"[^\W\d]|%")
_ROOT: Final = re.compile(r"\b(?:sqrt|root)\s*(?:of\s*)?", re.I)
_BREAK: Final = re.compile(r"\s*(?:\\[nrt]|\n|,)\s*|\s+")

Value: TypeAlias = tuple[Fraction, Fraction]  # a number, and the place of its last digit shown


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Senses:
    """All that one answer may mean."""

    values: tuple[Value, ...] = ()
    results: tuple[float, ...] = ()  # of arithmetic
    days: frozenset[tuple[int, int]] = frozenset()
    listed: tuple[Fraction, ...] = ()
    ordered: bool = False  # as a program's list is
    unit: bool = False
    value: object = None
    words: tuple[str, ...] = ()
    lines: bool = False


def maybe_same(kind: str, one: str, other: str) -> bool:
    """Whether two answers, read by the rule with this id as different, may be the same one."""
    if kind == LETTER or one == other:
        return False
    a, b = _senses(kind, one), _senses(kind, other)
    if a.value is not None and b.value is not None and _equal(a.value, b.value):
        return True
    if a.words and a.words == b.words and (a.lines or b.lines or kind not in (NUMBER, LITERAL)):
        return True
    if len(a.listed) > 1 and a.listed == b.listed and not (a.ordered and b.ordered):
        return True
    if a.days & b.days:
        return True
    return _near(a, b, scaled=kind != LITERAL)


@lru_cache(maxsize=65_536)
def _senses(kind: str, text: str) -> _Senses:
    core = _core(text)
    if kind == LITERAL:
        return _of_literal(text, core)
    if kind != NUMBER and not any(map(str.isdigit, core)):
        return _Senses(words=tuple(sorted(_words(core))))
    if kind != NUMBER and len(core) > SHORT:
        return _Senses()
    return _of_number(core)


def _core(text: str) -> str:
    """What stands for the answer: boxed, tagged, fenced, announced, or all of it."""
    parts = (boxed(text), tagged(text), fenced(text), cued(text), text)
    chosen = unwrapped(next(part for part in parts if part is not None))
    return chosen[-LONGEST:].strip()


def _of_number(core: str) -> _Senses:
    typed = _ROOT.sub("√", one_line(core)).strip().rstrip(".")
    short = len(typed) <= SHORT
    spans = [span for span in _SPAN.finditer(typed) if not _within_formula(typed, span)]
    spans = spans[:SPANS] if short else spans[-1:]
    values = [value for span in spans for value in _written(span[0])]
    if _BOOKED.fullmatch(typed):
        values += [(-value, place) for value, place in values]
    return _Senses(
        values=tuple(dict.fromkeys(values)),
        results=tuple(_results(typed)) if short else (),
        days=frozenset(_days(typed)) if short else frozenset(),
        listed=_listed(typed) if short else (),
        unit=_UNIT.search(typed) is not None,
    )


def _within_formula(typed: str, span: re.Match[str]) -> bool:
    before, after = typed[: span.start()].rstrip(" (")[-1:], typed[span.end() :].lstrip()[:1]
    return (before != "" and before in "/*^√") or (after != "" and after in "/*^√π")


def _of_literal(text: str, core: str) -> _Senses:
    if len(text) > LONGEST:
        return _Senses()
    written = literal(text)
    try:
        value = None if written is None else parsed(written)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        value = None
    spans = _SPAN.fullmatch(core)
    return _Senses(
        values=tuple(_written(core)) if spans else (),
        listed=_listed(core) if len(core) <= SHORT else (),
        ordered=core[:1] in ("[", "{", "(") and core[-1:] in ("]", "}", ")"),
        value=value,
        words=tuple(_words(core.strip("'\""))),
        lines="\n" in core or "\\n" in core,
    )


def _words(text: str) -> Iterator[str]:
    yield from (word for word in _BREAK.split(text[: SHORT * 4].casefold()) if word)


def _written(span: str) -> Iterator[Value]:
    """What a written number may be: its marks set off thousands, or the last one decimals."""
    mantissa, _, exponent = span.casefold().partition("e")
    plain = re.sub(r"[ .,'_]", "", mantissa)
    if not plain.lstrip("+-").isdecimal() or len(plain) > DIGITS:
        return
    power = Fraction(10) ** (int(exponent) if exponent and abs(int(exponent)) < 99 else 0)
    decimals = max(mantissa.rfind("."), mantissa.rfind(","))
    if decimals < 0 or re.fullmatch(r"[-+]?\d{1,3}(?:[ .,'_]\d{3})+", mantissa):
        yield Fraction(int(plain)) * power, _last_place(plain, 0) * power
    if decimals >= 0:
        places = len(mantissa) - decimals - 1
        unit = Fraction(1, 10**places)
        yield Fraction(int(plain)) * unit * power, _last_place(plain, places) * power


def _last_place(plain: str, places: int) -> Fraction:
    """The place of the last digit that says something; 0 where too few do."""
    digits = plain.lstrip("+-0")
    if places:
        return Fraction(1, 10**places) if digits else Fraction(0)
    shown = digits.rstrip("0")
    return Fraction(10) ** (len(digits) - len(shown)) if len(shown) >= SIGNIFICANT else Fraction(0)


def _results(typed: str) -> Iterator[float]:
    """What is left when the arithmetic is done."""
    whole = re.sub(r"(?<=\d)\s*(?:and|&|\+)\s+(?=\d+\s*/)", " ", typed)
    for side in re.split(r"=|\bor\b|≈|~", whole)[:SPANS]:
        yield from _calculated(side.strip())
    for sign, above, below in _MIXED.findall(typed)[:SPANS]:
        if int(below[:DIGITS]):
            yield from _fraction(sign, above, below)
    for large, small in _COMPOUND.findall(typed)[:SPANS]:
        yield from (int(large[:DIGITS]) + int(small) / parts for parts in (100, 60, 12))
    for hours, minutes in _CLOCK.findall(typed)[:SPANS]:
        yield (int(hours) % 12) * 60 + int(minutes) + 0.5  # apart from every number


def _fraction(whole: str, above: str, below: str) -> Iterator[float]:
    part = int(above[:DIGITS]) / int(below[:DIGITS])
    yield part
    if whole:
        yield int(whole[:DIGITS]) + math.copysign(part, int(whole[:DIGITS]) or 1)


def _calculated(side: str) -> Iterator[float]:
    turned = re.sub(r"(?:\s*(?:°|degrees?|deg))\Z", "", side, flags=re.I)
    degrees, side = turned != side, turned
    if not side or not ("√" in side or "π" in side or "/" in side or "^" in side or degrees):
        return
    read = number(side)
    try:
        value = None if read is None else float(Fraction(read))
    except (ValueError, ZeroDivisionError, OverflowError):
        return
    if value is not None and math.isfinite(value):
        yield value
        if degrees:
            yield math.radians(value)


def _days(typed: str) -> Iterator[tuple[int, int]]:
    """Days of the year that this names: a spreadsheet's number, an ISO date, or a/b."""
    if re.fullmatch(r"\d{5}", typed) and int(typed) in DAYS:
        day = FIRST_DAY + timedelta(days=int(typed))
        yield day.month, day.day
        yield day.day, day.month
    elif found := re.fullmatch(r"(?:\d{4}-)?(\d{1,2})[-/](\d{1,2})", typed):
        yield int(found[1]), int(found[2])


def _listed(typed: str) -> tuple[Fraction, ...]:
    """The numbers of a list, in no order."""
    if _NO_LIST.search(typed):
        return ()
    found = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", typed)
    if not 1 < len(found) <= LISTED or max(map(len, found)) > DIGITS:
        return ()
    return tuple(sorted(map(Fraction, found)))


def _near(a: _Senses, b: _Senses, *, scaled: bool) -> bool:
    """Whether some number of one is some number of the other."""
    units: tuple[Fraction, ...] = SCALES if scaled and (a.unit or b.unit) else ()
    hundreds = HUNDREDS if scaled else HUNDREDS[:1]
    factors = (*hundreds, *units)
    plain = len(a.values) == len(b.values) == 1  # one doubt is enough
    either = factors if plain else (*HUNDREDS[:1], *units)
    for (x, place), (y, other) in product(a.values, b.values):
        if any(_agree(x * f, place * f, y, other) for f in either):
            return True
    for one, two in ((a, b), (b, a)):
        for result in one.results:
            exact = Fraction(result)
            if any(_shown(x * f, place * f, exact) for x, place in two.values for f in factors):
                return True
    return any(math.isclose(x, y, rel_tol=NEAR) for x, y in product(a.results, b.results))


def _agree(x: Fraction, place: Fraction, y: Fraction, other: Fraction) -> bool:
    return x == y or _shown(x, place, y) or _shown(y, other, x)


def _shown(rounded: Fraction, place: Fraction, exact: Fraction) -> bool:
    """Whether a number is this one to the digits shown, rounded, or cut if they are many."""
    gap = abs(rounded - exact)
    if gap <= abs(exact) * Fraction(1, 10**9):
        return True
    if not place or not rounded:
        return False
    many = abs(rounded) >= place * 10 ** (SIGNIFICANT - 1)
    return gap < place if many and abs(rounded) < abs(exact) else gap <= place / 2


def _equal(a: object, b: object) -> bool:
    """Whether two values are equal as a program compares them, floats to the digits shown."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return _same_number(a, b)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    return type(a) is type(b) and a == b


def _same_number(a: float, b: float) -> bool:
    if a == b:
        return True
    if (isinstance(a, int) and isinstance(b, int)) or not (math.isfinite(a) and math.isfinite(b)):
        return False
    (x, one), (y, two) = (_exactly(n) for n in (a, b))
    return _shown(x, one, y) or _shown(y, two, x)


def _exactly(value: float) -> Value:
    """A value and the place of its last digit; a whole number is no rounded one."""
    written = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    if isinstance(value, int) or written.denominator == 1:
        return written, Fraction(0)
    return written, Fraction(1, 10 ** len(repr(value).partition("e")[0].partition(".")[2]))


def unclear_cells(
    kinds: Sequence[str],
    said: Sequence[Sequence[str | None]],
    keys: Sequence[str | None],
    codes: NDArray[np.int32],
    key: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Which answers may be the key, or what more models say, in another form: [models, items].

    Of two answers of which one may be the other, the one that fewer controls (rows from 2) give is
    unclear, both if as many do: the first two models may share a form.
    """
    unclear = np.zeros(codes.shape, dtype=bool)
    for place, kind in enumerate(kinds):
        column = codes[:, place]
        given = [] if kind == LETTER else np.unique(column[column >= 0]).tolist()
        wrong = [code for code in given if code != key[place]]
        if not wrong:
            continue
        text = {code: _shortest(said, place, np.flatnonzero(column == code)) for code in wrong}
        right = keys[place] if key[place] >= 0 else None
        doubtful = {c for c in wrong if right is not None and maybe_same(kind, text[c], right)}
        left = [code for code in wrong if code not in doubtful]
        for one, two in combinations(left, 2):
            if maybe_same(kind, text[one], text[two]):
                often = [int(np.count_nonzero(column[2:] == code)) for code in (one, two)]
                doubtful |= {c for c, n in zip((one, two), often, strict=True) if n == min(often)}
        if doubtful:
            unclear[:, place] = np.isin(column, sorted(doubtful))
    return unclear


def _shortest(said: Sequence[Sequence[str | None]], place: int, rows: NDArray[np.int64]) -> str:
    return min((said[row][place] or "" for row in rows.tolist()), key=len)
