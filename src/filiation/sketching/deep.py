"""The deep part of a sketch: whole rows of a few layers, bounded in number.

What undoes a disguise (a rotation of the residual stream, another order of its axes) needs rows
and not projections. Kept are the outermost layers, since whoever removes or repeats layers leaves
those; of each at most `DEEP_UNITS` units.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import Layer, Layout, UnitMatrix, WeightView
from filiation.model.sketch import DEEP_UNITS, SketchMethod
from filiation.numerics.frames.directions import quantise
from filiation.numerics.rng import signs
from filiation.sketching.anchors import gain_vector

__all__ = ["choose_units", "deep_layers", "projected_rows", "whole_rows"]

Float32: TypeAlias = NDArray[np.float32]


def deep_layers(layout: Layout, most: int) -> tuple[int, ...]:
    """Places of the layers to keep: first, last, second, last but one, ..., in order of depth."""
    places = [n for n, layer in enumerate(layout.layers) if len(layer.matrices) > 1]
    inward = [p for pair in zip(places, reversed(places), strict=True) for p in pair]
    return tuple(sorted(tuple(dict.fromkeys(inward))[:most]))


def choose_units(layer: Layer, norms: Mapping[str, Float32]) -> NDArray[np.int32]:
    """Which units: the largest products of norms, which no rescaling of units moves."""
    if layer.units <= DEEP_UNITS:
        return np.arange(layer.units, dtype=np.int32)
    tiny = np.finfo(np.float32).tiny
    size = sum(np.log(np.maximum(norms[m.role], tiny)) for m in layer.matrices)
    largest = np.argsort(-np.asarray(size), kind="stable")[:DEEP_UNITS]
    return np.sort(largest).astype(np.int32)


def whole_rows(view: WeightView, matrix: UnitMatrix, units: NDArray[np.int32]) -> NDArray[np.int8]:
    """Directions int8 [units, width] of the chosen units, norm gains folded in.

    Raises:
        UnreadableError: Values too large for 32-bit arithmetic.
    """
    return quantise(_rows(view, matrix, units))


def projected_rows(view: WeightView, matrix: UnitMatrix, method: SketchMethod) -> NDArray[np.int8]:
    """Directions int8 [units, columns] of all units, projected as in the native frame."""
    spread = signs(
        method.seed, "native", str(matrix.width), rows=matrix.width, columns=method.columns
    )
    every = np.arange(matrix.units, dtype=np.int32)
    return quantise(_rows(view, matrix, every) @ (spread / np.float32(np.sqrt(method.columns))))


def _rows(view: WeightView, matrix: UnitMatrix, units: NDArray[np.int32]) -> Float32:
    at = units.astype(np.int64) + matrix.start
    if matrix.unit_axis == 0 and matrix.tensor not in view.layout.transposed:
        rows = view.rows(matrix.tensor, at.tolist())
    elif matrix.unit_axis == 0:  # `rows` speaks in the model's axes; these are the stored ones
        rows = np.empty((len(at), matrix.width), dtype=np.float32)
        for first, raw in view.blocks(matrix.tensor):
            block = view.decode(matrix.tensor, first, raw)
            here = (at >= first) & (at < first + len(block))
            rows[here] = block[at[here] - first]
    else:
        rows = np.empty((len(at), matrix.width), dtype=np.float32)
        for first, raw in view.blocks(matrix.tensor):
            block = view.decode(matrix.tensor, first, raw)
            rows[:, first : first + len(block)] = block[:, at].T
    with np.errstate(over="ignore", invalid="ignore"):
        rows = rows * gain_vector(view, matrix.gain)
    if not np.isfinite(rows).all():
        raise UnreadableError(
            f"{matrix.tensor}: values too large for 32-bit arithmetic, expected weights of "
            "ordinary size; the file is damaged or was exported wrongly"
        )
    return np.ascontiguousarray(rows, dtype=np.float32)
