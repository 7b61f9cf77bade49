"""Was a training shared, or only the weights that both began with?

Initial weights are flat: drawn one by one, they are as large along one direction as another.
Training makes them large along few. Three things are read from whole rows of the same units. The
*part kept*: a child holds its parent nearly whole. *Leading*: how well a model's largest
directions, where its training stands, are held by the other, beside how well all others are; a
child holds its parent's as well, of two that learned apart neither holds the other's. *Uneven*: how
far what both hold is from flat; where it is flat, no training is in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.kinship.contact import Contact
from filiation.model.relation import InCommon
from filiation.model.sketch import DeepLayer, LayerSketch, Sketch
from filiation.numerics.rng import stream

__all__ = ["UNTOLD", "WHOLE", "Shared", "held", "in_common", "shared"]

Float64: TypeAlias = NDArray[np.float64]

SHARE: Final = 8  # one direction in so many is a leading one
UNEVEN: Final = 1.12  # from here on what is shared is uneven enough to have been trained
FLAT: Final = 1.08  # up to here it is as flat as what was drawn
WHOLE: Final = 0.96  # part kept from which one holds the other whole
LED: Final = 0.92  # leading: nearly as well as the rest, where one holds the other whole
AHEAD: Final = 1.03  # leading: better than the rest, whatever is kept
BEHIND: Final = 0.85  # leading: so much worse than the rest that they learned apart
DRAWS: Final = 4
FEWEST: Final = 32  # units of a layer, in contact and with whole rows in both sketches

UNTOLD: Final = (
    "the two may share no more than their initial weights: that is told apart only where whole "
    "rows of the same units stand along the same axes"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What two models hold of each other, over the matrices whose rows can be set side by side.

    Attributes:
        kept: Part of the one in the other, the better of both ways; 1 is all of it.
        leading: Part kept along leading directions over that along the others, likewise.
        uneven: Leading part of what both hold, over that of values drawn one by one.
    """

    kept: float
    leading: float
    uneven: float


def in_common(found: Shared | None) -> tuple[InCommon, str]:
    """What is shared, and how it shows."""
    if found is None:
        return "cannot-be-told", UNTOLD
    said = (
        f"the better keeps {found.kept:.0%} of the other, its leading directions "
        f"{found.leading:.2f} times as well as the rest; what both hold is {found.uneven:.2f} "
        "times as uneven as drawn values"
    )
    if _trained(found):
        return "training", f"a training was shared, not only initial weights: {said}"
    if found.leading <= BEHIND or found.uneven <= FLAT:
        return "initial-weights", f"no more than initial weights was seen to be shared: {said}"
    return "cannot-be-told", f"the two may share no more than their initial weights: {said}"


def _trained(found: Shared) -> bool:
    if found.uneven < UNEVEN:
        return False
    return found.leading >= AHEAD or (found.kept >= WHOLE and found.leading >= LED)


def shared(contact: Contact, source: Sketch, subject: Sketch) -> Shared | None:
    """All three; None if there are no whole rows of the same units along the same axes."""
    if contact.frame != "native":
        return None
    pairs = list(_matrices(contact, source, subject))
    if not pairs:
        return None
    ways = [
        [(_kept(x, y), *held(x, y)) for x, y in side]
        for side in (pairs, [(y, x) for x, y in pairs])
    ]
    means = [np.mean(way, axis=0) for way in ways]
    return Shared(
        kept=float(max(mean[0] for mean in means)),
        leading=float(max(mean[1] / max(mean[2], 1e-3) for mean in means)),
        uneven=float(np.mean([_uneven(x, y) for x, y in pairs])),
    )


def _kept(one: Float64, two: Float64) -> float:
    """Slope of `two` on `one` through the origin."""
    return float((one * two).sum() / max(float((one * one).sum()), 1e-30))


def _uneven(one: Float64, two: Float64) -> float:
    """The leading part of what both hold, over that of independent normal values."""
    inner = one.T @ two if one.shape[1] <= len(one) else one @ two.T
    return _top(np.linalg.eigvalsh((inner + inner.T) / 2)) / _flat(*sorted(one.shape))


@lru_cache(maxsize=64)
def _flat(few: int, many: int) -> float:
    """The leading part of the second moments of normal values of this form."""
    rng = stream(0, "flat", str(few), str(many))
    drawn = [rng.normal(size=(few, many)) for _ in range(DRAWS)]
    return float(np.mean([_top(np.linalg.eigvalsh(x @ x.T)) for x in drawn]))


def _top(values: NDArray[np.floating]) -> float:
    """Mean of the largest eighth over the mean of all."""
    count = max(1, len(values) // SHARE)
    return float(np.sort(values)[-count:].mean() / max(abs(float(values.mean())), 1e-30))


def held(one: Float64, two: Float64) -> tuple[float, float]:
    """Slope of `two` on `one` along leading directions of `one`, and along the others.

    Along a right singular vector v of `one`, with singular value s and left vector u, the squares
    of `one` add up to s^2, and the products of both to v' (one' two) v = u' (two one') u: the
    smaller of two Gram matrices tells it all.
    """
    wide = one.shape[1] > one.shape[0]
    own, inner = (one @ one.T, two @ one.T) if wide else (one.T @ one, one.T @ two)
    values, vectors = np.linalg.eigh(own)
    sizes = values[::-1]
    common = np.einsum("ij,ij->j", vectors, inner @ vectors)[::-1]
    count = max(1, len(sizes) // SHARE)
    slopes = [
        float(common[part].sum() / max(float(sizes[part].sum()), 1e-30))
        for part in (slice(None, count), slice(count, None))
    ]
    return slopes[0], slopes[1]


def _matrices(
    contact: Contact, source: Sketch, subject: Sketch
) -> Iterator[tuple[Float64, Float64]]:
    """Whole rows of the same units in both, matrix by matrix."""
    mine = {source.layers[deep.layer].label: deep for deep in source.deep}
    others = {subject.layers[deep.layer].label: deep for deep in subject.deep}
    for touch in contact.touching:
        one, two = mine.get(touch.source.label), others.get(touch.subject.label)
        if one is None or two is None:
            continue
        units = np.intersect1d(one.units, two.units)
        if len(units) < FEWEST:
            continue
        for role in sorted(one.rows.keys() & two.rows.keys()):
            if one.rows[role].shape[1] == two.rows[role].shape[1]:
                yield (
                    _rows(touch.source, one, role, units),
                    _rows(touch.subject, two, role, units),
                )


def _rows(layer: LayerSketch, deep: DeepLayer, role: str, units: NDArray[np.int32]) -> Float64:
    """float64 [units, width]: directions times norms."""
    rows = deep.rows[role][np.searchsorted(deep.units, units)].astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    sizes = layer.roles[role].norms[units] / np.where(lengths > 0, lengths, 1.0)
    return np.asarray(rows * sizes[:, None])
