"""Do two models list their hidden units in the same order?

Units are paired by likeness alone, then those are counted that are paired with the unit of their
own index. Under the null the pairing is a uniform random permutation, whatever the weights, so
that the count has a known distribution: m or more with probability about 1/m!. A hundredth of the
units surviving is plenty. Defeated by: permuting the units; in the native frame also by rotating
the residual stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.combination import (
    combine_layers,
    describe_roles,
    exchangeable,
    over_candidates,
)
from filiation.methods.weights.partners import Partner, find_partners
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Frame, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.numerics.tails.tail import fixed_points_log_p, strata_log_p

__all__ = ["UnitOrder"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOrder:
    """Number of units whose best partner stands at their own index (fixed points)."""

    frame: Frame
    exact_to: int = 2048

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"unit-order/1;frame={self.frame};assignment-to={self.exact_to}"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        partners = find_partners(source, subject, self.frame, self.id)
        if isinstance(partners, Inapplicable):
            return partners
        names = (self.id, source.subject_digest, subject.subject_digest)
        layers = tuple(self._layer(pair, seed, names) for pair in partners.pairs)
        log_p, combination = combine_layers(
            [layer.log_p for layer in layers], independent=partners.independent
        )
        lowest = [
            over_candidates(_tail(n.units, n.units, n.units, pair.stratum), n.candidates)
            for n, pair in zip(layers, partners.pairs, strict=True)
        ]
        floor, _ = combine_layers(lowest, independent=partners.independent)
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"units of {sum(layer.units for layer in layers)} paired with their own index",
            null=Exact(
                distribution="fixed points of a uniform random permutation (rencontres numbers)",
                log_floor=floor,
                because=exchangeable(partners),
            ),
            log_p=log_p,
            combination=combination,
            layers=layers,
            skipped=partners.skipped,
        )

    def _layer(self, pair: Partner, seed: int, names: tuple[str, ...]) -> LayerFinding:
        rng = stream(seed, *names, pair.source.label)
        assignment = pair_units(pair.a, pair.b, rng, exact_to=self.exact_to)
        units = len(assignment)
        fixed = int(np.count_nonzero(assignment == np.arange(units)))
        paired = int(np.count_nonzero(assignment >= 0))
        log_p = _tail(fixed, paired, units, pair.stratum)
        return LayerFinding(
            source_layer=pair.source.label,
            subject_layer=pair.subject.label,
            roles=describe_roles(pair),
            units=units,
            dropped=pair.source.units - units,
            candidates=pair.candidates,
            observed=float(fixed),
            z=significant(pair.z),
            log_p=over_candidates(log_p, pair.candidates),
            assignment=tuple(assignment.tolist()),
        )


def _tail(fixed: int, paired: int, units: int, stratum: int) -> float:
    if stratum:
        return strata_log_p(fixed, strata=-(-units // stratum))
    return fixed_points_log_p(fixed, paired=paired, units=units)
