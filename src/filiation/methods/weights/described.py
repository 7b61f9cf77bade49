"""What heads and experts are, whatever the order of heads, of experts and of the units in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.circuits import circuits
from filiation.model.sketch import DeepLayer, LayerSketch, Sketch

__all__ = ["Experts", "Heads", "Shape", "experts_of", "heads_of"]

Float32: TypeAlias = NDArray[np.float32]
Shape: TypeAlias = tuple[int, int, int, int]  # width, groups, heads, numbers of a head

EXPERT: Final = re.compile(r"(.+)\.experts\.\d+")
FEWEST: Final = 3


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heads:
    """Descriptions of one layer's groups and heads, float32 [groups or heads, n]."""

    label: str
    width: int
    groups: Float32
    heads: Float32
    circuits: Float32

    @property
    def shape(self) -> Shape:
        return self.width, len(self.groups), len(self.heads), self.heads.shape[1]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Experts:
    """Descriptions of one layer's experts, float32 [experts, n], and what each computes."""

    moments: Float32
    circuits: Float32


def heads_of(sketch: Sketch) -> list[Heads]:
    """Every deep layer with known heads."""
    return [
        _one_layer(sketch.layers[deep.layer].label, deep) for deep in sketch.deep if deep.attention
    ]


def _one_layer(label: str, deep: DeepLayer) -> Heads:
    per_head = [_head_moments(deep.attention[role], deep.heads) for role in ("attn.q", "attn.o")]
    per_group = [_head_moments(deep.attention[role], deep.groups) for role in ("attn.k", "attn.v")]
    size = deep.heads // deep.groups
    means = [x.reshape(deep.groups, size, -1).mean(axis=1) for x in per_head]
    return Heads(
        label=label,
        width=next(iter(deep.rows.values())).shape[1],
        groups=_centred([*means, *per_group]),
        heads=_centred(per_head),
        circuits=circuits(deep.attention["attn.v"], deep.attention["attn.o"], deep.heads),
    )


def _head_moments(rows: NDArray[np.int8], heads: int) -> Float32:
    """Second moments of the rows of each head, [heads, columns (columns + 1) / 2]."""
    x = rows.astype(np.float32)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-30)
    x = x.reshape(heads, -1, x.shape[1])
    moments = np.einsum("hri,hrj->hij", x, x, optimize=True) / np.float32(x.shape[1])
    up = np.triu_indices(x.shape[2])
    return np.asarray(moments[:, up[0], up[1]])


def _centred(parts: list[Float32]) -> Float32:
    table = np.concatenate(parts, axis=1)
    table = table - table.mean(axis=0)
    return np.asarray(table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-30))


def experts_of(sketch: Sketch) -> dict[str, Experts]:
    """Every layer of several experts of one shape."""
    groups: dict[str, list[LayerSketch]] = {}
    for layer in sketch.layers:
        found = EXPERT.fullmatch(layer.label)
        if found:
            groups.setdefault(found[1], []).append(layer)
    return {
        label: _experts(experts)
        for label, experts in groups.items()
        if len(experts) >= FEWEST
        and len({(x.units, tuple(sorted(x.roles)), _width(x)) for x in experts}) == 1
    }


def _experts(experts: Sequence[LayerSketch]) -> Experts:
    return Experts(moments=_expert_moments(experts), circuits=_computed(experts))


def _computed(experts: Sequence[LayerSketch]) -> Float32:
    """What each expert computes, by its last matrix and another (down and up, if so named)."""
    roles = sorted(experts[0].roles)
    reads, writes = (
        np.concatenate([expert.roles[role].directions["native"] for expert in experts])
        for role in (roles[-1], roles[0])
    )
    return circuits(reads, writes, len(experts))


def _expert_moments(experts: Sequence[LayerSketch]) -> Float32:
    """Second moments of the unit directions, matrix by matrix; the layer's mean expert removed."""
    rows = []
    for expert in experts:
        parts = []
        for role in sorted(expert.roles):
            units = expert.roles[role].directions["native"].astype(np.float32)
            units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-30)
            moment = units.T @ units / np.float32(max(1, len(units)))
            parts.append(moment[np.triu_indices(len(moment))])
        rows.append(np.concatenate(parts))
    table = np.stack(rows)
    table -= table.mean(axis=0)
    return np.asarray(table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-30))


def _width(layer: LayerSketch) -> int:
    return next(iter(layer.roles.values())).width
