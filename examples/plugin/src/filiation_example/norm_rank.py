"""Are the units that are large in one model large at the same places in the other?

A unit's size is the product of the norms of its matrices, which rescaling a unit does not move.
Within each layer the sizes of both models are ranked and the ranks correlated (Spearman). Training
from an independent random start leaves the order of a layer's units random, so each order of the
source's units is as likely as the one observed. Layer n is set against layer n, and nothing is
chosen; the smallest p of all layers is multiplied by their number, which holds however the layers
depend on each other. Defeated by: another order of units or layers; training that changed sizes.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from filiation.methods import NO_FAMILIES
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Permutation
from filiation.model.sketch import LayerSketch, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import monte_carlo_floor, sequential_log_p

__all__ = ["NormRank"]

Float64: TypeAlias = NDArray[np.float64]

FEWEST = 8  # units of a layer
SORTED = 6.0  # standard deviations beyond which units are listed by size
SLACK = 1e-9  # relative: sums in another order are ties
BATCH = 1 << 20  # numbers drawn at a time
BECAUSE = (
    "training from an independent random initialisation leaves the order of hidden units within a "
    "layer uniformly random, whatever the data, the architecture and the recipe, and no exporter "
    "has listed the units of both models by size"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NormRank:
    """Spearman's correlation of the sizes of units of equal index, one-sided."""

    draws: int = 9_999

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"norm-rank/1;draws={self.draws}"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        pairs = [pair for pair in zip(source.layers, subject.layers, strict=False) if _fit(*pair)]
        if not pairs:
            reason = (
                f"no layer of {source.name} stands at the place of a layer of {subject.name} with "
                f"the same matrices and as many units, {FEWEST} at least"
            )
            return Inapplicable(method=self.id, reason=reason)
        if all(any(_by_size(_sizes(*pair)[side]) for pair in pairs) for side in (0, 1)):
            reason = f"{source.name} and {subject.name} both list their units by size"
            return Inapplicable(method=self.id, reason=reason)
        rng = stream(seed, self.id, source.subject_digest, subject.subject_digest)
        parts = [self._layer(*pair, rng) for pair in pairs]
        log_p = min(0.0, min(part.log_p for part in parts) + math.log(len(parts)))
        return Finding(
            method=self.id,
            observed=max(part.observed for part in parts),
            unit=f"Spearman's correlation of sizes, the largest of {len(parts)} layers",
            null=Permutation(
                draws=self.draws,
                log_floor=min(0.0, monte_carlo_floor(self.draws) + math.log(len(parts))),
                because=BECAUSE,
            ),
            log_p=log_p,
            combination="the smallest p of all layers, multiplied by their number (Bonferroni)",
            layers=tuple(parts),
        )

    def _layer(
        self, one: LayerSketch, other: LayerSketch, rng: np.random.Generator
    ) -> LayerFinding:
        a, b = (_centred(sizes) for sizes in _sizes(one, other))
        scale = math.sqrt(float(a @ a) * float(b @ b))
        observed = float(a @ b)
        drawn = _drawn(a, b, self.draws, rng)
        rho = observed / scale if scale else 0.0
        return LayerFinding(
            source_layer=one.label,
            subject_layer=other.label,
            roles=", ".join(sorted(one.roles)),
            units=one.units,
            dropped=0,
            candidates=1,
            observed=rho,
            z=rho * math.sqrt(one.units - 1),
            log_p=sequential_log_p(observed, drawn, draws=self.draws, slack=SLACK * scale),
        )


def _fit(one: LayerSketch, other: LayerSketch) -> bool:
    return one.units == other.units >= FEWEST and {*one.roles} == {*other.roles}


def _sizes(one: LayerSketch, other: LayerSketch) -> tuple[Float64, Float64]:
    """Product of the norms of each unit's matrices; a dead unit has none."""
    a, b = (
        np.prod(
            [layer.roles[role].norms.astype(np.float64) for role in sorted(layer.roles)], axis=0
        )
        for layer in (one, other)
    )
    return a, b


def _centred(sizes: Float64) -> Float64:
    """Midranks less their mean."""
    return np.asarray(rankdata(sizes) - (len(sizes) + 1) / 2)


def _by_size(sizes: Float64) -> bool:
    """Whether place and size go together."""
    place, rank = _centred(np.arange(len(sizes), dtype=np.float64)), _centred(sizes)
    scale = math.sqrt(float(place @ place) * float(rank @ rank))
    return scale > 0 and abs(float(place @ rank)) / scale * math.sqrt(len(sizes) - 1) > SORTED


def _drawn(a: Float64, b: Float64, draws: int, rng: np.random.Generator) -> Iterator[Float64]:
    """The statistic over random orders of the source's units, in batches."""
    batch = max(1, BATCH // len(a))
    for start in range(0, draws, batch):
        count = min(batch, draws - start)
        yield rng.permuted(np.tile(a, (count, 1)), axis=1) @ b
