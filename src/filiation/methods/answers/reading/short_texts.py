"""Which short text is this answer? Case, punctuation and articles do not tell answers apart."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from filiation.methods.answers.reading.latex import one_line
from filiation.methods.answers.reading.numbers import is_number, number
from filiation.methods.answers.reading.wrapping import ELSEWHERE, boxed, fenced, tagged, unwrapped

__all__ = ["text"]

WORDS: Final = 12  # of a free answer; what follows is explanation
HEAD: Final = 2_000  # characters that are looked at
OPENING: Final = 40  # characters in which an answer is announced

_ARTICLES: Final = frozenset({"a", "an", "the"})
_OPENING: Final = re.compile(
    r"\A\W*(?:(?:so|thus|therefore|hence|ok|okay|sure|well)\W+)?"
    r"(?:(?:(?:the|my|our|final|correct|right|short)\s+){0,3}"
    r"(?:answer|response|solution|result|output)(?:\s+(?:to\s+(?:this|the|your)\s+question))?"
    r"\W{0,3}\s*(?:is|was|would\s+be|:|=)[*_\"']*\s*:?\s*)",
    re.I,
)
_NOTHING: Final = frozenset({"n a", "na", "nan", "none", "null", "nil", "undefined", "no answer"})


def text(output: str) -> str | None:
    """Return a free answer: folded case, no punctuation, no articles, the first twelve words.

    What is boxed, tagged or fenced stands for the whole; "the answer is" in front goes. A number
    reads as a number.
    """
    head = output[:HEAD]
    parts = (boxed(output[-HEAD:]), tagged(output[-HEAD:]), fenced(head))
    bare = unwrapped(next((p for p in parts if p is not None), head))
    announced = _OPENING.match(bare) or ELSEWHERE.search(bare[:OPENING])
    if announced is not None and bare[announced.end() :].strip(" .\n"):
        bare = unwrapped(bare[announced.end() :])
    if len(bare) < 80 and any(map(str.isdigit, bare)) and is_number(bare):
        return number(bare)
    if "\\" in bare:
        bare = one_line(bare)
    folded = unicodedata.normalize("NFKC", bare).casefold()
    words = _words(folded)
    first = list(islice(words, 3))
    if " ".join(first) in _NOTHING:
        return None
    telling = (word for word in chain(first, words) if word not in _ARTICLES)
    return " ".join(islice(telling, WORDS)) or None


def _words(folded: str) -> Iterator[str]:
    """Runs of letters and digits, with the marks set on them; no more are read than are taken."""
    for run in folded.split():
        if run.isalnum():
            yield run
        else:
            spaced = (c if c.isalnum() or unicodedata.combining(c) else " " for c in run)
            yield from "".join(spaced).split()
