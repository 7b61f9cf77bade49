"""Of which matrices the axes are summed over all layers, and how long they are.

One sum for each role: of the layers that have the width of the body's embeddings, so that a tower
beside them has no part in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from filiation.model.layout import Layout, TensorInfo

__all__ = ["AxesOf", "axes_kept"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AxesOf:
    """The axes of one role: their number, and the most rows that a matrix of it has."""

    width: int
    rows: int


def axes_kept(layout: Layout, tensors: Mapping[str, TensorInfo]) -> Mapping[str, AxesOf]:
    """Every role whose axes are kept, in the order of the layers.

    Args:
        layout: Of the checkpoint.
        tensors: By name.
    """
    beside = [m for layer in layout.layers for m in (*layer.attention, *layer.mixers)]
    if not beside:
        return {}
    width = beside[0].width
    if layout.embed is not None:
        shape = tensors[layout.embed].shape
        body = shape[0 if layout.embed in layout.transposed else -1]
        width = body if any(matrix.width == body for matrix in beside) else width
    rows: dict[str, int] = {}
    for matrix in beside:
        if matrix.width == width:
            rows[matrix.role] = max(rows.get(matrix.role, 0), matrix.units)
    return {role: AxesOf(width=width, rows=count) for role, count in rows.items()}
