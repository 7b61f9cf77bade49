"""Which answers stand side by side, and what are their words?

Recordings are aligned on item ids; what is read of each is what its model said in answer
(`Recording.said`), unless a method has another reading. Answers are hostile input: only the first
`CHARACTERS` of each are looked at, marks that print nothing (zero width, bidirectional) are
dropped, and everything that follows costs time and memory bounded by that.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.reading.asked import Asked, unnumbered
from filiation.methods.answers.reading.characters import CHARACTERS, clean
from filiation.methods.answers.reading.collection import collected, shortened
from filiation.methods.answers.reading.habitual import around
from filiation.methods.answers.reading.wrapping import boxed, cued, fenced, tagged, unwrapped
from filiation.model.finding import (
    Inapplicable,
    Underpowered,
)
from filiation.model.recording import Item, Recording
from filiation.numerics.pairs.among_controls import (
    FEWEST_CONTROLS,
)
from filiation.numerics.rng import stream

__all__ = [
    "CHARACTERS",
    "FEWEST_CONTROLS",
    "FEWEST_ITEMS",
    "FEWEST_WORDS",
    "ITEMS",
    "SCARCE",
    "Aligned",
    "LineUp",
    "PairValues",
    "align",
    "clean",
    "line_up",
    "shorten",
    "words",
]

LETTERS: Final = 40  # characters read for each word wanted: more is no prose
FEWEST_ITEMS: Final = 20  # prompts that source, subject and a control answered
SCARCE: Final = 10  # prompts in common below which a pair of controls says nothing
FEWEST_WORDS: Final = 4  # words of a median answer below which it is a choice, not a text
SHOWN: Final = 400  # characters of an answer that a report quotes
ITEMS: Final = 2_000  # prompts used; more add nothing to the spread between models
VALUE: Final = 200  # characters of an answer that may be a value and what announces it
MANY: Final = 50  # controls from which a rank method reads its z

Answer: TypeAlias = str | None
Reading: TypeAlias = Callable[[Recording], Sequence[Answer]]  # one answer per item

_IDEOGRAPHS: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # written without spaces
_WORD: Final = re.compile(rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+|[^\w\s]")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """The same prompts answered by several models.

    Attributes:
        names: One per model.
        items: The prompts, in the order of the first recording that has them.
        answers: For each item one answer per model; None where there is none.
        left_out: Prompts that were not used, and why.
    """

    names: tuple[str, ...]
    items: tuple[Item, ...]
    answers: tuple[tuple[Answer, ...], ...]
    left_out: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """Source, subject, controls and relatives on the prompts that source and subject answered.

    Attributes:
        aligned: Columns in the order source, subject, controls, relatives.
        controls: How many controls.
        relatives: Names set aside, with the reason.
    """

    aligned: Aligned
    controls: int
    relatives: tuple[tuple[str, str], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PairValues:
    """How alike every two models are.

    Attributes:
        values: float64 [n, n], on a log scale; nan where nothing was measured.
        noise: float64 [n, n], variance of a value from the number of prompts alone.
        items: int64 [n, n], prompts both answered.
        least: float64 [n, n], the value of two models that have nothing in common; None where
            the scale has no such end.
    """

    values: NDArray[np.float64]
    noise: NDArray[np.float64]
    items: NDArray[np.int64]
    least: NDArray[np.float64] | None = None


def said(recording: Recording) -> Sequence[Answer]:
    """What the model said in answer: marked refusals and calls of tools are left out."""
    return recording.said


def words(text: str, limit: int) -> list[str]:
    """The first `limit` words, marks and ideographs of a text, case folded."""
    return _WORD.findall(clean(text[: limit * LETTERS]).casefold())[:limit]


def shorten(text: str) -> str:
    """What a report quotes of an answer."""
    plain = " ".join(clean(text).split())
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


def align(
    recordings: Sequence[Recording],
    *,
    seed: int,
    needed: Sequence[int] = (),
    limit: int = ITEMS,
    reading: Reading = said,
) -> Aligned:
    """Put the recordings side by side on the prompts they share.

    A prompt counts if at least two models answered it, and all of `needed` (positions). Blank
    answers are no answers; of an item that stands twice in a recording the first is taken. Beyond
    `limit` prompts a random part is used, the same for every order of the recordings.
    """
    cleaned = [collected(recording, serial=True) for recording in recordings]
    items: dict[str, Item] = {}
    for recording in recordings:
        for item in recording.items:
            items.setdefault(item.id, item)
    asked = Asked(item.prompt for item in items.values() if item.prompt)
    tables = [_bare(_by_id(each.recording, reading), items, asked) for each in cleaned]
    usable = [
        key
        for key in items
        if sum(key in table for table in tables) >= 2 and all(key in tables[n] for n in needed)
    ]
    left_out = list(shortened([each.notes for each in cleaned]))
    if len(usable) < len(items):
        left_out.append(f"{len(items) - len(usable)} of {len(items)} items: not answered in common")
    if len(usable) > limit:
        left_out.append(f"{len(usable) - limit} of {len(usable)} common items: {limit} drawn")
        drawn = stream(seed, "texts.align", str(limit)).permutation(len(usable))[:limit]
        ranked = sorted(usable)
        keep = {ranked[n] for n in drawn}
        usable = [key for key in usable if key in keep]
    return Aligned(
        names=tuple(recording.name for recording in recordings),
        items=tuple(items[key] for key in usable),
        answers=tuple(tuple(table.get(key) for table in tables) for key in usable),
        left_out=tuple(left_out),
    )


def line_up(
    method: str,
    source: Recording,
    subject: Recording,
    controls: Sequence[Recording],
    *,
    families: Mapping[str, str],
    seed: int,
    fewest_items: int = FEWEST_ITEMS,
    shortest: int = 0,
    reading: Reading = said,
) -> LineUp | Inapplicable | Underpowered:
    """Stand the subject among the controls, relatives set aside; or say why that cannot be."""
    apart = {c.digest: _kinship(c, source, subject, families) for c in controls}
    once = {c.digest: c for c in sorted(controls, key=lambda c: (c.digest, c.name), reverse=True)}
    distinct = [once[digest] for digest in sorted(once)]  # in no order that a party could choose
    innocent = [c for c in distinct if not apart[c.digest]]
    relatives = [c for c in distinct if apart[c.digest]]
    models = [source, subject, *innocent, *relatives]
    aligned = align(models, seed=seed, needed=(0, 1), reading=reading)
    asked = len(aligned.items)
    pointless = _pointless(aligned, shortest)
    if pointless:
        return Inapplicable(method=method, reason=pointless)
    present = [
        c
        for n, c in enumerate(innocent, start=2)
        if sum(row[n] is not None for row in aligned.answers) >= fewest_items
    ]
    reason = _scarce(asked, len(present), fewest_items)
    if reason:
        return Underpowered(method=method, reason=reason)
    if len(present) < len(innocent):
        left = [source, subject, *present, *relatives]
        aligned = align(left, seed=seed, needed=(0, 1), reading=reading)
    return LineUp(
        aligned=aligned,
        controls=len(present),
        relatives=tuple((c.name, apart[c.digest]) for c in relatives),
    )


def _pointless(aligned: Aligned, shortest: int) -> str:
    """Why these answers cannot be put side by side as texts; empty if they can."""
    source, subject = aligned.names[:2]
    if not aligned.items:
        return f"{source} and {subject} answered no prompt in common"
    for side in (0, 1):
        answers = [row[side] for row in aligned.answers]
        bare = around(answers).off_all(answers)
        if 10 * max(map(bare.count, set(bare))) > 9 * len(bare):
            bare = answers  # what is left tells nothing apart: it was the answer that recurred
        said = sorted(_spoken(answer or "", 5 * shortest) for answer in bare)
        if said[len(said) // 2] < shortest:
            return (
                f"the median answer of {aligned.names[side]} has fewer than {shortest} words; "
                "letters, numbers and names have no wording"
            )
    return ""


def _spoken(answer: str, limit: int) -> int:
    """How many words an answer has; what only announces or sets off a value counts for none."""
    if len(answer) > VALUE:
        return len(words(answer, limit))
    inner = (tagged(answer), boxed(answer), fenced(answer), cued(answer), answer)
    bare = unwrapped(next(part for part in inner if part is not None))
    return len([word for word in words(bare, limit) if word[0].isalnum()])


def _scarce(asked: int, controls: int, fewest_items: int) -> str:
    """Why so few prompts or controls cannot answer, and what would suffice; empty if they can."""
    if asked < fewest_items:
        return (
            f"{asked} prompts answered by both, expected at least {fewest_items}; ask "
            f"{fewest_items - asked} more of the same prompts"
        )
    if controls < FEWEST_CONTROLS:
        return (
            f"{controls} independent control{'' if controls == 1 else 's'} answered at least "
            f"{fewest_items} of these prompts, expected at least {FEWEST_CONTROLS} (ten or more to "
            f"find most relatives at one in a hundred); record "
            f"{FEWEST_CONTROLS - controls} more unrelated models on the same prompts"
        )
    return ""


def _both(aligned: Aligned) -> list[Answer]:
    """The answers of the first two models, one after the other."""
    return [answer for row in aligned.answers for answer in row[:2]]


def _bare(table: dict[str, str], items: Mapping[str, Item], asked: Asked) -> dict[str, str]:
    """One model's answers without what was asked; what holds nothing else is no answer."""
    bare = {key: asked.off(text, items[key].prompt) for key, text in unnumbered(table).items()}
    return {key: text for key, text in bare.items() if text.strip()}


def _by_id(recording: Recording, reading: Reading) -> dict[str, str]:
    table: dict[str, str] = {}
    for key, output in _answered(recording, reading):
        table.setdefault(key, output)
    return table


def _answered(recording: Recording, reading: Reading) -> Iterator[tuple[str, str]]:
    for item, output in zip(recording.items, reading(recording), strict=True):
        if output is not None and output[:CHARACTERS].strip():
            yield item.id, output


def _kinship(
    control: Recording, source: Recording, subject: Recording, families: Mapping[str, str]
) -> str:
    """Why a control cannot stand for an innocent subject; empty if it can."""
    for side, other in (("source", source), ("subject", subject)):
        if control.digest == other.digest:
            return f"the same recording as the {side}"
        family = families.get(control.name)
        if family is not None and family == families.get(other.name):
            return f"of the {side}'s family ({family})"
    return ""
