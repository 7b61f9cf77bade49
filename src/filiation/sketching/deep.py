"""The deep part of a sketch: whole rows of some units of every layer, bounded in number.

What undoes a disguise (a rotation of the residual stream, another order of its axes) needs rows
and not projections. No layer is left out, so that no layer that a maker adds can take the place
of another. Where a layer has more units than are kept, half are those with the largest product of
norms, the others those that lie furthest along drawn directions of the frame `table`, where norms
have no say; without that frame they are drawn by their numbers.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import Layout, UnitMatrix, WeightView
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import signs
from filiation.sketching.anchors import gain_vector
from filiation.sketching.tables import chosen_numbers

__all__ = ["choose_units", "deep_layers", "rows_kept", "rows_of_layer", "whole_rows"]

Float32: TypeAlias = NDArray[np.float32]
Int8: TypeAlias = NDArray[np.int8]

LEAST: Final = 64  # rows of a layer, as long as this does not take four times the budget
FEWEST: Final = 8  # rows of a layer of a model with very many (experts)
TOGETHER: Final = 256  # rows rounded at a time, so that they stay in the processor's cache
PROBES: Final = 8  # drawn directions along which a unit may stand out


def deep_layers(layout: Layout, budget: int) -> tuple[int, ...]:
    """Places of the layers of which rows are kept: all that show a unit through two matrices."""
    if not budget:
        return ()
    return tuple(n for n, layer in enumerate(layout.layers) if len(layer.matrices) > 1)


def rows_kept(units: int, layers: int, budget: int) -> int:
    """How many rows are kept of each role of a layer of so many units."""
    share = budget // layers
    return min(units, max(share, min(LEAST, 4 * budget // layers), FEWEST))


def choose_units(
    units: int,
    kept: int,
    norms: Mapping[str, Float32],
    table: Mapping[str, Int8],
    seed: int,
) -> NDArray[np.int32]:
    """Which units: by norms, which no rescaling of units moves as a product, and by direction."""
    if units <= kept:
        return np.arange(units, dtype=np.int32)
    tiny = np.finfo(np.float32).tiny
    size = np.asarray(sum(np.log(np.maximum(x, tiny)) for x in norms.values()))
    largest = np.argsort(-size, kind="stable")[: kept - kept // 2]
    rest = np.setdiff1d(np.arange(units), largest)
    if table:
        apart = np.argsort(-_furthest(table, seed)[rest], kind="stable")
        others = rest[apart[: kept // 2]]
    else:
        others = rest[chosen_numbers(len(rest), kept // 2, seed)]
    return np.sort(np.concatenate([largest, others])).astype(np.int32)


def _furthest(table: Mapping[str, Int8], seed: int) -> Float32:
    """How far each unit lies along that drawn direction of the frame where it lies furthest."""
    found = np.zeros((len(next(iter(table.values()))), PROBES), dtype=np.float32)
    for role in sorted(table):
        rows = table[role].astype(np.float32)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        rows /= np.maximum(length, np.finfo(np.float32).tiny)
        found += rows @ signs(seed, "furthest", role, rows=rows.shape[1], columns=PROBES)
    return np.asarray(np.abs(found).max(axis=1))


def rows_of_layer(view: WeightView, place: int, units: NDArray[np.int32]) -> Mapping[str, Int8]:
    """Per role of the layer at `place`, the whole rows of the chosen units."""
    return {m.role: whole_rows(view, m, units) for m in view.layout.layers[place].matrices}


def whole_rows(view: WeightView, matrix: UnitMatrix, units: NDArray[np.int32]) -> Int8:
    """Directions int8 [units, width] of the chosen units, norm gains folded in.

    Raises:
        UnreadableError: Values too large for 32-bit arithmetic.
    """
    rows = _rows(view, matrix, matrix.places(units.astype(np.int64)))
    gain = gain_vector(view, matrix.gain)
    found = np.empty(rows.shape, dtype=np.int8)
    for first in range(0, len(rows), TOGETHER):
        part = rows[first : first + TOGETHER]
        with np.errstate(over="ignore", invalid="ignore"):
            part *= gain
        if not np.isfinite(part).all():
            raise UnreadableError(
                f"{matrix.tensor}: values too large for 32-bit arithmetic, expected weights of "
                "ordinary size; the file is damaged or was exported wrongly"
            )
        found[first : first + TOGETHER] = quantise(part)
    return found


def _rows(view: WeightView, matrix: UnitMatrix, at: NDArray[np.int64]) -> Float32:
    """Units at these places of the tensor as they are stored, float32 [units, width]."""
    if matrix.unit_axis == 0 and matrix.tensor not in view.layout.transposed:
        return view.rows(matrix.tensor, at.tolist())
    if matrix.unit_axis == 1:
        return view.columns(matrix.tensor, at.tolist())
    rows = np.empty((len(at), matrix.width), dtype=np.float32)
    for first, raw in view.blocks(matrix.tensor):
        # `view.rows` speaks in the model's axes; these are the stored
        block = view.decode(matrix.tensor, first, raw)
        here = (at >= first) & (at < first + len(block))
        rows[here] = block[at[here] - first]
    return rows
