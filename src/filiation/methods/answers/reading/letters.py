"""Which option does this answer choose? Its letter: alone, announced, boxed, or first."""

import re
import unicodedata
from typing import Final

from filiation.methods.answers.reading.latex import one_line
from filiation.methods.answers.reading.wrapping import boxed, cued, fenced, tagged, unwrapped

__all__ = ["ALONE", "letter"]

_CUES: Final = (
    re.compile(r"(?i:(?:answer|choice|option)\W*\s*(?:is|:|=)?\s*:?\s*[^\w(]*(?:option\s*|choice\s*)?)([A-Z])\b(?!['\u2019])"),
    re.compile(r"(?i:answer\W*\s*(?:is|:|=)?\s*:?\s*[^\w(]*(?:option\s*)?)\(([A-Za-z])\)"),
    re.compile(r"(?i:antwort|r\u00e9ponse|respuesta|resposta|risposta|\u043e\u0442\u0432\u0435\u0442|\u7b54\u6848)"
               r"(?i:\W*(?:ist|lautet|est|es|\u00e9|\u00e8|\u662f|\u4e3a)?\W*)\(?([A-Z])\b"),
)  # fmt: skip
ALONE: Final = re.compile(r"[\W_]*(?:(?:option|choice)\s*)?([A-Za-z])[\W_]*", re.I)
_FIRST: Final = re.compile(r"[\W_]*([A-Z])[).:\]*]")
_SAID: Final = re.compile(
    r"\b([A-Z])\W{0,4}\s+is\s+(?:the\s+)?(?:correct|right|best|answer|true)"
    r"|(?i:\b(?:choose|pick|select|go\s+with|go\s+for|chose)\s+(?:option\s+)?)\W{0,3}([A-Z])\b"
)
_IN_PARENTHESES: Final = re.compile(r"\(([A-Z])\)")


def letter(output: str) -> str | None:
    """Return the option's letter: alone, after "the answer is", boxed, or in parentheses."""
    if whole := ALONE.fullmatch(output):
        return whole[1].upper()
    for part in (boxed(output), tagged(output), fenced(output), cued(output), output):
        if part is not None and (whole := ALONE.fullmatch(one_line(unwrapped(part)))):
            return whole[1].upper()
    text = unicodedata.normalize("NFKC", one_line(output) if "\\" in output else output)
    for cue in _CUES:
        if found := cue.findall(text):
            return str(found[-1]).upper()
    if first := _FIRST.match(text):
        return first[1]
    if said := _SAID.findall(text):
        return str(said[-1][0] or said[-1][1])
    if found := _IN_PARENTHESES.findall(text):
        return str(found[-1])
    return None
