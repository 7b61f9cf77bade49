"""Which models deserve a full comparison?

A coarse signature is for choosing only, never evidence: no p is claimed for it. Seven blocks, each
a random projection of something that a kind of descent leaves alone.

Keyed blocks weigh values by signs that belong to their index, so that two models that keep an order
have about their mean cosine there, and strangers scatter around zero by 1 / sqrt(1024):

- order (native, token): hidden units in their order, whatever the order of layers;
- axes: the axes of the attention in their order, whatever became of the units;
- table: the embeddings of tokens of equal number, axis by axis.

Spread blocks hold second moments, which no order changes: of unit directions (native, token) and of
embeddings (table), the latter two whatever rotated the residual stream. Strangers of one kind share
much of them, so they are compared after the mean of all models has been taken away, and say who is
nearest, not who is near.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.model.sketch import Frame, LayerSketch, Sketch
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import signs

__all__ = ["BLOCKS", "COARSE", "KEYED", "WIDTH", "coarse_signature", "cosines", "shortlist"]

Float32: TypeAlias = NDArray[np.float32]
Int8: TypeAlias = NDArray[np.int8]

COARSE: Final = "coarse/2;keyed=native,token,axes,table;spread=native,token,table;width=1024"
SEEN: Final[tuple[Frame, ...]] = ("native", "token")
KEYED: Final = 4  # blocks in which strangers scatter around zero; the others follow
BLOCKS: Final = 7
WIDTH: Final = 1024
UNITS: Final = 2048  # of each matrix, from the first; the rest adds nothing to a choice
TABLE: Final = "embedding/id"
CENTRED: Final = 8  # models from which the mean is worth taking away


def coarse_signature(sketch: Sketch) -> Int8:
    """Reduce a sketch to int8 [7, 1024]; a block is zero where the sketch lacks what it reads."""
    seen = [
        [found for layer in sketch.layers for found in _matrices(layer, frame)] for frame in SEEN
    ]
    kept = sketch.tables.get(TABLE)
    table = [] if kept is None else [("table", _unit(kept.rows))]
    axes = [(role, _unit(rows)) for role, rows in sorted(sketch.axes.items())]
    keyed = [_order(found) for found in (*seen, axes, table)]
    turned = [(role, np.ascontiguousarray(rows.T)) for role, rows in table]
    return quantise(np.stack([*keyed, *(_spread(found) for found in (*seen, turned))]))


def shortlist(query: Int8, library: Int8, most: int) -> list[int]:
    """Indices of the library's models most like the query in any block, the best first.

    The blocks take turns, so that a disguise that empties one of them does not hide a model.

    Args:
        query: int8 [7, 1024].
        library: int8 [models, 7, 1024].
        most: How many to return at most.
    """
    if not len(library):
        return []
    alike = cosines(query[None], library, mean_spread(library))[:, 0]
    ranked = np.argsort(-alike, axis=1, kind="stable")
    chosen: dict[int, None] = {}
    for place in range(len(library)):
        for block in range(BLOCKS):
            chosen.setdefault(int(ranked[block, place]))
            if len(chosen) >= min(most, len(library)):
                return list(chosen)
    return list(chosen)


def mean_spread(signatures: Int8) -> Float32:
    """What all models have in common in the spread blocks, float32 [3, 1024]; 0 of a few models."""
    if len(signatures) < CENTRED:
        return np.zeros((BLOCKS - KEYED, WIDTH), dtype=np.float32)
    return np.asarray(signatures[:, KEYED:].mean(axis=0, dtype=np.float32))


def cosines(some: Int8, others: Int8, mean: Float32) -> Float32:
    """Cosine of every one with every other, block by block.

    Args:
        some: int8 [m, 7, 1024].
        others: int8 [n, 7, 1024].
        mean: What is taken away from the spread blocks, float32 [3, 1024].

    Returns:
        float32 [7, m, n]; -1 where a block of either is empty.
    """
    found = np.empty((BLOCKS, len(some), len(others)), dtype=np.float32)
    for block in range(BLOCKS):
        centre = mean[block - KEYED] if block >= KEYED else np.float32(0)
        found[block] = _directions(some[:, block], centre) @ _directions(others[:, block], centre).T
        found[block, ~np.asarray(some[:, block].any(axis=1))] = -1.0
        found[block, :, ~np.asarray(others[:, block].any(axis=1))] = -1.0
    return found


def _directions(rows: Int8, centre: Float32 | np.float32) -> Float32:
    """Unit vectors from the centre, float32 [models, 1024]; zero stays zero."""
    away = rows.astype(np.float32) - centre
    sizes = np.linalg.norm(away, axis=1, keepdims=True)
    return np.asarray(np.divide(away, sizes, out=np.zeros_like(away), where=sizes > 0))


def _matrices(layer: LayerSketch, frame: Frame) -> Sequence[tuple[str, Float32]]:
    """The unit directions of each matrix, unit length: (role, float32 [units, columns])."""
    return [
        (role, _unit(directions[:UNITS]))
        for role in sorted(layer.roles)
        if (directions := layer.roles[role].directions.get(frame)) is not None
    ]


def _unit(directions: Int8) -> Float32:
    """Rows of unit length less their mean; nothing is left of rows that are all equal."""
    if not len(directions) or (directions == directions[0]).all():
        return np.zeros(directions.shape, dtype=np.float32)
    rows = directions.astype(np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    return np.asarray(unit - unit.mean(axis=0))


def _order(matrices: Sequence[tuple[str, Float32]]) -> Float32:
    """Every value by the sign of its row and that of its column."""
    found = np.zeros(WIDTH, dtype=np.float32)
    for role, rows in matrices:
        units, columns = rows.shape
        seen = _signs("rows", role, units) @ rows
        found += (seen * _signs("columns", role, columns)).sum(axis=1) / np.sqrt(max(1, units))
    return found


def _spread(matrices: Sequence[tuple[str, Float32]]) -> Float32:
    """The second moments of columns over rows, each pair of columns by two signs."""
    found = np.zeros(WIDTH, dtype=np.float32)
    for role, rows in matrices:
        units, columns = rows.shape
        one, other = (rows @ _signs(side, role, columns).T for side in ("left", "right"))
        found += (one * other).sum(axis=0) / np.float32(max(1, units))
    return found


@lru_cache(maxsize=256)
def _signs(what: str, role: str, columns: int) -> Float32:
    """As many columns of the signs of a role: float32 [1024, columns]."""
    wide = -(-columns // 64) * 64  # drawn column by column, so that a shorter one is its beginning
    return np.ascontiguousarray(signs(0, COARSE, what, role, rows=wide, columns=WIDTH)[:columns].T)
