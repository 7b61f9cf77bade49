"""Which words does a model set around every answer? They are a form, whatever they say.

No list of phrases is ever complete, and a phrase of another language is a form like any other: what
stands in front of or behind the answers of one model to half of the questions is no answer to any.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from filiation.methods.answers.reading.wrapping import boxed, fenced, has_cue, tagged, unwrapped

__all__ = ["Around", "around"]

FEWEST: Final = 20  # answers from which a habit is read
SHARE: Final = 0.5  # of a model's answers
SINGLE: Final = 0.9  # likewise where it is one word: "Yes, .." is an answer
LONGEST: Final = 12  # words of what stands around
LOOK_AT: Final = 2_000  # answers
CHARACTERS: Final = 400  # of an answer

_TOKEN: Final = re.compile(r"\S+")
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
_EDGE: Final = "*_`\"'.,:;!?()[]"


class Around:
    """What one model sets around its answers: a number of words in front, and behind."""

    def __init__(self, front: tuple[str, ...] = (), behind: tuple[str, ...] = ()) -> None:
        self._front, self._behind = front, behind

    def __bool__(self) -> bool:
        return bool(self._front or self._behind)

    @property
    def shown(self) -> str:
        """In words."""
        return f'"{" ".join((*self._front, "..", *self._behind))}"'

    def off_all(self, said: Sequence[str | None]) -> list[str | None]:
        """All answers without it."""
        return list(said) if not self else [o if o is None else self.off(o) for o in said]

    def off(self, output: str) -> str:
        """The answer without it, where it stands around it and something remains."""
        inside = _inside(output)
        marks = list(_TOKEN.finditer(inside))
        begin, end = 0, len(inside)
        front, behind = len(self._front), len(self._behind)
        if 0 < front < len(marks) and _folded(marks[:front]) == self._front:
            begin = marks[front].start()
        if 0 < behind < len(marks) and _folded(marks[-behind:]) == self._behind:
            end = marks[-behind - 1].end()
        return output if (begin, end) == (0, len(inside)) else inside[begin:end].strip()


def _inside(output: str) -> str:
    """The answer without signs that only set it off."""
    inner = (tagged(output), boxed(output), fenced(output))
    return unwrapped(next((part for part in inner if part is not None), output))


def _folded(marks: Sequence[re.Match[str]]) -> tuple[str, ...]:
    return tuple(mark[0].strip(_EDGE).casefold() for mark in marks)


def around(outputs: Sequence[str | None]) -> Around:
    """Find what stands around at least half of these outputs; nothing if there is no habit."""
    said = [
        _folded(list(_TOKEN.finditer(_inside(o))))
        for o in outputs[:LOOK_AT]
        if o is not None and len(o) <= CHARACTERS
    ]
    if len(said) < FEWEST or sum(len(words) > 1 for words in said) < SHARE * len(said):
        return Around()
    front, behind = _habit(said, behind=False), _habit(said, behind=True)
    if has_cue(" ".join((*front, "."))):
        front = ()  # an announcement: every rule knows what to do with it
    return Around(front, behind)


def _habit(said: Sequence[tuple[str, ...]], *, behind: bool) -> tuple[str, ...]:
    """The longest run of words at one end of half of the answers, beyond which something stands."""
    habit: tuple[str, ...] = ()
    for length in range(1, LONGEST + 1):
        runs = Counter(
            words[-length:] if behind else words[:length] for words in said if len(words) > length
        )
        if not runs:
            break
        run, count = runs.most_common(1)[0]
        if count < SHARE * len(said):
            break
        if count >= (SHARE if length > 1 else SINGLE) * len(said):
            habit = run
    return habit if any(_LETTERS.search(word) for word in habit) else ()
