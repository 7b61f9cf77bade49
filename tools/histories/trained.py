"""Real trainings of tiny models, one at a time."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from size.farm import train
from size.shape import TINY, Shape, Weights
from size.store import Course
from size.text import chain

__all__ = ["taught"]

TEXTS: Final = 5_000


def taught(shape: Shape, start: Weights, language: int, course: Course) -> Weights:
    """The weights after a training on the language."""
    stack = {name: x[None] for name, x in start.items()}
    after = train(shape, stack, _windows(language, shape.window), course)
    return {name: x[0] for name, x in after.items()}


@cache
def _windows(language: int, window: int) -> NDArray[np.int64]:
    return np.asarray(chain(language, TINY.vocabulary).windows(TEXTS, window + 1, language))
