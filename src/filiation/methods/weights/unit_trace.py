"""Are units that stand at the same index more alike than units that do not?

Hidden units of an MLP carry no order of their own: permute them together with their weights and
the network computes the same function. Nor do the values of one attention head. Two trainings from
independent seeds therefore agree on the order by chance only, while whatever descends from one of
them keeps it. The statistic sums the cosines of equal indices; it gathers many weak traces, as
after heavy further training or a merge. Only neighbours are re-ordered, so that no smooth order
shared by both lists counts.
Defeated by: permuting the units; in the native frame also by rotating the residual stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

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
from filiation.methods.weights.written import faintly_in_both
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Permutation
from filiation.model.sketch import Component, Frame, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.numerics.tails.tail import monte_carlo_floor, sequential_log_p
from filiation.numerics.tails.trace import run_draws

__all__ = ["UnitTrace"]

SLACK = 1e-6  # of the trace: draws this close below count as ties


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTrace:
    """Mean cosine of units of equal index, against re-orderings of the source within runs."""

    frame: Frame
    draws: int = 9_999
    of: Component = "mlp"

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"unit-trace/2;frame={self.frame};{named_part(self.of)}draws={self.draws}"

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
        if rule is None and self.frame == "native":
            rule = faintly_in_both(source, subject, self.of)
        if rule is not None:
            return Inapplicable(method=self.id, reason=rule)
        names = (self.id, source.subject_digest, subject.subject_digest)
        layers = tuple(self._layer(pair, seed, names) for pair in partners.pairs)
        log_p, combination = combine_layers(
            [layer.log_p for layer in layers], independent=partners.independent
        )
        lowest = [
            over_candidates(monte_carlo_floor(self.draws), layer.candidates) for layer in layers
        ]
        floor, _ = combine_layers(lowest, independent=partners.independent)
        units = sum(layer.units for layer in layers)
        return Finding(
            method=self.id,
            observed=significant(sum(layer.observed * layer.units for layer in layers) / units),
            unit="mean cosine of units of equal index",
            null=Permutation(draws=self.draws, log_floor=floor, because=EXCHANGEABLE),
            log_p=log_p,
            combination=combination,
            layers=layers,
            skipped=partners.skipped,
            component=self.of,
        )

    def _layer(self, pair: Partner, seed: int, names: tuple[str, ...]) -> LayerFinding:
        rng = stream(seed, *names, pair.source.label)
        observed, batches = run_draws(pair.a, pair.b, pair.runs, rng)
        log_p = sequential_log_p(
            observed, batches, draws=self.draws, slack=SLACK * max(abs(observed), 1.0)
        )
        return LayerFinding(
            source_layer=pair.source.label,
            subject_layer=pair.subject.label,
            roles=describe_roles(pair),
            units=pair.units,
            dropped=pair.source.units - pair.units,
            candidates=pair.candidates,
            observed=significant(observed / pair.units),
            z=significant(pair.z),
            log_p=over_candidates(log_p, pair.candidates),
        )
