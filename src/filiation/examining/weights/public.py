"""What of a part beside the body do exhibited public components hold, value for value?

Asked of values and not of bytes, so that a tower kept in another precision is the same tower. Only
what stands beside a body is ever set aside: whoever exhibited the body itself as public would
otherwise have made any copy of it vanish. Of the body it is counted and told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Final, TypeAlias, final

from filiation.examining.weights.kinship.counterparts import counterparts, matrices
from filiation.methods.weights.published import LARGE
from filiation.model.sketch import Sketch

__all__ = ["Held", "held_by", "without"]

Components: TypeAlias = Sequence[tuple[str, Sketch]]

KEPT: Final = frozenset({"same", "cast"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What components hold of one part.

    Attributes:
        tensors: Names of its large matrices that one of them holds.
        of: How many large matrices it has.
        by: What those components are called.
    """

    tensors: frozenset[str]
    of: int
    by: tuple[str, ...]


def held_by(sketch: Sketch, components: Components) -> Held:
    """The large matrices of a sketch whose values stand in a component."""
    large = {name for name, info in matrices(sketch).items() if prod(info.shape) >= LARGE}
    found, by = set[str](), list[str]()
    for name, component in components:
        if sketch.method.projection != component.method.projection:
            continue
        mine = {c.tensor for c in counterparts(sketch, component) if c.how in KEPT} & large
        if mine:
            by.append(name)
        found |= mine
    return Held(tensors=frozenset(found), of=len(large), by=tuple(by))


def without(sketch: Sketch, held: Held) -> Sketch:
    """The sketch of a part without what is held, and without layers all of whose matrices are."""
    if not held.tensors:
        return sketch
    large = {name for name, info in matrices(sketch).items() if prod(info.shape) >= LARGE}
    public = [_is_held(layer.label, large, held) for layer in sketch.layers]
    places = {n: at for at, n in enumerate(n for n, one in enumerate(public) if not one)}
    left = [n for n, info in enumerate(sketch.tensors) if info.name not in held.tensors]
    labels = {sketch.layers[n].label for n in places}
    return replace(
        sketch,
        layers=[sketch.layers[n] for n in places],
        attention=[one for one in sketch.attention if one.label in labels],
        deep=[replace(d, layer=places[d.layer]) for d in sketch.deep if d.layer in places],
        tensors=[sketch.tensors[n] for n in left],
        tensor_digests=[sketch.tensor_digests[n] for n in left],
    )


def _is_held(label: str, large: set[str], held: Held) -> bool:
    """Whether a layer has large matrices, and all of them are held."""
    label = label.partition(" (")[0]
    place = re.sub(r"\.0$", "", label) if not any(_of(label, name) for name in large) else label
    mine = {name for name in large if _of(place, name)}
    return bool(mine) and mine <= held.tensors


def _of(label: str, name: str) -> bool:
    return f".{label}." in f".{name}"
