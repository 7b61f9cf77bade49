"""How each of the honest trainings goes: drawn by its number, irregular ones among them."""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from size.shape import Shape

__all__ = ["EVENTS", "RUNS", "WIDE_RUNS", "Recipe", "recipe"]

RUNS: Final = 60
# Numbered after these, by hand: wide enough for a whole examination to have power.
WIDE_RUNS: Final = (60, 62, 64, 65)
WIDE: Final = Shape(width=80, hidden=224, layers=4, vocabulary=512)
WIDE_START: Final = "torch"  # drawn as torch draws, so that it can be regenerated to the bit
WIDTHS: Final = (32, 48, 64, 128)
STARTS: Final = ("plain", "by depth", "orthogonal, signs mended", "uniform")
OPTIMISERS: Final = {"adamw": (3e-3, 2e-2), "adam": (3e-3, 2e-2), "sgd": (0.3, 1.5),
                     "rmsprop": (1e-3, 6e-3)}  # fmt: skip
SCHEDULES: Final = ("cosine", "constant", "linear", "annealed")
EVENTS: Final = ("none", "none", "restart", "rewind", "own merge", "other data")
BATCHES: Final = (4, 8, 32)
LAST_STEPS: Final = (60, 120, 240)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One training.

    Attributes:
        number: Its seed, too.
        steps: At which a checkpoint is written, 0 first.
        event: What befalls it at the checkpoint `at`.
    """

    number: int
    shape: Shape
    start: str
    optimiser: str
    rate: float
    schedule: str
    batch: int
    steps: tuple[int, ...]
    event: str
    at: int


def recipe(number: int) -> Recipe:
    """The training of this number."""
    rng = np.random.default_rng([61, number])
    width = int(rng.choice(WIDTHS))
    optimiser = str(rng.choice(list(OPTIMISERS)))
    low, high = OPTIMISERS[optimiser]
    points, last = int(rng.integers(8, 13)), int(rng.choice(LAST_STEPS))
    even = np.linspace(0, last, points)
    early = last * (np.linspace(0, 1, points) ** 2)  # more of them at the beginning
    steps = np.maximum.accumulate(np.rint(even if rng.random() < 0.5 else early).astype(int))
    steps = np.maximum(steps, np.arange(points))
    wide, start = number >= RUNS, str(rng.choice(STARTS))
    return Recipe(
        number=number,
        shape=WIDE if wide else Shape(width=width, hidden=2 * width),
        start=WIDE_START if wide else start,
        optimiser=optimiser,
        rate=float(np.exp(rng.uniform(np.log(low), np.log(high)))),
        schedule=str(rng.choice(SCHEDULES)),
        batch=int(rng.choice(BATCHES)),
        steps=tuple(int(s) for s in steps),
        event=str(rng.choice(EVENTS)),
        at=int(rng.integers(3, points - 2)),
    )
