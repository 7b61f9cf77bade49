"""Put the question to every pair of a population of checkpoints, and draw their stemma.

Of few models every pair is compared in full. Of many, all pairs are screened by coarse signatures
and those that look alike are compared; then what hangs together is completed, so that the tree of a
stock rests on all its pairs. The level is over *all* pairs, compared or not: a choice of pairs can
miss a relative and cannot make a stranger one.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Final, TypeAlias, final

import numpy as np

from filiation.errors import UsageError
from filiation.libraries.executor import Executor, InProcess
from filiation.libraries.journal import Journal
from filiation.libraries.kept import run_numbered
from filiation.libraries.pairs import PairOutcome, compare_files, open_sketch
from filiation.libraries.roster import Member, roster
from filiation.libraries.screen import screen
from filiation.libraries.stemma import LEVEL, Likeness, draw_up
from filiation.methods import methods_for
from filiation.model.sketch import Sketch
from filiation.model.survey import Pair, Screening, SetAside, Survey

__all__ = ["EVERY", "survey_weights"]

Step: TypeAlias = Callable[[int, int], None]
Chosen: TypeAlias = set[tuple[int, int]]

EVERY: Final = 64  # models of which every pair is compared, unless it is said otherwise


def survey_weights(
    sketches: Sequence[tuple[str, Path]],
    *,
    seed: int,
    aside: Sequence[SetAside] = (),
    every_pair: bool | None = None,
    executor: Executor | None = None,
    journal: Callable[[str], Journal[PairOutcome]] | None = None,
    step: Step = lambda done, of: None,
) -> Survey:
    """Compare pairs under every method for weights.

    Args:
        sketches: (name, sketch file) of each model.
        seed: Seed of every random stream.
        aside: Models of which there is no sketch, and why.
        every_pair: Compare all pairs, or those that look alike; by default all of up to 64 models.
        executor: Where pairs are compared; the bytes of the outcome do not depend on it.
        journal: Opens the journal of this survey, given its key; without, nothing is kept.
        step: Told (pairs done, of all).

    Raises:
        UsageError: Fewer than two models were given, or two of one name.
    """
    _refuse([name for name, _ in sketches], len(aside))
    members, unfit = roster(sketches)
    every = len(members) <= EVERY if every_pair is None else every_pair
    chosen = _every(range(len(members))) if every else screen(_signatures(members))
    kept = None if journal is None else journal(_key(members, seed))
    finished = False
    try:
        outcomes = _compared(members, chosen, seed, executor or InProcess(), kept, step)
        finished = True
    finally:
        if kept is not None:
            kept.close(finished=finished)
    return _surveyed(members, outcomes, [*aside, *unfit], seed)


def _compared(
    members: Sequence[Member],
    chosen: Chosen,
    seed: int,
    executor: Executor,
    journal: Journal[PairOutcome] | None,
    step: Step,
) -> dict[int, PairOutcome]:
    """The outcomes of the chosen pairs, then of all others between models that hang together."""

    def run(pairs: Iterable[tuple[int, int]]) -> dict[int, PairOutcome]:
        tasks: dict[int, tuple[Any, ...]] = {
            i * len(members) + j: (*(_file(members[k]) for k in (i, j)), seed)
            for i, j in sorted(pairs)
        }
        return run_numbered(compare_files, tasks, executor, journal, step)

    found = run(chosen)
    together = set[tuple[int, int]]().union(*map(_every, _stocks(members, found)))
    if together - chosen:
        found |= run(together - chosen)
    return {number: found[number] for number in sorted(found)}


def _stocks(members: Sequence[Member], found: dict[int, PairOutcome]) -> list[set[int]]:
    """Models that hang together, directly or through others."""
    bar = math.log(LEVEL) - math.log(max(1, math.comb(len(members), 2)))
    stocks = {place: {place} for place in range(len(members))}
    for number, outcome in found.items():
        i, j = divmod(number, len(members))
        if outcome.likeness.log_p is not None and outcome.likeness.log_p <= bar:
            stocks |= dict.fromkeys(joined := stocks[i] | stocks[j], joined)
    return [stock for place, stock in stocks.items() if place == min(stock)]


def _surveyed(
    members: Sequence[Member],
    outcomes: dict[int, PairOutcome],
    aside: Sequence[SetAside],
    seed: int,
) -> Survey:
    names = tuple(member.name for member in members)
    apart = [
        Likeness(a=names[i], b=names[j], log_p=None, cosines=(), units=())
        for i, j in combinations(range(len(names)), 2)
        if i * len(names) + j not in outcomes
    ]
    likenesses = [outcome.likeness for outcome in outcomes.values()]
    return Survey(
        models=names,
        pairs=_sorted(pair for outcome in outcomes.values() for pair in outcome.pairs),
        absent=tuple(absent for outcome in outcomes.values() for absent in outcome.absent),
        stemma=draw_up(_Opened(members), [*likenesses, *apart], seed=seed),
        aside=tuple(aside),
        notes=tuple(member.unread for member in members if member.unread),
        screening=Screening(pairs=math.comb(len(names), 2), compared=len(outcomes), level=LEVEL),
    )


def _refuse(names: Sequence[str], unreadable: int) -> None:
    if len(names) + unreadable < 2:
        raise UsageError(f"a survey needs at least two models, found {len(names) + unreadable}")
    twice = (
        [name for name in names if names.count(name) > 1] if len(set(names)) < len(names) else ()
    )
    for name in twice:
        raise UsageError(f"{name}: named {names.count(name)} times; pairs would be unclear")


@final
class _Opened(Mapping[str, Sketch]):
    """The sketches by name, each read when it is asked for: few of a thousand are."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._paths = {member.name: str(member.path) for member in members}

    def __getitem__(self, name: str) -> Sketch:
        return open_sketch(name, self._paths[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _every(places: Iterable[int]) -> Chosen:
    return set(combinations(sorted(places), 2))


def _signatures(members: Sequence[Member]) -> Any:
    return np.stack([member.signature for member in members])


def _file(member: Member) -> tuple[str, str]:
    return member.name, str(member.path)


def _key(members: Sequence[Member], seed: int) -> str:
    """SHA-256 of all that the outcomes follow from."""
    described = [
        [(member.name, member.sketch) for member in members],
        [method.id for method in methods_for("weights")],
        seed,
    ]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def _sorted(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    order = {method.id: place for place, method in enumerate(methods_for("weights"))}
    return tuple(
        sorted(pairs, key=lambda p: (order.get(p.method, -1), p.log_p, -p.observed, p.a, p.b))
    )
