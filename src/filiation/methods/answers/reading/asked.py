"""Which of these words were asked, and not answered? The prompt's own, and the item's number.

An answer that quotes its prompt, a completion that begins with it or runs on to the next one, a
number in front: two models whose collector does so share rare words at every item that neither
has chosen. Runs of at least six words of a recorded prompt go from every model's answers alike,
with the few words that announce them in their line; numbers go where they count the items.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from filiation.methods.answers.reading.characters import CHARACTERS

__all__ = ["Asked", "unnumbered"]

RUN: Final = 6  # words of a prompt that are a quotation
SPELT: Final = 16  # characters of them, at least: one of some scripts is a word
OWN: Final = 2_000  # words of a prompt that are looked for in its own answers
OTHERS: Final = 60  # likewise in the answers to others
ANNOUNCED: Final = 4  # words in front of a quotation, in its line
NUMBERED: Final = 5  # answers from which a series is read
DISTINCT: Final = 0.8  # of their numbers

_IDEOGRAPHS: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")
_AFTER: Final = re.compile(
    r"[^\w\n]*\n?[^\w\n]*(?:[^\W\d_]{1,20}(?:[ \t][^\W\d_]{1,20})?(?:\*\*)?:(?:\*\*)?)?\s*"
)
_NUMBER: Final = re.compile(
    r"\A\s*(?:#{1,6}\s*)?\*{0,2}[\[(<#]?(?:[^\W\d_]{1,10}[ .#_-]{0,2})?(\d{1,7})[\])>.:*-]{1,4}\s+"
)


class Asked:
    """The words of all prompts that were put."""

    def __init__(self, prompts: Iterable[str]) -> None:
        self._others = frozenset(
            run for prompt in dict.fromkeys(prompts) for run in _runs(_words(prompt, OTHERS))
        )

    def off(self, answer: str, prompt: str | None) -> str:
        """The answer without what it quotes of its own prompt and of others; all of it if none."""
        if not self._others and not prompt:
            return answer
        marks = list(_WORD.finditer(answer[:CHARACTERS]))
        said = [mark[0].casefold() for mark in marks]
        own = frozenset(_runs(_words(prompt or "", OWN)))
        quoted = [False] * len(said)
        for at, run in enumerate(_runs(said)):
            if run in own or run in self._others:
                quoted[at : at + RUN] = [True] * RUN
        if not any(quoted):
            return answer
        kept, done = [], 0
        for first, last in _stretches(quoted):
            begin, end = marks[first].start(), marks[last].end()
            if end - begin >= SPELT:
                kept.append(_before(answer[done:begin]))
                after = _AFTER.match(answer, end)
                done = end if after is None else after.end()
        return " ".join(part for part in (*kept, answer[done:]) if part.strip()).strip()


def _words(text: str, limit: int) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text[: 20 * limit])[:limit]]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _stretches(quoted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last place of each stretch."""
    first = None
    for at, now in enumerate((*quoted, False)):
        if now and first is None:
            first = at
        elif not now and first is not None:
            yield first, at - 1
            first = None


def _before(text: str) -> str:
    """Without the few words that announce a quotation in its line."""
    cut = max(text.rfind("\n"), text.rfind(". ")) + 1
    return text[:cut] if len(_WORD.findall(text[cut:])) <= ANNOUNCED else text


def unnumbered(answers: Mapping[str, str]) -> dict[str, str]:
    """One model's answers without numbers in front that count the items; a list's stay."""
    found = {key: mark for key, text in answers.items() if (mark := _NUMBER.match(text[:60]))}
    numbers = {mark[1] for mark in found.values()}
    if len(found) < NUMBERED or len(numbers) < DISTINCT * len(found):
        return dict(answers)
    bare = {key: answers[key][mark.end() :] for key, mark in found.items()}
    return {key: bare.get(key) or text for key, text in answers.items()}
