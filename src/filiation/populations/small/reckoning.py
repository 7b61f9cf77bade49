"""How long will a study of the small models take on this machine? Reckoned from a short probe."""

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from filiation.model.study import Workload
from filiation.populations.small.building import STEPS, TUNING
from filiation.populations.small.network import initial
from filiation.populations.small.recipes import Recipe
from filiation.populations.small.training import train

__all__ = ["expect"]

PROBED: Final = 12  # updates
PROBES: Final = 5  # times, of which the median counts: others may be at work for one of them
COMPARED: Final = 25.0  # updates that take as long as one comparison
START: Final = 6.0  # seconds until workers are there, twice, and the report is written
CELLS: Final = 15  # of units planted in one pair: shares times cosines


def expect(recipes: Sequence[Recipe], *, planted: int, workers: int) -> Workload:
    """Train for an instant, and reckon the whole from it.

    Args:
        recipes: Of all models.
        planted: Pairs in which units are planted.
        workers: Processes; more than there are processors do not help.
    """
    by_name = {recipe.name: recipe for recipe in recipes}
    pairs = len(recipes) * (len(recipes) - 1) // 2
    updates = sum(_updates(recipe, by_name) for recipe in recipes)
    whole = _probe(recipes[0]) * (updates + COMPARED * (pairs + CELLS * planted))
    shared = min(workers, os.cpu_count() or 1)
    return Workload(
        models=len(recipes),
        pairs=pairs,
        planted=CELLS * planted,
        workers=workers,
        seconds=START + whole / shared,
    )


def _updates(recipe: Recipe, by_name: Mapping[str, Recipe]) -> int:
    """Of its own training, and of its parents', which are trained again for it."""
    own = TUNING.get(recipe.operation, (0, 0.0))[0] if recipe.parents else STEPS
    return own + sum(_updates(by_name[parent], by_name) for parent in recipe.parents)


def _probe(recipe: Recipe) -> float:
    """Seconds of one update."""
    shape, rng = recipe.shape, np.random.default_rng(0)
    weights = initial(shape, rng)
    taken = []
    for steps in (2, *[PROBED] * PROBES):  # the first draws the texts and warms up
        began = time.perf_counter()
        train(
            weights,
            language=recipe.language,
            vocabulary=shape.vocabulary,
            heads=shape.heads,
            steps=steps,
            rate=1e-3,
            rng=rng,
        )
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:]) / PROBED
