"""A layout told in the names and axes of the model, told again of the tensors as stored."""

from collections.abc import Mapping
from dataclasses import replace

from filiation.model.layout import Gain, Layer, Layout, Skipped, UnitMatrix

__all__ = ["as_stored"]


def as_stored(
    layout: Layout,
    stored: Mapping[str, str],
    *,
    transposed: frozenset[str],
    unreadable: frozenset[str],
) -> Layout:
    """Replace every name, and swap the unit axis of what is stored transposed.

    Args:
        layout: In the model's own names.
        stored: Each of them to the name of the stored tensor.
        transposed: Stored names of matrices whose axes are swapped.
        unreadable: Stored names of tensors without readable values.
    """
    return replace(
        layout,
        layers=tuple(
            _layer(layer, stored, transposed=transposed, unreadable=unreadable)
            for layer in layout.layers
        ),
        embed=None if layout.embed is None else stored[layout.embed],
        unembed=None if layout.unembed is None else stored[layout.unembed],
        final_gain=_gain(layout.final_gain, stored),
        positions=None if layout.positions is None else stored[layout.positions],
        skipped=tuple(
            Skipped(tensor=stored[skip.tensor], reason=skip.reason) for skip in layout.skipped
        ),
        transposed=transposed,
        unreadable=unreadable,
    )


def _layer(
    layer: Layer,
    stored: Mapping[str, str],
    *,
    transposed: frozenset[str],
    unreadable: frozenset[str],
) -> Layer:
    """One layer as stored; without its heads if a matrix of attention has no readable values."""
    heads = tuple(_matrix(matrix, stored, transposed) for matrix in layer.attention)
    if any(matrix.tensor in unreadable for matrix in heads):
        heads = ()
    return replace(
        layer,
        matrices=tuple(_matrix(matrix, stored, transposed) for matrix in layer.matrices),
        attention=heads,
        heads=layer.heads if heads else 0,
        groups=layer.groups if heads else 0,
        mixers=tuple(
            matrix
            for matrix in (_matrix(one, stored, transposed) for one in layer.mixers)
            if matrix.tensor not in unreadable
        ),
    )


def _matrix(
    matrix: UnitMatrix, stored: Mapping[str, str], transposed: frozenset[str]
) -> UnitMatrix:
    name = stored[matrix.tensor]
    axis = matrix.unit_axis
    if name in transposed:
        axis = 0 if axis == 1 else 1
    return replace(matrix, tensor=name, unit_axis=axis, gain=_gain(matrix.gain, stored))


def _gain(gain: Gain | None, stored: Mapping[str, str]) -> Gain | None:
    return None if gain is None else replace(gain, tensor=stored[gain.tensor])
