"""Is this sketch the sketch of that model, up to the last digit of the arithmetic?

Where values are summed in single precision, another kind of processor adds in another order, so
that a value on the border between two steps may fall to either side. Such values are few. One
that is more than a step away, or too many of one array that are a step away, are a change: whoever
may move every value by a step could move a finding.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import AlteredError, CaseError
from filiation.model.sketch import DeepLayer, LayerSketch, Sketch, UnitRows

__all__ = [
    *("NONE", "Differences", "apart", "differences", "named_in", "of_units", "same_choice"),
    "same_values",
]

# Whole rows of chosen units of a layer as the model has them, per role, int8 [units, width].
RowsOf: TypeAlias = Callable[[int, NDArray[np.int32]], Mapping[str, NDArray[np.int8]]]

NORM: Final = 1e-5  # relative: float32 sums in another order
# Of an array's values that may be a step apart: measured are 7e-5 between kinds of processors, and
# 1.3e-3 against what this program wrote before it kept its frames in double precision.
SHARE: Final = 5e-3
FEW: Final = 2  # or so many of a small array
CHOSEN: Final = 0.99  # of the deep part's units: rounding may settle the last ones otherwise,
LAST: Final = 2  # or so many of few


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How many eight-bit values were compared, and how many of them are a step apart."""

    values: int
    moved: int

    def __add__(self, other: "Differences") -> "Differences":
        return Differences(values=self.values + other.values, moved=self.moved + other.moved)


NONE: Final = Differences(values=0, moved=0)


def differences(recorded: Sketch, again: Sketch, rows_of: RowsOf) -> Differences:
    """Hold a sketch against the one that was taken again from the model.

    Args:
        recorded: The sketch.
        again: What the model gives now.
        rows_of: The model's rows by place of the layer, for units that only `recorded` chose.

    Raises:
        AlteredError: Another model.
        CaseError: The same model, but the sketch says more or other things about it.
    """
    if recorded.subject_digest != again.subject_digest:
        raise AlteredError(
            recorded.name, recorded=recorded.subject_digest, found=again.subject_digest
        )
    if named_in(recorded) != named_in(again):
        raise CaseError(
            f"{recorded.name}: names other layers, matrices, anchors or tables than the model"
        )
    _check_samples(recorded, again)
    pairs = zip(
        (*recorded.layers, *recorded.attention), (*again.layers, *again.attention), strict=True
    )
    found = sum((_of_layer(recorded.name, one, two) for one, two in pairs), NONE)
    for ours, theirs in zip(recorded.deep, again.deep, strict=True):
        found += _of_deep(recorded.name, ours, theirs, rows_of)
    for name, table in recorded.tables.items():
        found += apart(f"{recorded.name}: rows of {name}", table.rows, again.tables[name].rows)
    for role, axes in recorded.axes.items():
        found += apart(f"{recorded.name}: axes of {role}", axes, again.axes[role])
    return found


def named_in(sketch: Sketch) -> tuple[object, ...]:
    """Everything that is told in words."""
    layers = (*sketch.layers, *sketch.attention)
    return (
        (sketch.method, sketch.family, sketch.guessed, [*sketch.skipped]),
        [(layer.label, layer.units, layer.block, [*layer.roles]) for layer in layers],
        [(deep.layer, deep.heads, deep.groups, [*deep.attention]) for deep in sketch.deep],
        [(name, table.keys) for name, table in sketch.tables.items()],
        ([*sketch.axes], dict(sketch.axes_rows)),
        sketch.anchors,
        (sketch.token_absent, sketch.table_absent),
    )


def _of_layer(name: str, one: LayerSketch, two: LayerSketch) -> Differences:
    parts = (of_units(f"{name}: {one.label}, {r}", u, two.roles[r]) for r, u in one.roles.items())
    return sum(parts, NONE)


def of_units(place: str, rows: UnitRows, other: UnitRows) -> Differences:
    """One matrix of units against what the model gives.

    Raises:
        CaseError: More than rounding.
    """
    if not np.allclose(rows.norms, other.norms, rtol=NORM, atol=0.0):
        raise CaseError(f"{place}: norms differ from the model's")
    if rows.directions.keys() != other.directions.keys():
        raise CaseError(f"{place}: other frames")
    found = NONE
    for frame, directions in rows.directions.items():
        found += apart(f"{place}, {frame}", directions, other.directions[frame])
    return found


def apart(place: str, one: NDArray[np.int8], two: NDArray[np.int8]) -> Differences:
    """How many values of an array are apart, by one step; more than that is no rounding."""
    if one.shape != two.shape:
        raise CaseError(f"{place}: {one.shape} values, the model has {two.shape}")
    apart = np.abs(one.astype(np.int16) - two)
    if apart.max(initial=0) > 1:
        raise CaseError(
            f"{place}: a direction differs by {apart.max()} steps, at most 1 is rounding; the "
            "sketch was changed"
        )
    moved, most = int(np.count_nonzero(apart)), max(FEW, int(SHARE * apart.size))
    if moved > most:
        raise CaseError(
            f"{place}: {moved:,} of {apart.size:,} values differ by one step, at most {most:,} are "
            "the last digit of the arithmetic; the sketch was changed, or taken by another version "
            "of this program"
        )
    return Differences(values=apart.size, moved=moved)


def same_choice(one: NDArray[np.int32], two: NDArray[np.int32]) -> bool:
    """Are these the same chosen units, but for the last ones, which rounding may settle?"""
    least = min(CHOSEN * len(one), len(one) - LAST)
    return len(one) == len(two) and len(np.intersect1d(one, two)) >= max(least, 1)


def _of_deep(name: str, one: DeepLayer, two: DeepLayer, rows_of: RowsOf) -> Differences:
    """The same for whole rows; rounding also settles which units are the last to be chosen."""
    _, ours, theirs = np.intersect1d(one.units, two.units, return_indices=True)
    if not same_choice(one.units, two.units):
        raise CaseError(f"{name}: the deep part holds other units than the model's")
    models = {role: rows[theirs] for role, rows in two.rows.items()}
    recorded = {role: rows[ours] for role, rows in one.rows.items()}
    alone = np.setdiff1d(np.arange(len(one.units)), ours)
    if len(alone):
        further = rows_of(one.layer, one.units[alone])
        models = {role: np.concatenate([rows, further[role]]) for role, rows in models.items()}
        recorded = {r: np.concatenate([rows, one.rows[r][alone]]) for r, rows in recorded.items()}
    pairs = {role: (rows, models[role]) for role, rows in recorded.items()}
    pairs |= {role: (rows, two.attention[role]) for role, rows in one.attention.items()}
    return sum(
        (apart(f"{name}: deep layer {one.layer}, {r}", *both) for r, both in pairs.items()), NONE
    )


def _check_samples(recorded: Sketch, again: Sketch) -> None:
    """Kept values are those of the model, to the bit: decoding one value has no order of sums."""
    if recorded.samples.keys() != again.samples.keys():
        raise CaseError(f"{recorded.name}: keeps values of other tensors than the model has")
    for name in recorded.samples:
        same_values(recorded, again, name)


def same_values(recorded: Sketch, again: Sketch, tensor: str) -> None:
    """Are the values that are kept of a tensor the model's?

    Raises:
        CaseError: They are not.
    """
    if not np.array_equal(recorded.samples[tensor], again.samples[tensor], equal_nan=True):
        raise CaseError(
            f"{recorded.name}: {tensor}: a kept value is not the model's; the sketch was changed"
        )
