"""Did anything change that a rounding of the containers does not explain, wherever it stands?

Read from what no other order, no rotation of the residual stream and no rescaling of units moves:
the norms of units (of up and down their product), and the angles between embeddings.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.kinship.counterparts import matrices
from filiation.model.sketch import LayerSketch, Sketch

__all__ = ["Placed", "what_moved"]

Placed: TypeAlias = tuple[LayerSketch, NDArray[np.int64], LayerSketch, NDArray[np.int64]]
"""A layer of the source and places in it, one of the subject and the places of the same units."""

RESCALED: Final = ("mlp.up", "mlp.down")  # what one is multiplied by, the other is divided by
ARITHMETIC: Final = 2e-5  # of the log of a norm: 32-bit sums
MARGIN: Final = 2.0  # times what the containers' rounding moves a norm
FEWEST: Final = 64  # embeddings whose angles are compared
EIGHT_BITS: Final = 1.0 / 12.0  # variance of a whole number's rounding, as sketches keep rows
BEYOND: Final = 1.5  # times the squared differences that roundings explain
_HALF_STEP: Final = {"F64": 2.0**-53, "F32": 2.0**-24, "F16": 2.0**-11, "BF16": 2.0**-8}


def what_moved(source: Sketch, subject: Sketch, placed: Iterable[Placed]) -> str:
    """What differs by more than the containers' rounding, in words; empty if nothing does."""
    coarse = float(np.hypot(_precision(source), _precision(subject)))
    moved = max((_norms(pair, coarse) for pair in placed), default=0.0)
    if moved > 1.0:
        return f"norms of units differ by {moved:.0f} times what the containers' rounding explains"
    angles = _angles(source, subject, coarse)
    if angles > BEYOND:
        return (
            f"angles between embeddings differ by {angles**0.5:.1f} times what the roundings of "
            "containers and sketch explain"
        )
    return ""


def _precision(sketch: Sketch) -> float:
    """Relative rounding error of a value in the coarsest matrix of a container."""
    return max((_half_step(info.dtype) for info in matrices(sketch).values()), default=0.0)


def _half_step(dtype: str) -> float:
    if dtype in _HALF_STEP:
        return _HALF_STEP[dtype]
    bits = next((int(c) for c in dtype if c in "12345678"), 1)
    return 2.0**-bits


def _norms(pair: Placed, coarse: float) -> float:
    """Root mean square change of the logs of norms, as a multiple of what may be."""
    one, ours, two, theirs = pair
    roles = [r for r in one.roles if r in two.roles and r not in RESCALED]
    groups = [(role,) for role in roles] + [tuple(r for r in RESCALED if r in one.roles)]
    found = [0.0]
    for group in groups:
        if not group or not all(role in two.roles for role in group):
            continue
        before, after = (
            np.stack([layer.roles[role].norms[at] for role in group]).astype(np.float64)
            for layer, at in ((one, ours), (two, theirs))
        )
        live = (before > 0).all(axis=0) & (after > 0).all(axis=0)
        if live.any():
            change = np.log(after[:, live]).sum(axis=0) - np.log(before[:, live]).sum(axis=0)
            width = one.roles[group[0]].width
            may = MARGIN * coarse * np.sqrt(3.0 * len(group) / width) + ARITHMETIC
            found.append(float(np.sqrt(np.mean(change**2))) / may)
    return max(found)


def _angles(source: Sketch, subject: Sketch, coarse: float) -> float:
    """Squared differences of the cosines between embeddings, over those that roundings explain."""
    a, b = (s.anchor_rows.astype(np.float64) for s in (source, subject))
    if source.anchors != subject.anchors or len(a) < FEWEST or a.shape != b.shape:
        return 0.0
    lengths = [np.linalg.norm(rows, axis=1) for rows in (a, b)]
    keep = (lengths[0] > 0) & (lengths[1] > 0)
    cosines, noise = [], np.zeros(int(keep.sum()))
    for rows, length in zip((a, b), lengths, strict=True):
        unit = rows[keep] / length[keep, None]
        cosines.append(unit @ unit.T)
        noise += EIGHT_BITS / length[keep] ** 2
    pairs = np.triu_indices(len(noise), 1)
    explained = (noise[:, None] + noise)[pairs] + 2 * (MARGIN * coarse) ** 2 / a.shape[1]
    return float(np.mean((cosines[0] - cosines[1])[pairs] ** 2) / np.mean(explained))
