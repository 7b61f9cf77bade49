"""What stays the same when a prompt's slots change? A prompt as words, template, first, last words.

A prompt that a program fills in has slots: numbers, names, quotations, code, links, whole passages
between a fixed beginning and a fixed end. They are blanked here, so that two fillings of one
template read alike. The rules are fixed and need no model; each pass is linear in the text.
What is not in the prompt's words (typography, invisible characters, width of letters) is undone
first. Where somebody rewords the template itself, the template is another one; its shingles stay.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, final

__all__ = ["SLOT", "Reading", "read_prompt", "read_system", "words_of"]

SLOT: Final = "\ue000"  # stands where something was blanked; strangers' are removed first
EDGE: Final = 8  # words of an opening and of a closing
BOTH: Final = 12  # words of a line from which its end says more than its beginning does
LITERAL: Final = 2  # words that must be left of a template, opening or closing
LONG: Final = 12  # words from which a line between others, or what follows a colon, is a passage
HEAD: Final = 4  # words before a colon that make a label of them, at the beginning of a line
LINES: Final = 3  # lines kept at the beginning and at the end of many
CUT: Final = 16  # words kept at either end of a long line
VERY_LONG: Final = 1 << 18  # characters from which only the ends are looked at for slots

# Letters that are written without spaces between words count as words of their own.
ALONE: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
UNSPACED: Final = re.compile(f"[{ALONE}]")
WORD: Final = re.compile(rf"\w+(?:['\u2019]\w+)*|{SLOT}")
WORD_UNSPACED: Final = re.compile(rf"[{ALONE}]|{SLOT}|(?:(?![{ALONE}])\w)+")
FENCE: Final = re.compile(r"```|~~~")
TAG: Final = re.compile(r"<(/?)([A-Za-z][\w.-]{0,40})[^<>]{0,200}>")
LINK: Final = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
INLINE: Final = re.compile(r"`[^`\n]{1,400}`")
TRIPLE: Final = re.compile(r'"""|\'\'\'')
QUOTED: Final = re.compile(
    r'"[^"]{1,4000}"|\u201c[^\u201d]{1,4000}\u201d|«[^»]{1,4000}»|\u201e[^\u201c\u201d]{1,4000}[\u201c\u201d]'
)
SINGLE: Final = re.compile(r"(?<!\w)[\u2018'](?=\S)[^'\u2019\n]{1,400}(?<=\S)['\u2019](?!\w)")
DIGITS: Final = re.compile(r"\b\w*\d\w*(?:[.,:/%-]+\d\w*)*%?")
NUMBER: Final = re.compile(r"\b\w*\d\w*")
NAME: Final = re.compile(r"\b[A-ZÀ-ÖØ-Þ\u0391-\u03a9\u0410-\u042f][\w\u2019'-]*")
ENDS: Final = f".!?:;\n{SLOT}\u2022*#>-"  # what stands before the first word of a sentence
FIRST_PERSON: Final = frozenset(f"I{rest}" for rest in ("", "'m", "'d", "'ll", "'ve", "\u2019m"))
LABEL: Final = re.compile(r":\s")
SPACES: Final = re.compile(r"[ \t\f\v\u00a0]+")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A prompt as it is signed; an empty text is one that this prompt does not have.

    Attributes:
        words: Its words in lower case, numbers as "0".
        whole: All of it, in lower case and with single spaces.
        template: What is left when slots are blanked.
        opening: The first words of that.
        closing: The last words of that.
    """

    words: tuple[str, ...] = ()
    whole: str = ""
    template: str = ""
    opening: str = ""
    closing: str = ""


def read_prompt(text: str) -> Reading:
    """A prompt as words, template, opening and closing."""
    text = _plain(text)
    if not text:
        return Reading()
    lower = text.casefold()
    lines = _shortened(_blanked(_ends(text)))
    return Reading(
        words=tuple(words_of(lower)),
        whole=" ".join(lower.split()),
        template=_kept(_joined(lines)),
        opening=_kept(_opening(lines)),
        closing=_kept(_closing(lines)),
    )


def read_system(text: str) -> str:
    """The template of a system prompt; of a short one, whatever is left."""
    text = _plain(text)
    return " ".join(_joined(_shortened(_blanked(_ends(text))))) if text else ""


def words_of(lower: str) -> list[str]:
    """The words of a text in lower case; what holds a digit is the word "0"."""
    return _tokens(NUMBER.sub("0", lower) if _has_digit(lower) else lower)


def _tokens(text: str) -> list[str]:
    if text.isascii() or UNSPACED.search(text) is None:
        return WORD.findall(text)
    return WORD_UNSPACED.findall(text)


def _has_digit(text: str) -> bool:
    return any(digit in text for digit in "0123456789") or (
        not text.isascii() and any(map(str.isdigit, text))
    )


def _ends(text: str) -> str:
    """A text without its middle, of which no template keeps anything."""
    if len(text) <= VERY_LONG:
        return text
    half = VERY_LONG // 2
    return f"{text[:half]}\n{text[-half:]}"


def _plain(text: str) -> str:
    """Without what cannot be seen, letters of other widths as usual ones."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(x for x in text if x.isprintable() or x in "\n\t\r ")
        text = text.replace(SLOT, "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SPACES.sub(" ", text).strip()


def _blanked(text: str) -> str:
    """A text with a slot for everything that a program would fill in, in lower case."""
    if "```" in text or "~~~" in text:
        text = _between(text, FENCE)
    if '"""' in text or "'''" in text:
        text = _between(text, TRIPLE)
    if "</" in text:
        text = _between_tags(text)
    if "`" in text:
        text = INLINE.sub(SLOT, text)
    if "://" in text or "www." in text or "@" in text:
        text = LINK.sub(SLOT, text)
    if any(mark in text for mark in '"\u201c«\u201e'):
        text = QUOTED.sub(SLOT, text)
    if "'" in text or "\u2018" in text:
        text = SINGLE.sub(SLOT, text)
    if _has_digit(text):
        text = DIGITS.sub(SLOT, text)
    if not text.isupper():
        text = NAME.sub(_unless_first, text)
    return text.casefold()


def _between(text: str, mark: re.Pattern[str]) -> str:
    """A slot for what stands between each two marks of a kind; the last one may be left open."""
    parts, at, open_ = [], 0, ""
    for found in mark.finditer(text):
        if not open_:
            parts += [text[at : found.start()], SLOT]
            open_ = found[0]
        elif found[0] == open_:
            at, open_ = found.end(), ""
    return "".join([*parts, *([] if open_ else [text[at:]])])


def _between_tags(text: str) -> str:
    """A slot for what stands between a tag and the next one that closes it."""
    tags = [*TAG.finditer(text)]
    closing: dict[str, list[int]] = {}
    ends: dict[int, int] = {}
    for tag in tags:
        if tag[1]:
            closing.setdefault(tag[2], []).append(tag.start())
            ends[tag.start()] = tag.end()
    parts, at = [], 0
    for tag in tags:
        if tag[1] or tag.start() < at:
            continue
        places = closing.get(tag[2], [])
        place = bisect_right(places, tag.start())
        if place < len(places):
            parts += [text[at : tag.end()], SLOT]
            at = places[place]
    return "".join([*parts, text[at:]])


def _unless_first(found: re.Match[str]) -> str:
    """A slot for a capitalised word that does not owe its capital to its place in a sentence."""
    before = found.string[: found.start()][-2:].rstrip(" ")
    kept = not before or before[-1] in ENDS or found[0] in FIRST_PERSON
    return found[0] if kept else SLOT


def _shortened(blanked: str) -> list[list[str]]:
    """The tokens of each line of a blanked text, with a slot for every long passage."""
    lines = [line for line in blanked.split("\n") if line and not line.isspace()]
    most = 4 * LINES
    if len(lines) > 2 * most:  # what is dropped need not be read
        lines = [*lines[:most], SLOT, *lines[-most:]]
    read = [line for line in map(_line, lines) if line]
    read = [*read[:1], *_once([SLOT] if len(x) > LONG else x for x in read[1:-1]), *read[1:][-1:]]
    return read if len(read) <= most else [*read[:LINES], [SLOT], *read[-LINES:]]


def _once(lines: Iterable[list[str]]) -> list[list[str]]:
    """Lines that read alike, once: of a list of examples or sources, however long it is."""
    return [*{tuple(line): line for line in lines}.values()]


def _line(line: str) -> list[str]:
    """The tokens of a line, cut where a label introduces a passage, or where it is very long."""
    tokens = _tokens(line)
    label = LABEL.search(line)
    if label is not None:
        before = len(_tokens(line[: label.start()]))
        if 0 < before <= HEAD or (before and len(tokens) - before > LONG):
            tokens = [*tokens[: min(before, CUT)], SLOT]
    if len(tokens) > 2 * CUT + LONG:
        tokens = [*tokens[:CUT], SLOT, *tokens[-CUT:]]
    return _merged(tokens)


def _joined(lines: list[list[str]]) -> list[str]:
    return _merged([token for line in lines for token in line])


def _merged(tokens: list[str]) -> list[str]:
    """Slots side by side as one."""
    if SLOT not in tokens:
        return tokens
    return [
        token
        for place, token in enumerate(tokens)
        if token != SLOT or not place or tokens[place - 1] != SLOT
    ]


def _opening(lines: list[list[str]]) -> list[str]:
    """The first words: of the first line, or of those up to the first that says something."""
    found: list[str] = []
    for line in lines[:LINES]:
        found = _merged([*found, *line])
        if _literal(found) > LITERAL:
            break
    return found[:EDGE]


def _closing(lines: list[list[str]]) -> list[str]:
    """The last words, if they are not those of the opening as well."""
    if len(lines) < 2 and (not lines or len(lines[0]) < BOTH):
        return []
    found: list[str] = []
    for line in reversed(lines[-LINES:]):
        found = _merged([*line, *found])
        if _literal(found) > LITERAL:
            break
    return found[-EDGE:]


def _literal(tokens: list[str]) -> int:
    return len(tokens) - tokens.count(SLOT)


def _kept(tokens: list[str]) -> str:
    """The tokens as a text, if enough of them are words."""
    return " ".join(tokens) if _literal(tokens) >= LITERAL else ""
