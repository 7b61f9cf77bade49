"""Does the same id mean the same question, in every recording that is compared?

Recorded prompts of one id are held against each other, composed (NFC) and with blanks and line ends
as one blank. What differs between source and subject is set aside and counted; above `SHARE` of the
items the answers are unreadable, since parties out of step agree and disagree for no reason of
theirs. A prompt inside a frame that is the same on all items (a template, examples) is the same
question. Where no prompts are recorded, keys are compared. Where the prompts agree and the keys
mark other options, the options were shuffled (`option_order`). One question under several ids
counts once. A control that is out of step is left out, and so is one that would choose the items by
those it lacks (`items_held`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, final

from filiation.examining.answers.items_held import holding, lacking
from filiation.examining.answers.option_order import in_another_order
from filiation.examining.question import Pair, Readied
from filiation.methods.answers.reading.languages import language
from filiation.model.recording import Item, Recording

__all__ = ["SHARE", "Matched", "match", "match_all", "readied", "without", "words_of"]

SHARE: Final = 0.05  # of the compared items that may differ; beyond, the answers are unreadable
FRAMED: Final = 5  # prompts that one frame must hold; fewer are slips
FOUND: Final = 0.5  # of the differing prompts that stand under another id: numbered otherwise
STEADY: Final = 0.8  # of those that lie one distance away: shifted
KEYED: Final = 0.5  # of keys that must be equal before those that differ mean another question
SAMPLE: Final = 300  # prompts by which a language is told
_NUMBER: Final = re.compile(r"(.*?)(\d{1,15})")
_REPEAT: Final = re.compile(r".*#\d+")  # asked again on purpose: repetitions of one question

Items: TypeAlias = Mapping[str, Item]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matched:
    """Recordings in which the same id is the same question, as far as can be told.

    Attributes:
        source: Without the items that were set aside.
        subject: Likewise.
        controls: Likewise, and without those that are out of step.
        notes: What was set aside and left out.
        unreadable: Why nothing can be compared; empty if something can.
        odd: Which party is out of step with the controls, if nothing can be compared and they
            tell: `source`, `subject`, or empty.
    """

    source: Recording
    subject: Recording
    controls: tuple[Recording, ...]
    notes: tuple[str, ...] = ()
    unreadable: str = ""
    odd: Literal["", "source", "subject"] = ""


def match(source: Recording, subject: Recording, controls: Sequence[Recording]) -> Matched:
    """Hold the questions of every recording against the source's."""
    sides = _Sides(source, subject)
    if not sides.common:
        reason = sides.nothing_in_common()
        return Matched(source=source, subject=subject, controls=tuple(controls), unreadable=reason)
    differing, compared = sides.differing, sides.compared
    if sides.out_of_step:
        return Matched(
            source=source,
            subject=subject,
            controls=tuple(controls),
            unreadable=f"{len(differing):,} of {compared:,} items that {source.name} and "
            f"{subject.name} have in common were asked otherwise under the same id, expected at "
            f"most {SHARE:.0%}: {sides.why()}",
            odd=_odd(source, subject, controls),
        )
    twice = _twice(source)
    notes = [*sides.notes()]
    if twice:
        first = next(iter(twice))
        notes.append(
            f"questions that stand there again under another id ({first!r:.60}), of which the "
            f"first counts: {len(twice):,}"
        )
    aside = {*differing, *twice}
    kept, others, left_out = _in_step(source, controls)
    notes += left_out
    if extra := len(others - aside):
        notes.append(f"items set aside, since a control was asked otherwise: {extra:,}")
    shared: dict[int, tuple[Item, ...]] = {}
    one, two, *there = [without(r, aside | others, shared) for r in (source, subject, *kept)]
    rest, held = holding(one, two, there)
    notes += [*lacking(one, two), *lacking(two, one), *held]
    return Matched(source=one, subject=two, controls=rest, notes=tuple(notes))


def _in_step(
    source: Recording, controls: Sequence[Recording]
) -> tuple[list[Recording], set[str], list[str]]:
    """Controls that were asked what the source was, items that some were not, who is left out."""
    kept, others, notes = [], set[str](), []
    for control in controls:
        own = _Sides(source, control)
        if own.out_of_step:
            notes.append(
                f"{control.name}: left out as a control, since {len(own.differing):,} of "
                f"{own.compared:,} items were asked otherwise: {own.why()}"
            )
        else:
            others |= set(own.differing)
            kept.append(control)
    return kept, others, notes


def readied(pair: Pair) -> Readied:
    """Only questions that are the same in every recording, for every kind made of recordings."""
    found = match(pair.source, pair.subject, pair.controls)
    same = replace(pair, source=found.source, subject=found.subject, controls=found.controls)
    return Readied(pair=same, notes=found.notes, unreadable=found.unreadable)


def _odd(
    source: Recording, subject: Recording, controls: Sequence[Recording]
) -> Literal["", "source", "subject"]:
    """With which of two parties that are out of step fewer controls are in step."""
    one, two = (sum(not _Sides(p, c).out_of_step for c in controls) for p in (source, subject))
    return "" if one == two else "subject" if one > two else "source"


def match_all(recordings: Sequence[Recording]) -> tuple[tuple[Recording, ...], tuple[str, ...]]:
    """Hold every recording's questions against those that most ask under each id.

    Returns:
        The recordings without what was set aside and without those out of step, and what was.
    """
    first = recordings[0].items if recordings else ()
    if all(one.items is first or one.items == first for one in recordings):
        return tuple(recordings), ()
    usual = _usual(recordings)
    notes, kept = [], []
    aside: set[str] = set()
    for one in recordings:
        sides = _Sides(usual, one)
        if sides.out_of_step:
            notes.append(
                f"{one.name}: left out, since {len(sides.differing):,} of {sides.compared:,} items "
                f"were asked otherwise: {sides.why()}"
            )
        else:
            aside |= set(sides.differing)
            kept.append(one)
    if aside:
        notes.append(f"items set aside, since a model was asked otherwise: {len(aside):,}")
    shared: dict[int, tuple[Item, ...]] = {}
    return tuple(without(one, aside, shared) for one in kept), tuple(notes)


def _usual(recordings: Sequence[Recording]) -> Recording:
    """A recording that asks under each id what most ask; it answers nothing."""
    asked: dict[str, Counter[tuple[str | None, str | None]]] = {}
    for one in recordings:
        for item in one.items:
            words = words_of(item) or None
            asked.setdefault(item.id, Counter())[words, item.key] += 1
    items = []
    for name, counts in asked.items():
        (words, key), _ = counts.most_common(1)[0]
        items.append(Item(id=name, prompt=words, key=key))
    return Recording(name="the others", items=tuple(items), outputs=(None,) * len(items))


@final
class _Sides:
    """The questions of two recordings, id by id."""

    def __init__(self, one: Recording, two: Recording) -> None:
        self.names = (one.name, two.name)
        self.framed = 0
        self.by = "prompts"
        self.compared = 0
        self.differing: tuple[str, ...] = ()
        self.known = 0
        self._sides: tuple[Items, Items] = ({}, {})
        if one.items is two.items or one.items == two.items:
            self.common = len(one.items)
            self.known = sum(bool(words_of(item)) for item in one.items)
            self.compared = self.known
            return
        self._sides = (_by_id(one), _by_id(two))
        ids = [name for name in self._sides[0] if name in self._sides[1]]
        self.common = len(ids)
        asked = [name for name in ids if all(words_of(s[name]) for s in self._sides)]
        self.known = len(asked)
        if asked:
            self._by_prompts(asked)
        if 2 * len(asked) < len(ids) and not self.differing:  # most have no words on both sides
            known = set(asked)
            self._by_keys([name for name in ids if name not in known])
        if not self.out_of_step or (self.by == "keys" and not self._moved(self.differing)):
            self._by_options(ids)

    @property
    def out_of_step(self) -> bool:
        """Whether more differs than may."""
        return len(self.differing) > SHARE * self.compared

    def _by_prompts(self, ids: Sequence[str]) -> None:
        self.compared = len(ids)
        pairs = {name: tuple(words_of(side[name]) for side in self._sides) for name in ids}
        other = [name for name, (a, b) in pairs.items() if a != b]
        framed = _framed({name: pairs[name] for name in other})
        self.framed = len(framed)
        self.differing = tuple(name for name in other if name not in framed)

    def _by_keys(self, ids: Sequence[str]) -> None:
        """Keys of one question are equal; where most are written otherwise, nothing can be told."""
        self.by = "keys"
        keyed = [name for name in ids if all(s[name].key is not None for s in self._sides)]
        other = [n for n in keyed if self._sides[0][n].key != self._sides[1][n].key]
        if len(other) < (1.0 - KEYED) * len(keyed) or self._moved(other):
            self.compared, self.differing = len(keyed), tuple(other)

    def _by_options(self, ids: Sequence[str]) -> None:
        """Where the prompts agree, or there are none, whether the options stand in one order."""
        apart = frozenset(self.differing if self.by == "prompts" else ())
        one, two = self._sides
        pairs = [(one[name], two[name]) for name in ids if name not in apart]
        marked, other = in_another_order(pairs)
        if other:
            self.by, self.compared, self.differing = "options", marked, other

    def _text(self, side: int, name: str) -> str:
        item = self._sides[side][name]
        return words_of(item) if self.by == "prompts" else item.key or ""

    def notes(self) -> list[str]:
        """What a reader must know, if the two can be compared."""
        found = []
        if self.differing:
            found.append(
                f"items set aside, since {self.names[0]} and {self.names[1]} have other {self.by} "
                f"under the same id ({self.differing[0]!r:.60}): {len(self.differing):,} of "
                f"{self.compared:,}"
            )
        if self.framed:
            found.append(
                f"the prompts of {self.framed:,} items stand inside a frame in one of "
                f"{self.names[0]} and {self.names[1]}, the same on all: one was asked with other "
                "words around the question"
            )
        if self.known < self.common:
            some = f"{self.known:,} of {self.common:,}" if self.known else "none"
            found.append(
                f"prompts are recorded on both sides for {some} of the items in common: that one "
                "id is one question rests, where there is none, on whoever numbered the items"
            )
        return found

    def nothing_in_common(self) -> str:
        """That no id stands on both sides, and how many questions do."""
        here, there = ({words_of(i) for i in side.values() if i.prompt} for side in self._sides)
        first = [next(iter(side), "") for side in self._sides]
        words = (
            f"no id in common: {self.names[0]} has {len(self._sides[0]):,} items such as "
            f"{first[0]!r:.60}, {self.names[1]} {len(self._sides[1]):,} such as {first[1]!r:.60}; "
        )
        if same := len(here & there):
            return words + (
                f"{same:,} prompt{' is' if same == 1 else 's are'}: name the questions of both "
                "files by their words (`filiation import --by-prompt`)"
            )
        if not (here and there):
            return words + "nor are prompts recorded on both sides by which to find the same ones"
        return words + "nor a prompt; ask both the same questions"

    def why(self) -> str:
        """What makes the two differ: numbering, language, or wording."""
        if self.by == "options":
            return (
                f"the right answers bear other letters in {self.names[1]} than in "
                f"{self.names[0]}: the options were shuffled, and one letter is not one answer; "
                "ask all in one order, or record the text of the option that was chosen"
            )
        if moved := self._moved(self.differing):
            return moved
        tongues = [language(self._prompts(side)) for side in (0, 1)]
        if all(tongues) and tongues[0] != tongues[1]:
            return (
                f"{self.names[0]} was asked in {tongues[0]}, {self.names[1]} in {tongues[1]}; a "
                "translation is another question, on which a model errs otherwise"
            )
        return "other questions, or the same in other words; ask both the same"

    def _prompts(self, side: int) -> list[str]:
        return [self._text(side, name) for name in self.differing[:SAMPLE]]

    def _moved(self, ids: Sequence[str]) -> str:
        """That the same questions stand under other ids, with the distance if there is one."""
        if self.by == "prompts":
            places = {words_of(item): name for name, item in self._sides[1].items() if item.prompt}
            found = [(name, places.get(self._text(0, name))) for name in ids]
            there = [(name, other) for name, other in found if other is not None]
            if len(there) < FOUND * len(ids) or not ids:
                return ""
            steps = Counter(_step(name, other) for name, other in there)
            step, count = steps.most_common(1)[0]
            if step is None or count < STEADY * len(there):
                return (
                    f"{self.names[1]} has the same questions under other ids; number both alike, "
                    "or name questions by their words (`filiation import --by-prompt`)"
                )
            name, other = next(pair for pair in there if _step(*pair) == step)
            return (
                f"the numbering is shifted: {name!r:.60} in {self.names[0]} is {other!r:.60} in "
                f"{self.names[1]} ({step:+d}); number both alike"
            )
        return self._moved_keys(ids)

    def _moved_keys(self, ids: Sequence[str]) -> str:
        for step in (1, -1, 2, -2):
            pairs = [(name, _stepped(name, step)) for name in ids]
            there = [(a, b) for a, b in pairs if b in self._sides[1]]
            same = sum(self._text(0, a) == self._text(1, b) for a, b in there)
            if len(there) >= 20 and same >= 0.9 * len(there):
                return (
                    f"the numbering is shifted: the keys of {self.names[0]} are those of "
                    f"{self.names[1]} at ids {step:+d}; number both alike"
                )
        return ""


def _framed(pairs: Mapping[str, tuple[str, ...]]) -> AbstractSet[str]:
    """Those of which one prompt holds the other within the frame that most have in common."""
    frames: dict[tuple[int, str, str], set[str]] = {}
    for name, (a, b) in pairs.items():
        for side, (inner, outer) in enumerate(((a, b), (b, a))):
            if inner and len(inner) < len(outer) and inner in outer:
                before, _, after = outer.partition(inner)
                frames.setdefault((side, before, after), set()).add(name)
    found = max(frames.values(), key=len, default=set())
    return found if len(found) >= FRAMED else frozenset()


def _twice(one: Recording) -> dict[str, None]:
    """Ids of questions that stood there before: the same words, options, key and kind."""
    seen: dict[tuple[str, str | None, str, int], str] = {}
    found: dict[str, None] = {}  # in the order of the recording
    for item in one.items:
        words = words_of(item)
        if not words or _REPEAT.fullmatch(item.id):
            continue
        asked = (words, item.key, item.category, item.options)
        if seen.setdefault(asked, item.id) != item.id:
            found[item.id] = None
    return found


def without(
    one: Recording, aside: AbstractSet[str], shared: dict[int, tuple[Item, ...]]
) -> Recording:
    """The recording without these items; recordings that shared their items still do."""
    if not aside:
        return one
    keep = [at for at, item in enumerate(one.items) if item.id not in aside]
    if len(keep) == len(one.items):
        return one
    part = one.on(keep)
    return replace(part, items=shared.setdefault(id(one.items), part.items))


def _by_id(one: Recording) -> Items:
    found: dict[str, Item] = {}
    for item in one.items:
        found.setdefault(item.id, item)
    return found


def words_of(item: Item) -> str:
    """The prompt as prompts are compared: composed, and blanks and line ends as one blank."""
    text = item.prompt or ""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())


def _step(one: str, other: str) -> int | None:
    """How far the number at the end of one id is from that of another, all else alike."""
    a, b = _NUMBER.fullmatch(one), _NUMBER.fullmatch(other)
    if a is None or b is None or a[1] != b[1]:
        return None
    return int(b[2]) - int(a[2])


def _stepped(name: str, step: int) -> str:
    found = _NUMBER.fullmatch(name)
    return "" if found is None else f"{found[1]}{int(found[2]) + step}"
