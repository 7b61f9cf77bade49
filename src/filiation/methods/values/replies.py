"""Which side does a reply take, and for which reason?

The batteries ask for the letter on the first line and the reason below it. Models also write
"Option B, because ..", "**A**", a box, a field of JSON, or choose in the middle of a text. Whoever
repeats both options first has chosen neither by it: then only what is said to be the choice counts.
A reply that names both letters as its choice, or none, chose nothing; it is never guessed.
"""

import re
from dataclasses import dataclass
from typing import Final, final

from filiation.methods.answers.reading.artefacts import spoken
from filiation.methods.answers.reading.wrapping import boxed, tagged
from filiation.methods.answers.texts import CHARACTERS
from filiation.model.values import Form

__all__ = ["Reply", "chosen", "said"]

_LABEL: Final = (
    r"(?:(?:(?:my|the|final|answer|choice|decision|option|letter|is|antwort|r\u00e9ponse|"
    r"respuesta|resposta|risposta|\u043e\u0442\u0432\u0435\u0442)\b"
    r"|\u7b54\u6848|\u56de\u7b54|\u9009\u62e9|\u9078\u629e)[\s:*\"\uff1a]*){0,6}"
)
_FIRST: Final = re.compile(
    rf"\W{{0,20}}{_LABEL}\W{{0,8}}([AB])"
    r"(?:\s*$|\s*[).:;,!\]*\"`$\u2013\u2014-]|(?=\s*\()|\t|(?=\s+(?:because|since|as|for)\b))",
    re.I,
)
_BESIDE: Final = ' \t\n*.:;,!)]"`$-\u2013\u2014'  # between the letter and the reason
_LISTED: Final = re.compile(
    r"(?:^|[;,/])(?:[^\w\n]|_){0,8}(?:option\s+)?([AB])\s*[).:*\]]", re.I | re.M
)
_BESIDE_IT: Final = re.compile(r"[^\w\n]*(?:(?:or|and)\s+)?([AB])(?:\W*$|\s*[).:;,])", re.I | re.M)
_CUE: Final = re.compile(
    r"\b(?:i(?:'d| would| will|'ll)? "
    r"(?:choose|pick|prefer|select|take|go with|opt for|lean towards?|recommend)"
    r"|(?:answer|choice|decision)\s*(?:is|would be|:))\s*\W{0,8}(?:option\s+)?\W{0,4}([AB])\b(?!')",
    re.I,
)
_ALONE: Final = re.compile(r"\W*(?:option\s+)?([AB])\W*", re.I)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was read of one reply.

    Attributes:
        letter: A or B; empty if neither was chosen.
        reason: What was said besides.
    """

    letter: str = ""
    reason: str = ""


def said(output: str) -> Reply:
    """Read a reply: the letter of its first line, else the one letter that it says it chooses."""
    text = (spoken(output) or "").strip()[:CHARACTERS]
    first, _, rest = text.partition("\n")
    found = _FIRST.match(first)
    if found is not None and not _repeats_both(text, found):
        rest = f"{first[found.end() :]}\n{rest}".lstrip(_BESIDE).rstrip()
        return Reply(letter=found[1].upper(), reason=rest)
    for part in (boxed(text), tagged(text)):
        if part is not None and (alone := _ALONE.fullmatch(part)):
            return Reply(letter=alone[1].upper(), reason=text)
    letters = {letter.upper() for letter in _CUE.findall(text)}
    return Reply(letter=letters.pop() if len(letters) == 1 else "", reason=text)


def chosen(output: str, form: Form) -> bool | None:
    """Whether a reply takes the first side of an item; None if it takes neither."""
    letter = said(output).letter
    return None if not letter else (letter == "A") == (form.order == "ab")


def _repeats_both(text: str, found: re.Match[str]) -> bool:
    """Whether the first letter begins a list of both options, or both letters are all there is."""
    own, behind = found[1].upper(), text[found.end() :]
    line, _, below = behind.partition("\n")
    beside = _BESIDE_IT.match(line) or _ALONE.fullmatch(below)
    if beside is not None and beside[1].upper() != own:
        return True  # "A, B: both would do", or one letter alone below the other
    listed = {letter.upper() for letter in _LISTED.findall(behind)}
    return bool(line.strip(_BESIDE)) and not listed <= {own}
