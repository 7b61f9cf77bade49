"""Do the values of one head follow those of another, place by place, in a model looked at alone?

The null re-orders the values of each head on its own. Where every device drew its part of a matrix
with one seed, heads begin as copies of one another, and one order holds in all of them: two such
models agree in all heads at once or in none, and what strangers show spreads wider than the null
says, the more heads the wider. By how much is seen in each model alone: the covariance of two heads
is the product of what both models have in common at one place of them. Where that widens the
variance by more than a tenth, what counts the places of values abstains.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.model.sketch import LayerSketch, Sketch
from filiation.numerics.frames.directions import alive
from filiation.numerics.tails.runs import runs_of

__all__ = ["tied_in_both"]

Float32: TypeAlias = NDArray[np.float32]
Form: TypeAlias = tuple[int, int, tuple[str, ...]]  # units of a layer, of a head, and matrices

WIDER: Final = 0.1  # of the variance: a twentieth of a standard deviation


def tied_in_both(source: Sketch, subject: Sketch) -> str | None:
    """Why heads of strangers may agree all at once; None if those of either model are free."""
    ours, theirs = _ties(source), _ties(subject)
    wider = max((_wider(ours[form], theirs[form]) for form in ours if form in theirs), default=0.0)
    if wider <= WIDER:
        return None
    return (
        "in both models, looked at alone, values at one place of different heads are alike, as "
        "where parts of a matrix were drawn with one seed; strangers then agree in all heads at "
        f"once, and their variance is {1.0 + wider:.2f} times what the null says"
    )


def _wider(ours: Float32, theirs: Float32) -> float:
    """The largest share by which the variance of a pair of layers is larger than the null's."""
    roles, heads = int(ours.shape[1]), int(ours.shape[2])
    one, two = (ties.reshape(len(ties), -1) for ties in (ours, theirs))
    most = float(np.max(one @ two.T))
    return most / (roles * heads)


@lru_cache(maxsize=64)
def _ties(sketch: Sketch) -> Mapping[Form, Float32]:
    """Mean cosines at one place of two heads, [layers, matrices, heads, heads]; nought with itself.

    Only of layers with several heads whose number is known.
    """
    found: dict[Form, list[Float32]] = {}
    for layer in sketch.attention:
        roles = sorted(role for role, x in layer.roles.items() if "native" in x.directions)
        if layer.block and roles and layer.units > layer.block:
            form = (layer.units, layer.block, tuple(roles))
            found.setdefault(form, []).append(np.stack([_tie(layer, role) for role in roles]))
    return {form: np.stack(layers) for form, layers in found.items()}


def _tie(layer: LayerSketch, role: str) -> Float32:
    """Of one matrix, [heads, heads]: rows are centred in their runs, as the null leaves those."""
    directions = layer.roles[role].directions["native"]
    keep = alive(directions)
    rows = _unit(directions.astype(np.float32))
    runs = runs_of(np.arange(layer.units), block=layer.block)
    for run in range(int(runs[-1]) + 1):
        at = np.flatnonzero((runs == run) & keep)
        if at.size:
            rows[at] -= rows[at].mean(axis=0)
    rows = _unit(rows)
    rows[~keep] = 0.0
    by_head = rows.reshape(layer.units // layer.block, -1)
    both = keep.reshape(len(by_head), -1).astype(np.float32)
    tie = (by_head @ by_head.T) / np.maximum(both @ both.T, 1.0)
    np.fill_diagonal(tie, 0.0)
    return np.asarray(tie, dtype=np.float32)


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
