"""Which items can be known, and which ask about what does not exist?"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np

from filiation.methods.answers.answers import code_answers
from filiation.model.recording import Recording

__all__ = ["TRAP", "apart"]

TRAP: Final = "trap"  # the category of an item about what does not exist
_TRAPS: Final = re.compile(rf"{TRAP}s?(?:\s*[/:].*)?", re.IGNORECASE | re.DOTALL)


def apart(recordings: Sequence[Recording], *, traps: bool) -> list[Recording]:
    """The same recordings on the items with a key alone, or on the traps alone; none is in both.

    A trap is an item that no recording has a key of, and one of the category `trap` or `traps`
    (`trap/person`, `traps: laws`) whose key nobody gave; such a key (the marker of an honest "does
    not exist") is dropped, since whatever else is said is invented. What somebody answers rightly
    can be known, whatever its category is called: right answers in common are no inventions.
    """
    keys: dict[str, str] = {}
    named: set[str] = set()
    for items in {id(r.items): r.items for r in recordings}.values():
        for item in items:
            if item.key is not None:
                keys.setdefault(item.id, item.key)
            if _TRAPS.fullmatch(item.category.strip()):
                named.add(item.id)
    errors = keys.keys() - (named - _known(recordings, named, keys))
    return [_part(recording, errors, traps=traps) for recording in recordings]


def _known(recordings: Sequence[Recording], named: set[str], keys: Mapping[str, str]) -> set[str]:
    """Those of the items called traps that have a key, and to which somebody gives it."""
    found: set[str] = set()
    for one in recordings:
        asked = [n for n, i in enumerate(one.items) if i.id in named and i.id in keys]
        if not asked:
            continue
        part = one.on(asked)
        part = replace(part, items=tuple(replace(i, key=keys[i.id]) for i in part.items))
        table = code_answers((part,))
        right = (table.codes[0] >= 0) & (table.codes[0] == table.key)
        found.update(table.items[n].id for n in np.flatnonzero(right).tolist())
    return found


def _part(recording: Recording, errors: AbstractSet[str], *, traps: bool) -> Recording:
    """One recording on the items that `apart` gives it."""
    places = [at for at, item in enumerate(recording.items) if (item.id in errors) != traps]
    part = recording if len(places) == len(recording.items) else recording.on(places)
    if not traps or all(item.key is None for item in part.items):
        return part
    return replace(part, items=tuple(replace(item, key=None) for item in part.items))
