"""Is a sketch that of a model of which only some tensors can be seen?

Everything that the sketch says of those tensors is reckoned again from their bytes: digest, kept
values, norms, directions in every frame, whole rows. Tables and frames are made of embeddings,
head and gains, which must be among what is seen. Which units the deep part keeps follows from
norms and directions that the sketch itself states, so that this is checked of every layer. Sums
over all layers (axes) can be checked only where all tensors of a role are seen.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from filiation.errors import CaseError
from filiation.model.layout import Layer, Layout, UnitMatrix, WeightView
from filiation.model.sketch import DeepLayer, Sketch
from filiation.sketching.deep import choose_units, whole_rows
from filiation.sketching.differences import (
    NONE,
    Differences,
    apart,
    named_in,
    of_units,
    same_choice,
    same_values,
)
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

__all__ = ["Audited", "audited", "compared_in", "made_of"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What was reckoned again.

    Attributes:
        tensors: How many tensors.
        found: Values that were compared, and those that are a step apart.
        summed: Roles whose sums over layers were checked.
        unsummed: Roles whose sums were not, since some of their tensors were not seen.
    """

    tensors: int
    found: Differences
    summed: tuple[str, ...]
    unsummed: tuple[str, ...]


def made_of(layout: Layout) -> frozenset[str]:
    """Tensors of which frames, tables and gains are made."""
    named = (layout.embed, layout.unembed, layout.positions)
    gains = [m.gain for layer in layout.layers for m in _matrices(layer)] + [layout.final_gain]
    return frozenset(
        [*(one for one in named if one), *(gain.tensor for gain in gains if gain is not None)]
    )


def compared_in(layout: Layout) -> frozenset[str]:
    """Tensors whose units or axes are compared, and those that frames and tables are made of."""
    read = {m.tensor for layer in layout.layers for m in _matrices(layer)}
    return made_of(layout) | read


def audited(recorded: Sketch, view: WeightView, seen: Set[str], folder: Path) -> Audited:
    """Hold a sketch against the tensors of its model that are seen.

    Args:
        recorded: The sketch.
        view: The model; what is not seen of it may hold anything.
        seen: Names of the tensors that are.
        folder: Room for a file.

    Raises:
        CaseError: The sketch says other things than these tensors give.
    """
    target = folder / "part.sketch"
    take_sketch(view, target, method=recorded.method, only=seen)
    again = read_sketch(target)
    if [*recorded.tensors] != [*again.tensors]:
        raise CaseError(f"{recorded.name}: is of other tensors, types or shapes than the model has")
    unlike = (recorded.towers, recorded.merged) != (again.towers, again.merged)
    if unlike or named_in(recorded) != named_in(again):
        raise CaseError(
            f"{recorded.name}: names other layers, matrices, anchors or tables than the model"
        )
    if recorded.samples.keys() != again.samples.keys():
        raise CaseError(f"{recorded.name}: keeps values of other tensors than the model has")
    _check_tensors(recorded, again, seen)
    found = _tables(recorded, again) + _units(recorded, again, view.layout, seen)
    for deep, other in zip(recorded.deep, again.deep, strict=True):
        found += _deep(recorded, view, seen, deep, other)
    summed, sums = _sums(recorded, again, view.layout, seen)
    return Audited(
        tensors=len(seen),
        found=found + sums,
        summed=summed,
        unsummed=tuple(role for role in recorded.axes if role not in summed),
    )


def _check_tensors(recorded: Sketch, again: Sketch, seen: Set[str]) -> None:
    digests = zip(recorded.tensors, recorded.tensor_digests, again.tensor_digests, strict=True)
    for info, one, other in digests:
        if info.name not in seen:
            continue
        if one != other:
            raise CaseError(f"{recorded.name}: {info.name}: is of another tensor than was sealed")
        if info.name in recorded.samples:
            same_values(recorded, again, info.name)


def _tables(recorded: Sketch, again: Sketch) -> Differences:
    found = NONE
    for name, table in recorded.tables.items():
        found += apart(f"{recorded.name}: rows of {name}", table.rows, again.tables[name].rows)
    return found


def _matrices(layer: Layer) -> Iterator[UnitMatrix]:
    yield from (*layer.matrices, *layer.attention, *layer.mixers)


def _units(recorded: Sketch, again: Sketch, layout: Layout, seen: Set[str]) -> Differences:
    found = NONE
    attended = [layer for layer in layout.layers if layer.attention]
    sides = (
        *zip(recorded.layers, again.layers, (x.matrices for x in layout.layers), strict=True),
        *zip(recorded.attention, again.attention, (x.attention for x in attended), strict=True),
    )
    for one, other, matrices in sides:
        for matrix in matrices:
            role = matrix.role
            if role in one.roles and matrix.tensor in seen:
                place = f"{recorded.name}: {one.label}, {role}"
                found += of_units(place, one.roles[role], other.roles[role])
    return found


def _deep(
    recorded: Sketch, view: WeightView, seen: Set[str], one: DeepLayer, other: DeepLayer
) -> Differences:
    """Whole rows of tensors that are seen; of every layer, that the right units were chosen."""
    layer, kept = view.layout.layers[one.layer], recorded.layers[one.layer]
    norms = {role: rows.norms for role, rows in kept.roles.items()}
    table = {r: x.directions["table"] for r, x in kept.roles.items() if "table" in x.directions}
    right = choose_units(kept.units, len(one.units), norms, table, recorded.method.seed)
    if not same_choice(one.units, np.asarray(right)):
        raise CaseError(
            f"{recorded.name}: {kept.label}: keeps whole rows of other units than its own norms "
            "and directions choose"
        )
    found, place = NONE, f"{recorded.name}: deep layer {one.layer}"
    for matrix in layer.matrices:
        if matrix.tensor in seen:
            rows = whole_rows(view, matrix, one.units)
            found += apart(f"{place}, {matrix.role}", one.rows[matrix.role], rows)
    for matrix in layer.attention:
        if matrix.tensor in seen and matrix.role in one.attention:
            heads = one.attention[matrix.role], other.attention[matrix.role]
            found += apart(f"{place}, {matrix.role}", *heads)
    return found


def _sums(
    recorded: Sketch, again: Sketch, layout: Layout, seen: Set[str]
) -> tuple[tuple[str, ...], Differences]:
    """Axes of the roles of which every tensor is seen."""
    tensors: dict[str, set[str]] = {}
    for layer in layout.layers:
        for matrix in (*layer.attention, *layer.mixers):
            tensors.setdefault(matrix.role, set()).add(matrix.tensor)
    whole = tuple(role for role in recorded.axes if tensors.get(role, set()) <= seen)
    found = NONE
    for role in whole:
        found += apart(f"{recorded.name}: axes of {role}", recorded.axes[role], again.axes[role])
    return whole, found
