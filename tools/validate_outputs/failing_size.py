"""Can failing at the same items be made a test? Every way that was tried, and whom it accuses.

On the kept-aside sets of numbers (`held_out.py`): pairs of strangers, related pairs, and *one
maker's* other pairs, which nobody declares related and which share a maker's texts and skills. All
models at once, then line-ups of few controls of other makers. Then line-ups made so that the two
parties have in common what no control has (`failing_worlds.py`). Ways: `failing_forms.py`.

Run by `python tools/validate_outputs failing`, some minutes.
"""

import itertools
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers, code_answers
from filiation.numerics.rng import stream
from validate_outputs.failing_forms import FORMS, log_ps
from validate_outputs.failing_worlds import DRAWN, trained
from validate_outputs.held_out import FOLDER, SETS, pairs_of, recordings
from validate_outputs.numbers import NUMBERS, Ways, declared, surveyed
from validate_outputs.shared_errors import Pairs

__all__ = ["company", "main", "mates_of", "measured"]

Int64: TypeAlias = NDArray[np.int64]

CONTROLS: Final = (9, 13)
STRANGERS: Final = 80  # pairs of strangers that are drawn
DRAWS: Final = 60  # line-ups of each drawn world
POPULATIONS: Final = 6  # of trained nets
EACH: Final = 10  # line-ups of each kind from one of them
LEVELS: Final = (0.05, 0.01)
HEAD: Final = "                             related ~ strangers  ~ one maker     p <= .01"
LEGEND: Final = "                                AUC   at 1 % FP         AUC  strangers  one maker"


def mates_of(answers: Answers) -> Pairs:
    """One maker's pairs that are not known to be related."""
    family, related = declared(answers), set(pairs_of(answers.models)[0])
    pairs = itertools.combinations(range(len(family)), 2)
    return [(a, b) for a, b in pairs if family[a] == family[b] and (a, b) not in related]


def company(family: Int64, pair: tuple[int, int], controls: int, order: Sequence[int]) -> list[int]:
    """The pair, and controls of other makers: one of each maker in this order, then second ones."""
    rows = [row for row in order if family[row] not in family[list(pair)]]
    before: dict[int, int] = {}
    turns = []
    for row in rows:
        turns.append(before.get(int(family[row]), 0))
        before[int(family[row])] = turns[-1] + 1
    ranked = sorted(range(len(rows)), key=lambda place: turns[place])
    return [*pair, *(rows[place] for place in ranked if turns[place] < 2)][: controls + 2]


def _whole(answers: Answers) -> Iterator[str]:
    """All models at once, families declared."""
    kin, far = pairs_of(answers.models)
    mates, family, ways = mates_of(answers), declared(answers), Ways.of(answers)
    yield HEAD
    yield LEGEND
    for name, table in zip(FORMS, (ways.values, ways.failures, ways.both), strict=False):
        z, log_p = surveyed(table, family)
        high, low, near = (np.array([z[pair] for pair in some]) for some in (kin, far, mates))
        found = float(np.mean(high > np.quantile(low, 0.99)))
        small = [np.mean([log_p[p] <= math.log(0.01) for p in some]) for some in (far, mates)]
        yield (
            f"{name:28}{_area(high, low):7.3f}{found:12.2f}{_area(high, near):12.3f}"
            f"{small[0]:11.3f}{small[1]:11.3f}"
        )


def _area(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    return float(np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low)))


def _line_ups(answers: Answers, controls: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Line-ups of strangers, of one maker's pairs and of related pairs."""
    kin, far = pairs_of(answers.models)
    family, rng = declared(answers), stream(controls, "validation", "failing")
    drawn = [far[place] for place in rng.permutation(len(far))[:STRANGERS].tolist()]
    kinds = {"strangers": drawn, "one maker": mates_of(answers), "related": kin}
    for kind, pairs in kinds.items():
        for pair in pairs:
            rows = company(family, pair, controls, rng.permutation(family.size).tolist())
            if len(rows) == controls + 2:
                own = family[rows]
                own[:2] = family.max() + 1 + np.arange(2)
                yield kind, log_ps(answers.rows(rows), own)


def _made(controls: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Line-ups of the drawn and the trained worlds."""
    alone = np.arange(controls + 2, dtype=np.int64)
    for number, (kind, world) in enumerate(DRAWN.items()):
        for draw in range(DRAWS):
            rng = np.random.default_rng((number, draw))
            yield f"drawn: {kind}", log_ps(world.draw(controls, rng), alone)
    for seed in range(POPULATIONS):
        for kind, answers in trained(controls, seed, EACH):
            yield f"trained: {kind}", log_ps(answers, alone)


def measured(line_ups: Iterator[tuple[str, Mapping[str, float]]]) -> Iterator[str]:
    """For every kind of line-up and every way: the shares of p at most .05 and .01."""
    by_kind: dict[str, list[Mapping[str, float]]] = {}
    for kind, found in line_ups:
        by_kind.setdefault(kind, []).append(found)
    for kind, rows in by_kind.items():
        yield f"{kind}, {len(rows)} line-ups"
        for form in FORMS:
            log_p = np.array([row[form] for row in rows])
            shares = [float(np.mean(log_p <= math.log(x) + 1e-12)) for x in LEVELS]
            yield f"  {form:30}" + "".join(f"{share:8.3f}" for share in shares)


def main() -> None:
    """Print the figures of the sets that are there, and of the worlds."""
    folder = Path(os.environ.get(FOLDER, os.devnull))
    there = [name for name in NUMBERS if (folder / name).is_dir()]
    if not there:
        print(f"{FOLDER} names no folder with {', '.join(NUMBERS)}: only what is made is measured")
    for name in there:
        answers = code_answers(recordings(folder / name))
        print(f"\n{SETS[name]}, all models at once", flush=True)
        for line in _whole(answers):
            print(line, flush=True)
        for controls in CONTROLS:
            print(f"\n{SETS[name]}, {controls} controls: share of p at most .05, .01", flush=True)
            for line in measured(_line_ups(answers, controls)):
                print(line, flush=True)
    for controls in CONTROLS[1:]:
        print(f"\nmade line-ups, {controls} controls: share of p at most .05, .01", flush=True)
        for line in measured(_made(controls)):
            print(line, flush=True)
