"""One kind of pair after another: ask all methods, keep what they said, resume where it stopped."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from size.concluded import concluded
from size.oddities import ODDITIES
from size.pairs import LogPs, Pair, asked, together
from size.starts import STARTS
from size.store import form, models, text
from size.working import Working

__all__ = ["PLANNED", "answers", "ask", "conclude", "grown_as"]

MANY, SOME = 3700, 1000  # disjoint pairs: of plain models, and with an oddity

PLANNED: Final[dict[str, int]] = {
    "plain": MANY,
    **dict.fromkeys(ODDITIES, SOME),
    **{kind: SOME for kind in STARTS if kind != "plain"},
    "wide": 100,
}
CONCLUDED: Final = "concluded"  # a folder of its own


def ask(kind: str, count: int, results: Path) -> None:
    """Put all methods to the pairs of a kind, up to so many, that were not asked yet."""
    _put(kind, count, results, _rounded)


def conclude(kind: str, count: int, results: Path) -> Counter[str]:
    """Examine these pairs as a whole, and count what that ends in."""
    _put(kind, count, results / CONCLUDED, concluded)
    said = _kept(kind, results / CONCLUDED)[:count]
    return Counter(said)


def _rounded(pair: Pair) -> LogPs:
    return {name: round(log_p, 6) for name, log_p in asked(pair).items()}


def _put(kind: str, count: int, results: Path, question: Callable[[Pair], LogPs | str]) -> None:
    """Ask what was not asked yet, a line for each pair."""
    path = results / f"{_named(kind)}.jsonl"
    done = len(path.read_text().splitlines()) if path.exists() else 0
    results.mkdir(parents=True, exist_ok=True)
    with path.open("a") as out:
        for pair in _pairs(kind, done, count):
            out.write(json.dumps(question(pair)) + "\n")
            out.flush()


def answers(kind: str, results: Path) -> Sequence[LogPs]:
    """What was kept of them."""
    return _kept(kind, results)


def _kept(kind: str, results: Path) -> list[Any]:
    path = results / f"{_named(kind)}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def grown_as(kind: str) -> str:
    """As what the models of a kind were trained."""
    return "plain" if kind in ODDITIES else kind


def _pairs(kind: str, done: int, count: int) -> Iterator[Pair]:
    """Pairs of models that began oddly, or of plain ones to which something was done."""
    oddity, grown = ODDITIES.get(kind), grown_as(kind)
    shape = form(grown)
    working = Working(shape, text().windows(32, shape.window, 3))
    every = (pair for stack in models(grown, 2 * count) for pair in together(stack, shape))
    for pair in islice(every, done, None):
        if oddity is None:
            yield pair
        else:
            source, subject = (oddity(w, shape, working) for w in (pair.source, pair.subject))
            yield Pair(shape=shape, source=source, subject=subject)


def _named(kind: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in kind)
