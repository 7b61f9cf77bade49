"""Which tensor plays which role? Answered by name, from the role files.

All layers of a family under one prefix are a stack (`readers.stacks`). Where several families see
the same tensors, the one that explains most bytes has them; then one that config.json names; then
one told apart by a name it needs; then the one with more gains; then the first by name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from filiation.model.layout import UNREAD, Gain, Layer, Layout, Skipped, TensorInfo
from filiation.readers.weights.families import families, split
from filiation.readers.weights.settings import Settings
from filiation.readers.weights.sight import Sight
from filiation.readers.weights.stacks import Stack, stacks

__all__ = ["NOT_YET", "lay_out", "not_examined"]

NOT_YET = "not examined by any method yet"
STACKED = f"{UNREAD}experts: no layout says how they are divided"
_EXPERT = re.compile(r"(?:^|\.)experts\.\d+\.(?!.*bias)")


def lay_out(
    tensors: Mapping[str, TensorInfo], *, unexamined: Mapping[str, str], settings: Settings
) -> Layout | None:
    """Assign roles by name; None if no role file explains a single layer.

    Args:
        tensors: All tensors, by name.
        unexamined: Tensors that hold no readable weights, with reasons.
        settings: Facts from config.json; `model_type` decides between families with equal names
            (Gemma 1 has Llama's) and `tie_word_embeddings` whether a missing unembedding is tied.
    """
    usable = {name: info for name, info in tensors.items() if name not in unexamined}
    sight = Sight.of(usable, settings)
    chosen = _choose([stack for family in families() for stack in stacks(family, sight)])
    if not chosen:
        return None
    embed, unembed, final, positions = _ends(chosen, sight)
    layers = tuple(_labelled(chosen))
    matrices = [matrix for layer in layers for matrix in layer.matrices]
    used = {m.tensor for m in matrices} | {m.gain.tensor for m in matrices if m.gain}
    heads = [matrix for layer in layers for matrix in (*layer.attention, *layer.mixers)]
    used |= {m.tensor for m in heads} | {m.gain.tensor for m in heads if m.gain}
    used |= {name for name in (embed, unembed, final and final.tensor, positions) if name}
    reasons = {skip.tensor: skip.reason for stack in chosen for skip in stack.rejected}
    reasons |= unexamined
    return Layout(
        family="+".join(dict.fromkeys(stack.family.name for stack in chosen)),
        guessed=False,
        layers=layers,
        embed=embed,
        unembed=unembed,
        final_gain=final,
        positions=positions,
        skipped=tuple(
            Skipped(tensor=name, reason=reasons.get(name, not_examined(info)))
            for name, info in tensors.items()
            if name not in used
        ),
    )


def not_examined(info: TensorInfo, otherwise: str = NOT_YET) -> str:
    """Why a tensor in which no role was seen is left out; matrices of experts are weights."""
    stacked = len(info.shape) > 2 and "expert" in info.name
    told = len(info.shape) == 2 and _EXPERT.search(info.name) is not None
    return STACKED if (stacked or told) and min(info.shape) > 1 else otherwise


def _choose(found: list[Stack]) -> list[Stack]:
    """The best stacks that share no tensor and no label, largest first."""
    chosen: list[Stack] = []
    taken: set[str] = set()
    for stack in sorted(found, key=lambda stack: stack.rank, reverse=True):
        labels = {_full(stack, layer) for layer in stack.layers}
        if stack.layers and not stack.used & taken and not labels & taken:
            chosen.append(stack)
            taken |= stack.used | labels
    return chosen


def _labelled(chosen: list[Stack]) -> Iterator[Layer]:
    """All layers by prefix, number and expert; the prefix is told only if there are several."""
    for stack in sorted(chosen, key=lambda stack: stack.prefix):
        for layer in stack.layers:
            label = _full(stack, layer) if len(chosen) > 1 else layer.label
            yield replace(layer, label=label)


def _full(stack: Stack, layer: Layer) -> str:
    return f"{stack.prefix}.{layer.label}" if stack.prefix else layer.label


def _ends(
    chosen: list[Stack], sight: Sight
) -> tuple[str | None, str | None, Gain | None, str | None]:
    """Embedding, unembedding, last gain and positions of the largest stack with an embedding."""
    for stack in chosen:
        width = stack.layers[0].matrices[0].width
        embed = _named(stack, stack.family.embed, sight, axes=2, width=width)
        if embed is None:
            continue
        unembed = _named(stack, stack.family.unembed, sight, axes=2, width=width)
        if unembed is None and sight.settings.tied is not False:
            unembed = embed
        last = _named(stack, stack.family.final_gain, sight, axes=1, width=width)
        final = None if last is None else Gain(tensor=last, offset=sight.offset(stack.family))
        positions = _named(stack, stack.family.positions, sight, axes=2, width=width)
        return embed, unembed, final, positions
    return None, None, None, None


def _named(
    stack: Stack, ends: tuple[str, ...], sight: Sight, *, axes: int, width: int
) -> str | None:
    """The tensor with one of these names beside the stack's layers, or further up its prefix."""
    parts = split(stack.prefix)
    for n in range(len(parts), -1, -1):
        for end in ends:
            info = sight.usable.get(".".join((*parts[:n], end)))
            if info is not None and len(info.shape) == axes and info.shape[-1] == width:
                return info.name
    return None
