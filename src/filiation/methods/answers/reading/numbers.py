"""Which number is this answer? Read exactly, as a reduced fraction; a root or pi to ten digits.

1,000 = 1000 = 1{,}000 = 1e3 = 10^3 = 1000.0 = one thousand; 0.5 = 1/2 = ½ = 0,5.
A percent sign, a currency and a unit are passed over: who writes 50 % says 50, as does who writes
50. math-verify (latex2sympy2) was weighed: 1.3 s to import, 1.4 ms a formula, which is a minute for
800 items of 51 models, and 2½, words and 1.234,5 come out as other numbers (docs/reading.md).
"""

import ast
import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from filiation.methods.answers.reading.dates import is_day
from filiation.methods.answers.reading.latex import one_line
from filiation.methods.answers.reading.number_words import number_in_words
from filiation.methods.answers.reading.wrapping import boxed, cued, fenced, tagged, unwrapped

__all__ = ["exactly", "is_number", "number", "writes_commas"]

LARGEST_EXPONENT: Final = 400
LOOK_AT: Final = 2_000  # outputs from which a habit of writing is read

_DIGITS: Final = r"(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)"
_ONE: Final = (
    rf"(?:{_DIGITS}(?:\.(?:\d{{3}}(?:\.\d{{3}})+(?!\d)|\d*))?(?:,\d+(?![\d,]))?|\.\d+)"
    r"(?:e[-+]?\d+)?"
)
_TERM: Final = rf"{_ONE}(?:\s*(?:\^|\*\*)\s*\(?\s*[-+]?{_ONE}\s*\)?)?"
NUMBER: Final = re.compile(
    rf"(?<![\w.^])(?!0[xob][\da-f])(?:[-+]\s?)?(?:\d+\s+\d+\s*/\s*\d+(?![\d.])"
    rf"|{_TERM}(?:\s*[*x]\s*10\s*(?:\^|\*\*)\s*\(?\s*[-+]?\d+\s*\)?)?(?:\s*/\s*{_TERM})?)",
    re.I,
)
# A power of a unit, sqrt(2), "1 over 2", "3 million", and "minus 4" that takes nothing off.
_BEHIND: Final = (
    (re.compile(r"(?<=[A-Za-z\u00b5\u00b0\u03a9])\s?\^\s?\(?[-+]?\d+\)?"), ""),
    (re.compile(r"(?<![A-Za-z])sqrt\s*(?=[\d(])"), "√"),
    (re.compile(r"(?<=[\d*/√(])\s*pi(?![A-Za-z])|\A\s*pi(?=\s*[*/]\s*\d)", re.I), "π"),
    (re.compile(r"(?<=\d)\s+over\s+(?=\d)", re.I), "/"),
    (re.compile(r"(?<=\d)\s+hundred\b", re.I), "*10^2"),
    (re.compile(r"(?<=\d)\s+thousand\b", re.I), "*10^3"),
    (re.compile(r"(?<=\d)\s+million\b", re.I), "*10^6"),
    (re.compile(r"(?<=\d)\s+billion\b", re.I), "*10^9"),
    (re.compile(r"(?<=\d)\s+trillion\b", re.I), "*10^12"),
    (
        re.compile(
            r"(?<![\w)%.]\s)(?<![\w)%.])(?:minus|negative|moins|menos|meno)\s+(?=[\d$])"
            r"|(?<=\b(?:is|es|of|at|to)\s)(?:minus|negative|menos)\s+(?=[\d$])"
            r"|(?<=\b(?:ist|are|was|est)\s)(?:minus|negative|moins)\s+(?=[\d$])",
            re.I,
        ),
        "-",
    ),
)
# A number in front of its reason, its rounding or the sum that it is: not the last one is meant.
_LEADING: Final = re.compile(
    rf"({NUMBER.pattern})(?:\s?[^\W\d_]{{1,12}}){{0,2}}(?:\s*[(\[][^()\[\]]*[)\]]\.?\Z"
    r"|\s*(?:±|\+/-)|\s*=\s*[\d\s.,()]+[-+*/][-+*/\d\s.,()]*\Z|\.?\s*\n\s*(?:\n|-{3})"
    r"|[,.;]?\s+(?:because|since|weil|denn|porque|parce\s+que|to\s+\d+\s+(?:decimal|significant))\b"
    r"|\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?\d+(?:\s+\w+){0,2}\.?\Z"
    r"|\s+is\s+(?:the|my)\s+(?:\w+\s+)?(?:answer|result|solution|total)\b)",
    re.I,
)
_SIMPLE: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")
_SPACED: Final = re.compile(r"[-+]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_DECIMAL_COMMA: Final = re.compile(r"\d+,(?:\d{1,2}|\d{4,})(?!\d)(?!,)")
_FORMULA: Final = re.compile(r"[\d.,\s*/^()+\-√π]+")
_COMMA_HABIT: Final = re.compile(r"(?<![\d.,])(?:\d+,\d{1,2}|\d{1,3}(?:\.\d{3})+,\d+)(?!\d|[.,]\d)")
_POINT_HABIT: Final = re.compile(
    r"(?<![\d.,])(?:\d+\.\d{1,2}|\d{1,3}(?:,\d{3})+\.\d+)(?!\d|[.,]\d)"
)


def number(output: str, *, commas: bool = False) -> str | None:
    """The last number after the last announcement of an answer, or of the whole text.

    Args:
        output: A raw output.
        commas: Whether its writer sets decimals off by a comma, and thousands by a point.
    """
    bare = output.strip()
    if _SIMPLE.fullmatch(bare) and not (commas and "." in bare):
        return exactly(bare)
    for part, last in _parts(output):
        if is_day(part):
            return None
        text = _typed(part)
        whole = _whole(text, commas=commas)
        if whole is not None:
            return whole
        if lead := _LEADING.match(text):
            return exactly(lead[1], commas=commas)
        found = [m[0] for m in NUMBER.finditer(text)]
        if found:
            return exactly(found[-1 if last else 0], commas=commas)
    return None


def _typed(part: str) -> str:
    """On one line, with the words and marks beside a number that are part of it as signs."""
    text = one_line(unwrapped(part)).strip()
    if not _SIMPLE.fullmatch(text):
        for pattern, sign in _BEHIND:
            text = pattern.sub(sign, text)
    return text


def _parts(output: str) -> Sequence[tuple[str, bool]]:
    """Where to look, in this order, and whether the last number there counts."""
    parts = [(p, False) for p in (boxed(output), tagged(output)) if p is not None]
    if (after := cued(output)) is not None:
        parts += [(after.strip().partition("\n")[0], False), (after, False)]
    if (block := fenced(output)) is not None:
        parts.append((block, True))
    return [*parts, (output, True)]


def _whole(text: str, *, commas: bool) -> str | None:
    """The text as one number or formula, if it is nothing else."""
    text = text.rstrip(". ").removeprefix("=").strip()
    if len(text) > LARGEST_EXPONENT:
        return None
    if _SPACED.fullmatch(text):
        return exactly(text.replace(" ", ""), commas=commas)
    if NUMBER.fullmatch(text):
        return exactly(text, commas=commas)
    if ("√" in text or "π" in text or "(" in text) and _FORMULA.fullmatch(text):
        return _calculated(text)
    words = number_in_words(text)
    return None if words is None else str(words)


def is_number(text: str) -> bool:
    """Whether the text is a number, however it is written, and nothing else."""
    return not is_day(text) and _whole(_typed(text), commas=False) is not None


def writes_commas(outputs: Sequence[str | None]) -> bool:
    """Whether decimals are set off by commas more often than by points in these outputs."""
    comma = point = 0
    for output in outputs[:LOOK_AT]:
        if output is not None and ("," in output or "." in output):
            tail = output[-400:].replace("{,}", ",")
            comma += _COMMA_HABIT.search(tail) is not None
            point += _POINT_HABIT.search(tail) is not None
    return comma > point


def exactly(written: str, *, commas: bool = False) -> str:
    """A number as a reduced fraction; as it stands where it is none, or beyond all bounds."""
    plain = re.sub(r"[\s()]", "", written.replace("**", "^").replace("x", "*").replace("X", "*"))
    mixed = re.fullmatch(r"\s*([-+]?)\s?(\d+)\s+(\d+)\s*/\s*(\d+)\s*", written)
    if len(plain) > LARGEST_EXPONENT:
        return plain.lower()
    try:
        if mixed:
            value = int(mixed[2]) + Fraction(int(mixed[3]), int(mixed[4]))
            return str(-value if mixed[1] == "-" else value)
        above, _, below = plain.lower().partition("/")
        value = _product(above, commas=commas)
        return str(value / _product(below, commas=commas) if below else value)
    except (ZeroDivisionError, OverflowError, ValueError):
        return plain.lower()


def _product(text: str, *, commas: bool) -> Fraction:
    value = Fraction(1)
    for factor in text.rstrip(".").split("*"):
        base, _, power = factor.partition("^")
        below = Fraction(_pointed(base, commas=commas))
        exponent = base.partition("e")[2] if "e" in base else ""
        if exponent and abs(int(exponent)) > LARGEST_EXPONENT:
            raise OverflowError
        value *= _raised(below, power, commas=commas) if power else below
    return value


def _raised(base: Fraction, power: str, *, commas: bool) -> Fraction:
    exponent = Fraction(_pointed(power, commas=commas))
    size = max(abs(base.numerator), base.denominator).bit_length()
    if exponent.denominator != 1 or abs(exponent) * size > 4 * LARGEST_EXPONENT:
        raise OverflowError
    return base ** int(exponent)


def _pointed(written: str, *, commas: bool) -> str:
    """With a point for decimals and nothing between thousands."""
    digits, e, exponent = written.partition("e")
    if e and abs(int(exponent)) > LARGEST_EXPONENT:
        raise OverflowError
    if "," in digits and "." in digits:
        if digits.rfind(",") > digits.rfind("."):
            digits = digits.replace(".", "").replace(",", ".")
        else:
            digits = digits.replace(",", "")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    elif "," in digits:
        decimal = commas or _DECIMAL_COMMA.fullmatch(digits.lstrip("+-"))
        single = digits.count(",") == 1
        digits = digits.replace(",", "." if decimal and single else "")
    elif commas and re.fullmatch(r"[-+]?[1-9]\d{0,2}\.\d{3}", digits):
        digits = digits.replace(".", "")
    return digits.rstrip(".") + e + exponent


def _calculated(text: str) -> str | None:
    """A formula of numbers, roots and pi: exactly if it can be, else to ten digits."""
    typed = re.sub(r"√\s*(\d+(?:\.\d+)?)", r"√(\1)", text)
    typed = re.sub(r"(?<=[\d)π])\s*(?=[√π(])", "*", typed)
    typed = re.sub(r"(?<=[)π])\s*(?=\d)", "*", typed)
    typed = typed.replace("^", "**").replace("√", "root").replace("π", "pi").replace(",", "")
    try:
        tree = ast.parse(typed.strip(), mode="eval").body
        value = _evaluated(tree, irrational="root" in typed or "pi" in typed)
    except (
        SyntaxError,
        ValueError,
        ZeroDivisionError,
        OverflowError,
        TypeError,
        RecursionError,
        MemoryError,
    ):
        return None
    return str(value) if isinstance(value, Fraction) else f"{value:.10g}"


def _evaluated(node: ast.AST, *, irrational: bool) -> Fraction | float:
    """Only what a formula may hold; sums only beside roots and pi: 3-10 is a range."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return Fraction(str(value))
        case ast.Name(id="pi"):
            return math.pi
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_evaluated(inner, irrational=irrational)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _evaluated(inner, irrational=irrational)
        case ast.Call(func=ast.Name(id="root"), args=[inner]):
            return _root(_evaluated(inner, irrational=irrational))
        case ast.BinOp(left=left, op=op, right=right):
            a = _evaluated(left, irrational=irrational)
            b = _evaluated(right, irrational=irrational)
            return _combined(a, op, b, irrational=irrational)
    raise ValueError("no formula of numbers")


def _combined(
    a: Fraction | float, op: ast.operator, b: Fraction | float, *, irrational: bool
) -> Fraction | float:
    match op:
        case ast.Mult():
            return a * b
        case ast.Div():
            return a / b
        case ast.Add() if irrational:
            return a + b
        case ast.Sub() if irrational:
            return a - b
        case ast.Pow() if isinstance(a, Fraction) and isinstance(b, Fraction):
            return _raised(a, str(b), commas=False) if b.denominator == 1 else float(a) ** float(b)
    raise ValueError("no formula of numbers")


def _root(value: Fraction | float) -> Fraction | float:
    if isinstance(value, Fraction) and value >= 0:
        above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if above**2 == value.numerator and below**2 == value.denominator:
            return Fraction(above, below)
    return math.sqrt(value)
