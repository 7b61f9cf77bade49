"""Which elements of a set does somebody find who tries every short word and number?

The tribunal gets both sides' secrets with their openings, and of matches the other side is told
which of its own elements are there: either can try guesses. What follows is the dictionary of
that attack. Code, templates and long words are in no dictionary; what a particular reader knows
besides (a public vocabulary, public code) it finds as well, which nobody can bound here.
"""

import re
import string
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

__all__ = ["DIGITS", "LETTERS", "guessed", "guesses"]

LETTERS: Final = 3  # of a word that is tried
DIGITS: Final = 4  # of a number
BEFORE: Final = ("", " ", "\u2581", "\u0120")  # how vocabularies write the blank before a word
SHORT: Final = re.compile(
    rf"[{''.join(BEFORE[1:])}]?(?:[A-Za-z]{{1,{LETTERS}}}|[0-9]{{1,{DIGITS}}})"
)


def guesses(letters: int = LETTERS, digits: int = DIGITS) -> Iterator[bytes]:
    """Every guess, each once."""
    for alphabet, longest in ((string.ascii_letters, letters), (string.digits, digits)):
        for length in range(1, longest + 1):
            for symbols in product(alphabet, repeat=length):
                word = "".join(symbols)
                yield from ((one + word).encode() for one in BEFORE)


def guessed(elements: Sequence[bytes]) -> int:
    """How many elements are among the guesses, without making them all."""
    return sum(
        SHORT.fullmatch(element.decode("utf-8", errors="surrogateescape")) is not None
        for element in elements
    )
