"""Is a word misspelt, and is a number one that unrelated projects do not write?

Kept as 32 bits of a hash of each word and number, made by `tools/code/words.py`. A collision makes
a misspelt word look known, which speaks for the accused.
"""

from functools import lru_cache
from hashlib import blake2b
from importlib import resources
from typing import Final

import numpy as np

__all__ = ["EDITED", "WORDS", "known_number", "known_word", "misspelt", "short"]

WORDS: Final = "words.npz"
EDITED: Final = 6  # letters of a word, at least, that can be told to be another misspelt
LONGEST: Final = 24  # letters of a word: longer ones are none, and would be edited without end
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def short(text: str) -> int:
    """32 bits of a text."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "big")


@lru_cache(maxsize=1)
def _kept() -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    place = resources.files("filiation.readers.code") / WORDS
    with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
        known, frequent, numbers = (
            frozenset(np.cumsum(kept[name], dtype=np.uint64).tolist())
            for name in ("known", "frequent", "numbers")
        )
    return known, frequent, numbers


@lru_cache(maxsize=1 << 17)
def known_word(word: str) -> bool:
    """Whether a word of small letters stands in the list, or in two unrelated projects."""
    return short(word) in _kept()[0]


@lru_cache(maxsize=1 << 15)
def known_number(number: str) -> bool:
    """Whether two unrelated projects write this number."""
    return short(number) in _kept()[2]


@lru_cache(maxsize=1 << 16)
def misspelt(word: str) -> bool:
    """Whether an unknown word is one step from a frequent one: a letter too many, few or other.

    Two known words put together are none, for names are made so.
    """
    if not EDITED <= len(word) <= LONGEST or known_word(word):
        return False
    if any(known_word(word[:at]) and known_word(word[at:]) for at in range(2, len(word) - 1)):
        return False
    frequent = _kept()[1]
    return any(short(one) in frequent for one in _one_step(word))


def _one_step(word: str) -> set[str]:
    """Every text that is one letter away; the first letter stays, as it does in most slips."""
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    found = {one + two[1:] for one, two in cuts if two}
    found |= {one + two[1] + two[0] + two[2:] for one, two in cuts if len(two) > 1}
    found |= {one + letter + two[1:] for one, two in cuts if two for letter in LETTERS}
    return found | {one + letter + two for one, two in cuts for letter in LETTERS}
