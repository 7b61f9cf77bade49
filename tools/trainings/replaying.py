"""Intervals trained again: how near honest repetitions end, and how far forged ones are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from filiation.examining.trainings.replayed import claim_replay
from size.shape import Weights
from trainings.forging import between
from trainings.judging import OWN, runs_of
from trainings.measuring import sketches
from trainings.recipes import recipe
from trainings.training import trained_on

__all__ = ["replay_rows"]

PLACES: Final = (1, 4, 7)  # of the history, from which an interval is trained again
STEPS: Final = 24
DRAWN: Final = 0.12
REPETITIONS: Final = (1, 2)


def replay_rows(folder: Path) -> Iterator[str]:
    """A row for each interval and each way in which its end came about."""
    runs = runs_of(folder)
    own, copy = runs.own, runs.copy(2)
    yield "| interval | its end | distance | spread | (f) |\n|---|---|---|---|---|"
    for place in PLACES:
        yield from _interval(place, own[place], copy)


def _interval(place: int, begin: Weights, copy: Weights) -> Iterator[str]:
    told, steps = recipe(OWN), (place * STEPS, (place + 1) * STEPS)
    true = trained_on(told, begin, steps)
    again = [trained_on(told, begin, steps, shaken=n) for n in REPETITIONS]
    ends = {
        "trained": true,
        "trained, gradients a thousandth off": trained_on(told, begin, steps, shaken=9),
        "trained on other batches": trained_on(replace(told, number=9_999), begin, steps),
        "trained, then drawn to the copy": between(true, copy, DRAWN),
        "on the line to the copy": between(begin, copy, DRAWN),
    }
    for name, end in ends.items():
        points = sketches([begin, end, *again])
        found = claim_replay(points[:2], 0, points[2:])
        figures = {key: value for key, value, *_ in found.figures}
        yield (
            f"| {place} | {name} | {figures['distance']:.3f} | {figures['spread']:.3f} | "
            f"{found.outcome} |"
        )
