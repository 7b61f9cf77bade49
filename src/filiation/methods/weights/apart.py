"""A model taken apart: its language body, and each stack that stands beside it, by itself.

Which stacks may be the body is decided by shape first: those as wide as the embedding table. Where
several are, names decide, as long as nothing larger is called a tower; else all of them may be.
What names call a tower is compared all the same: a subject is always looked at as a whole, and of
a source every stack is asked for by itself.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import Final, Literal, TypeAlias, final

from filiation.methods.weights.published import LARGE
from filiation.methods.weights.stacks import layer_stack, sizes_of, stands_in
from filiation.model.layout import Tower
from filiation.model.sketch import Sketch

__all__ = ["Beside", "body_alone", "body_stacks", "parts_beside", "tower_of"]

StackKind: TypeAlias = Tower | Literal["beside"]
GUESSED: Final = ("in", "out")  # how roles begin that were told by shape


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beside:
    """One part of a model beside its language body.

    Attributes:
        kind: What it is, as the maker's names and config.json say; `beside` if they do not.
        stack: What stands before the numbers of its layers.
        sketch: The model without all else; no tables, and no axes summed over the body's layers.
    """

    kind: StackKind
    stack: str
    sketch: Sketch


def tower_of(sketch: Sketch, stack: str) -> StackKind:
    """What the maker calls a stack; `beside` if nothing."""
    fits = [root for root in sketch.towers if _begins(stack, root)]
    return sketch.towers[max(fits, key=len)] if fits else "beside"


@lru_cache(maxsize=256)
def body_stacks(sketch: Sketch) -> frozenset[str]:
    """The stacks that may be the model's language body; all if no shape and no name says."""
    sizes, fits = sizes_of(sketch)
    called = {stack for stack in sizes if tower_of(sketch, stack) != "beside"}
    if not fits:
        return frozenset(sizes.keys() - called or sizes)
    largest = max((sizes[stack] for stack in fits - called), default=0)
    towered = max((sizes[stack] for stack in fits & called), default=0)
    return frozenset(fits - called if largest and largest >= towered else fits)


@lru_cache(maxsize=256)
def body_alone(sketch: Sketch) -> Sketch:
    """The sketch without what stands beside its body; itself if nothing does."""
    body = body_stacks(sketch)
    apart = sizes_of(sketch)[0].keys() - body
    roots = [root for root in sketch.towers if not any(_begins(stack, root) for stack in body)]
    if not apart and not roots:
        return sketch
    return _only(
        sketch,
        layer=lambda label: layer_stack(label) not in apart,
        tensor=lambda name: not _stands(name, apart, roots),
    )


@lru_cache(maxsize=256)
def parts_beside(sketch: Sketch) -> tuple[Beside, ...]:
    """Every stack beside the body, in the order of the layers; then towers of which none is read.

    What of a tower stands in no layer goes with its one stack; in a tower of several with none.
    """
    body, stacks = body_stacks(sketch), [*sizes_of(sketch)[0]]
    parts = [_beside(sketch, stack) for stack in stacks if stack not in body]
    for root, tower in sketch.towers.items():
        if not any(_begins(stack, root) or _begins(root, stack) for stack in stacks):
            tensor = _under(root)
            held = any(tensor(i.name) and prod(i.shape) >= LARGE for i in sketch.tensors)
            if held:
                only = _only(sketch, layer=lambda label: False, tensor=tensor)
                parts.append(Beside(kind=tower, stack=root, sketch=_bare(only)))
    return tuple(parts)


def _beside(sketch: Sketch, stack: str) -> Beside:
    others = sizes_of(sketch)[0].keys() - {stack}
    roots = [
        root
        for root in sketch.towers
        if _begins(stack, root) and not any(_begins(other, root) for other in others)
    ]
    only = _only(
        sketch,
        layer=lambda label: layer_stack(label) == stack,
        tensor=lambda name: _stands(name, {stack}, roots),
    )
    return Beside(kind=tower_of(sketch, stack), stack=stack, sketch=_bare(only))


def _bare(sketch: Sketch) -> Sketch:
    """Without tables, and without axes that are summed over the body's layers."""
    return replace(sketch, tables={}, axes={})


def _begins(name: str, root: str) -> bool:
    return f"{name}.".startswith(f"{root}.")


def _under(root: str) -> Callable[[str], bool]:
    return lambda name: _begins(name, root)


def _stands(name: str, stacks: Set[str], roots: Sequence[str]) -> bool:
    return any(_begins(name, root) for root in roots) or any(
        stands_in(name, stack) for stack in stacks
    )


def _only(sketch: Sketch, *, layer: Callable[[str], bool], tensor: Callable[[str], bool]) -> Sketch:
    """The sketch with some of its layers and tensors."""
    places: Mapping[int, int] = {
        old: new
        for new, old in enumerate(n for n, one in enumerate(sketch.layers) if layer(one.label))
    }
    held = [n for n, info in enumerate(sketch.tensors) if tensor(info.name)]
    layers = [sketch.layers[n] for n in places]
    roles = [role for one in layers for role in one.roles]
    return replace(
        sketch,
        guessed=sketch.guessed or any(role.partition(":")[0] in GUESSED for role in roles),
        layers=layers,
        attention=[one for one in sketch.attention if layer(one.label)],
        deep=[
            replace(deep, layer=places[deep.layer]) for deep in sketch.deep if deep.layer in places
        ],
        tensors=[sketch.tensors[n] for n in held],
        tensor_digests=[sketch.tensor_digests[n] for n in held],
        skipped=[one for one in sketch.skipped if tensor(one.tensor)],
        towers={
            root: tower
            for root, tower in sketch.towers.items()
            if any(_begins(sketch.tensors[n].name, root) for n in held)
        },
    )
