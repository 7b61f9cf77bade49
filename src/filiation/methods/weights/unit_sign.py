"""Do paired units of two models have the same sign, though units and axes are both disguised?

In a gated MLP (act(gate) times up, then down) nothing changes if a unit's up row and down column
change sign together. Initialisation and elementwise optimisers treat both signs alike, so training
from an independent random start settles each unit's sign by the toss of a coin, whatever the data,
the architecture and the recipe. Permuting units, rotating the stream and rescaling by positive
factors keep it. Units are paired by what does not depend on signs, in a frame fitted without them;
then heads are counted. Defeated by: changing signs at random.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.alignment import Alignment, align, no_alignment
from filiation.methods.weights.coin import FAIR_TO, coin_log_p
from filiation.methods.weights.combination import combine_layers
from filiation.methods.weights.frames import views
from filiation.methods.weights.partners import repeats_layers
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding, Underpowered
from filiation.model.null import Exact
from filiation.model.sketch import Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.rotation import likeness, pair_by
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import fair_coin_log_p

__all__ = ["UnitSign"]

FAIR: Final = (
    "training from an independent random initialisation leaves the sign that a unit's up row and "
    "down column have in common to a fair coin: changing it changes nothing in what the layer "
    "computes, initialisation and elementwise optimisers treat both signs alike, and no exporter "
    "has chosen signs"
)
SHARE: Final = 0.5  # of the pairs, the surest: chosen by a likeness that does not depend on signs


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSign:
    """Number of paired units whose up and down stand on the same side in both models."""

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"unit-sign/2;frame=signature;surest={SHARE:g}"

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
        fit = align(source, subject, hold_back=False)
        if not fit.source[0].flips:
            return Inapplicable(
                method=self.id,
                reason="the layers have no gate, so that changing a unit's sign changes what they "
                "compute, and its sign is not left to chance",
            )
        lean = self._lean(fit, source, subject, seed)
        if lean is not None:
            return Underpowered(method=self.id, reason=lean)
        layers = tuple(_layer(fit, i, j) for i, j in fit.pairs)
        seen = views(source, source, "native")
        independent = not isinstance(seen, str) and not repeats_layers(seen[0], "native")
        log_p, combination = combine_layers([x.log_p for x in layers], independent=independent)
        floor, _ = combine_layers(
            [fair_coin_log_p(x.units, tosses=x.units) for x in layers], independent=independent
        )
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"paired units, of {sum(layer.units for layer in layers)}, have the same sign",
            null=Exact(distribution="tosses of a fair coin", log_floor=floor, because=FAIR),
            log_p=log_p,
            combination=combination,
            layers=layers,
            component="mlp",
        )

    def _lean(self, fit: Alignment, source: Sketch, subject: Sketch, seed: int) -> str | None:
        """Why signs are no fair coin in either model, or None: one fair side is enough."""
        found = []
        for sketch, side in ((source, fit.source), (subject, fit.subject)):
            rng = stream(seed, self.id, "coin", sketch.subject_digest)
            found.append(coin_log_p(side, rng))
        if max(found) > math.log(FAIR_TO):
            return None
        p = " and ".join(f"{math.exp(one):.1g}" for one in found)
        return (
            f"in {source.name} and in {subject.name}, each looked at alone, the signs of units "
            f"lean to one side (p {p}); they would agree for that reason alone"
        )


def _layer(fit: Alignment, i: int, j: int) -> LayerFinding:
    one, two = fit.source[i], fit.subject[j]
    pairing = pair_by(*likeness(one.parts, two.parts, fit.rotation, one.flips)).surest(SHARE)
    tosses = len(pairing.sign)
    heads = int(np.count_nonzero(pairing.sign > 0))
    return LayerFinding(
        source_layer=one.layer.label,
        subject_layer=two.layer.label,
        roles=", ".join(one.roles),
        units=tosses,
        dropped=one.layer.units - tosses,
        candidates=1,
        observed=float(heads),
        z=float((2 * heads - tosses) / np.sqrt(tosses)),
        log_p=fair_coin_log_p(heads, tosses=tosses),
    )
