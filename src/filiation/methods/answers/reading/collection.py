"""What did each model answer, once what the collecting added is taken away, and what was that?

Besides what is seen in one text (`artefacts`), some is seen only in many: a line at the edge of
answers to different questions is a gateway's footer or a stock phrase, and a long text that comes
again and again, whatever is asked, answers nothing. Each recording is looked at by itself.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, final

from filiation.methods.answers.reading.artefacts import spoken
from filiation.methods.answers.reading.wrapping import has_cue
from filiation.methods.answers.refusal_classifier import refuses
from filiation.model.recording import Recording

__all__ = ["Collected", "collected", "shortened"]

TOLD: Final = 3  # models beside the first two of which everything is told
FEWEST: Final = 3  # answers in which the same edge, or the same text, is no chance
SHARE: Final = 0.01  # of a model's answers, likewise
WORDS: Final = 4  # of an edge or, twice as many, of a text: less may be an answer
EDGES: Final = 3  # lines at either end of an answer that are looked at
LONGEST_EDGE: Final = 300  # characters

_VARIES: Final = re.compile(r"[0-9a-f]*\d[0-9a-f]*(?:[-:._/][0-9a-f]*\d[0-9a-f]*)*", re.I)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SENTENCE: Final = re.compile(r"(?<=[.!?])[ \t]+(?=\S)")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a model answered.

    Attributes:
        recording: The same items, with what the model itself said; None where it said nothing.
        notes: What was taken away or left out, in words.
    """

    recording: Recording
    notes: tuple[str, ...]


def collected(recording: Recording) -> Collected:
    """Take away what the collecting added; a recording without any of it comes back as it is."""
    said = [spoken(output) for output in recording.outputs]
    touched = [n for n, (a, b) in enumerate(zip(said, recording.outputs, strict=True)) if a != b]
    blank = sum(not (recording.outputs[n] or "").strip() for n in touched)
    lost = sum(said[n] is None for n in touched) - blank
    notes = []
    if lost:
        notes.append(
            f"{lost:,} outputs are texts of errors or thoughts without an answer: no answers"
        )
    if changed := len(touched) - lost - blank:
        notes.append(f"thoughts or tokens of a template were taken out of {changed:,} answers")
    said, framed = _without_edges(said)
    if framed:
        notes.append(
            f"a line that stands at the edge of many answers, whatever was asked, was taken off "
            f"{framed:,} answers"
        )
    said, stock = _without_stock(recording, said)
    if stock:
        notes.append(
            f"{stock:,} outputs repeat a text that was given to other items as well: no answers"
        )
    if not notes:
        return Collected(recording=recording, notes=())
    return Collected(
        recording=replace(recording, outputs=tuple(said)),
        notes=tuple(f"{recording.name}: {note}" for note in notes),
    )


def shortened(notes: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """All that is told of the first two models, and of a few others."""
    yield from chain.from_iterable(notes[:2])
    others = [told for told in notes[2:] if told]
    yield from chain.from_iterable(others[:TOLD])
    if len(others) > TOLD:
        yield f"{len(others) - TOLD:,} more models had outputs mended or left out likewise"


def _enough(answers: int) -> int:
    return max(FEWEST, int(SHARE * answers))


def _without_edges(said: Sequence[str | None]) -> tuple[list[str | None], int]:
    """Take off first and last lines that recur; a line that brings the answer is none of them."""
    counts: Counter[str] = Counter()
    answers = 0
    for text in said:
        if text is not None:
            answers += 1
            if len(text) > 24:
                counts.update({shape for _, shape in (*_edges(text, 0), *_edges(text, -1))})
    recurring = {shape for shape, count in counts.items() if count >= _enough(answers)}
    if not recurring:
        return list(said), 0
    bared = [text if text is None else _bared(text, recurring) for text in said]
    return bared, sum(a != b for a, b in zip(said, bared, strict=True))


def _edges(text: str, side: int) -> Iterator[tuple[str, str]]:
    """The outermost lines of one end, and the outermost sentence: what remains, and the shape."""
    rest = text.strip()
    for _ in range(EDGES):
        cut = rest.rfind("\n") if side else rest.find("\n")
        if cut < 0:
            break
        line, rest = (rest[cut + 1 :], rest[:cut]) if side else (rest[:cut], rest[cut + 1 :])
        rest = rest.strip()
        if shape := _shape(line):
            yield rest, shape
    last = rest if side == 0 else text.strip()
    first, end = (last[:LONGEST_EDGE], 0) if side == 0 else (last[-LONGEST_EDGE:], -1)
    parts = _SENTENCE.split(first)
    if len(parts) > 1 and (shape := _shape(parts[end])):
        inner = last[len(parts[0]) :] if side == 0 else last[: -len(parts[-1])]
        yield inner.strip(), shape


def _shape(line: str) -> str:
    """The line with what varies masked; empty if it brings an answer, or is one: a refusal."""
    if len(line) > LONGEST_EDGE or len(_WORD.findall(line)) < WORDS:
        return ""
    if has_cue(line) or refuses(line):
        return ""
    return " ".join(_VARIES.sub("0", line).casefold().split())


def _bared(text: str, recurring: set[str]) -> str:
    """Without recurring edges, as long as something remains."""
    for side in (0, -1):
        for _ in range(2 * EDGES):
            found = [rest for rest, shape in _edges(text, side) if shape in recurring and rest]
            if not found:
                break
            text = min(found, key=len)
    return text


def _without_stock(
    recording: Recording, said: Sequence[str | None]
) -> tuple[list[str | None], int]:
    """Leave out long texts given to several items; refusals stay, whoever serves them."""
    counts = Counter(text for text in said if text is not None and len(text) > 24)
    answers = sum(text is not None for text in said)
    stock = {
        text
        for text, count in counts.items()
        if count >= _enough(answers)
        and len(_WORD.findall(text)) >= 2 * WORDS
        and len({i.id for i, s in zip(recording.items, said, strict=True) if s == text}) >= FEWEST
        and not refuses(text)
    }
    kept = [None if text in stock else text for text in said]
    return kept, sum(text in stock for text in said if text is not None)
