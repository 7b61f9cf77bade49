"""What did each model answer, once what the collecting added is taken away, and what was that?

Besides what is seen in one text (`artefacts`), some is seen only in many: a line at the edge of
answers to different questions is a gateway's footer or a stock phrase, and a long text that comes
again and again, whatever is asked, answers nothing. Each recording is looked at by itself.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Final, TypeAlias, final
from weakref import WeakKeyDictionary

from filiation.methods.answers.reading.artefacts import spoken
from filiation.methods.answers.reading.characters import silent
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
SHORT: Final = 24  # characters: what is no longer is an answer, whole

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_SENTENCE: Final = re.compile(r"(?<=[.!?])[ \t]+(?=\S)")

Mended: TypeAlias = tuple[tuple[str | None, ...] | None, tuple[str, ...]]
# Every method asks; the outputs are kept for as long as somebody holds the recording.
_KNOWN: Final[WeakKeyDictionary[Recording, dict[bool, Mended]]] = WeakKeyDictionary()


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


def collected(recording: Recording, *, serial: bool) -> Collected:
    """Take away what the collecting added; a recording without any of it comes back as it is.

    Args:
        recording: As it was recorded.
        serial: Whether edges go that recur with other numbers, as the time in a footer does; where
            an answer may be such a line, "so 17 of them are left", they stay.
    """
    known = _KNOWN.setdefault(recording, {})
    found = known.get(serial)
    if found is None:
        found = known[serial] = _mended(recording, serial=serial)
    outputs, notes = found
    if outputs is None:
        return Collected(recording=recording, notes=notes)
    return Collected(recording=replace(recording, outputs=outputs), notes=notes)


def _mended(recording: Recording, *, serial: bool) -> Mended:
    said = [spoken(output, valued=not serial) for output in recording.outputs]
    lost = changed = 0
    for output, text in zip(recording.outputs, said, strict=True):
        if text is None:
            lost += output is not None and not output.isspace() and output != ""
        elif output is not None and text != output:
            changed += text != silent(output).strip()
    said, framed = _without_edges(said, serial=serial)
    said, stock = _without_stock(recording, said)
    told = (
        (
            lost,
            "outputs are texts of errors, calls of tools or thoughts without an answer: no answers",
        ),
        (changed, "answers held thoughts or tokens of a template, which were taken out"),
        (framed, "answers had a first or last line that stands in many, and was taken off"),
        (stock, "outputs repeat a long text that was given to other items as well: no answers"),
    )
    same = all(text is output for text, output in zip(said, recording.outputs, strict=True))
    return (
        None if same else tuple(said),
        tuple(f"{recording.name}: {count:,} {what}" for count, what in told if count),
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


def _without_edges(said: Sequence[str | None], *, serial: bool) -> tuple[list[str | None], int]:
    """Take off first and last lines that recur around different answers."""
    lines: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    answers = 0
    for text in said:
        if text is not None:
            answers += 1
            if len(text) > SHORT:
                for rest, line in {*_edges(text, 0), *_edges(text, -1)}:
                    lines[_shape(line)].append((line, rest))
    recurring = {
        line
        for found in lines.values()
        if len(found) >= _enough(answers)
        and len({rest for _, rest in found}) > 1
        and (serial or len({line for line, _ in found}) == 1)
        and not _answers(found[0][0])
        for line, _ in found
    }
    if not recurring:
        return list(said), 0
    bared = [text if text is None else _bared(text, recurring) for text in said]
    return bared, sum(a != b for a, b in zip(said, bared, strict=True))


def _edges(text: str, side: int) -> Iterator[tuple[str, str]]:
    """The outermost lines of one end, and its outermost sentence, each behind what remains."""
    rest = text.strip()
    for _ in range(EDGES):
        cut = rest.rfind("\n") if side else rest.find("\n")
        if cut < 0:
            break
        line, rest = (rest[cut + 1 :], rest[:cut]) if side else (rest[:cut], rest[cut + 1 :])
        line, rest = line.strip(), rest.strip()
        if _frames(line):
            yield rest, line
    whole = text.strip()
    parts = _SENTENCE.split(whole[-LONGEST_EDGE:] if side else whole[:LONGEST_EDGE])
    line = parts[side].strip()
    if len(parts) > 1 and "\n" not in line and _frames(line):
        yield (whole[: -len(line)] if side else whole[len(line) :]).strip(), line


def _frames(line: str) -> bool:
    """Whether the line is long enough to be no answer by itself, and not too long for a frame."""
    return len(line) <= LONGEST_EDGE and len(_WORD.findall(line)) >= WORDS


def _answers(line: str) -> bool:
    """Whether it announces an answer, or is one: a refusal stands in many answers alike."""
    return has_cue(line) or refuses(line)


def _shape(line: str) -> str:
    """The line with numbers and single letters masked: what varies in a series of its kind."""
    return " ".join("0" if _varies(word) else word for word in line.casefold().split())


@lru_cache(maxsize=65_536)
def _varies(word: str) -> bool:
    if word.isalpha():
        return len(word) == 1
    return any(map(str.isdigit, word)) or sum(map(str.isalpha, word)) == 1


def _bared(text: str, recurring: set[str]) -> str:
    """Without recurring edges, as long as something remains."""
    for side in (0, -1):
        for _ in range(2 * EDGES):
            found = [rest for rest, line in _edges(text, side) if line in recurring and rest]
            if not found:
                break
            text = min(found, key=len)
    return text


def _without_stock(
    recording: Recording, said: Sequence[str | None]
) -> tuple[list[str | None], int]:
    """Leave out long texts given to several items; refusals stay, whoever serves them."""
    counts = Counter(text for text in said if text is not None and len(text) > SHORT)
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
