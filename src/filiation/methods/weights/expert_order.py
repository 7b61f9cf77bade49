"""Do two mixtures of experts list their experts in the same order?

The experts of a layer have no natural order: permute them together with the rows of the router and
the network computes the same. Each expert is described by the second moments of its units, which
do not depend on the order of the units in it; experts are paired by these, and those are counted
that are paired with the expert of their own index. Defeated by: permuting the experts, rotating the
residual stream or listing its axes in another order.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.circuits import CONTACT, NO_CONTACT, contact_log_p
from filiation.methods.weights.combination import combine_layers
from filiation.methods.weights.described import Experts, experts_of
from filiation.methods.weights.exchangeable import sorted_in_both
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import best_total, pair_units
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import fixed_points_log_p

__all__ = ["ExpertOrder"]

Float32: TypeAlias = NDArray[np.float32]

REPEATED: Final = 0.9  # cosine of two layers' descriptions of equal index beyond which one repeats
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
        return f"expert-order/2;frame=native;assignment-to={self.exact_to}"

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
        ours, theirs = experts_of(source), experts_of(subject)
        for sketch, described in ((source, ours), (subject, theirs)):
            if not described:
                reason = f"{sketch.name} has no layer of several experts"
                return Inapplicable(method=self.id, reason=reason)
        sorting = sorted_in_both(source, subject, "experts", seed=seed)
        if sorting is not None:
            return Inapplicable(method=self.id, reason=sorting)
        names = (self.id, source.subject_digest, subject.subject_digest)
        pairs = [(label, best) for label, x in ours.items() if (best := _best(x, theirs))]
        if not pairs:
            return Inapplicable(
                method=self.id,
                reason=f"no layer of {subject.name} has as many experts, of the same matrices and "
                f"width, as one of {source.name}",
            )
        layers = tuple(
            self._layer((label, ours[label]), (best, theirs[best]), seed, names)
            for label, best in pairs
        )
        independent = not source.guessed and not _repeats([x.moments for x in ours.values()])
        contact = contact_log_p(
            [(ours[label].circuits, theirs[best].circuits) for label, best in pairs],
            stream(seed, *names, "contact"),
        )
        return self._finding(layers, contact, independent=independent)

    def _finding(
        self, layers: tuple[LayerFinding, ...], contact: float, *, independent: bool
    ) -> Finding:
        """All layers as one finding."""
        counts = contact <= math.log(CONTACT)
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
            skipped=() if counts else (NO_CONTACT.format(what="experts", p=math.exp(contact)),),
            counts=counts,
            component="mlp",
        )

    def _layer(
        self,
        one: tuple[str, "Experts"],
        other: tuple[str, "Experts"],
        seed: int,
        names: tuple[str, ...],
    ) -> LayerFinding:
        """One layer of the source against one of the subject."""
        (label, ours), (best, theirs) = one, other
        rng = stream(seed, *names, label)
        assignment = pair_units(ours.moments, theirs.moments, rng, exact_to=self.exact_to)
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


def _best(one: Experts, others: Mapping[str, Experts]) -> str | None:
    """The subject's layer most like one of the source, by what no order moves."""
    options = {n: x for n, x in others.items() if x.moments.shape == one.moments.shape}
    return max(options, key=lambda n: best_total(one.moments, options[n].moments), default=None)


def _trace(a: Float32, b: Float32) -> float:
    return float(np.einsum("ij,ij->", a, b))


def _repeats(layers: Sequence[Float32]) -> bool:
    """Whether two layers list like experts in the same order (a repeated layer)."""
    return any(
        one.shape == two.shape and _trace(one, two) > REPEATED * len(one)
        for number, one in enumerate(layers)
        for two in layers[number + 1 :]
    )
