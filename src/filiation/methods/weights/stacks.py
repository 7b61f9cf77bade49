"""Which layers are a model's own body, and which stand beside it, such as a tower of another maker?

A stack is what stands before the first number of a layer's or tensor's name. The body is the
largest; a copier cannot choose it, since it is the source's that is asked.
"""

import re
from collections import Counter
from collections.abc import Iterable

from filiation.model.sketch import Sketch

__all__ = ["body_of", "stack_of"]


def stack_of(name: str) -> str | None:
    """`vision_tower.layers` of `vision_tower.layers.3.mlp`; None where no number stands."""
    found = re.match(r"(.*?)\.?\d+(\.|$)", name)
    return None if found is None else found.group(1)


def body_of(sketch: Sketch, names: Iterable[tuple[str, int]] | None = None) -> str | None:
    """The largest stack, by names and sizes; None where there is but one.

    Args:
        sketch: Of the model.
        names: Names and sizes; its layers, by units and widths, if none are given.
    """
    size = Counter[str]()
    for name, held in names if names is not None else _layers(sketch):
        stack = stack_of(name)
        if stack is not None:
            size[stack] += held
    return size.most_common(1)[0][0] if len(size) > 1 else None


def _layers(sketch: Sketch) -> Iterable[tuple[str, int]]:
    for layer in sketch.layers:
        yield layer.label, layer.units * sum(rows.width for rows in layer.roles.values())
