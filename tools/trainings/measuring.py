"""Sketches of a history in memory, and what the program measures of them."""

from collections.abc import Sequence

from filiation.model.sketch import Sketch
from size.shape import Weights
from size.view import sketched
from trainings.shaped import shape_of

__all__ = ["sketches"]


def sketches(kept: Sequence[Weights]) -> list[Sketch]:
    """Through sketch files, as always."""
    shape = shape_of(kept[0])
    return [sketched(f"{n:02}", one, shape) for n, one in enumerate(kept)]
