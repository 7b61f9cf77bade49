"""Is this sketch the sketch of that model, up to the stated rounding?"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import AlteredError, CaseError
from filiation.model.sketch import DeepLayer, LayerSketch, Sketch

__all__ = ["differences"]

NORM: Final = 1e-4  # relative: float32 sums in another order
CHOSEN: Final = 0.99  # of the deep part's units: rounding may settle the last ones otherwise,
LAST: Final = 2  # or so many of few


def differences(recorded: Sketch, again: Sketch) -> int:
    """Count directions that differ by one step of their rounding.

    Raises:
        AlteredError: Another model.
        CaseError: The same model, but the sketch says more or other things about it.
    """
    if recorded.subject_digest != again.subject_digest:
        raise AlteredError(
            recorded.name, recorded=recorded.subject_digest, found=again.subject_digest
        )
    if _named(recorded) != _named(again):
        raise CaseError(
            f"{recorded.name}: names other layers, matrices, anchors or tables than the model"
        )
    _check_samples(recorded, again)
    pairs = zip(
        (*recorded.layers, *recorded.attention), (*again.layers, *again.attention), strict=True
    )
    moved = sum(_layer_differences(recorded.name, one, two) for one, two in pairs)
    for ours, theirs in zip(recorded.deep, again.deep, strict=True):
        moved += _deep_differences(recorded.name, ours, theirs)
    for name, table in recorded.tables.items():
        moved += _moved(f"{recorded.name}: rows of {name}", table.rows, again.tables[name].rows)
    for role, axes in recorded.axes.items():
        moved += _moved(f"{recorded.name}: axes of {role}", axes, again.axes[role])
    return moved


def _named(sketch: Sketch) -> tuple[object, ...]:
    """Everything that is told in words."""
    layers = (*sketch.layers, *sketch.attention)
    return (
        [(layer.label, layer.units, layer.block, [*layer.roles]) for layer in layers],
        [(deep.layer, deep.heads, deep.groups, [*deep.attention]) for deep in sketch.deep],
        [(name, table.keys) for name, table in sketch.tables.items()],
        [*sketch.axes],
        sketch.anchors,
        (sketch.token_absent, sketch.table_absent),
    )


def _layer_differences(name: str, one: LayerSketch, two: LayerSketch) -> int:
    moved = 0
    for role, rows in one.roles.items():
        other = two.roles[role]
        if not np.allclose(rows.norms, other.norms, rtol=NORM, atol=0.0):
            raise CaseError(f"{name}: {one.label}, {role}: norms differ from the model's")
        if rows.directions.keys() != other.directions.keys():
            raise CaseError(f"{name}: {one.label}, {role}: other frames")
        for frame, directions in rows.directions.items():
            place = f"{name}: {one.label}, {role}, {frame}"
            moved += _moved(place, directions, other.directions[frame])
    return moved


def _moved(place: str, one: NDArray[np.int8], two: NDArray[np.int8]) -> int:
    """How many values are apart by one step; more than one step is no rounding."""
    if one.shape != two.shape:
        raise CaseError(f"{place}: {one.shape} values, the model has {two.shape}")
    apart = np.abs(one.astype(np.int16) - two)
    if apart.max(initial=0) > 1:
        raise CaseError(
            f"{place}: a direction differs by {apart.max()} steps, at most 1 is rounding; the "
            "sketch was changed"
        )
    return int(np.count_nonzero(apart))


def _deep_differences(name: str, one: DeepLayer, two: DeepLayer) -> int:
    """The same for whole rows, at the units that both chose (what chooses them is rounded)."""
    _, ours, theirs = np.intersect1d(one.units, two.units, return_indices=True)
    least = min(CHOSEN * len(one.units), len(one.units) - LAST)
    if len(ours) < max(least, 1) or len(one.units) != len(two.units):
        raise CaseError(f"{name}: the deep part holds other units than the model's")
    pairs = {role: (rows[ours], two.rows[role][theirs]) for role, rows in one.rows.items()}
    pairs |= {role: (rows, two.attention[role]) for role, rows in one.attention.items()}
    return sum(
        _moved(f"{name}: deep layer {one.layer}, {role}", mine, other)
        for role, (mine, other) in pairs.items()
    )


def _check_samples(recorded: Sketch, again: Sketch) -> None:
    """Kept values are those of the model, to the bit: decoding one value has no order of sums."""
    if recorded.samples.keys() != again.samples.keys():
        raise CaseError(f"{recorded.name}: keeps values of other tensors than the model has")
    for name, values in recorded.samples.items():
        if not np.array_equal(values, again.samples[name], equal_nan=True):
            raise CaseError(
                f"{recorded.name}: {name}: a kept value is not the model's; the sketch was changed"
            )
