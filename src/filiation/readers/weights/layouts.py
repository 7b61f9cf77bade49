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

    def gain(found: Gain | None) -> Gain | None:
        return None if found is None else replace(found, tensor=stored[found.tensor])

    def matrix(found: UnitMatrix) -> UnitMatrix:
        name = stored[found.tensor]
        axis = found.unit_axis
        if name in transposed:
            axis = 0 if axis == 1 else 1
        return replace(found, tensor=name, unit_axis=axis, gain=gain(found.gain))

    def told(layer: Layer) -> Layer:
        heads = tuple(matrix(m) for m in layer.attention)
        if any(m.tensor in unreadable for m in heads):
            heads = ()
        return replace(
            layer,
            matrices=tuple(matrix(m) for m in layer.matrices),
            attention=heads,
            heads=layer.heads if heads else 0,
            groups=layer.groups if heads else 0,
        )

    return replace(
        layout,
        layers=tuple(told(layer) for layer in layout.layers),
        embed=None if layout.embed is None else stored[layout.embed],
        unembed=None if layout.unembed is None else stored[layout.unembed],
        final_gain=gain(layout.final_gain),
        skipped=tuple(
            Skipped(tensor=stored[skip.tensor], reason=skip.reason) for skip in layout.skipped
        ),
        transposed=transposed,
        unreadable=unreadable,
    )
