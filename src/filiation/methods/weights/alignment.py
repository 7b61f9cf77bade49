"""The residual stream of the subject turned to that of the source, without embeddings.

Units are first paired by signatures, then rotation and pairs are refined in turn
(`numerics.turning`). Which deep layer goes with which is settled by signatures too, so that no
step looks at the place of a unit or an axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.deep import DeepUnits, deep_units, named_roles
from filiation.methods.weights.obstacles import taken_differently
from filiation.model.sketch import Sketch
from filiation.numerics.frames.assignment import assign
from filiation.numerics.frames.rotation import Pairing, fit_rotation, pair_by
from filiation.numerics.frames.signatures import Signatures, distance_between

__all__ = ["FEWEST", "Alignment", "align", "no_alignment"]

Float32: TypeAlias = NDArray[np.float32]

FEWEST: Final = 16  # living units of a deep layer without which it is left aside
LOCK: Final = Lock()  # methods run side by side and share one fit


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alignment:
    """One fit of a rotation that takes the subject's residual stream to the source's.

    Attributes:
        source: The source's deep layers.
        subject: The subject's deep layers.
        pairs: Which was set against which, as places in the two lists.
        fitted: The places of the source's layers that took part in the fit.
        pairings: The last pairs of units, one pairing for each of the fitted layers.
        rotation: float32 [of the subject's parts, of the source's parts]; the subject's parts
            times it lie beside the source's.
        likeness: Mean cosine of the surer half of the pairs of the fit.
    """

    source: tuple[DeepUnits, ...]
    subject: tuple[DeepUnits, ...]
    pairs: tuple[tuple[int, int], ...]
    fitted: tuple[int, ...]
    pairings: tuple[Pairing, ...]
    rotation: Float32
    likeness: float

    @property
    def onto(self) -> tuple[Float32 | None, Float32]:
        """What whole rows of source and subject are multiplied with; None for nothing."""
        basis = self.subject[0].basis
        return self.source[0].basis, self.rotation if basis is None else basis @ self.rotation


def no_alignment(source: Sketch, subject: Sketch) -> str | None:
    """Why no fit is possible, or None."""
    if (differently := taken_differently(source, subject)) is not None:
        return differently
    for sketch in (source, subject):
        if not sketch.deep:
            return (
                f"the sketch of {sketch.name} keeps no whole rows (taken with 0 deep layers, or "
                "no layer with two matrices)"
            )
    roles = named_roles(source, subject)
    if len(roles) < 2:
        return "fewer than two matrices of a layer are known by the same name in both models"
    for sketch in (source, subject):
        if not _living(sketch, roles):
            return f"no deep layer of {sketch.name} has {FEWEST} living units"
    return None


def align(source: Sketch, subject: Sketch, *, hold_back: bool, first: int = 1) -> Alignment:
    """Fit on all deep layers, or hold back every third from the fit, beginning with this one."""
    with LOCK:
        return _align(source, subject, hold_back, first if hold_back else 0)


@lru_cache(maxsize=16)
def _align(source: Sketch, subject: Sketch, hold_back: bool, held: int) -> Alignment:
    roles = named_roles(source, subject)
    if hold_back:
        whole = _align(source, subject, False, 0)
        return _fit(whole.source, whole.subject, whole.pairs, held)
    a = _living(source, roles)[0]
    fits = [_fit(a, b, pairs, None) for b in _living(subject, roles) for pairs in _maps(a, b)]
    return max(fits, key=lambda fit: fit.likeness)


def _living(sketch: Sketch, roles: tuple[str, ...]) -> list[tuple[DeepUnits, ...]]:
    """The deep layers with enough living units, width by width.

    Of the subject the width is taken whose units lie nearest to the source's once turned, wherever
    they stand, so that no stack of another width hides the one that was copied.
    """
    every = (
        tuple(units for units in of_width if len(units.at) >= FEWEST)
        for of_width in deep_units(sketch, roles)
    )
    return [found for found in every if found]


def _fit(
    a: tuple[DeepUnits, ...],
    b: tuple[DeepUnits, ...],
    pairs: tuple[tuple[int, int], ...],
    held: int | None,
) -> Alignment:
    used = pairs if held is None else tuple(p for n, p in enumerate(pairs) if n % 3 != held)
    first = []
    for i, j in used:
        apart, signed = distance_between(a[i].signature, b[j].signature)
        first.append(pair_by(-apart, signed))
    rotation, pairings, likeness = fit_rotation(
        [a[i].parts for i, _ in used], [b[j].parts for _, j in used], first, a[0].flips
    )
    return Alignment(
        source=a,
        subject=b,
        pairs=pairs,
        fitted=tuple(i for i, _ in used),
        pairings=pairings,
        rotation=rotation,
        likeness=likeness,
    )


def _maps(a: Sequence[DeepUnits], b: Sequence[DeepUnits]) -> list[tuple[tuple[int, int], ...]]:
    """Layer maps to try: in order of depth if there are as many, and by nearest signatures."""
    apart = np.array([[_apart(x.signature, y.signature) for y in b] for x in a], dtype=np.float64)
    rows, columns = assign(apart, least=True)
    nearest = tuple((int(i), int(j)) for i, j in zip(rows, columns, strict=True))
    level = tuple((i, i) for i in range(len(a)))
    return [nearest] if len(a) != len(b) or level == nearest else [level, nearest]


def _apart(x: Signatures, y: Signatures) -> float:
    """How far the units of two layers are from their nearest neighbours in the other."""
    distance, _ = distance_between(x, y)
    return float(distance.min(axis=0).mean() + distance.min(axis=1).mean())
