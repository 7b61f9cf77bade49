"""Which answer comes again and again, whatever is asked, and is nobody else's? It answers nothing.

A time-out, a filter's sentence in whatever language, a question mark, a -1: what a collector writes
where no answer came is no value of the question. What the controls say, or what is the key of some
item, is one; it is left out only where one model gives it far more often than they all do.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.reading.rules import LETTER
from filiation.model.recording import Item

__all__ = ["leave_out_recurring", "recurrences"]

CONTROLS: Final = 3  # without so many it is not known what others say
FEWEST: Final = 3  # questions with one answer that is no other model's, and no key
OFTEN: Final = 8  # questions with an answer that is
TIMES: Final = 4  # as often as the most among the controls, and among the keys
ALIKE: Final = 0.5  # distinct keys of an item from which two items of one key are one question


def leave_out_recurring(
    kinds: Sequence[str],
    items: Sequence[Item],
    said: Sequence[list[str | None]],
    codes: NDArray[np.int32],
    key: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Take such texts out of what was said and of its codes (-1); tell where: [models, items]."""
    found = _recurring(kinds, items, codes, key)
    codes[found] = -1
    for row, place in np.argwhere(found).tolist():
        said[row][place] = None
    return found


def recurrences(names: Sequence[str], found: NDArray[np.bool_]) -> list[tuple[str, ...]]:
    """How many answers came again whatever was asked, model by model, in words."""
    what = "outputs are a text or value that it alone gives so often, whatever is asked: no answers"
    counts = found.sum(axis=1).tolist()
    return [
        (f"{n}: {count:,} {what}",) if count else () for n, count in zip(names, counts, strict=True)
    ]


def _recurring(
    kinds: Sequence[str],
    items: Sequence[Item],
    codes: NDArray[np.int32],
    key: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Where a model's answer is such a text: bool [models, items]; the controls follow row 2."""
    found = np.zeros(codes.shape, dtype=bool)
    places = np.array([kind != LETTER for kind in kinds], dtype=bool)
    values = int(max(codes.max(initial=-1), key.max(initial=-1))) + 1
    if len(codes) < 2 + CONTROLS or not places.any() or not values:
        return found
    counts = [np.bincount(row[places & (row >= 0)], minlength=values) for row in codes]
    right = np.bincount(key[places & (key >= 0)], minlength=values)
    questions = _questions(items, key)
    for row, mine in enumerate(counts):
        others = [count for n, count in enumerate(counts) if n > 1 and n != row]
        usual = np.max([right, *others], axis=0)
        limit = np.where(usual == 0, FEWEST, np.maximum(OFTEN, TIMES * usual + 1))
        for value in np.flatnonzero(mine >= limit).tolist():
            here = places & (codes[row] == value)
            if np.unique(questions[here]).size >= FEWEST:
                found[row] |= here
    return found


def _questions(items: Sequence[Item], key: NDArray[np.int32]) -> NDArray[np.int64]:
    """A number for each question; an item that is put several times is one."""
    keyed = key[key >= 0]
    telling = keyed.size > 0 and np.unique(keyed).size >= ALIKE * keyed.size
    number: dict[object, int] = {}
    asked = (
        item.prompt or (int(right) if telling and right >= 0 else item.id)
        for item, right in zip(items, key.tolist(), strict=True)
    )
    return np.array([number.setdefault(one, len(number)) for one in asked], dtype=np.int64)
