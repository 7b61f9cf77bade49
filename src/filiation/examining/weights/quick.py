"""What does a quick look compare, and what of two models does it leave out?

For screening: a few methods of the whole examination, with their own nulls, units of a few layers,
and two forms of a copy, as stored and with its units in another order. Which layers are compared is
settled by how many there are, so what is found has the p of its method. What was left out is not
excluded: a quick look never supports independence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np

from filiation.examining.question import Pair, Readied
from filiation.methods import quick_methods
from filiation.model.kinds import WEIGHTS
from filiation.model.sketch import Sketch

__all__ = ["ASKED", "few_layers", "looked_at", "readied"]

T = TypeVar("T")

LAYERS: Final = 4
ASKED: Final[Mapping[str, Any]] = {  # fields of a planned question
    "methods": tuple(method.id for method in quick_methods(WEIGHTS)),
    "alternatives": ("in-place", "units-permuted"),
    "layers": LAYERS,
}


def looked_at(pair: Pair) -> Pair:
    """The pair with so many layers of each model as the plan names; itself if it names none."""
    if pair.plan.layers is None:
        return pair
    source, subject = few_layers(pair.source, pair.subject, pair.plan.layers)
    return replace(pair, source=source, subject=subject)


def readied(pair: Pair) -> Readied:
    """The same, and which layers were left out."""
    looked = looked_at(pair)
    left = [
        f"{len(few.layers)} of {len(whole.layers)} MLP layers and {len(few.attention)} of "
        f"{len(whole.attention)} attentions of {name}"
        for name, whole, few in zip(
            pair.names, (pair.source, pair.subject), (looked.source, looked.subject), strict=True
        )
        if few is not whole
    ]
    notes = (f"a quick look: units of {' and of '.join(left)} were compared",) if left else ()
    return Readied(pair=looked, notes=notes)


@lru_cache(maxsize=64)
def few_layers(source: Sketch, subject: Sketch, most: int = LAYERS) -> tuple[Sketch, Sketch]:
    """Both with layers at the same places, evenly over those that both have."""
    sides = source, subject
    mlp = _places([len(sketch.layers) for sketch in sides], most)
    attention = _places([len(sketch.attention) for sketch in sides], most)
    return _only(source, mlp, attention), _only(subject, mlp, attention)


def _places(counts: Sequence[int], most: int) -> tuple[int, ...]:
    """All, if neither has more than are compared, or one has none to compare with."""
    both = min(counts)
    if max(counts) <= most or not both:
        return tuple(range(max(counts)))
    return tuple(sorted(set(np.linspace(0, both - 1, most).astype(int).tolist())))


def _only(sketch: Sketch, mlp: tuple[int, ...], attention: tuple[int, ...]) -> Sketch:
    """A sketch with these layers; itself where these are all."""
    if len(mlp) >= len(sketch.layers) and len(attention) >= len(sketch.attention):
        return sketch
    now = {before: place for place, before in enumerate(mlp)}
    return replace(
        sketch,
        layers=_at(sketch.layers, mlp),
        attention=_at(sketch.attention, attention),
        deep=tuple(replace(d, layer=now[d.layer]) for d in sketch.deep if d.layer in now),
    )


def _at(layers: Sequence[T], places: Sequence[int]) -> tuple[T, ...]:
    return tuple(layers[place] for place in places if place < len(layers))
