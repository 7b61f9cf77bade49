"""Do two mixtures of experts list their experts in the same order?

The experts of a layer have no natural order: permute them together with the rows of the router and
the network computes the same. Each expert is described by the second moments of its units, which
do not depend on the order of the units in it; experts are paired by these, and those are counted
that are paired with the expert of their own index. Defeated by: permuting the experts, rotating the
residual stream or listing its axes in another order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.combination import combine_layers
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import LayerSketch, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import best_total, pair_units
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import fixed_points_log_p

__all__ = ["ExpertOrder"]

Float32: TypeAlias = NDArray[np.float32]

EXPERT: Final = re.compile(r"(.+)\.experts\.\d+")
REPEATED: Final = 0.9  # cosine of two layers' descriptions of equal index beyond which one repeats
FEWEST: Final = 3
EXCHANGEABLE: Final = (
    "training from an independent random initialisation leaves the order of the experts of a layer "
    "uniformly random: initialisation, router and elementwise optimisers treat experts alike, and "
    "no exporter has sorted them"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertOrder:
    """Number of experts whose best partner stands at their own index (fixed points)."""

    exact_to: int = 2048

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"expert-order/1;frame=native;assignment-to={self.exact_to}"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        obstacle = taken_differently(source, subject)
        if obstacle is not None:
            return Inapplicable(method=self.id, reason=obstacle)
        ours, theirs = _described(source), _described(subject)
        for sketch, described in ((source, ours), (subject, theirs)):
            if not described:
                reason = f"{sketch.name} has no layer of several experts"
                return Inapplicable(method=self.id, reason=reason)
        names = (self.id, source.subject_digest, subject.subject_digest)
        found = [self._layer(*layer, theirs, seed, names) for layer in ours.items()]
        layers = tuple(layer for layer in found if layer is not None)
        if not layers:
            return Inapplicable(
                method=self.id,
                reason=f"no layer of {subject.name} has as many experts, of the same matrices and "
                f"width, as one of {source.name}",
            )
        independent = not source.guessed and not _repeats(list(ours.values()))
        return self._finding(layers, independent=independent)

    def _finding(self, layers: tuple[LayerFinding, ...], *, independent: bool) -> Finding:
        """All layers as one finding."""
        log_p, combination = combine_layers([x.log_p for x in layers], independent=independent)
        lowest = [fixed_points_log_p(x.units, paired=x.units, units=x.units) for x in layers]
        floor, _ = combine_layers(lowest, independent=independent)
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"experts of {sum(layer.units for layer in layers)} paired with their own index",
            null=Exact(
                distribution="fixed points of a uniform random permutation (rencontres numbers)",
                log_floor=floor,
                because=EXCHANGEABLE,
            ),
            log_p=log_p,
            combination=combination,
            layers=layers,
        )

    def _layer(
        self,
        label: str,
        experts: Float32,
        others: Mapping[str, Float32],
        seed: int,
        names: tuple[str, ...],
    ) -> LayerFinding | None:
        """One layer of the source against the subject's most like it, by what no order moves."""
        options = {name: x for name, x in others.items() if x.shape == experts.shape}
        if not options:
            return None
        best = max(options, key=lambda name: best_total(experts, options[name]))
        rng = stream(seed, *names, label)
        assignment = pair_units(experts, options[best], rng, exact_to=self.exact_to)
        count = len(assignment)
        fixed = int(np.count_nonzero(assignment == np.arange(count)))
        paired = int(np.count_nonzero(assignment >= 0))
        log_p = fixed_points_log_p(fixed, paired=paired, units=count)
        return LayerFinding(
            source_layer=label,
            subject_layer=best,
            roles="second moments of an expert's matrices",
            units=count,
            dropped=0,
            candidates=1,
            observed=float(fixed),
            z=float(fixed - 1),
            log_p=log_p,
            assignment=tuple(assignment.tolist()),
        )


def _described(sketch: Sketch) -> dict[str, Float32]:
    """Per layer of several experts of one shape, a description of each, float32 [experts, n]."""
    groups: dict[str, list[LayerSketch]] = {}
    for layer in sketch.layers:
        found = EXPERT.fullmatch(layer.label)
        if found:
            groups.setdefault(found[1], []).append(layer)
    return {
        label: _describe(experts)
        for label, experts in groups.items()
        if len(experts) >= FEWEST
        and len({(x.units, tuple(sorted(x.roles)), _width(x)) for x in experts}) == 1
    }


def _describe(experts: Sequence[LayerSketch]) -> Float32:
    """Second moments of the unit directions, matrix by matrix; the layer's mean expert removed."""
    rows = []
    for expert in experts:
        parts = []
        for role in sorted(expert.roles):
            units = expert.roles[role].directions["native"].astype(np.float32)
            units /= np.maximum(np.linalg.norm(units, axis=1, keepdims=True), 1e-30)
            moment = units.T @ units / np.float32(max(1, len(units)))
            parts.append(moment[np.triu_indices(len(moment))])
        rows.append(np.concatenate(parts))
    table = np.stack(rows)
    table -= table.mean(axis=0)
    return np.asarray(table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-30))


def _trace(a: Float32, b: Float32) -> float:
    return float(np.einsum("ij,ij->", a, b))


def _repeats(layers: Sequence[Float32]) -> bool:
    """Whether two layers list like experts in the same order (a repeated layer)."""
    return any(
        one.shape == two.shape and _trace(one, two) > REPEATED * len(one)
        for number, one in enumerate(layers)
        for two in layers[number + 1 :]
    )


def _width(layer: LayerSketch) -> int:
    return next(iter(layer.roles.values())).width
