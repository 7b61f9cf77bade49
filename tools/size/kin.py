"""Pairs that share a training, and pairs that share no more than their initial weights.

Of each, some barely trained and some for long; on other texts of one language or on another. Half
of the cells are for looking, half are kept aside: the bounds of
`examining.weights.kinship.initial` were set on the first half.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

import numpy as np

from size.farm import train
from size.pairs import Pair
from size.shape import Shape
from size.starts import stacked
from size.store import Course, Stack
from size.text import chain

__all__ = ["CELLS", "MIDDLE", "Cell", "grown"]

Truth: TypeAlias = Literal["training", "initial"]

MIDDLE: Final = Shape(width=64, hidden=128)
IN_CELL: Final = 6  # pairs
FIRST: Final = 900_000  # seed of the first


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Pairs that came about alike.

    Attributes:
        truth: What they share.
        how: In words.
        before: Steps of the common training; 0 for initial weights only.
        apart: Steps of the source and of the subject after they parted.
        rate: Of these.
        language: Of what the subject reads after it parted; the source's is 0.
    """

    truth: Truth
    how: str
    before: int
    apart: tuple[int, int]
    rate: float
    language: int


def _cells() -> Iterator[Cell]:
    for language in (0, 1):
        for steps in (20, 60, 200, 600):
            yield Cell(
                truth="initial",
                how="one seed",
                before=0,
                apart=(steps, steps),
                rate=1e-2,
                language=language,
            )
        yield Cell(
            truth="initial",
            how="one seed, one longer",
            before=0,
            apart=(60, 400),
            rate=1e-2,
            language=language,
        )
        for steps, rate in ((10, 2e-3), (40, 5e-3), (150, 1e-2), (600, 1e-2)):
            yield Cell(
                truth="training",
                how="child",
                before=200,
                apart=(0, steps),
                rate=rate,
                language=language,
            )
        yield Cell(
            truth="training",
            how="siblings",
            before=200,
            apart=(100, 100),
            rate=1e-2,
            language=language,
        )
    yield Cell(truth="training", how="child of 60", before=60, apart=(0, 60), rate=1e-2, language=0)
    yield Cell(truth="initial", how="one seed", before=0, apart=(1500, 1500), rate=5e-3, language=0)
    for language in (0, 1):
        yield Cell(
            truth="training",
            how="siblings, long apart",
            before=200,
            apart=(400, 400),
            rate=1e-2,
            language=language,
        )


CELLS: Final = tuple(_cells())


def grown(cell: Cell, shape: Shape, half: int) -> Iterator[Pair]:
    """The pairs of a cell: of the half to look at (0), or of that kept aside (1)."""
    first = FIRST + 1000 * CELLS.index(cell) + 100 * half
    stem: Stack = stacked("plain", shape, range(first, first + IN_CELL))
    if cell.before:
        stem = _taught(stem, shape, Course(steps=cell.before, rate=1e-2, order=first), 0)
    ends = []
    for side, steps in enumerate(cell.apart):
        course = Course(steps=steps, rate=cell.rate, order=first + 1 + side)
        ends.append(_taught(stem, shape, course, cell.language * side) if steps else stem)
    for n in range(IN_CELL):
        source, subject = ({name: np.array(x[n]) for name, x in end.items()} for end in ends)
        yield Pair(shape=shape, source=source, subject=subject)


def _taught(start: Stack, shape: Shape, course: Course, language: int) -> Stack:
    """Trained on a text of its own."""
    windows = chain(language, shape.vocabulary).windows(20_000, shape.window + 1, course.order)
    return train(shape, start, windows, course)
