"""Keyed options that we can compute ourselves: calendar, comparison, order, logic, sequences.

The right letter takes every place in turn: among the items with k options each letter is the key
equally often, to within one.
"""

import datetime
import string
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Final

from filiation.interrogate.batteries.draws import Draws
from filiation.interrogate.batteries.questions import Prompt, drawn
from filiation.model.recording import Item

__all__ = ["NAME", "generate"]

NAME: Final = "choices"
FEWEST: Final = 4
MOST: Final = 10
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NAMES: Final = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ida", "Jon")
_VOWELS: Final = "aeiou"
_CONSONANTS: Final = "bdlmnrvz"

Kind = Callable[[Draws, int], tuple[str, str, list[str]]]  # question, right, wrong ones


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Draw questions; kinds take turns fast, numbers of options slower, the key slowest."""
    places = _places(items)

    def prompt_at(draws: Draws, place: int) -> Prompt | None:
        return _prompt(draws, *places[place])

    return drawn(NAME, seed, items, prompt_at)


def _places(items: int) -> list[tuple[str, int, int]]:
    """For every item its kind, number of options and place of the key."""
    found: list[tuple[str, int, int]] = []
    asked: Counter[int] = Counter()
    kinds = tuple(_KINDS)
    for place in range(items):
        cycle, at = divmod(place, len(kinds))
        most = len(_DAYS) if kinds[at] == "weekday" else MOST
        options = FEWEST + cycle % (most - FEWEST + 1)
        found.append((kinds[at], options, asked[options] % options))
        asked[options] += 1
    return found


def _prompt(draws: Draws, kind: str, options: int, at: int) -> Prompt | None:
    asked, right, wrong = _KINDS[kind](draws, options)
    if len({right, *wrong}) <= len(wrong) or len(wrong) < options - 1:
        return None
    others = draws.sample(wrong, options - 1)
    shown = [*others[:at], right, *others[at:]]
    letters = string.ascii_uppercase[:options]
    listed = "\n".join(f"{a}. {b}" for a, b in zip(letters, shown, strict=True))
    return Prompt(
        prompt=f"{asked}\n{listed}\nAnswer with the letter only.",
        category=kind,
        key=letters[at],
        options=options,
        normaliser="letter/1",
    )


def _weekday(draws: Draws, _: int) -> tuple[str, str, list[str]]:
    date = datetime.date(1583, 1, 1) + datetime.timedelta(days=draws.below(300_000))
    asked = f"On which day of the week did {date.isoformat()} fall in the Gregorian calendar?"
    if date.year > 2020:
        asked = asked.replace("did", "does")
    right = _DAYS[date.weekday()]
    return asked, right, [day for day in _DAYS if day != right]


def _days_between(draws: Draws, _: int) -> tuple[str, str, list[str]]:
    start = datetime.date(1900, 1, 1) + datetime.timedelta(days=draws.below(40_000))
    days = draws.between(60, 900)
    end = start + datetime.timedelta(days=days)
    asked = f"How many days after {start.isoformat()} is {end.isoformat()}?"
    return asked, str(days), [str(days + by) for by in _offsets(draws)]


def _largest_fraction(draws: Draws, options: int) -> tuple[str, str, list[str]]:
    values: dict[Fraction, str] = {}
    while len(values) < options:
        below = draws.between(11, 59)
        above = draws.between(below // 3, below * 2 // 3)
        values.setdefault(Fraction(above, below), f"{above}/{below}")
    best = max(values)
    return (
        "Which of these fractions is the largest?",
        values[best],
        [text for value, text in values.items() if value != best],
    )


def _product(draws: Draws, _: int) -> tuple[str, str, list[str]]:
    a, b = draws.between(112, 989), draws.between(13, 97)
    return (
        f"What is {a} times {b}?",
        str(a * b),
        [str(a * b + 10 * by) for by in _offsets(draws)],
    )


def _alphabet(draws: Draws, options: int) -> tuple[str, str, list[str]]:
    words: list[str] = []
    stem = draws.pick(_CONSONANTS) + draws.pick(_VOWELS)
    while len(words) < options:
        word = stem + "".join(
            draws.pick(_CONSONANTS) + draws.pick(_VOWELS) for _ in range(draws.between(1, 3))
        )
        if word not in words:
            words.append(word)
    ordered = sorted(words)
    at = draws.between(1, options - 2)
    asked = f"These words are put in alphabetical order. Which one is number {at + 1}?"
    return asked, ordered[at], [word for word in ordered if word != ordered[at]]


def _ranking(draws: Draws, options: int) -> tuple[str, str, list[str]]:
    """A chain of comparisons, told out of order."""
    people = draws.sample(_NAMES, options)
    facts = [f"{a} is taller than {b}." for a, b in pairwise(people)]
    at = draws.between(1, options - 2)
    shuffled = " ".join(draws.shuffled(facts))
    asked = f"{shuffled} Who is number {at + 1} when they stand from tallest to shortest?"
    return asked, people[at], [name for name in people if name != people[at]]


def _sequence(draws: Draws, _: int) -> tuple[str, str, list[str]]:
    a, b = draws.between(2, 9), draws.between(-9, 9)
    terms = [draws.between(1, 9), draws.between(1, 9)]
    for _unused in range(5):
        terms.append(terms[-1] + a * terms[-2] + b)
    shown, right = terms[:-1], terms[-1]
    asked = f"Which number comes next: {', '.join(map(str, shown))}?"
    return asked, str(right), [str(right + by) for by in _offsets(draws)]


def _clock(draws: Draws, _: int) -> tuple[str, str, list[str]]:
    start, later = draws.below(1440), draws.between(200, 4000)

    def clock(minute: int) -> str:
        return f"{minute % 1440 // 60:02d}:{minute % 60:02d}"

    asked = f"A 24-hour clock shows {clock(start)}. What does it show {later} minutes later?"
    right = clock(start + later)
    wrong = [clock(start + later + by) for by in (-60, 60, 10, -10, 120, -120, 1, -1, 30, -30, 70)]
    return asked, right, [one for one in wrong if one != right]


def _logic(draws: Draws, options: int) -> tuple[str, str, list[str]]:
    """A chain of conditions; one link turns a lamp off, and nothing follows beyond it."""
    lamps = draws.sample(string.ascii_uppercase, options + 1)
    cut = draws.between(2, options - 1)
    facts = [
        f"If lamp {a} is on, lamp {b} is {'off' if at == cut else 'on'}."
        for at, (a, b) in enumerate(pairwise(lamps))
    ]
    shuffled = " ".join(draws.shuffled(facts))
    dark = lamps[cut + 1]
    asked = f"{shuffled} Lamp {lamps[0]} is on. Which lamp is certainly off?"
    return asked, f"lamp {dark}", [f"lamp {lamp}" for lamp in lamps if lamp != dark]


def _offsets(draws: Draws) -> list[int]:
    """Differences that look like slips."""
    slips = (1, -1, 2, -2, 7, -7, 10, -10, 9, -9, 11, -11, 20, -20, 30, -30, 100, -100)
    return draws.sample(slips, MOST)


_KINDS: Final[dict[str, Kind]] = {
    "weekday": _weekday,
    "days-between": _days_between,
    "largest-fraction": _largest_fraction,
    "product": _product,
    "alphabet": _alphabet,
    "ranking": _ranking,
    "sequence": _sequence,
    "clock": _clock,
    "logic": _logic,
}
