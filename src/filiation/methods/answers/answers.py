"""Recordings as one table of answers: what can be compared, on the items all models share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers_once import Once
from filiation.methods.answers.reading.collection import collected, shortened
from filiation.methods.answers.reading.habitual import Around, around
from filiation.methods.answers.reading.key_within import key_within
from filiation.methods.answers.reading.numbers import writes_commas
from filiation.methods.answers.reading.other_readings import unclear_cells
from filiation.methods.answers.reading.readability import Reading, foreign
from filiation.methods.answers.reading.recurring import leave_out_recurring, recurrences
from filiation.methods.answers.reading.rewritten import leave_out_rewritten
from filiation.methods.answers.reading.rules import LITERAL, choose, named, read
from filiation.model.recording import Item, Recording

__all__ = ["Answers", "code_answers", "read_by"]

Int32: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]
Said: TypeAlias = list[str | None]

MISSING = -1
CAPITALS: Final = 0.9  # of a model's answers with letters: it writes in capitals
FEWEST: Final = 20  # answers from which that is read


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
        readings: How each model could be read, the first two against the others.
        spoiled: That a spreadsheet has rewritten the key, or most of a party's answers, in words.
    """

    models: tuple[str, ...]
    items: tuple[Item, ...]
    codes: Int32
    key: Int32
    strata: Int32
    categories: tuple[str, ...]
    values: tuple[str, ...]
    notes: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    spoiled: str = ""

    @property
    def foreign(self) -> str:
        """Why the answers of the first or second model are no evidence; empty if they are."""
        return self.spoiled or foreign(self.readings)

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
        return replace(
            self,
            items=tuple(self.items[i] for i in keep),
            codes=self.codes[:, keep],
            key=self.key[keep],
            strata=self.strata[keep],
        )

    def rows(self, keep: Sequence[int]) -> "Answers":
        """The same table of answers for these models only."""
        return replace(
            self,
            models=tuple(self.models[i] for i in keep),
            codes=self.codes[list(keep)],
            readings=tuple(self.readings[i] for i in keep) if self.readings else (),
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

    Items are matched by id. What the collecting added is taken away first. The rule that reads
    answers is the item's own, else one chosen by looking, per category. Of an item that stands
    twice in a recording the first counts. The same recordings give the same table, which is
    read-only.
    """
    return _CODED.of(recordings)


def _coded(recordings: Sequence[Recording]) -> Answers:
    items, columns, notes = _common(recordings)
    cleaned = [collected(recording, serial=False) for recording in recordings]
    said = [[c.recording.finished[i] for i in at] for c, at in zip(cleaned, columns, strict=True)]
    names = [recording.name for recording in recordings]
    keys = [item.key for item in items]
    rewritten, spoiled = leave_out_rewritten(names, said, keys)
    habits = [around(row) for row in said]
    said = [habit.off_all(row) for habit, row in zip(habits, said, strict=True)]
    kinds = _kinds(items, said)
    coder = _Coder(values={}, folded=_in_capitals(kinds, said))
    codes, key = coder.table(kinds, items, said)
    recurring = leave_out_recurring(kinds, items, said, codes, key)
    holding, unclear = key_within(kinds, said, keys, codes, key)
    unclear |= unclear_cells(kinds, said, keys, codes, key)
    readings = _readings(names, said, codes, key, holding, unclear)
    codes[unclear] = MISSING
    told = (
        *notes,
        *shortened([c.notes for c in cleaned]),
        *rewritten,
        *_set_around(recordings, habits),
        *shortened(recurrences(names, recurring)),
        *coder.notes,
        *_rules_used(kinds),
    )
    categories, strata = _strata(items)
    codes.flags.writeable = key.flags.writeable = False
    return Answers(
        models=tuple(names),
        items=items,
        codes=codes,
        key=key,
        strata=strata,
        categories=categories,
        values=tuple(coder.values),
        notes=told,
        readings=readings,
        spoiled=spoiled,
    )


_CODED: Final = Once(_coded)


def _rules_used(kinds: Sequence[str]) -> Iterator[str]:
    """Which rules read the answers, and how many items each."""
    for rule, count in sorted(Counter(kinds).items()):
        yield f"answers read by {rule} on {count:,} items"


def _strata(items: Sequence[Item]) -> tuple[tuple[str, ...], Int32]:
    """The categories, and the place of every item's among them: int32 [items]."""
    categories = tuple(sorted({item.category for item in items}))
    place = {category: number for number, category in enumerate(categories)}
    return categories, np.asarray([place[item.category] for item in items], dtype=np.int32)


def _set_around(recordings: Sequence[Recording], habits: Sequence[Around]) -> Iterator[str]:
    """Which words were passed over, since a model sets them around its answers."""
    yield from shortened(
        [
            (f"{recording.name}: {habit.shown} stands around its answers, and was passed over",)
            if habit
            else ()
            for recording, habit in zip(recordings, habits, strict=True)
        ]
    )


def _in_capitals(kinds: Sequence[str], said: Sequence[Said]) -> bool:
    """Whether some model writes everything in capitals, so that case tells nothing here."""
    places = [n for n, kind in enumerate(kinds) if kind == LITERAL]
    for row in said if places else ():
        lettered = [o for n in places if (o := row[n]) is not None and o.upper() != o.lower()]
        capitals = sum(o == o.upper() for o in lettered)
        if len(lettered) >= FEWEST and capitals >= CAPITALS * len(lettered):
            return True
    return False


@final
@dataclass(kw_only=True)
class _Coder:
    """Reads answers and numbers what it reads."""

    values: dict[str, int]
    folded: bool
    known: dict[tuple[str, int, str], int] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to all answers alike."""
        if not self.folded:
            return ()
        return ("a model writes in capitals only: case was passed over in everybody's answers",)

    def table(
        self, kinds: Sequence[str], items: Sequence[Item], said: Sequence[Said]
    ) -> tuple[Int32, Int32]:
        """Everybody's answers, int32 [models, items], and the right ones, int32 [items]."""
        codes = np.array([self.row(kinds, items, row) for row in said], dtype=np.int32)
        return codes.reshape(len(said), len(items)), self.keys(kinds, items)

    def row(self, kinds: Sequence[str], items: Sequence[Item], said: Said) -> list[int]:
        """One model's answers; how it writes is read from all of them."""
        commas = writes_commas(said)
        known = {} if commas else self.known
        return [
            self._code(known, kind, item.options, output, commas=commas)
            for kind, item, output in zip(kinds, items, said, strict=True)
        ]

    def keys(self, kinds: Sequence[str], items: Sequence[Item]) -> Int32:
        """The right answers."""
        found = [
            self._code(self.known, kind, item.options, item.key)
            for kind, item in zip(kinds, items, strict=True)
        ]
        return np.asarray(found, dtype=np.int32)

    def _code(
        self,
        known: dict[tuple[str, int, str], int],
        kind: str,
        options: int,
        output: str | None,
        *,
        commas: bool = False,
    ) -> int:
        if output is None:
            return MISSING
        asked = (kind, options, output)
        found = known.get(asked)
        if found is None:
            answer = read(kind, output, options=options, commas=commas)
            if answer is not None and self.folded and kind == LITERAL:
                answer = answer.casefold()
            found = MISSING if answer is None else self.values.setdefault(answer, len(self.values))
            if len(output) <= 64:  # longer outputs rarely come twice, and would fill memory
                known[asked] = found
        return found


def _readings(
    names: Sequence[str],
    said: Sequence[Said],
    codes: Int32,
    key: Int32,
    holding: Mask,
    unclear: Mask,
) -> tuple[Reading, ...]:
    """How each model could be read; what the first two say is set against all others."""
    keyed = (codes >= 0) & (key >= 0)
    wrong = keyed & (codes != key)
    alone = _alone(codes)
    return tuple(
        Reading(
            name=name,
            asked=len(key),
            given=sum(output is not None for output in said[row]),
            read=int(np.count_nonzero(codes[row] >= 0)),
            keyed=int(np.count_nonzero(keyed[row])),
            right=int(np.count_nonzero(keyed[row] & ~wrong[row])),
            containing=int(np.count_nonzero(holding[row])),
            alone=int(np.count_nonzero(alone[row] & wrong[row])),
            unclear=int(np.count_nonzero(unclear[row])),
        )
        for row, name in enumerate(names)
    )


def _alone(codes: Int32) -> Mask:
    """Which answers none of the models beyond the first two gives, itself aside."""
    top = int(codes.max(initial=0)) + 1
    cells = np.arange(codes.shape[1], dtype=np.int64) * top + codes
    others, count = np.unique(cells[2:][codes[2:] >= 0], return_counts=True)
    if not others.size:
        return np.ones(codes.shape, dtype=bool)
    place = np.minimum(np.searchsorted(others, cells), others.size - 1)
    times = np.where(others[place] == cells, count[place], 0)
    times[2:] -= 1
    return np.asarray(times <= 0)


def read_by(recordings: Iterable[Recording], rule: str) -> list[Recording]:
    """The same recordings, whose answers are to be read by this rule instead of one chosen.

    Raises:
        UsageError: No rule has this id.
    """
    rule = named(rule)
    shared: dict[int, tuple[Item, ...]] = {}  # recordings of a table share one tuple of items
    found = []
    for recording in recordings:
        items = shared.get(id(recording.items))
        if items is None:
            items = tuple(replace(item, normaliser=rule) for item in recording.items)
            shared[id(recording.items)] = items
        found.append(replace(recording, items=items))
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


def _kinds(items: Sequence[Item], said: Sequence[Said]) -> list[str]:
    """The rule of every item: its own, or one chosen per category and kind of question."""
    groups: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        if not item.normaliser:
            groups[item.category, item.options > 0].append(number)
    kinds = [named(item.normaliser) if item.normaliser else "" for item in items]
    for (_, keyed), members in groups.items():
        looked = (row[i] for i in members[:: max(1, len(members) // 50)] for row in said)
        keys = (items[i].key for i in members)
        rule = choose(looked, items[members[0]].options if keyed else 0, keys)
        for i in members:
            kinds[i] = rule
    return kinds
