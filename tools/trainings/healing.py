"""Forged histories that cost trainings: healed, drawn to the copy, begun from the source's start.

The forger trains as he truly did (the recipe of his own run), and moves the weights between.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from size.shape import Weights
from trainings.forging import HEALED, POINTS, STRENGTHS, STRETCH, Forged, Runs, between, noised
from trainings.judging import OWN, runs_of
from trainings.keeping import forged_file, keep
from trainings.recipes import Recipe, recipe
from trainings.training import trained_on

__all__ = ["forged_ways"]

DRAWN: Final = 0.12  # of the way to the copy, after each stretch of training
FORCE: Final = 30.0  # of the distance to the copy, beside a gradient of the loss
FAR: Final = 0.8  # noise that buries the copy, over each matrix's spread


def forged_ways(folder: Path) -> Iterator[str]:
    """Make what is not there yet."""
    told = recipe(OWN)
    runs = runs_of(folder)
    ways: dict[str, Callable[[Recipe, Runs, int], Forged]] = {
        "line, healed by training at each point": _healed,
        "drawn to the copy at every step": _drawn,
        "copy under noise, trained forward": _buried,
        "the source's start, turned, then trained": _begun,
        "trained on its distance to the copy beside the loss": _distilled,
    }
    for name, make in ways.items():
        for strength, how in enumerate(STRENGTHS):
            path = forged_file(folder, f"{name}, {how}")
            if not path.exists():
                keep(path, make(told, runs, strength))
                yield path.stem


def _healed(told: Recipe, runs: Runs, strength: int) -> Forged:
    rng, end = np.random.default_rng([89, strength]), runs.copy(strength)
    found = [runs.own[0]]
    for share in np.linspace(0, 1, POINTS)[1:]:
        bent = noised(between(runs.own[0], end, float(share)), 0.05, rng)
        found.append(trained_on(told, bent, (0, HEALED)))
    return found


def _drawn(told: Recipe, runs: Runs, strength: int) -> Forged:
    end, now, found = runs.copy(strength), runs.own[0], [runs.own[0]]
    for n in range(2 * POINTS):
        now = trained_on(told, now, (n * STRETCH // 2, (n + 1) * STRETCH // 2))
        now = between(now, end, DRAWN)
        found.append(now)
    return found


def _distilled(told: Recipe, runs: Runs, strength: int) -> Forged:
    """The optimiser itself walks to the copy: a teacher whose weights are learnt."""
    toward, found = (runs.copy(strength), FORCE), [runs.own[0]]
    for n in range(POINTS - 1):
        steps = (n * STRETCH, (n + 1) * STRETCH)
        found.append(trained_on(told, found[-1], steps, toward=toward))
    return found


def _buried(told: Recipe, runs: Runs, strength: int) -> Forged:
    start = noised(runs.copy(strength), FAR, np.random.default_rng([97, strength]))
    return _on(told, start)


def _begun(told: Recipe, runs: Runs, strength: int) -> Forged:
    return _on(told, runs.disguised(runs.source[0], strength))


def _on(told: Recipe, start: Weights) -> Forged:
    found = [start]
    for n in range(POINTS - 1):
        found.append(trained_on(told, found[-1], (n * STRETCH, (n + 1) * STRETCH)))
    return found
