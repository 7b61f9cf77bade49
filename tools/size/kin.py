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


ALONE: Final = ((20, 20), (60, 60), (200, 200), (600, 600))
CHILDREN: Final = ((10, 2e-3), (40, 5e-3), (150, 1e-2), (600, 1e-2))


def _initial(how: str, apart: tuple[int, int], language: int, rate: float = 1e-2) -> Cell:
    return Cell(truth="initial", how=how, before=0, apart=apart, rate=rate, language=language)


def _trained(
    how: str, apart: tuple[int, int], language: int, rate: float = 1e-2, before: int = 200
) -> Cell:
    return Cell(truth="training", how=how, before=before, apart=apart, rate=rate, language=language)


def _cells() -> Iterator[Cell]:
    """Their place decides the seeds."""
    for language in (0, 1):
        yield from (_initial("one seed", steps, language) for steps in ALONE)
        yield _initial("one seed, one longer", (60, 400), language)
        yield from (_trained("child", (0, steps), language, rate) for steps, rate in CHILDREN)
        yield _trained("siblings", (100, 100), language)
    yield _trained("child of 60", (0, 60), 0, before=60)
    yield _initial("one seed", (1500, 1500), 0, rate=5e-3)
    yield from (_trained("siblings, long apart", (400, 400), language) for language in (0, 1))


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
