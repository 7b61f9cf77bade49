"""What a layout by names leaves out: projectors, and stacks of layers that no role file knows.

A name that a role file knows must not hide what stands beside it. Whoever renames the layers of a
model and puts a few well-named ones in front would otherwise have shown a stranger: so every other
stack is laid out by its shapes, and what has no such shapes is said not to have been read.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from math import prod
from typing import Final

from filiation.model.layout import UNREAD, Layer, Layout, Skipped, TensorInfo
from filiation.readers.weights.guess import guess
from filiation.readers.weights.roles import NOT_YET
from filiation.readers.weights.settings import Settings
from filiation.readers.weights.towers import called_towers, projectors

__all__ = ["BY_SHAPE", "NO_LAYOUT", "with_other_stacks"]

NO_LAYOUT: Final = f"{UNREAD}layers of no known layout: neither their names nor their shapes say"
# Laid out, and told as not read all the same: without roles and gains few copies are seen in them.
BY_SHAPE: Final = f"{UNREAD}layers told by shapes alone: their roles and gains are not known"
LARGE: Final = 4096  # values of a matrix from which it may be one of a layer
MUCH: Final = 0.25  # of the values of a stack that was laid out; fewer copied are not excluded
# Before the first number of a name, where that counts layers.
_STEM: Final = re.compile(r"(.*?)(?:^|\.)\d{1,9}\.")


def with_other_stacks(
    layout: Layout,
    tensors: Mapping[str, TensorInfo],
    *,
    unexamined: Mapping[str, str],
    settings: Settings,
) -> Layout:
    """The layout with projectors, with stacks told by shape alone, and with what is called a tower.

    Args:
        layout: By names, or guessed as a whole; of the model's own names.
        tensors: All tensors, by name.
        unexamined: Tensors that hold no readable weights, with reasons.
        settings: Facts from config.json.
    """
    readable = {name: info for name, info in tensors.items() if name not in unexamined}
    layers = tuple(_whole_label(layer) for layer in layout.layers)
    used = _used(layers)
    towers = called_towers(tensors.values(), {}, {})
    more = [*projectors(towers, readable, used)]
    used |= _used(more)
    unlaid: set[str] = set()
    by_shape: set[str] = set()
    if layers and not layout.guessed:
        for found in _unnamed(layers, readable, used):
            made = guess(found, unexamined={}).layers
            more += made
            by_shape |= _used(made)
            unlaid |= found.keys() - _used(made)  # its attention, of whose heads shapes say nothing
        unlaid |= _left_over(readable, used)
    if not more and not towers and not settings.towers and not unlaid:
        return layout
    everything = (*layers, *more)
    used = _used(more)
    return replace(
        layout,
        layers=everything if more else layout.layers,
        towers=called_towers(tensors.values(), settings.towers, _sizes(everything)),
        skipped=tuple(_skipped(layout, unlaid, by_shape, used)),
    )


def _skipped(
    layout: Layout, unlaid: Set[str], by_shape: Set[str], used: Set[str]
) -> Iterator[Skipped]:
    """What no layer holds now, or holds by its shape alone; of what no layout fits, that too."""
    for one in layout.skipped:
        if one.tensor in by_shape:
            yield replace(one, reason=BY_SHAPE)
        elif one.tensor not in used:
            unfit = one.tensor in unlaid and one.reason == NOT_YET
            yield replace(one, reason=NO_LAYOUT) if unfit else one


def _used(layers: Iterator[Layer] | tuple[Layer, ...] | list[Layer]) -> set[str]:
    return {m.tensor for x in layers for m in (*x.matrices, *x.attention, *x.mixers)}


def _whole_label(layer: Layer) -> Layer:
    """`model.layers.3` for `layers.3`, which stands so where there was but one stack."""
    name, label = layer.matrices[0].tensor, layer.label
    at = f".{name}".find(f".{label}.")
    return replace(layer, label=name[: at + len(label)]) if at > 0 else layer


def _unnamed(
    layers: tuple[Layer, ...], tensors: Mapping[str, TensorInfo], used: set[str]
) -> Iterator[dict[str, TensorInfo]]:
    """The large matrices of each stack of several layers of which no layer was laid out."""
    known = {_stem(name) for name in _used(layers)}
    found = defaultdict[str, dict[str, TensorInfo]](dict)
    for name, info in sorted(tensors.items()):
        stem = _stem(name)
        if stem is None or stem in known or name in used or len(info.shape) != 2:
            continue
        if prod(info.shape) >= LARGE:
            found[stem][name] = info
    for stem, held in found.items():
        numbers = {name.removeprefix(stem).lstrip(".").partition(".")[0] for name in held}
        if len(numbers) > 1:
            yield held


def _left_over(tensors: Mapping[str, TensorInfo], used: set[str]) -> set[str]:
    """Large matrices in stacks that were laid out, of which no layer took them, if they are many.

    A second MLP beside the known one of each layer could be a copy, and the known one a stranger's.
    """
    laid, left = defaultdict[str, int](int), defaultdict[str, dict[str, int]](dict)
    for name, info in tensors.items():
        stem, values = _stem(name), prod(info.shape)
        if stem is None or len(info.shape) < 2:
            continue
        if name in used:
            laid[stem] += values
        elif values >= LARGE:
            left[stem][name] = values
    return {
        name
        for stem, held in left.items()
        if laid[stem] and sum(held.values()) >= MUCH * laid[stem]
        for name in held
    }


def _stem(name: str) -> str | None:
    found = _STEM.match(name)
    return None if found is None else found[1]


def _sizes(layers: tuple[Layer, ...]) -> dict[str, tuple[int, int]]:
    """Width and number of layers of each stack."""
    numbers, widths = defaultdict[str, set[str]](set), dict[str, int]()
    for layer in layers:
        stem = _stem(f"{layer.label}.")
        if stem is not None:
            numbers[stem].add(layer.label)
            widths[stem] = layer.matrices[0].width
    return {stem: (widths[stem], len(found)) for stem, found in numbers.items()}
