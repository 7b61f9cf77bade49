"""Questions that were asked again on purpose: `q`, `q#2`, `q#3` hold one question.

What a model says to one question twice is one fact about it. Methods that count questions see the
first answer alone, else whoever repeats the questions on which two strangers err alike makes
relatives of them; a method that compares repetitions (`ReadsRepeats`) sees them all.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from filiation.examining.answers.same_questions import without, words_of
from filiation.examining.question import Readied
from filiation.model.recording import Item, Recording

__all__ = ["asked_once", "each_once"]

AGAIN: Final = re.compile(r"(.+)#\d+", re.DOTALL)


def asked_once(found: Readied) -> Readied:
    """The same, with the pair as methods see it that do not read repetitions."""
    pair = found.pair
    again = _again(pair.source)
    if found.unreadable or not again:
        return found
    shared: dict[int, tuple[Item, ...]] = {}
    source, subject, *controls = (
        without(one, again.keys(), shared) for one in (pair.source, pair.subject, *pair.controls)
    )
    earlier = None if pair.earlier is None else without(pair.earlier, again.keys(), shared)
    once = replace(pair, source=source, subject=subject, controls=tuple(controls), earlier=earlier)
    note = (
        f"questions that were asked again ({next(iter(again))!r:.60}), of which the first answer "
        f"counts: {len(again):,}; the others are read where repetitions are compared"
    )
    return replace(found, once=once, notes=(*found.notes, note))


def each_once(recordings: Sequence[Recording]) -> tuple[tuple[Recording, ...], tuple[str, ...]]:
    """Recordings of a survey without repetitions, and how many were left out."""
    again = {name: None for one in recordings for name in _again(one)}
    if not again:
        return tuple(recordings), ()
    shared: dict[int, tuple[Item, ...]] = {}
    note = f"questions that were asked again, of which the first answer counts: {len(again):,}"
    return tuple(without(one, again.keys(), shared) for one in recordings), (note,)


def _again(one: Recording) -> dict[str, None]:
    """Ids of repetitions, in their order; where no words are recorded the ids tell."""
    seen: set[tuple[str, str | None, str, int]] = set()
    named = {item.id for item in one.items}
    found: dict[str, None] = {}
    for item in one.items:
        name = AGAIN.fullmatch(item.id)
        asked = (words_of(item), item.key, item.category, item.options)
        if name and (asked in seen if asked[0] else name[1] in named):
            found[item.id] = None
        seen.add(asked)
    return found
