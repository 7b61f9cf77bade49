"""Keys that number the options, beside answers that name them by letters: 2 is C, counted from 0.

Data sets keep the place of the right option, models answer with its letter. Without this no answer
would be right. Whether places count from 0 or from 1 is told by a key 0, or one as large as the
number of options; where neither stands there, nothing is changed and that is said.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from filiation.model.recording import Item, Recording

__all__ = ["lettered"]

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOOKED: Final = 2_000  # answers by which is told whether options are named by letters
MOST: Final = 0.5  # of the answers must hold a letter of an option
NUMBERS: Final = 0.1  # at most may be a number alone
_NUMBER: Final = re.compile(r"\W*\d+\W*")
_LETTER: Final = re.compile(r"(?<![A-Za-z])[A-Z](?![A-Za-z])")


def lettered(recordings: Sequence[Recording]) -> tuple[Recording, ...]:
    """The same, with letters for keys that number options; as they are where they do not."""
    items = {item for one in recordings for item in one.items}
    places = [item for item in items if _is_place(item)]
    keyed = sum(item.key is not None and item.options > 1 for item in items)
    if not places or len(places) < keyed or not _by_letters(recordings):
        return tuple(recordings)
    first = _first(places)
    if first is None:
        note = (
            f"keys that number the options, from 0 or from 1, cannot be read as letters: "
            f"{len(places):,}; no key says which"
        )
        return tuple(replace(one, notes=(*one.notes, note)) for one in recordings)
    note = f"keys that number the options from {first}, read as letters: {len(places):,}"
    shared: dict[int, tuple[Item, ...]] = {}
    for one in recordings:
        if id(one.items) not in shared:
            shared[id(one.items)] = tuple(_with_letter(item, first) for item in one.items)
    return tuple(
        replace(one, items=shared[id(one.items)], notes=(*one.notes, note)) for one in recordings
    )


def _is_place(item: Item) -> bool:
    key = item.key or ""
    return 1 < item.options <= len(LETTERS) and key.isascii() and key.isdecimal() and len(key) < 3


def _first(places: Sequence[Item]) -> int | None:
    """The number of the first option; None if the keys do not tell, or contradict each other."""
    zero = any(int(item.key or 0) == 0 for item in places)
    last = any(int(item.key or 0) == item.options for item in places)
    beyond = any(int(item.key or 0) > item.options for item in places)
    return None if beyond or zero == last else 0 if zero else 1


def _by_letters(recordings: Sequence[Recording]) -> bool:
    outputs = [o for one in recordings for o in one.outputs[: LOOKED // len(recordings) + 1] if o]
    numbers = sum(_NUMBER.fullmatch(output) is not None for output in outputs)
    letters = sum(_LETTER.search(output) is not None for output in outputs)
    return letters > MOST * len(outputs) and numbers <= NUMBERS * len(outputs)


def _with_letter(item: Item, first: int) -> Item:
    return replace(item, key=LETTERS[int(item.key or 0) - first]) if _is_place(item) else item
