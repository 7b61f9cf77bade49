"""Where do two texts differ? Found in time that grows with their length, whatever they hold.

Runs of three words that stand once in each text, in the same order in both, are anchors (after the
patience diff of B. Cohen); from each anchor, equal words are followed in both directions. What is
left between them is what differs. Where there is no anchor, all that lies between counts as one
place: too much is shown then, never too little.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

__all__ = ["Place", "Span", "differing"]

RUN: Final = 3
Span: TypeAlias = tuple[int, int]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place at which texts differ: first word and word behind the last, in each of them."""

    here: Span
    there: Span


def differing(here: Sequence[str], there: Sequence[str]) -> list[Place]:
    """The places at which two sequences of words differ, in order; none if they are equal."""
    found: list[Place] = []
    one = other = 0
    for begin, begin_there in (*_anchors(here, there), (len(here), len(there))):
        one, other = _forward(here, there, (one, other), (begin, begin_there))
        end, end_there = _backward(here, there, (one, other), (begin, begin_there))
        if end > one or end_there > other:
            found.append(Place(here=(one, end), there=(other, end_there)))
        one, other = begin, begin_there
    return found


def _forward(here: Sequence[str], there: Sequence[str], start: Span, stop: Span) -> Span:
    one, other = start
    while one < stop[0] and other < stop[1] and here[one] == there[other]:
        one, other = one + 1, other + 1
    return one, other


def _backward(here: Sequence[str], there: Sequence[str], start: Span, stop: Span) -> Span:
    one, other = stop
    while one > start[0] and other > start[1] and here[one - 1] == there[other - 1]:
        one, other = one - 1, other - 1
    return one, other


def _anchors(here: Sequence[str], there: Sequence[str]) -> list[Span]:
    """Places of runs that stand once in each, as many as keep their order in both."""
    ours, theirs = dict(_once(here)), dict(_once(there))
    pairs = sorted((place, theirs[run]) for run, place in ours.items() if run in theirs)
    ends: list[int] = []  # of the best row of each length, its last place in `there`
    rows: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(rows[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        rows[length : length + 1] = [number]
    found, number = [], rows[-1] if rows else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _once(words: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    runs = [tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1)]
    count = Counter(runs)
    return ((run, place) for place, run in enumerate(runs) if count[run] == 1)
