"""Does an answer that was judged wrong hold the key? Then it may not have been read as it is meant.

One number of several, one line of many: two models that explain their answers alike would share
what was picked wrongly. How many such answers a party has is counted, and beyond a share it is not
read at all (`readability`); below it, each of them is unclear and left out, unless its writer set
the answer apart or the key stands in front of what is announced.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.reading.numbers import NUMBER as NUMBERS
from filiation.methods.answers.reading.numbers import is_number
from filiation.methods.answers.reading.readability import contains
from filiation.methods.answers.reading.rules import LETTER, LITERAL, NUMBER
from filiation.methods.answers.reading.values import evaluated
from filiation.methods.answers.reading.wrapping import boxed, cued, fenced, tagged, unwrapped

__all__ = ["key_within"]

FRONT: Final = 60  # characters in which an answer stands before its explanation
PROSE: Final = 3  # words around a value that is no value with them
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def key_within(
    kinds: Sequence[str],
    said: Sequence[Sequence[str | None]],
    keys: Sequence[str | None],
    codes: NDArray[np.int32],
    key: NDArray[np.int32],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which answers are judged wrong and hold the key, and which of them are unclear by it.

    Args:
        kinds: The rule of every item.
        said: Answers, [models][items].
        keys: The right answers as they are written.
        codes: Likewise as they were read, int32 [models, items]; -1 for none.
        key: The right answers as they were read, int32 [items]; -1 for none.

    Returns:
        Two masks, bool [models, items].
    """
    holding = np.zeros(codes.shape, dtype=bool)
    unclear = np.zeros(codes.shape, dtype=bool)
    for row, place in np.argwhere((codes >= 0) & (key >= 0) & (codes != key)).tolist():
        output, right = said[row][place] or "", keys[place] or ""
        if contains(output, right) or (kinds[place] == NUMBER and _in_front(output, right)):
            holding[row, place] = True
            unclear[row, place] = _unclear(kinds[place], output, right)
    return holding, unclear


def _in_front(output: str, right: str) -> bool:
    """Whether the key is the first number of a text that begins with one, however long it is."""
    first = NUMBERS.search(output[:FRONT])
    return first is not None and first[0].strip() == right.strip()


def _unclear(kind: str, output: str, right: str) -> bool:
    """Whether the key may be what is meant by an answer that holds it."""
    if kind == LETTER or boxed(output) is not None or tagged(output) is not None:
        return False
    after = cued(output)
    if after is not None and not contains(f" {after}", right):
        return False
    if kind == NUMBER:
        return not is_number(output)
    if kind == LITERAL:
        words = len(_WORD.findall(output)) - len(_WORD.findall(right))
        return fenced(output) is None and words >= PROSE and evaluated(unwrapped(output)) is None
    return True
