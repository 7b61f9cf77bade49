"""English words for numbers: "minus three", "forty-two", "one and a half", "three quarters"."""

import re
from fractions import Fraction
from typing import Final

__all__ = ["number_in_words"]

_SMALL: Final = """zero one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen"""
_UNITS: Final = {word: value for value, word in enumerate(_SMALL.split())}
_TENTHS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS: Final = {word: 10 * value for value, word in enumerate(_TENTHS.split(), start=2)}
_SCALES: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS: Final = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_KNOWN: Final = frozenset(
    {*_UNITS, *_TENS, *_SCALES, *_PARTS, *(f"{p}s" for p in _PARTS), "hundred", "minus",
     "negative", "and", "a", "an", "point", "dozen"}
)  # fmt: skip
_WORDS: Final = re.compile(r"[a-z]+")
_LONGEST: Final = 24  # words


def number_in_words(text: str) -> Fraction | None:
    """The number that the text is, if it is nothing else but words of one; else None."""
    words = _WORDS.findall(text.casefold())
    if not words or len(words) > _LONGEST or any(word not in _KNOWN for word in words):
        return None
    if re.search(r"[^\W\d_]", _WORDS.sub("", text.casefold())):
        return None
    sign = 1
    if words[0] in ("minus", "negative"):
        sign, words = -1, words[1:]
    value = _whole_and_part(words)
    return None if value is None else sign * value


def _whole_and_part(words: list[str]) -> Fraction | None:
    if "point" in words:
        place = words.index("point")
        digits = [_UNITS.get(word, 10) for word in words[place + 1 :]]
        above = _integer(words[:place] or ["zero"])
        if above is None or not digits or max(digits) > 9:
            return None
        return above + Fraction(int("".join(map(str, digits))), 10 ** len(digits))
    last = words[-1] if words else ""
    below = _PARTS.get(last) or _PARTS.get(last.removesuffix("s"))
    if below is None:
        return _integer(words)
    parts = words[:-1] or ["one"]
    if "and" in parts and parts[parts.index("and") + 1 :] in ([], ["a"], ["one"]):
        cut = parts.index("and")  # "two and a half": the words in front of it are whole
        whole, above = _integer(parts[:cut]), Fraction(1)
    else:
        whole, above = Fraction(0), _integer(["one"] if parts in (["a"], ["an"]) else parts)
    return None if whole is None or above is None else whole + above / below


def _integer(words: list[str]) -> Fraction | None:
    """A whole number; None where the words are in no order that is one."""
    total, current, seen = 0, 0, False
    for word in words:
        if word == "and" and seen:
            continue
        if word in ("a", "an") and not seen:
            current = 1
        elif word in _UNITS and current % 100 in (0, *_TENS.values()):
            if current % 100 and _UNITS[word] > 9:
                return None
            current += _UNITS[word]
        elif word in _TENS and current % 100 == 0:
            current += _TENS[word]
        elif word == "hundred" and 0 < current < 100:
            current *= 100
        elif word == "dozen":
            current = max(current, 1) * 12
        elif word in _SCALES and current:
            total, current = total + current * _SCALES[word], 0
        else:
            return None
        seen = True
    return Fraction(total + current) if seen and words[-1] not in ("a", "an", "and") else None
