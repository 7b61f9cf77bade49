"""A formula as it would be typed on one line: a fraction of LaTeX as 3/4, `10^{3}` as 10^(3)."""

import html
import re
import unicodedata
from typing import Final

__all__ = ["one_line"]

LONGEST: Final = 4_000  # characters: the last ones of a longer text are read

_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_SIGNS: Final = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{FIGURE DASH}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{HYPHEN}": "-",
        "\N{MULTIPLICATION SIGN}": "*",
        "\N{DOT OPERATOR}": "*",
        "\N{BULLET OPERATOR}": "*",
        "\N{MIDDLE DOT}": "*",
        "\N{DIVISION SIGN}": "/",
        "\N{FRACTION SLASH}": "/",
        "\N{DIVISION SLASH}": "/",
        "\N{ARABIC DECIMAL SEPARATOR}": ".",
        "\N{ARABIC THOUSANDS SEPARATOR}": ",",
        "\N{SQUARE ROOT}": "√",
        "\N{GREEK SMALL LETTER PI}": "π",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{THIN SPACE}": "\u2009",
    }
)
_ENTITY: Final = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d{0,2});", re.I)
_SIGN_BEFORE: Final = re.compile(
    "(?:\\A|(?<=[\\s=(:]))[\u2014\u207b](?=\\s?\\d)"
)  # a dash, a raised minus
_VULGAR: Final = re.compile("[¼-¾⅐-⅞↉]")
_SPACES_BETWEEN: Final = re.compile(
    r"(?<=\d)(?:[\u2009\u202f\u00a0\u2007\u2008\u200a]|\\[,;:! ]|\\thinspace|~|\{ \}|'|_)+"
    r"(?=\d{3}(?!\d))"
)
_COMMAND_SPACE: Final = re.compile(r"\\[,;:!]|\\(?:quad|qquad|thinspace|displaystyle|limits)\b|~")
_NEST: Final = 6  # fractions within fractions
_INNER: Final = r"\{([^{}]*)\}"
_FRACTION: Final = re.compile(
    rf"(\d?)\s*\\(?:[dtcsx]|nice)?frac\s*(?:{_INNER}|(\d))\s*(?:{_INNER}|(\d))"
)
_OVER: Final = re.compile(r"\{([^{}]*)\\over(?![A-Za-z])([^{}]*)\}")
_ROOT: Final = re.compile(rf"\\sqrt\s*(?:{_INNER}|(\d))")
_POWER: Final = re.compile(r"\^\s*\{([^{}]*)\}")
_TEXT: Final = re.compile(
    rf"\\(?:text|textbf|textit|textrm|texttt|mathrm|mathbf|mathit|mathsf|mbox|operatorname){_INNER}"
)
_MACROS: Final = (
    (re.compile(r"\\(?:left|right|big|Big|bigg|Bigg)(?![a-z])"), ""),
    (re.compile(r"\\(?:times|cdot|ast)(?![A-Za-z])"), "*"),
    (re.compile(r"\\div(?![A-Za-z])"), "/"),
    (re.compile(r"\\pi(?![A-Za-z])"), "π"),
    (re.compile(r"(?<![A-Za-z])\{\s*(\d[\d.,]*)\s*\}"), r"\1"),
    (re.compile(r"\\(?:approx|simeq|equiv)(?![A-Za-z])"), "="),
    (re.compile(r"\^\s*\\circ\b|\\degree\b"), " degrees"),
    (re.compile(r"\\([%$#&_{}])"), r"\1"),
    (re.compile(r"\\[()\[\]]|\$"), " "),
)
_PLAIN: Final = re.compile(r"[-+]?\s*[\d.,]+")
_CURRENCY: Final = re.compile("[$€£¥₹₩₽]")


def one_line(text: str) -> str:
    """The text with formulas typed on one line, and all digits, signs and spaces the usual ones."""
    if len(text) > LONGEST:
        text = text[-LONGEST:]
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    if text.isascii() and "\\" not in text and "{" not in text and "$" not in text:
        return _SPACES_BETWEEN.sub("", text) if "'" in text or "_" in text or "~" in text else text
    if not text.isascii():
        text = _SIGN_BEFORE.sub("-", text)
        text = _RAISED.sub(lambda m: "^(" + m[0].translate(_SUPERSCRIPTS) + ")", text)
        text = _VULGAR.sub(lambda m: " " + unicodedata.normalize("NFKC", m[0]) + " ", text)
        text = text.translate(_SIGNS)
    text = text.replace("{,}", ",").replace("{.}", ".")
    text = _SPACES_BETWEEN.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
        text = "".join(_digit(c) for c in text)
    return _CURRENCY.sub("", _without_macros(text)) if not text.isalnum() else text


def _digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))


def _without_macros(text: str) -> str:
    if "\\" not in text and "^" not in text and "$" not in text:
        return text
    text = _COMMAND_SPACE.sub(" ", text)
    for _ in range(_NEST):
        before = text
        text = _TEXT.sub(r" \1 ", text)
        text = _POWER.sub(lambda m: f"^({m[1].strip()})", text)
        text = _ROOT.sub(lambda m: f"√({(m[1] or m[2]).strip()})", text)
        text = _OVER.sub(r"\\frac{\1}{\2}", text)
        text = _FRACTION.sub(_typed_fraction, text)
        if text == before:
            break
    for pattern, typed in _MACROS:
        text = pattern.sub(typed, text)
    return text


def _typed_fraction(found: re.Match[str]) -> str:
    whole, above, below = found[1], found[2] or found[3] or "", found[4] or found[5] or ""
    plain = _PLAIN.fullmatch(above.strip()) and _PLAIN.fullmatch(below.strip())
    typed = f"{above}/{below}" if plain else f"({above})/({below})"
    return f"{whole} {typed}" if whole else typed
