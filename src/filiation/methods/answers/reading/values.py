"""Which value is this answer, or which output of a program? Written as Python writes it."""

import re
from typing import Final

from filiation.methods.answers.reading.latex import one_line
from filiation.methods.answers.reading.numbers import NUMBER, exactly
from filiation.methods.answers.reading.wrapping import boxed, cued, fenced, tagged, unwrapped
from filiation.methods.answers.reading.written_values import WORDS, loosely

__all__ = ["evaluated", "literal", "squeezed"]

LONGEST: Final = 10_000  # characters of a value

_ASSERTED: Final = re.compile(r"^assert\b.*?==\s*", re.DOTALL)
_THOUSANDS: Final = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_STARTS: Final = frozenset("([{'\"-+")
_TYPOGRAPHIC: Final = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{NO-BREAK SPACE}": " ",
    }
)
_TYPESET: Final = re.compile(r"\\[dtc]?frac|\{,\}|\\[,;!]|\d\s*\^|\\times|[\u2009\u202f]|\\cdot")


def literal(output: str) -> str | None:
    """Return a Python value or a program's output in one way of writing it.

    What is boxed or tagged as the answer, else the last fenced block, else what follows "the output
    is", else all of it; of an assertion, the right side. A quoted string reads as what it holds,
    an empty one as ''; true, null and the like as Python has them, within lists too. Text keeps its
    lines, with blanks squeezed, and a full stop at the end goes: whether it is quoted or not must
    not matter.
    """
    block = fenced(output)
    chosen = next((p for p in (boxed(output), tagged(output), block) if p is not None), None)
    if chosen is None and (whole := _structure(_bare(output))) is not None:
        return whole  # {'result': 5} announces nothing
    after = None if chosen is not None else cued(output)
    text = _bare(next(p for p in (chosen, after, output) if p is not None))
    if not text:
        return None
    value = evaluated(text)
    if value is None and after is not None:
        value = evaluated(_bare(text.partition("\n")[0]))  # what follows it is explanation
    return squeezed(text) if value is None else value


def _structure(text: str) -> str | None:
    """A list, a tuple, a dictionary or a set that is all of this text; None if it is none."""
    return evaluated(text) if text[:1] in ("(", "[", "{") and text[-1:] in (")", "]", "}") else None


def squeezed(text: str) -> str | None:
    """Text without quotes: blanks squeezed, empty lines and a full stop at the end left out."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    kept = "\n".join(line for line in lines if line)
    if kept.endswith(".") and not kept.endswith(".."):
        kept = kept[:-1].rstrip()
    return kept or None


def _bare(text: str) -> str:
    """Without what is set around it, and without the left side of an assertion."""
    text = _ASSERTED.sub("", text.strip(), count=1)
    return unwrapped(text).strip("`").strip()


def evaluated(text: str) -> str | None:
    """The text as a value, written as Python writes it; None if it is none."""
    text = text.translate(_TYPOGRAPHIC)
    if len(text) > LONGEST:
        return None
    if _TYPESET.search(text[:100]) and (number := _typeset(text)) is not None:
        return number
    if not (text[:1] in _STARTS or text[:1].isalnum()):
        return None
    if _THOUSANDS.fullmatch(text.rstrip(".")):
        text = text.rstrip(".").replace(",", "")
    word = text.rstrip(".").casefold()
    if word in WORDS:
        return WORDS[word]
    value = _python(text[:-1]) if text[-1:] == "." else None
    return _python(text) if value is None else value


def _typeset(text: str) -> str | None:
    """A number set as a formula; a program prints no formulas, so it is a way of writing."""
    typed = one_line(text).strip().rstrip(".")
    if NUMBER.fullmatch(typed) is None:
        return None
    value = exactly(typed)
    above, _, below = value.partition("/")
    if not below:
        return value
    try:
        return repr(int(above) / int(below))
    except (OverflowError, ValueError, ZeroDivisionError):
        return None


def _python(text: str) -> str | None:
    try:
        value = loosely(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if isinstance(value, str):
        return squeezed(value) or "''"
    if isinstance(value, set):
        return "{" + ", ".join(sorted(map(repr, value))) + "}"
    return repr(value)
