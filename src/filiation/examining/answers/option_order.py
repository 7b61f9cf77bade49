"""Do the letters of two recordings mean the same options?

Some benchmarks shuffle the options of every run: the same id and the same stem, and yet letter B is
another option. Agreement on letters is then agreement on nothing: two recordings of one order stand
out among strangers of another, and a copy that was asked in its own order looks like a stranger.
The keys tell. Of one question in one order they are equal, apart from a few that are wrong.
"""

import re
from collections.abc import Iterable
from typing import Final

from filiation.model.recording import Item

__all__ = ["MISTAKEN", "in_another_order"]

MISTAKEN: Final = 0.05  # of the keys that may differ though the order is one: keys are wrong
FEWEST: Final = 5  # keys that differ; fewer are slips
_MARK: Final = re.compile(r"[\W_]*(?:([A-Za-z])|(\d))[\W_]*")


def in_another_order(pairs: Iterable[tuple[Item, Item]]) -> tuple[int, tuple[str, ...]]:
    """Which items have their right option under another letter, if too many have.

    Args:
        pairs: The items of one id in two recordings.

    Returns:
        How many have a key that marks an option in both, and the ids of those whose marks differ;
        none where they are few. Letters and numbers are held against each other from 0 or from 1
        on, whichever agrees more.
    """
    marked = [(one.id, a, b) for one, two in pairs if (a := _mark(one)) and (b := _mark(two))]
    best: tuple[str, ...] | None = None
    for base in (0, 1):
        other = tuple(name for name, a, b in marked if _place(a, base) != _place(b, base))
        if best is None or len(other) < len(best):
            best = other
    found = best or ()
    few = len(found) < FEWEST or len(found) <= MISTAKEN * len(marked)
    return len(marked), () if few else found


def _mark(item: Item) -> str:
    """The letter or digit that a key is; a digit of an open question is a number."""
    found = None if item.key is None else _MARK.fullmatch(item.key)
    if found is None:
        return ""
    return found[1].upper() if found[1] else found[2] if item.options else ""


def _place(mark: str, base: int) -> int:
    return int(mark) - base if mark.isdecimal() else ord(mark) - ord("A")
