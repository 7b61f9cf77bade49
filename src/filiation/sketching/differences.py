"""Is this sketch the sketch of that model, up to the stated rounding?"""

from typing import Final

import numpy as np

from filiation.errors import AlteredError, CaseError
from filiation.model.sketch import DeepLayer, Sketch

__all__ = ["differences"]

NORM: Final = 1e-4  # relative: float32 sums in another order
CHOSEN: Final = 0.99  # of the deep part's units: rounding may settle the last ones otherwise


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
    ours = [(layer.label, layer.units, tuple(layer.roles)) for layer in recorded.layers]
    theirs = [(layer.label, layer.units, tuple(layer.roles)) for layer in again.layers]
    if ours != theirs or recorded.anchors != again.anchors:
        raise CaseError(f"{recorded.name}: names other layers, matrices or anchors than the model")
    _check_samples(recorded, again)
    moved = 0
    for one, two in zip(recorded.layers, again.layers, strict=True):
        for role, rows in one.roles.items():
            other = two.roles[role]
            if not np.allclose(rows.norms, other.norms, rtol=NORM, atol=0.0):
                raise CaseError(
                    f"{recorded.name}: {one.label}, {role}: norms differ from the model's"
                )
            if rows.directions.keys() != other.directions.keys():
                raise CaseError(f"{recorded.name}: {one.label}, {role}: other frames")
            for frame, directions in rows.directions.items():
                apart = np.abs(directions.astype(np.int16) - other.directions[frame])
                if apart.max(initial=0) > 1:
                    raise CaseError(
                        f"{recorded.name}: {one.label}, {role}, {frame}: a direction differs by "
                        f"{apart.max()} steps, at most 1 is rounding; the sketch was changed"
                    )
                moved += int(np.count_nonzero(apart))
    for ours_deep, theirs_deep in zip(recorded.deep, again.deep, strict=True):
        moved += _deep_differences(recorded.name, ours_deep, theirs_deep)
    return moved


def _deep_differences(name: str, one: DeepLayer, two: DeepLayer) -> int:
    """The same for whole rows, at the units that both chose (norms choose them, and round)."""
    _, ours, theirs = np.intersect1d(one.units, two.units, return_indices=True)
    if one.layer != two.layer or len(ours) < CHOSEN * len(one.units):
        raise CaseError(f"{name}: the deep part holds other units than the model's")
    moved = 0
    if one.attention.keys() != two.attention.keys():
        raise CaseError(f"{name}: deep layer {one.layer}: other attention than the model's")
    pairs = {role: (rows[ours], two.rows[role][theirs]) for role, rows in one.rows.items()}
    pairs |= {role: (rows, two.attention[role]) for role, rows in one.attention.items()}
    for role, (mine, other) in pairs.items():
        apart = np.abs(mine.astype(np.int16) - other)
        if apart.max(initial=0) > 1:
            raise CaseError(
                f"{name}: deep layer {one.layer}, {role}: a direction differs by "
                f"{apart.max()} steps, at most 1 is rounding; the sketch was changed"
            )
        moved += int(np.count_nonzero(apart))
    return moved


def _check_samples(recorded: Sketch, again: Sketch) -> None:
    """Kept values are those of the model, to the bit: decoding one value has no order of sums."""
    if recorded.samples.keys() != again.samples.keys():
        raise CaseError(f"{recorded.name}: keeps values of other tensors than the model has")
    for name, values in recorded.samples.items():
        if not np.array_equal(values, again.samples[name], equal_nan=True):
            raise CaseError(
                f"{recorded.name}: {name}: a kept value is not the model's; the sketch was changed"
            )
