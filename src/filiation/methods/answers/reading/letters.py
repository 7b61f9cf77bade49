"""Which option does this answer choose? Its letter: alone, announced, boxed, or first.

Who explains an answer names other options behind it ("The answer is B. Option C fails, since .."),
and two models that explain would share letters that neither has chosen. So what is announced as
the answer goes before every other mention, an option that is turned down is none, and where two
letters are left none is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from filiation.methods.answers.reading.latex import one_line
from filiation.methods.answers.reading.wrapping import boxed, cued, fenced, tagged, unwrapped

__all__ = ["ALONE", "letter"]

_NAMED: Final = r"(?:option|choice|answer|letter|(?:right|correct)\s+one)"
_IS: Final = r"(?:(?:must|would|should|will)\s+be|is|was|are|[:=])"
_NO_WORD: Final = (  # "A" and "I" may begin a sentence
    r"(?!['\u2019]|\s+(?:think|believe|guess|would|am|say)\b)"
    r"(?!(?<=A)\s+(?!(?:because|since|as|and|or|but|for|which|that|is|was|due|from|given|by)\b)[a-z])"
)
_MARKED: Final = rf"(?:\(([A-Za-z])\)|([A-Z])\b{_NO_WORD})"
_ANNOUNCED: Final = (
    re.compile(
        rf"(?i:\b{_NAMED}\b\W{{0,4}}(?:{_NAMED}\b\W{{0,4}})?{_IS}"
        rf"(?:\s+(?:therefore|thus|hence|clearly|then|likely))?[^\w(]{{0,8}}(?:{_NAMED}\b[^\w(]{{0,4}})?)"
        rf"{_MARKED}"
    ),
    re.compile(
        r"(?i:antwort|r\u00e9ponse|respuesta|resposta|risposta|\u043e\u0442\u0432\u0435\u0442|\u7b54\u6848|\u7b54\u3048|\u6b63\u786e\u9009\u9879|\uc815\ub2f5)"
        r"(?i:(?:\s+(?:corr\w+|richtige|juste))?\W{0,4}"
        r"(?:ist|lautet|est|es|\u00e9|\u00e8|\u662f|\u4e3a|\u306f|\uc740|[:=\u2014-])\W{0,4}(?:l[ae]\s+)?)"
        rf"{_MARKED}"
    ),
    re.compile(r"\u9009(?:\u62e9)?\W{0,3}(?:\(([A-Za-z])\)|([A-Z])\b)"),
)
ALONE: Final = re.compile(r"[\W_]*(?:(?:option|choice)\s*)?([A-Za-z])[\W_]*", re.I)
# "B." or "B)", and a letter alone in front of its explanation; I may be a word.
_FIRST: Final = re.compile(
    r"[\W_]*(?:([A-Z])[).:\]*]|([A-HJ-Z])(?:[*_]*\s*\n|[,;]|\s+[-\u2013\u2014]\s|,?\s+(?:because|since|as)\b))"
)
_LISTED: Final = re.compile(  # a line at a time, or in one line: "A: no. B: yes."
    r"(?:^(?:[^\w\n]|_)*|[.;,!?]\s{1,3}[*_(\[]{0,4})([A-Z])[).:\]]", re.M
)
_SAID: Final = re.compile(
    r"\b([A-Z])\W{0,4}\s+is\s+(?:the\s+)?(?:(?:correct|right|best|true)\b|answer\b)"
    r"|(?i:\b(?:choose|pick|select|go\s+with|go\s+for|chose)\s+(?:option\s+)?)\W{0,3}([A-Z])\b"
)
_MENTIONED: Final = re.compile(rf"(?i:\b{_NAMED}\s*)(?:\(([A-Za-z])\)|([A-Z])\b(?!['\u2019]))")
_IN_PARENTHESES: Final = re.compile(r"\(([A-Z])\)")
_CONCLUDED: Final = re.compile(
    r"(?i:\b(?:so|thus|therefore|hence|consequently)\b)[^.\n?]{0,80}?"
    rf"(?:(?i:\b{_NAMED}\s*)\(?|\()([A-Za-z])\b"
)
_TURNED_DOWN: Final = re.compile(
    r"[)\]*_]*\W{0,2}\s*(?:(?:is|are|was|seems?|looks?|would\s+be)\s+(?:\w+ly\s+)?"
    r"(?:wrong|incorrect|not|false|out|eliminated|excluded|impossible|irrelevant|in(?:valid|accurate))"
    r"|(?:ist|est|es|\u00e8|\u00e9|n'est)\s+(?:nicht|pas|no|non|n\u00e3o|falsch|fau(?:x|sse)|fals[ao]|incorr\w+"
    r"|errat[ao]|errad[ao]|sbagliat[ao])\b"
    r"|fails?\b|cannot\b|can't\b|isn't\b|doesn't\b|does\s+not\b|and\s+\(?[A-Z]\)?\s+are\b)",
    re.I,
)
# "A and C", "(A) or (B)": two answers are none.
_MORE: Final = re.compile(
    r"\)?[*_]*\s*(?:,|/|&|(?:,\s*)?\b(?:or|and))\s*\(?([A-Z])\)?[*_]*\s*(?:[.,\n]|\Z)"
)
_AGAINST: Final = re.compile(
    r"\b(?:not|nor|than|over|unlike|neither|instead\s+of|eliminat\w+|exclud\w+|reject\w*|rul\w+\s+out"
    r"|wrong|incorrect|false|mistaken|tempting|na(?:i|\u00ef)ve|falsche|mauvaise|fausse)"
    rf"\s+(?:{_NAMED}\s*)?\(?\Z",
    re.I,
)


def letter(output: str) -> str | None:
    """Return the option's letter: alone, after "the answer is", boxed, or in parentheses.

    None where several options are named and none of them is announced, alone or in front.
    """
    if whole := ALONE.fullmatch(output):
        return whole[1].upper()
    for part in (boxed(output), tagged(output)):
        if part is not None and (whole := ALONE.fullmatch(one_line(unwrapped(part)))):
            return whole[1].upper()
    text = unicodedata.normalize("NFKC", one_line(output) if "\\" in output else output)
    cues = [cue for announced in _ANNOUNCED for cue in announced.finditer(text)]
    if found := list(_letters(cues, text)):
        return _only(found)
    for part in (fenced(output), None if cues else cued(output), output):
        if part is not None and (whole := ALONE.fullmatch(one_line(unwrapped(part)))):
            return whole[1].upper()
    first = _FIRST.match(text)
    if first and len(set(_LISTED.findall(text))) < 2:
        place = first.lastindex or 0
        return None if _MORE.match(text, first.end(place)) else str(first[place])
    for mentions in (_SAID, _CONCLUDED, _MENTIONED, _IN_PARENTHESES):
        if found := list(_letters(mentions.finditer(text), text)):
            return _only(found)
    return None


def _letters(mentions: Iterable[re.Match[str]], text: str) -> Iterator[str]:
    """The letters of all mentions that are not turned down."""
    for found in mentions:
        behind = _TURNED_DOWN.match(text, found.end())
        if not behind and not _AGAINST.search(text, max(0, found.start() - 40), found.start()):
            yield next(filter(None, found.groups())).upper()
            if more := _MORE.match(text, found.end(found.lastindex or 0)):
                yield more[1]


def _only(letters: Iterable[str]) -> str | None:
    """The letter, if all are one."""
    found = set(letters)
    return found.pop() if len(found) == 1 else None
