"""A low-rank difference: what an adapter (LoRA) leaves that was added to the weights, and its rank.

Read off the whole rows that sketches keep of a few layers: the difference of two matrices has the
rank of the adapter and beyond it nothing but the rounding of the sketch, while training moves a
matrix in all directions. Of the attention, rows are known up to a factor, which is fitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.examining.weights.kinship.contact import Contact
from filiation.model.relation import RelationKind
from filiation.model.sketch import DeepLayer, LayerSketch, Sketch
from filiation.numerics.frames.difference import (
    CLEAN,
    RankEstimate,
    difference_rank,
    free_difference_rank,
)

__all__ = ["adapter_kind"]

LOW: Final = 4  # a rank is low up to this fraction of the full one
REST: Final = 0.05  # of the difference may lie in other directions
GAP: Final = 1.5  # between the last direction that counts and the first that does not
FEWEST: Final = 16  # units without which a rank says nothing


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Deep:
    """One layer of which both sketches keep whole rows."""

    source: tuple[LayerSketch, DeepLayer]
    subject: tuple[LayerSketch, DeepLayer]


def adapter_kind(
    contact: Contact, source: Sketch, subject: Sketch
) -> tuple[RelationKind, str] | None:
    """Low rank if every matrix that changed has one; None if one has not, or nothing changed."""
    if contact.frame != "native":
        return None
    layers = _layers(contact, source, subject)
    seen, ranks = 0, dict[str, list[int]]()
    for layer in layers:
        for role, rank in _differences(layer):
            if rank.left > CLEAN or not _low(rank):
                return None
            seen += 1
            if rank.rank:
                ranks.setdefault(role, []).append(rank.rank)
    if not ranks:
        return None
    every = sorted(rank for found in ranks.values() for rank in found)
    span = f"{every[0]}" if every[0] == every[-1] else f"{every[0]} to {every[-1]}"
    return "low-rank", (
        f"whole rows are kept of {len(layers)} of {len(subject.layers)} layers, and in them "
        f"{len(every)} of {seen} matrices {'differs' if len(every) == 1 else 'differ'} "
        f"({', '.join(sorted(ranks))}), each by a change of rank {span}; what is left is what "
        "rounding to eight bits leaves"
    )


def _low(rank: RankEstimate) -> bool:
    """No direction at all, or few that stand out and hold nearly all of the difference."""
    return not rank.rank or (
        rank.rank <= rank.most // LOW and rank.rest <= REST and rank.gap >= GAP
    )


def _layers(contact: Contact, source: Sketch, subject: Sketch) -> list[_Deep]:
    mine, theirs = _by_label(source), _by_label(subject)
    return [
        _Deep(source=mine[layer.source], subject=theirs[layer.subject])
        for layer in contact.layer_map
        if layer.source in mine and layer.subject in theirs
    ]


def _by_label(sketch: Sketch) -> dict[str, tuple[LayerSketch, DeepLayer]]:
    layers = ((sketch.layers[deep.layer], deep) for deep in sketch.deep)
    return {layer.label: (layer, deep) for layer, deep in layers}


def _differences(layer: _Deep) -> Iterator[tuple[str, RankEstimate]]:
    """The rank of what changed in each matrix, MLP first: where training shows at once."""
    (one, a), (two, b) = layer.source, layer.subject
    units, ours, theirs = np.intersect1d(a.units, b.units, assume_unique=True, return_indices=True)
    for role in sorted(a.rows.keys() & b.rows.keys()):
        if a.rows[role].shape[1] == b.rows[role].shape[1] and len(units) >= FEWEST:
            norms = np.stack([x.roles[role].norms[units] for x in (one, two)])
            yield (
                role,
                difference_rank(a.rows[role][ours], b.rows[role][theirs], norms.astype(np.float64)),
            )
    for role in sorted(a.attention.keys() & b.attention.keys()):
        before, after = a.attention[role], b.attention[role]
        if before.shape == after.shape and min(before.shape) >= FEWEST:
            yield role, free_difference_rank(before, after, most=min(before.shape) // LOW)
