"""Which models of a library deserve a full comparison?

A coarse signature is for shortlisting only, never evidence: no p is claimed for it. Four blocks,
each a random projection of something that a kind of descent leaves alone:

- order (native, token): units weighed by signs that belong to their index. Cosine of two models =
  about the mean cosine of their units of equal index, whatever the order of layers.
- spread (native, token): second moments of the unit directions. Does not change when units are
  permuted; in the token frame nor when the residual stream is rotated. Strangers of one kind share
  much of it, so it is compared after the library's mean has been taken away.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.model.sketch import Frame, LayerSketch, Sketch
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import signs

__all__ = ["BLOCKS", "COARSE", "WIDTH", "coarse_signature", "shortlist"]

Float32: TypeAlias = NDArray[np.float32]
Int8: TypeAlias = NDArray[np.int8]

COARSE: Final = "coarse/1;blocks=order,spread;frames=native,token;width=128;units=2048"
SEEN: Final[tuple[Frame, ...]] = ("native", "token")
BLOCKS: Final = 4
WIDTH: Final = 128
UNITS: Final = 2048  # of each matrix, from the first; the rest adds nothing to a shortlist
CENTRED: Final = 8  # models from which the library's mean is worth taking away


def coarse_signature(sketch: Sketch) -> Int8:
    """Reduce a sketch to int8 [4, 128]; a block is zero where the sketch lacks its frame."""
    blocks = []
    for frame in SEEN:
        matrices = [found for layer in sketch.layers for found in _matrices(layer, frame)]
        blocks.append(_order(matrices))
        blocks.append(_spread(matrices))
    return quantise(np.stack(blocks))


def shortlist(query: Int8, library: Int8, most: int) -> list[int]:
    """Indices of the library's models most like the query in any block, the best first.

    The blocks take turns, so that a disguise that empties one of them does not hide a model.

    Args:
        query: int8 [4, 128].
        library: int8 [models, 4, 128].
        most: How many to return at most.
    """
    if not len(library):
        return []
    cosines = _cosines(query, library)
    ranked = [np.argsort(-cosines[:, block], kind="stable") for block in range(BLOCKS)]
    chosen: dict[int, None] = {}
    for place in range(len(library)):
        for block in range(BLOCKS):
            chosen.setdefault(int(ranked[block][place]))
            if len(chosen) >= min(most, len(library)):
                return list(chosen)
    return list(chosen)


def _cosines(query: Int8, library: Int8) -> Float32:
    """Cosine of each block with the query's: float32 [models, 4]; -1 where either is empty."""
    ours, theirs = query.astype(np.float32), library.astype(np.float32)
    empty = ~(theirs.any(axis=2) & ours.any(axis=1))
    if len(library) >= CENTRED:
        spreads = [1, 3]
        mean = theirs[:, spreads].mean(axis=0)
        ours[spreads] -= mean
        theirs[:, spreads] -= mean
    inner = np.einsum("mbk,bk->mb", theirs, ours)
    size = np.linalg.norm(theirs, axis=2) * np.linalg.norm(ours, axis=1)
    cosines = np.divide(inner, size, out=np.full_like(inner, -1.0), where=size > 0)
    cosines[empty] = -1.0
    return np.asarray(cosines, dtype=np.float32)


def _matrices(layer: LayerSketch, frame: Frame) -> Sequence[tuple[str, Float32]]:
    """The unit directions of each matrix, unit length: (role, float32 [units, columns])."""
    found = []
    for role in sorted(layer.roles):
        directions = layer.roles[role].directions.get(frame)
        if directions is not None:
            rows = directions[:UNITS].astype(np.float32)
            norms = np.linalg.norm(rows, axis=1, keepdims=True)
            unit = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
            found.append((role, unit - unit.mean(axis=0)))
    return found


def _order(matrices: Sequence[tuple[str, Float32]]) -> Float32:
    found = np.zeros(WIDTH, dtype=np.float32)
    for role, rows in matrices:
        units, columns = rows.shape
        seen = _signs("units", role, UNITS)[:, :units] @ rows
        found += (seen * _signs("columns", role, columns)).sum(axis=1) / np.sqrt(units)
    return found


def _spread(matrices: Sequence[tuple[str, Float32]]) -> Float32:
    found = np.zeros(WIDTH, dtype=np.float32)
    for role, rows in matrices:
        moments = rows.T @ rows / np.float32(len(rows))
        upper = moments[np.triu_indices(len(moments))]
        found += _signs("moments", role, len(upper)) @ upper
    return found


@lru_cache(maxsize=64)
def _signs(what: str, role: str, columns: int) -> Float32:
    return signs(0, COARSE, what, role, rows=WIDTH, columns=columns)
