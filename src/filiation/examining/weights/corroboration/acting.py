"""Which units of a model do something in it, and which only stand there?

Whoever has seen the subject can add its units or layers to a model of his own, writing next to
nothing, or in pairs that cancel: the model computes what it did, and its values agree with the
subject's in truth. What a unit writes is the product of the norms of its rows, which no rescaling
inside the unit moves; of units that read alike it is what they write in sum, and of many that read
in one direction nothing, since one direction can be closed. It is set against the
other units of its layer, and all of the layer against the stream into which it writes, with half of
each weighed by what is written, so that no number of silent parts moves the measure.

Not seen without data: gates that the model's own activities never open and that lie apart, a bias
that closes them, heads that look where nothing stands, experts to which nothing is routed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.equal_tensors import component_of
from filiation.methods.weights.stacks import layer_stack
from filiation.model.layout import BEYOND
from filiation.model.sketch import LayerSketch, Sketch

__all__ = ["LAYER", "UNIT", "acting", "heights", "idle_tensors", "shares"]

Float64: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

# Below so much of what writes in its layer a unit does nothing, and below so much of the stream a
# layer. Of 51,840 units of SmolLM2 37 write less, at least .19; of MiniLM and the casebook none. No
# layer writes less than .14 of its stream. Printed by `tools/docs/silent_parts.py`.
UNIT: Final = 0.25
LAYER: Final = 0.1
START: Final = 0.05  # of a typical layer, where no embedding says how large the stream is at first
NEAR: Final = 0.9  # cosine from which two units read alike
# A unit that reads in a direction near those of many may be closed with them: of real layers (the
# same) at most .044 lie within a cosine of .5 of one of their units. Where a few axes are loud, all
# units of all layers are near many: then it is how the model is made.
TURNED: Final = 0.5
CROWD: Final = 0.125
USUAL: Final = 4.0  # times what is usual in the layer where it is least
SAMPLE: Final = 256  # units by which a layer is measured
BLOCK: Final = 512  # units whose likenesses are in memory at a time
READS: Final = ("mlp.gate", "mlp.up", "attn.v")  # through which a unit first reads
EXPERT: Final = re.compile(r"\.experts\.\d+")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """The units of one layer.

    Attributes:
        layer: The layer.
        size: What each unit writes by itself, [units].
        reads: Directions through which it reads, unit length, float32 [units, columns].
        others: Those of its other matrices.
    """

    layer: LayerSketch
    size: Float64
    reads: NDArray[np.float32]
    others: tuple[NDArray[np.float32], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Measure:
    """What one layer of a model writes.

    Attributes:
        rows: Its units.
        half: The size beyond which units write half of all that is written.
        written: Root of the sum of squares over all units.
        crowd: Share of the layer beyond which those that read alike are a crowd.
    """

    rows: _Rows
    half: float
    written: float
    crowd: float


def acting(source: Sketch, layer: LayerSketch, at: Indices) -> Bools:
    """Which of some units of a layer do something in the model that holds them.

    Args:
        source: The model.
        layer: One of its layers of units or of its attentions.
        at: Places of the units in the layer.
    """
    measures, quiet = _measured(source)
    if id(layer) in quiet or id(layer) not in measures:
        return np.full(len(at), id(layer) not in quiet)
    return np.asarray(shares(source, layer, at) >= UNIT)


def shares(source: Sketch, layer: LayerSketch, at: Indices) -> Float64:
    """What units write over the size beyond which units write half of all in their layer."""
    measures, quiet = _measured(source)
    own = measures[id(layer)]
    beside = [one.rows for one in _beside(source, layer, measures, quiet)]
    return np.asarray(_written(own.rows, at, beside, own.crowd) / (own.half or 1.0))


def idle_tensors(source: Sketch) -> frozenset[str]:
    """Matrices of the layers most of whose units do nothing."""
    idle = set[str]()
    for part, layers in (("mlp", source.layers), ("attention", source.attention)):
        own = [info.name for info in source.tensors if component_of(info.name) == part]
        for layer in layers:
            at = _sample(layer)
            if 2 * np.count_nonzero(acting(source, layer, at)) < len(at):
                idle |= {*filter(_stem(layer).search, own)}
    return frozenset(idle)


Depth: TypeAlias = tuple[list[_Measure], list[_Measure]]


def _stem(layer: LayerSketch) -> re.Pattern[str]:
    """Finds the tensors of a layer by their names."""
    return re.compile(rf"(?:^|\.){re.escape(layer.label)}\.")


@lru_cache(maxsize=16)
def _measured(source: Sketch) -> tuple[Mapping[int, _Measure], frozenset[int]]:
    """Of each layer what it writes; and which write nothing beside the stream. By `id`."""
    every = [
        _rows(layer)
        for layer in (*source.layers, *source.attention)
        if len(layer.roles) > 1 and all("native" in x.directions for x in layer.roles.values())
    ]
    crowd = _crowd(every)
    measures = {id(rows.layer): _measure(rows, crowd) for rows in every}
    return measures, frozenset(_quiet(source, measures))


def _measure(rows: _Rows, crowd: float) -> _Measure:
    written = _written(rows, _sample(rows.layer), [], crowd)
    mean = float(np.mean(np.square(written))) if written.size else 0.0
    whole = float(np.sqrt(mean * rows.layer.units))
    return _Measure(rows=rows, half=_half(written), written=whole, crowd=crowd)


def _quiet(source: Sketch, measures: Mapping[int, _Measure]) -> Iterator[int]:
    """Layers that write little beside the stream and beside a typical one; silent experts.

    And those beyond what config.json speaks of: whoever loads the model does not read them.
    """
    unused = [x.tensor for x in source.set_aside if x.reason.startswith(BEYOND)]
    for layer in (*source.layers, *source.attention):
        if unused and any(_stem(layer).search(name) for name in unused):
            yield id(layer)
    for part, over_stream, over_typical in _heights(source, measures):
        if over_stream < LAYER and over_typical < UNIT:
            yield from (id(one.rows.layer) for one in part)
        usual = _half(np.array([one.half for one in part]))
        yield from (id(one.rows.layer) for one in part if one.half < LAYER * usual)


def heights(source: Sketch) -> Iterator[tuple[float, float]]:
    """What each depth writes, over the stream before it and over a typical one of its kind."""
    for _, over_stream, over_typical in _heights(source, _measured(source)[0]):
        yield over_stream, over_typical


def _heights(
    source: Sketch, measures: Mapping[int, _Measure]
) -> Iterator[tuple[list[_Measure], float, float]]:
    for stack in _depths(source, measures).values():
        sums = [(part, _together(part), kind) for depth in stack for kind, part in enumerate(depth)]
        typical = [_half(np.array([n for _, n, of in sums if of == kind])) for kind in (0, 1)]
        stream = _begins(source) or START * max(typical)
        for part, written, kind in sums:
            if part:
                yield part, written / (stream or 1.0), written / (typical[kind] or 1.0)
            stream = float(np.hypot(stream, written))


def _together(part: Sequence[_Measure]) -> float:
    """What all experts of one depth write, or the one layer that there is."""
    return float(np.sqrt(sum(one.written**2 for one in part)))


def _depths(source: Sketch, measures: Mapping[int, _Measure]) -> Mapping[str, list[Depth]]:
    """Per stack, depth by depth, its attentions and its MLPs."""
    found: dict[str, dict[str, Depth]] = {}
    for kind, layers in enumerate((source.attention, source.layers)):
        for layer in layers:
            label = EXPERT.sub("", layer.label)
            depth = found.setdefault(layer_stack(label), {}).setdefault(label, ([], []))
            if id(layer) in measures:
                depth[kind].append(measures[id(layer)])
    return {stack: [*depths.values()] for stack, depths in found.items()}


def _begins(source: Sketch) -> float:
    """Length of a row of the largest embedding table; 0 if no value of one is known."""
    tables = [
        info
        for info in source.tensors
        if len(info.shape) == 2
        and component_of(info.name) == "embedding"
        and info.name in source.samples
    ]
    if not tables:
        return 0.0
    table = max(tables, key=lambda info: info.shape[0] * info.shape[1])
    values = source.samples[table.name].astype(np.float64)
    return float(np.sqrt(np.mean(values**2) * min(table.shape))) if values.size else 0.0


def _beside(
    source: Sketch, layer: LayerSketch, measures: Mapping[int, _Measure], quiet: frozenset[int]
) -> Iterator[_Measure]:
    """The layers before and behind it that write: what cancels has nothing between."""
    layers = source.attention if any(x is layer for x in source.attention) else source.layers
    loud = [x for x in layers if id(x) in measures and id(x) not in quiet]
    place = next(n for n, x in enumerate(loud) if x is layer)
    for other in (*loud[max(0, place - 1) : place], *loud[place + 1 : place + 2]):
        if _shape(other) == _shape(layer):
            yield measures[id(other)]


def _shape(layer: LayerSketch) -> tuple[object, ...]:
    widths = sorted((role, rows.width) for role, rows in layer.roles.items())
    return layer_stack(layer.label), layer.block, *widths


def _rows(layer: LayerSketch) -> _Rows:
    first = next((role for role in READS if role in layer.roles), min(layer.roles))
    names = [first, *(role for role in sorted(layer.roles) if role != first)]
    seen = [layer.roles[role].directions["native"].astype(np.float32) for role in names]
    length = [np.linalg.norm(rows, axis=1, keepdims=True) for rows in seen]
    # Columns of o that cancel between the heads of a group have norms and no direction.
    sizes = [layer.roles[role].norms.astype(np.float64) for role in names]
    size = np.prod([x * (n[:, 0] > 0) for x, n in zip(sizes, length, strict=True)], axis=0)
    unit = [rows / np.maximum(n, 1e-30) for rows, n in zip(seen, length, strict=True)]
    return _Rows(layer=layer, size=size, reads=unit[0], others=tuple(unit[1:]))


def _sample(layer: LayerSketch) -> Indices:
    """Units over all of a layer."""
    few = min(SAMPLE, layer.units)
    return np.linspace(0, max(0, layer.units - 1), few).astype(np.int64)


def _half(sizes: Float64) -> float:
    """The size beyond which the larger ones make half of the sum."""
    falling = np.sort(sizes)[::-1]
    sums = np.cumsum(falling)
    if not sums.size or not sums[-1]:
        return 0.0
    return float(falling[np.searchsorted(sums, sums[-1] / 2)])


def _written(rows: _Rows, at: Indices, beside: Sequence[_Rows], limit: float) -> Float64:
    """What units write, together with those that read alike, in their layer and those beside it."""
    every = [rows, *beside]
    if "attn.v" in rows.layer.roles:
        return _by_heads(every, at)
    size = np.concatenate([one.size for one in every])
    reads = np.concatenate([one.reads for one in every])
    others = [np.concatenate(parts) for parts in zip(*(one.others for one in every), strict=True)]
    found = rows.size[at].copy()
    for first in range(0, len(at), BLOCK):
        alike = np.abs(rows.reads[at[first : first + BLOCK]] @ reads.T)
        near = alike >= NEAR
        for place in np.flatnonzero(near.sum(axis=1) > 1):
            members = np.flatnonzero(near[place])
            found[first + place] = _sum(size, reads, others, members)
        crowd = (alike[:, : rows.layer.units] >= TURNED).mean(axis=1) > limit
        found[first : first + BLOCK][crowd] = 0.0
    return found


def _crowd(every: Sequence[_Rows]) -> float:
    """Share of a layer beyond which units that read alike are a crowd, in this model."""
    usual = list[float]()
    for rows in every:
        if "attn.v" not in rows.layer.roles:
            some = rows.reads[_sample(rows.layer)]
            usual.append(float(np.median((np.abs(some @ some.T) >= TURNED).mean(axis=1))))
    return max(CROWD, USUAL * min(usual, default=0.0))


def _sum(
    size: Float64,
    reads: NDArray[np.float32],
    others: Sequence[NDArray[np.float32]],
    members: Indices,
) -> float:
    """Length of the sum of units, each the product of its rows; the more of two parts.

    What a unit makes of what it reads has an odd part, which changes sign with it, and an even one.
    """
    outer = np.outer(size[members], size[members])
    for rows in others:
        outer = outer * (rows[members] @ rows[members].T)
    along = reads[members] @ reads[members].T
    squares = float(np.sum(outer * along)), float(np.sum(outer * np.abs(along)))
    return float(np.sqrt(max(0.0, *squares)))


def _by_heads(every: Sequence[_Rows], at: Indices) -> Float64:
    """What rows of values write: each as its head does, with the heads that cancel it."""
    own = every[0]
    block = own.layer.block or own.layer.units
    heads = np.concatenate([_heads(one, block) for one in every])
    length = np.linalg.norm(heads, axis=1)
    unit = heads / np.maximum(length, 1e-30)[:, None]
    left = np.ones(own.layer.units // block)
    for head in range(len(left)):
        members = np.flatnonzero(np.abs(unit @ unit[head]) >= NEAR)
        if len(members) > 1:
            net = float(np.linalg.norm(heads[members].sum(axis=0)))
            left[head] = min(1.0, net / max(length[head], 1e-30))
    return np.asarray(own.size[at] * left[at // block])


def _heads(rows: _Rows, block: int) -> Float64:
    """What each head makes of what it sees, [heads, columns of v times columns of o]."""
    reads = rows.size[:, None] * rows.reads
    writes = rows.others[0]
    parts = (slice(n * block, (n + 1) * block) for n in range(rows.layer.units // block))
    return np.stack([(reads[part].T @ writes[part]).ravel() for part in parts])
