"""Which layers are a model's own body, and which stand beside it, such as a tower of another maker?

A stack is what stands before the number of a layer. The body is the largest of those as wide as
the embedding table, which a larger tower usually is not; a copier cannot choose it, since it is
the source's that is asked.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from filiation.model.layout import TensorInfo
from filiation.model.sketch import Sketch

__all__ = ["body_of", "layer_stack", "sizes_of", "stack_of", "stands_in"]

# What a layer's number follows, whatever numbers stand before it.
KNOWN: Final = re.compile(
    r"((?:.*?\.)??(?:layers|layer|blocks|block|blk|h|resblocks))\.\d+(?:[. ]|$)"
)
EXPERT: Final = re.compile(r"\.experts\.\d+")
FIRST: Final = re.compile(r"(.*?)\.?\d+(?:[. ]|$)")
LAST: Final = re.compile(r"(.*\D|)\d+(?:\.| \(|$)")


def stack_of(name: str, *, layer: bool = False) -> str | None:
    """`vision_tower.layers` of `vision_tower.layers.3.mlp`; None where no number stands.

    Args:
        name: Of a tensor, or the label of a layer.
        layer: Whether it is a label: its last number is then the layer's or an expert's.
    """
    found = KNOWN.match(name)
    if found is None and layer:
        found = LAST.match(EXPERT.sub("", name))
    elif found is None:
        found = FIRST.match(name)
    return None if found is None else found.group(1).removesuffix(".")


def layer_stack(label: str) -> str:
    """The stack of a layer; the layer itself where no number says that it is one of several."""
    found = stack_of(label, layer=True)
    return label if found is None else found


def stands_in(name: str, stack: str) -> bool:
    """Whether a layer or a tensor stands in a stack."""
    dot = r"\." if stack[-1:].isdigit() else r"\.?"
    return re.match(rf"{re.escape(stack)}{dot}\d+(?:[. ]|$)", name) is not None


def body_of(sketch: Sketch, tensors: Iterable[TensorInfo] | None = None) -> str | None:
    """The largest stack as wide as the embedding table; None where there is but one stack.

    Args:
        sketch: Of the model.
        tensors: Whose stacks to ask for, by bytes; its layers', by units and widths, if not given.
    """
    size, fits = _tensors(sketch, tensors) if tensors is not None else sizes_of(sketch)
    if len(size) < 2:
        return None
    own = {stack: held for stack, held in size.items() if stack in fits}
    return Counter(own or size).most_common(1)[0][0]


def sizes_of(sketch: Sketch) -> tuple[Counter[str], set[str]]:
    """Sizes of the stacks of layers, and those as wide as the embedding table in every matrix."""
    size, fits, width = Counter[str](), set[str](), _width(sketch)
    for layer in sketch.layers:
        stack = layer_stack(layer.label)
        widths = {rows.width for rows in layer.roles.values()}
        size[stack] += layer.units * sum(rows.width for rows in layer.roles.values())
        if widths == {width}:
            fits.add(stack)
    return size, fits


def _tensors(sketch: Sketch, tensors: Iterable[TensorInfo]) -> tuple[Counter[str], set[str]]:
    """Sizes of the stacks of tensors, and those most of whose matrices have the table's width.

    One matrix is not enough: a tower may have as many units as the body is wide.
    """
    labels = {stack_of(layer.label, layer=True) for layer in sketch.layers} - {None, ""}
    known = sorted((label for label in labels if label), key=len, reverse=True)
    size, width = Counter[str](), _width(sketch)
    having = defaultdict[str, list[bool]](list)
    for info in tensors:
        inside = (stack for stack in known if stands_in(info.name, stack))
        stack = next(inside, stack_of(info.name))
        if stack is not None:
            size[stack] += info.nbytes
            if len(info.shape) > 1:
                having[stack].append(width in info.shape)
    return size, {stack for stack, found in having.items() if 2 * sum(found) > len(found)}


def _width(sketch: Sketch) -> int:
    """Of the rows of the embedding table; 0 if none are kept."""
    table = sketch.tables.get("embedding/id")
    return int((sketch.anchor_rows if table is None else table.rows).shape[1])
