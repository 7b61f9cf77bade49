"""Which documents say nearly the same? Those that share most of their runs of three words.

What is compared is the text of a document, without people, date and subject above it and without
what hangs on it. Two documents are nearly the same where at least seven in ten of all different
runs of three words that stand in either stand in both. What comes into question is found by bands
of a MinHash (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3),
so that 100,000 documents are not held against each other in pairs: where exactly seven in ten are
shared, 1 of 700 such pairs is missed, and of those that share more, fewer. What is found is then
counted exactly.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALIKE", "FEWEST", "RUN", "Shared", "Sides", "bands", "runs_of", "shared", "words_of"]

RUN: Final = 3  # words
FEWEST: Final = 10  # words of a document that is compared
ALIKE: Final = 0.7
BANDS: Final = 24
ROWS: Final = 4
AT_ONCE: Final = 4096  # runs, in 96 orders each
SIGNS: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # each is a word of its own
WORD: Final = re.compile(rf"[{SIGNS}]|[^\W{SIGNS}]+")

Runs: TypeAlias = NDArray[np.uint64]
Sides: TypeAlias = tuple[list[str], Runs]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How much two documents share.

    Attributes:
        runs: Share of all different runs of words in either that stand in both.
        here: Share of the words of the first that stand in runs which both have.
        there: The same of the second.
    """

    runs: float
    here: float
    there: float


def words_of(text: str) -> list[str]:
    """The words of a text, whatever case, width and signs they are written with."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def runs_of(words: list[str]) -> Runs:
    """Each run of three words as a number, in the order of the text, uint64 [max(0, words - 2)]."""
    ids = np.fromiter((_number(word) for word in words), np.uint64, len(words))
    count = max(0, len(words) - RUN + 1)
    runs = np.zeros(count, dtype=np.uint64)
    for offset in range(RUN):
        runs = _mixed(runs * np.uint64(0x9E3779B97F4A7C15) + ids[offset : offset + count])
    return runs


def bands(words: list[str]) -> bytes:
    """What is looked up of a document: 24 numbers of 8 bytes; empty if it has too few words."""
    if len(words) < FEWEST:
        return b""
    runs = np.unique(runs_of(words))
    least = np.full(BANDS * ROWS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, runs.size, AT_ONCE):
        part = _mixed(runs[start : start + AT_ONCE, None] ^ _orders())
        least = np.minimum(least, part.min(axis=0))
    found = np.arange(BANDS, dtype=np.uint64)
    for row in range(ROWS):
        found = _mixed(found * np.uint64(0x9E3779B97F4A7C15) + least[row::ROWS])
    return found.astype("<u8").tobytes()


def shared(one: Sides, other: Sides) -> Shared:
    """How much the words of two documents, each with its runs, have in common."""
    (words, runs), (others, other_runs) = one, other
    here, there = np.isin(runs, other_runs), np.isin(other_runs, runs)
    both = np.unique(runs[here]).size
    either = np.unique(runs).size + np.unique(other_runs).size - both
    return Shared(
        runs=both / either if either else 0.0,
        here=_covered(here, len(words)),
        there=_covered(there, len(others)),
    )


def _covered(stands: NDArray[np.bool_], words: int) -> float:
    """Share of words that lie in a run that stands on the other side, too."""
    covered = np.zeros(words, dtype=bool)
    for offset in range(RUN):
        covered[offset : offset + stands.size] |= stands
    return float(covered.mean()) if words else 0.0


@cache
def _orders() -> Runs:
    """What puts runs of words into one of 96 orders each."""
    return np.array([_number(f"row {row}") for row in range(BANDS * ROWS)], dtype=np.uint64)


@lru_cache(maxsize=1 << 16)
def _number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _mixed(numbers: Runs) -> Runs:
    """Every bit of each number moves every other (splitmix64)."""
    found = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))
