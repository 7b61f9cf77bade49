"""Recordings as one table of answers: what can be compared, on the items all models share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.normalise import choose, read, reader
from filiation.model.recording import Item, Recording

__all__ = ["Answers", "code_answers", "read_by"]

Int32: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]

MISSING = -1


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """Every model's answer to every common item, as a code.

    Attributes:
        models: Names, in the order of the rows.
        items: The common items.
        codes: int32 [models, items], index into `values`; -1 where there is no answer.
        key: int32 [items], the right answer's code; -1 where there is none.
        strata: int32 [items], index into `categories`.
        categories: Kinds of question.
        values: Distinct answers, normalised.
        notes: What was left out and which rules read the answers.
    """

    models: tuple[str, ...]
    items: tuple[Item, ...]
    codes: Int32
    key: Int32
    strata: Int32
    categories: tuple[str, ...]
    values: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def wrong(self) -> Mask:
        """Where answered, not with the key; without a key all is wrong: bool [models, items]."""
        return np.asarray((self.codes >= 0) & (self.codes != self.key))

    def ability(self) -> NDArray[np.float64]:
        """Share of keyed items answered rightly; without keys, usualness of the answers.

        Usualness: the mean share of the other models that gave the same answer.
        """
        keyed = self.key >= 0
        if keyed.any():
            right = self.codes[:, keyed] == self.key[keyed]
            return np.asarray(right.mean(axis=1), dtype=np.float64)
        return _usualness(self.codes)

    def without(self, drop: Mask) -> "Answers":
        """The same table of answers without these items."""
        keep = np.flatnonzero(~drop)
        return Answers(
            models=self.models,
            items=tuple(self.items[i] for i in keep),
            codes=self.codes[:, keep],
            key=self.key[keep],
            strata=self.strata[keep],
            categories=self.categories,
            values=self.values,
            notes=self.notes,
        )

    def rows(self, keep: Sequence[int]) -> "Answers":
        """The same table of answers for these models only."""
        return Answers(
            models=tuple(self.models[i] for i in keep),
            items=self.items,
            codes=self.codes[list(keep)],
            key=self.key,
            strata=self.strata,
            categories=self.categories,
            values=self.values,
            notes=self.notes,
        )


def _usualness(codes: Int32) -> NDArray[np.float64]:
    """Mean share of the others that answer alike, over the items a model answered."""
    models, items = codes.shape
    row, column = np.nonzero(codes >= 0)
    top = int(codes.max(initial=0)) + 1
    _, cell, count = np.unique(
        column * top + codes[row, column], return_inverse=True, return_counts=True
    )
    answered = np.bincount(column, minlength=items)
    share = (count[cell] - 1) / np.maximum(answered[column] - 1, 1)
    mine = np.bincount(row, minlength=models)
    return np.asarray(np.bincount(row, share, models) / np.maximum(mine, 1))


def code_answers(recordings: Sequence[Recording]) -> Answers:
    """Code the recordings' answers on the items that all of them hold.

    Items are matched by id. The rule that reads answers is the item's own, else one chosen by
    looking, per category. Of an item that stands twice in a recording the first counts.
    """
    items, columns, notes = _common(recordings)
    kinds = _kinds(recordings, items, columns)
    values: dict[str, int] = {}
    codes = np.full((len(recordings), len(items)), MISSING, dtype=np.int32)
    cache: dict[tuple[str, int, str], int] = {}
    for row, (recording, column) in enumerate(zip(recordings, columns, strict=True)):
        codes[row] = [
            _code(cache, values, rule, item.options, recording.finished[c])
            for c, rule, item in zip(column, kinds, items, strict=True)
        ]
    key = [
        _code(cache, values, rule, item.options, item.key)
        for rule, item in zip(kinds, items, strict=True)
    ]
    categories = tuple(sorted({item.category for item in items}))
    place = {category: number for number, category in enumerate(categories)}
    used = Counter(kinds)
    rules = (f"answers read by {rule} on {count:,} items" for rule, count in sorted(used.items()))
    return Answers(
        models=tuple(recording.name for recording in recordings),
        items=items,
        codes=codes,
        key=np.asarray(key, dtype=np.int32),
        strata=np.asarray([place[item.category] for item in items], dtype=np.int32),
        categories=categories,
        values=tuple(values),
        notes=(*notes, *rules),
    )


def read_by(recordings: Iterable[Recording], rule: str) -> list[Recording]:
    """The same recordings, whose answers are to be read by this rule instead of one chosen.

    Raises:
        UsageError: No rule has this id.
    """
    reader(rule)
    shared: dict[int, tuple[Item, ...]] = {}  # recordings of a table share one tuple of items
    found = []
    for recording in recordings:
        items = shared.get(id(recording.items))
        if items is None:
            items = tuple(replace(item, normaliser=rule) for item in recording.items)
            shared[id(recording.items)] = items
        found.append(replace(recording, items=items))
    return found


def _code(
    cache: dict[tuple[str, int, str], int],
    values: dict[str, int],
    rule: str,
    options: int,
    output: str | None,
) -> int:
    if output is None:
        return MISSING
    asked = (rule, options, output)
    found = cache.get(asked)
    if found is None:
        answer = read(rule, output, options=options)
        found = MISSING if answer is None else values.setdefault(answer, len(values))
        if len(output) <= 64:  # longer outputs rarely come twice, and would fill memory
            cache[asked] = found
    return found


def _common(
    recordings: Sequence[Recording],
) -> tuple[tuple[Item, ...], list[Sequence[int]], tuple[str, ...]]:
    """The items all recordings hold, where each recording holds them, and what was left out."""
    first = recordings[0].items
    if all(r.items is first or r.items == first for r in recordings[1:]):
        ids = [item.id for item in first]
        if len(set(ids)) == len(ids):
            return first, [range(len(first))] * len(recordings), ()
    places = [_places(recording.items) for recording in recordings]
    shared = [i for i in places[0] if all(i in place for place in places[1:])]
    columns: list[Sequence[int]] = [[place[i] for i in shared] for place in places]
    items = tuple(
        _merged(recordings[r].items[place[i]] for r, place in enumerate(places)) for i in shared
    )
    largest = max(len(place) for place in places)
    notes = []
    if len(shared) < largest:
        notes.append(
            f"{len(shared):,} items are common to all {len(recordings)} models, "
            f"of up to {largest:,} asked; the others were left out"
        )
    repeated = sum(len(r.items) - len(p) for r, p in zip(recordings, places, strict=True))
    if repeated:
        notes.append(f"{repeated:,} repeated items were left out; the first of each counts")
    return items, columns, tuple(notes)


def _places(items: tuple[Item, ...]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, item in enumerate(items):
        places.setdefault(item.id, place)
    return places


def _merged(copies: Iterable[Item]) -> Item:
    """One item of several recordings: the first copy that has a key, else the first."""
    copies = list(copies)
    return next((item for item in copies if item.key is not None), copies[0])


def _kinds(
    recordings: Sequence[Recording], items: tuple[Item, ...], columns: list[Sequence[int]]
) -> list[str]:
    """The rule of every item: its own, or one chosen per category and kind of question."""
    groups: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        if not item.normaliser:
            groups[item.category, item.options > 0].append(number)
    kinds = [item.normaliser for item in items]
    for (_, keyed), members in groups.items():
        looked = chain.from_iterable(
            (r.finished[column[i]] for i in members[:: max(1, len(members) // 50)])
            for r, column in zip(recordings, columns, strict=True)
        )
        keys = (items[i].key for i in members)
        rule = choose(looked, items[members[0]].options if keyed else 0, keys)
        for i in members:
            kinds[i] = rule
    return kinds
