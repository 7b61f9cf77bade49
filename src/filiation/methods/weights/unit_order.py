"""Do two models list their hidden units in the same order?

Units are paired by likeness alone, then those are counted that are paired with the unit of their
own index. Under the null each run of 16 neighbours stands in a uniform random order, whatever the
weights and whatever smooth quantity the list was sorted by, so that the count has a known
distribution. A few hundredths of the units surviving are plenty. Defeated by: permuting the units;
in the native frame also by rotating the residual stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.combination import (
    EXCHANGEABLE,
    combine_layers,
    describe_roles,
    named_part,
    over_candidates,
)
from filiation.methods.weights.obstacles import placed_by_rule
from filiation.methods.weights.partners import Partner, find_partners
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Component, Frame, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.numerics.tails.runs import kept_in_runs, runs_log_p

__all__ = ["UnitOrder"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOrder:
    """Number of units whose best partner stands at their own index (fixed points)."""

    frame: Frame
    exact_to: int = 2048
    of: Component = "mlp"

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"unit-order/2;frame={self.frame};{named_part(self.of)}assignment-to={self.exact_to}"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        partners = find_partners(source, subject, self.frame, self.id, self.of)
        if isinstance(partners, Inapplicable):
            return partners
        rule = placed_by_rule(source, subject, self.frame, self.of, seed=seed)
        if rule is not None:
            return Inapplicable(method=self.id, reason=rule)
        names = (self.id, source.subject_digest, subject.subject_digest)
        layers = tuple(self._layer(pair, seed, names) for pair in partners.pairs)
        log_p, combination = combine_layers(
            [layer.log_p for layer in layers], independent=partners.independent
        )
        lowest = [over_candidates(_floor(pair), pair.candidates) for pair in partners.pairs]
        floor, _ = combine_layers(lowest, independent=partners.independent)
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"units of {sum(layer.units for layer in layers)} paired with their own index",
            null=Exact(
                distribution="fixed points of random permutations within runs (rencontres numbers, "
                "convolved; given which pairs have both ends in one run)",
                log_floor=floor,
                because=EXCHANGEABLE,
            ),
            log_p=log_p,
            combination=combination,
            layers=layers,
            skipped=partners.skipped,
            component=self.of,
        )

    def _layer(self, pair: Partner, seed: int, names: tuple[str, ...]) -> LayerFinding:
        rng = stream(seed, *names, pair.source.label)
        assignment = pair_units(pair.a, pair.b, rng, exact_to=self.exact_to)
        units = len(assignment)
        fixed, within = kept_in_runs(assignment, pair.runs)
        log_p = runs_log_p(fixed, within)
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


def _floor(pair: Partner) -> float:
    """Log p if every unit keeps its place."""
    return runs_log_p(*kept_in_runs(np.arange(len(pair.runs)), pair.runs))
