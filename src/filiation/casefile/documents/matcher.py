"""Where do these words stand, however they are written?

One matcher for what is redacted, for the search of copies, for near misses and for the check of an
export. Words are the same whatever their case and width, and whether letters are composed, joined
in a ligature or parted by what is not seen; a line may break between them, be quoted with `>`, or
break a word behind a hyphen. What comes near is the same letters with anything between them, other
accents, letters that look alike, or a few letters wrong; a person has to look at it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeAlias, final

from filiation.errors import UsageError

__all__ = ["Passage", "Spans", "merged"]

Spans: TypeAlias = tuple[tuple[int, int], ...]
SOFT: Final = "\u00ad"
UNSEEN: Final = re.compile("[\ufffd\u034f\u115f\u1160\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f]")
TAGS: Final = range(0xE0000, 0xE1000)
QUOTES: Final = dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'") | dict.fromkeys(
    "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'
)
BREAK: Final = r" *\n[\s>|]*"
WITHIN: Final = rf"(?:[-{SOFT}]+{BREAK}|{SOFT}+)?"  # between two letters of a word
BETWEEN: Final = rf"[\s>|{SOFT}]+"  # between two words
ALIKE: Final = str.maketrans(  # Cyrillic, Greek, dotless i, and figures that are read as letters
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458"
    "\u0455\u0501\u04bb\u04cf\u043a\u043c\u0442\u0432\u043d"
    "\u0433\u03b1\u03bf\u03bd\u03c1\u03c4\u03c5\u03b9\u03ba"
    "\u03b7\u03c7\u03b3\u03c9\u03f2\u0131\u014201",
    "aeopcyxijsdhlkmtbhraovptuiknxywcilol",
)
PIECE: Final = 4  # letters that stay together in a passage with letters wrong
MOST_WRONG: Final = 3


class _Fold(dict[int, str]):
    """What each letter is compared as; filled as letters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _folded(chr(code))
        return found


def _folded(letter: str) -> str:
    if letter == SOFT:
        return letter
    if letter in "\n\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if letter in QUOTES:
        return QUOTES[letter]
    if letter.isspace():
        return " "
    kind = unicodedata.category(letter)
    if kind in ("Cc", "Cf", "Cs", "Co") or UNSEEN.match(letter) or ord(letter) in TAGS:
        return ""
    if kind == "Pd" or letter == "\u2212":
        return "-"
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())


FOLD: Final = _Fold()


def _bare(folded: str) -> str:
    """Letters and figures alone, without accents."""
    return re.sub(r"[\W_]+", "", folded).translate(ALIKE)


@final
class Passage:
    """Words that are looked for."""

    def __init__(self, words: str) -> None:
        folded = words.translate(FOLD).replace(SOFT, "")
        parts = folded.split()
        if not parts:
            raise UsageError("a passage without letters; expected words to look for")
        self.words = words
        self._exact = re.compile(BETWEEN.join(map(_word, parts)))
        self._bare = _bare(folded)
        self._wrong = max(0, min(MOST_WRONG, len(self._bare) // PIECE - 1))
        self._pieces = tuple(_pieces(self._bare, self._wrong + 1))

    def stands_in(self, text: str) -> bool:
        """Does the passage stand there?"""
        folded = text.translate(FOLD)
        return self._may(folded) and self._exact.search(folded) is not None

    def places(self, text: str) -> Spans:
        """First and last letter (exclusive) of each place where it stands."""
        if not self._may(text.translate(FOLD)):
            return ()
        folded, at = _mapped(text)
        return tuple(
            (at[found.start()], at[found.end() - 1] + 1) for found in self._exact.finditer(folded)
        )

    def near(self, text: str) -> Spans:
        """First and last letter (exclusive) of what comes near and is not the passage."""
        if not self._bare or not self._may(text.translate(FOLD)):
            return ()
        folded, at = _mapped(text)
        kept = [place for place, letter in enumerate(folded) if letter.isalnum()]
        bare = _bare(folded)
        exact = self.places(text)
        found = [(at[kept[start]], at[kept[end - 1]] + 1) for start, end in self._close(bare)]
        return merged([one for one in found if not any(_overlap(one, other) for other in exact)])

    def _may(self, folded: str) -> bool:
        """Quickly: can it stand there or come near?"""
        bare = _bare(folded)
        return any(piece in bare for _, piece in self._pieces)

    def _close(self, bare: str) -> Iterator[tuple[int, int]]:
        """Where at most so many letters are wrong: one of the pieces is then whole."""
        for offset, piece in self._pieces:
            place = bare.find(piece)
            while place >= 0:
                start = max(0, place - offset - self._wrong)
                end = place - offset + len(self._bare) + self._wrong
                if _least_wrong(self._bare, bare[start:end]) <= self._wrong:
                    yield max(0, place - offset), min(len(bare), end - self._wrong)
                place = bare.find(piece, place + 1)


def _word(part: str) -> str:
    letters = [f"-(?:{BREAK})?" if letter == "-" else re.escape(letter) for letter in part]
    return WITHIN.join(letters)


def _pieces(bare: str, count: int) -> Iterator[tuple[int, str]]:
    cuts = [len(bare) * number // count for number in range(count + 1)]
    return ((start, bare[start:end]) for start, end in pairwise(cuts))


def _mapped(text: str) -> tuple[str, list[int]]:
    """The folded text, and of each of its letters the place in the text."""
    parts = [FOLD[ord(letter)] for letter in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


def _least_wrong(wanted: str, text: str) -> int:
    """Letters to put in, leave out or change, at least, to find the words in a text (Sellers)."""
    before = [0] * (len(text) + 1)
    for number, letter in enumerate(wanted, 1):
        row = [number]
        for place, other in enumerate(text, 1):
            row.append(min(before[place - 1] + (letter != other), before[place] + 1, row[-1] + 1))
        before = row
    return min(before)


def merged(spans: Sequence[tuple[int, int]]) -> Spans:
    """The same letters in as few spans as there can be, in their order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
