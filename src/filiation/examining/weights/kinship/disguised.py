"""The relation under a disguise: units in another order, axes permuted or rotated, fewer units.

Where no layer touches at equal index, the subject's residual stream is turned to the source's
(`methods.weights.alignment`, which looks at no order), units are paired by likeness in the deep
layers, and the pairs that are alike beyond what strangers' pairs are tell what is left.
"""

from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.kinship.training import UNTOLD
from filiation.examining.weights.kinship.unmoved import Placed, what_moved
from filiation.methods.weights.alignment import Alignment, align, no_alignment
from filiation.methods.weights.deep import DeepUnits
from filiation.model.relation import Disguise, MappedLayer, Relation, RelationKind, Share
from filiation.model.sketch import Sketch
from filiation.numerics.frames.rotation import likeness, pair_by
from filiation.numerics.intervals import clopper_pearson

__all__ = ["disguised_relation"]

ALIKE: Final = 0.6  # mean cosine over the matrices; single pairs of strangers reach 0.66
SHARE: Final = 0.1  # of the subject's deep units that must be alike; no strangers come near it
SAME: Final = 0.995  # whole rows are rounded to eight bits as well
CONTINUED: Final = 0.9
IN_PLACE: Final = 0.5  # of the pairs, from which the order of units was kept
BLOCK: Final = 1024  # axes looked at together
STRAIGHT: Final = 0.9  # mean largest entry of the turn, from which each axis went to one axis


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Paired:
    """One deep layer of the subject beside one of the source.

    Attributes:
        source: The source's layer.
        subject: The subject's.
        cosines: Of the pairs that are alike, float32.
        places: Of these in the source's layer and in the subject's.
    """

    source: DeepUnits
    subject: DeepUnits
    cosines: NDArray[np.float32]
    places: tuple[NDArray[np.int64], NDArray[np.int64]]

    @property
    def kept(self) -> float:
        """Share of the pairs that are alike that stand at one place in both layers."""
        one, two = self.places
        return float(np.mean(one == two)) if len(one) else 1.0

    @property
    def placed(self) -> Placed:
        one, two = self.places
        return self.source.layer, one, self.subject.layer, two


def disguised_relation(source: Sketch, subject: Sketch) -> Relation | None:
    """The relation of two models that touch nowhere as they stand; None if none is seen."""
    if no_alignment(source, subject) is not None:
        return None
    fit = align(source, subject, hold_back=False)
    layers = [_paired(fit, i, j) for i, j in fit.pairs]
    units = sum(len(layer.subject.at) for layer in layers)
    alike = sum(len(layer.cosines) for layer in layers)
    if not units or alike < SHARE * units:
        return None
    cosine = float(np.mean(np.concatenate([x.cosines for x in layers])))
    moved = what_moved(source, subject, [x.placed for x in layers if len(x.cosines)])
    kind, because = _kind(layers, cosine, moved)
    low, high = clopper_pearson(alike, units)
    told = kind == "re-exported"
    return Relation(
        kind=kind,
        because=because if told else f"{because}; {UNTOLD}",
        in_common="not-asked" if told else "cannot-be-told",
        disguises=_disguises(fit, layers),
        share_of_units=Share(low=low, estimate=alike / units, high=high),
        layer_map=_layer_map(layers, subject),
    )


def _paired(fit: Alignment, i: int, j: int) -> _Paired:
    one, two = fit.source[i], fit.subject[j]
    pairing = pair_by(*likeness(one.parts, two.parts, fit.rotation, one.flips))
    alike = pairing.likeness >= ALIKE
    a, b = one.at[pairing.a[alike]], two.at[pairing.b[alike]]
    return _Paired(
        source=one,
        subject=two,
        cosines=pairing.likeness[alike],
        places=(a, b),
    )


def _kind(layers: list[_Paired], cosine: float, moved: str) -> tuple[RelationKind, str]:
    said = f"turned to the source, paired units have a mean cosine of {cosine:.4f}"
    touched = [layer for layer in layers if len(layer.cosines)]
    if any(layer.subject.layer.units < layer.source.layer.units for layer in touched):
        return "width-pruned", f"{said}, and the subject's layers hold fewer units"
    if cosine >= SAME and not moved:
        return "re-exported", f"{said}, and nothing differs beyond what the containers round"
    if cosine >= SAME:
        return "fine-tuned", f"{said}, and {moved}"
    if cosine >= CONTINUED:
        return "fine-tuned", said
    return "continued", said


def _disguises(fit: Alignment, layers: list[_Paired]) -> tuple[Disguise, ...]:
    found: list[Disguise] = []
    in_place, straight = _straightness(fit)
    if in_place < STRAIGHT:
        found.append("axes-permuted" if straight >= STRAIGHT else "rotated")
    same_width = all(x.subject.layer.units == x.source.layer.units for x in layers)
    if same_width and np.mean([x.kept for x in layers if len(x.cosines)]) < IN_PLACE:
        found.append("permuted")
    if any(_rescaled(layer) for layer in layers):
        found.append("rescaled")
    return tuple(found)


def _straightness(fit: Alignment) -> tuple[float, float]:
    """Mean entry that takes an axis to the same axis, and the largest of each axis: 1 for all.

    Where only some directions of a wide stream were turned, entries are as much smaller as these
    directions are fewer than the axes.
    """
    ours, theirs = fit.onto
    if ours is None:
        ours = np.eye(theirs.shape[1], dtype=np.float32)
    share = fit.rotation.shape[0] / len(theirs)
    blocks = [theirs[n : n + BLOCK] @ ours.T for n in range(0, len(theirs), BLOCK)]
    largest = np.concatenate([np.abs(block).max(axis=1) for block in blocks])
    level = [np.diagonal(block[:, n * BLOCK :]) for n, block in enumerate(blocks)]
    same = np.concatenate(level) if len(ours) == len(theirs) else np.zeros(1)
    return float(np.abs(same).mean()) / share, float(largest.mean()) / share


def _rescaled(layer: _Paired) -> bool:
    """Whether the norms of the same units spread otherwise in one matrix and back in another.

    Read off sorted norms, which no re-ordering changes.
    """
    if layer.subject.layer.units != layer.source.layer.units:
        return False
    spreads = [
        float(np.std(np.log(rows.norms[rows.norms > 0])))
        for units in (layer.source, layer.subject)
        for role in units.roles
        if (rows := units.layer.roles[role]).norms.any()
    ]
    half = len(spreads) // 2
    ours, theirs = spreads[:half], spreads[half:]
    return any(abs(a - b) > 0.1 + 0.5 * a for a, b in zip(ours, theirs, strict=True))


def _layer_map(layers: list[_Paired], subject: Sketch) -> tuple[MappedLayer, ...]:
    """Only deep layers were looked at: the others are left out, not said to touch nothing."""
    sources = {
        x.subject.layer.label: x.source.layer.label if len(x.cosines) else None for x in layers
    }
    return tuple(
        MappedLayer(subject=layer.label, source=sources[layer.label])
        for layer in subject.layers
        if layer.label in sources
    )
