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
from filiation.methods.answers.answers_pairs import family_numbers
from filiation.numerics.rng import stream
from validate_outputs import mmlu_pro
from validate_outputs.failing_forms import FORMS, departures, log_ps, nearer, nearness
from validate_outputs.failing_worlds import DRAWN, trained
from validate_outputs.held_out import FOLDER, SETS, pairs_of, recordings
from validate_outputs.numbers import NUMBERS, Ways, declared, surveyed
from validate_outputs.shared_errors import Pairs
from validate_outputs.shared_errors import pairs_of as options_pairs

__all__ = ["company", "main", "mates_of", "measured", "whole"]

Int64: TypeAlias = NDArray[np.int64]
Heights: TypeAlias = dict[tuple[int, int], float]

CONTROLS: Final = (9, 13)
MADE: Final = 13  # controls of made line-ups
STRANGERS: Final = 80  # pairs of strangers that are drawn
DRAWS: Final = 60  # line-ups of each drawn world
POPULATIONS: Final = 6  # of trained nets
EACH: Final = 10  # line-ups of each kind from one of them
LEVELS: Final = (0.05, 0.01)
ROUNDING: Final = 1e-12
ONE_IN_100: Final = math.log(0.01)
EITHER: Final = "wrong, or failing and nearer"  # twice the smaller p
HEAD: Final = "                             related ~ strangers  ~ one maker  p <= .01 of"
LEGEND: Final = (
    "                                AUC   at 1 % FP         AUC  strangers  one maker    related"
)


def mates_of(family: Int64, kin: Pairs) -> Pairs:
    """One maker's pairs that are not known to be related."""
    related = set(kin)
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


def whole(answers: Answers, family: Int64, kin: Pairs, far: Pairs) -> Iterator[str]:
    """All models at once, families declared; controls of a pair are all of other makers."""
    mates = mates_of(family, kin)
    yield HEAD
    yield LEGEND
    for name, (height, log_p) in _ways(answers, family, [*kin, *far, *mates]).items():
        high, low, near = (np.array([height[pair] for pair in some]) for some in (kin, far, mates))
        found = float(np.mean(high > np.quantile(low, 0.99)))
        shares = [np.mean([log_p[p] <= ONE_IN_100 for p in some]) for some in (far, mates, kin)]
        yield (
            f"{name:28}{_area(high, low):7.3f}{found:12.2f}{_area(high, near):12.3f}"
            + "".join(f"{share:11.3f}" for share in shares)
        )


def _ways(answers: Answers, family: Int64, pairs: Pairs) -> Mapping[str, tuple[Heights, Heights]]:
    """By way: how high every pair stands, and its log p."""
    ways = Ways.of(answers)
    found: dict[str, tuple[Heights, Heights]] = {}
    for name, table in zip(FORMS, (ways.values, ways.failures, ways.both), strict=False):
        z, log_ps_ = surveyed(table, family)
        found[name] = ({p: float(z[p]) for p in pairs}, {p: float(log_ps_[p]) for p in pairs})
    residual = departures(answers)[-1]
    t, items = nearness(residual), residual.shape[1]
    others = {p: np.flatnonzero(~np.isin(family, family[list(p)])) for p in pairs}
    alone = {pair: nearer(t, pair, others[pair], items) for pair in pairs}
    failed = found["failing"][1]
    both = {pair: max(failed[pair], alone[pair]) for pair in pairs}
    either = {pair: math.log(2.0) + min(both[pair], found[FORMS[0]][1][pair]) for pair in pairs}
    more = {FORMS[5]: alone, FORMS[6]: both, EITHER: either}
    return found | {name: ({p: -v for p, v in of.items()}, of) for name, of in more.items()}


def _area(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    return float(np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low)))


def _line_ups(answers: Answers, controls: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Line-ups of strangers, of one maker's pairs and of related pairs."""
    kin, far = pairs_of(answers.models)
    family, rng = declared(answers), stream(controls, "validation", "failing")
    drawn = [far[place] for place in rng.permutation(len(far))[:STRANGERS].tolist()]
    kinds = {"strangers": drawn, "one maker": mates_of(family, kin), "related": kin}
    for kind, pairs in kinds.items():
        for pair in pairs:
            rows = company(family, pair, controls, rng.permutation(family.size).tolist())
            if len(rows) == controls + 2:
                own = family[rows]
                own[:2] = family.max() + 1 + np.arange(2)
                yield kind, log_ps(answers.rows(rows), own)


def _drawn(controls: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Line-ups of the drawn worlds."""
    for number, (kind, world) in enumerate(DRAWN.items()):
        for draw in range(DRAWS):
            rng = np.random.default_rng((number, draw))
            yield kind, log_ps(world.draw(controls, rng), _alone(controls))


def _trained(controls: int) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Line-ups of the trained worlds."""
    for seed in range(POPULATIONS):
        for kind, answers in trained(controls, seed, EACH):
            yield kind, log_ps(answers, _alone(controls))


def _alone(controls: int) -> Int64:
    """Every model is of a family of its own."""
    return np.arange(controls + 2, dtype=np.int64)


def measured(line_ups: Iterator[tuple[str, Mapping[str, float]]]) -> Iterator[str]:
    """For every way and every kind of line-up: the shares of p at most .05 and .01."""
    by_kind: dict[str, list[Mapping[str, float]]] = {}
    for kind, found in line_ups:
        by_kind.setdefault(kind, []).append(found)
    for number, (kind, rows) in enumerate(by_kind.items(), start=1):
        yield f"  {number}: {kind} ({len(rows)})"
    yield " " * 28 + "".join(f"{number:15}" for number in range(1, 1 + len(by_kind)))
    for form in FORMS:
        cells = []
        for rows in by_kind.values():
            log_p = np.array([row[form] for row in rows])
            shares = [float(np.mean(log_p <= math.log(x) + ROUNDING)) for x in LEVELS]
            cells.append(" / ".join(f"{share:.3f}".removeprefix("0") for share in shares))
        yield f"{form:28}" + "".join(f"{cell:>15}" for cell in cells)


def _there() -> Iterator[tuple[str, str, Answers]]:
    """Name, title and answers of the kept-aside sets that are there."""
    folder = Path(os.environ.get(FOLDER, os.devnull))
    for name, title in SETS.items():
        if (folder / name).is_dir():
            yield name, title, code_answers(recordings(folder / name))


def main() -> None:
    """Print the figures of the sets that are there, and of the worlds."""
    there = list(_there())
    if not there:
        print(f"{FOLDER} names no folder with {', '.join(SETS)}: only what is made is measured")
    for _, title, answers in there:
        print(f"\n{title}, all models at once", flush=True)
        for line in whole(answers, declared(answers), *pairs_of(answers.models)):
            print(line, flush=True)
    if mmlu_pro.TABLE.is_file():
        answers = code_answers(mmlu_pro.recordings())
        family = family_numbers(answers.models, {m: mmlu_pro.family_of(m) for m in answers.models})
        print("\noptions of MMLU-Pro, all models at once", flush=True)
        for line in whole(answers, family, *options_pairs(answers.models)):
            print(line, flush=True)
    for controls, (name, title, answers) in itertools.product(CONTROLS, there):
        if name in NUMBERS:
            print(f"\n{title}, {controls} controls: share of p at most .05 / .01", flush=True)
            for line in measured(_line_ups(answers, controls)):
                print(line, flush=True)
    for how, line_ups in (("drawn", _drawn), ("trained", _trained)):
        print(f"\n{how} line-ups, {MADE} controls: share of p at most .05 / .01", flush=True)
        for line in measured(line_ups(MADE)):
            print(line, flush=True)
