"""Do up, gate and down, paired separately, pair the same units?

The last resort where units and axes are both disguised and signs were changed at random: nothing
that chance had settled is left in place. But a unit stays one unit: its up row, gate row and down
column belong together. They are paired with the other model's one matrix at a time, in the
signature frame and on layers that took no part in fitting it. Unrelated models agree on about one
unit of a layer, whatever its width. No exact p follows from that; it is calibrated on independent
models.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.alignment import Alignment, align, no_alignment
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding, Underpowered
from filiation.model.null import Calibrated
from filiation.model.sketch import Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import assign

__all__ = ["MODELS", "REFERENCE", "UnitAgreement", "agreements"]

Float32: TypeAlias = NDArray[np.float32]

THIRDS: Final = (1, 0, 2)  # choices of the layers that are held back
FEW: Final = 12  # layers up to which all of these choices are made
CORRELATED: Final = 0.4  # mean |cosine| of a unit's gate and up beyond which they say the same
EXACT_TO: Final = 1024
# By the number of matrices that must agree: agreements on one held-back layer, and how many pairs
# of independent models had so many. Printed by `python tools/docs/frames_power.py calibration`.
REFERENCE: Final[Mapping[int, tuple[tuple[int, int], ...]]] = {
    2: ((0, 222), (1, 257), (2, 115), (3, 35), (4, 14), (5, 2)),
    3: ((0, 475), (1, 154), (2, 15), (3, 1)),
}
MODELS: Final = 42  # independent models that these pairs were made of
FLOOR: Final = -math.log1p(MODELS // 2)  # so many pairs share no model
CALIBRATED: Final = (
    "independently trained models agree on as few units as {pairs} pairs of {models} models of "
    "known independence did where as many matrices had to agree; these pairs share models, and "
    "stand for models of other kinds"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAgreement:
    """Units that every two of the matrices pair alike, on held-back layers."""

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"unit-agreement/2;frame=signature;by=matrices;calibrated-on={MODELS}"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        obstacle = no_alignment(source, subject)
        if obstacle is not None:
            return Inapplicable(method=self.id, reason=obstacle)
        fit = align(source, subject, hold_back=True)
        held = [pair for pair in fit.pairs if pair[0] not in fit.fitted]
        if not held:
            return Inapplicable(
                method=self.id,
                reason="one deep layer alone leaves none to be held back from the fit",
            )
        cosine = max(_gate_up_cosine(fit, i, j) for i, j in held)
        if cosine > CORRELATED:
            return Underpowered(method=self.id, reason=_correlated(cosine))
        layers = tuple(_layer(fit, i, j) for i, j in held)
        pairs = sum(count for _, count in _reference(fit.source[held[0][0]].parts))
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"units of {sum(layer.units for layer in layers)} that all matrices pair alike",
            null=Calibrated(
                controls=MODELS,
                log_floor=FLOOR,
                because=CALIBRATED.format(pairs=pairs, models=MODELS),
            ),
            log_p=min(0.0, min(x.log_p for x in layers) + math.log(len(layers))),
            combination="smallest p over the held-back layers, times their number",
            layers=layers,
            component="mlp",
        )


def agreements(source: Sketch, subject: Sketch) -> Iterator[tuple[int, int]]:
    """Agreements on held-back layers, and how many units could agree, for each choice of those.

    Of few layers each is held back once, so that no single layer decides; one whose gate and up
    say the same is left out, and not the rest with it. Nothing if inapplicable.
    """
    if no_alignment(source, subject) is not None:
        return
    layers = len(align(source, subject, hold_back=False).pairs)
    for first in THIRDS if layers <= FEW else THIRDS[:1]:
        if layers < 2:
            return
        fit = align(source, subject, hold_back=True, first=first)
        held = [
            (i, j)
            for i, j in fit.pairs
            if i not in fit.fitted and _gate_up_cosine(fit, i, j) <= CORRELATED
        ]
        found = [_agreement(fit, i, j) for i, j in held]
        yield sum(agree for agree, _ in found), sum(of for _, of in found)


def _layer(fit: Alignment, i: int, j: int) -> LayerFinding:
    agree, of = _agreement(fit, i, j)
    reference = _reference(fit.source[i].parts)
    pairs = sum(count for _, count in reference)
    reached = sum(count for number, count in reference if number >= agree)
    return LayerFinding(
        source_layer=fit.source[i].layer.label,
        subject_layer=fit.subject[j].layer.label,
        roles=", ".join(fit.source[i].roles),
        units=of,
        dropped=fit.source[i].layer.units - of,
        candidates=1,
        observed=float(agree),
        z=float(agree - 1),
        log_p=max(FLOOR, math.log1p(reached) - math.log1p(pairs)),
    )


def _reference(parts: Sequence[object]) -> tuple[tuple[int, int], ...]:
    """What independent models do where so many matrices must agree; more agree no oftener."""
    return REFERENCE[min(len(parts), max(REFERENCE))]


def _agreement(fit: Alignment, i: int, j: int) -> tuple[int, int]:
    """The smallest count of units that two of the matrices pair alike, and the units paired."""
    one, two = fit.source[i], fit.subject[j]
    partners = [
        _partners(np.abs(likeness) if k in one.flips else likeness)
        for k, (x, y) in enumerate(zip(one.parts, two.parts, strict=True))
        for likeness in (x @ (y @ fit.rotation).T,)
    ]
    counts = [
        int(np.count_nonzero((first == second) & (first >= 0)))
        for first, second in combinations(partners, 2)
    ]
    return min(counts), min(len(one.at), len(two.at))


def _partners(likeness: Float32) -> NDArray[np.int64]:
    """For each row the column it goes with, -1 for none."""
    partner = np.full(likeness.shape[0], -1, dtype=np.int64)
    if max(likeness.shape) <= EXACT_TO:
        rows, columns = assign(likeness)
        partner[rows] = columns
        return partner
    ahead, back = likeness.argmax(axis=1), likeness.argmax(axis=0)
    mutual = back[ahead] == np.arange(len(ahead))
    partner[mutual] = ahead[mutual]
    return partner


def _correlated(cosine: float) -> str:
    return (
        f"gate and up of a unit have a mean cosine of {cosine:.2f}, more than {CORRELATED}; their "
        "pairings would agree for that reason alone"
    )


def _gate_up_cosine(fit: Alignment, i: int, j: int) -> float:
    """Mean |cosine| of gate and up, the reading matrices of a unit; the larger of both models."""
    found = [0.0]
    for units in (fit.source[i], fit.subject[j]):
        reading = [units.parts[k] for k, r in enumerate(units.roles) if r in ("mlp.up", "mlp.gate")]
        if len(reading) == 2:
            found.append(float(np.abs(np.einsum("ij,ij->i", *reading)).mean()))
    return max(found)
