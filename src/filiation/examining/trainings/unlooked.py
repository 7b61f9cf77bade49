"""What of a model a part holds, and in which parts units of the source in other axes are not seen.

Whole disguises turn the tables of tokens along, and are planted so. Units that are put among those
of one's own, in axes of their own, are seen in gated MLPs, by how their rows lie to each other, and
in tables of tokens, whose rows lie alike in whatever axes. Of an attention a sketch keeps no rows:
there not even all of it is found.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from filiation.methods.weights.equal_tensors import component_of
from filiation.model.sketch import Component, Sketch
from filiation.model.training import OWN_AXES, Seen

__all__ = ["held_by_parts", "with_unlooked"]

ATTENTION: Final[Component] = "attention"
MLP: Final[Component] = "mlp"


def held_by_parts(sketch: Sketch) -> dict[str, float]:
    """Share of all values in each component, by the names of the tensors; 0 to 1."""
    counts: Counter[str] = Counter()
    for one in sketch.tensors:
        counts[component_of(one.name) or ""] += math.prod(one.shape)
    total = max(1, counts.total())
    return {part: count / total for part, count in counts.items() if part}


def with_unlooked(power: Sequence[Seen], point: Sketch, *, gated: bool) -> tuple[Seen, ...]:
    """The classes of a plan, with how much their parts hold, and what no method looks for.

    Args:
        power: Of the whole examination of a checkpoint.
        point: The checkpoint.
        gated: Whether units in other axes were looked for in its MLPs.
    """
    if not power:
        return ()
    held = held_by_parts(point)
    blind: list[Component] = [ATTENTION] if point.attention or ATTENTION in held else []
    if point.layers and not gated:
        blind.append(MLP)
    rows = [Seen(component=one, alternative=OWN_AXES, share=None, cosine=1.0) for one in blind]
    return tuple(replace(one, values=held.get(one.component)) for one in (*power, *rows))
