"""Do two models list their attention heads in the same order?

Groups of heads that share a key and a value have no natural order, and neither have the heads of
one group: permute them in all matrices and the network computes the same. Each is described by
the second moments of its rows, which no rotation inside a head moves, those of the planes that
rotary positions turn included. Groups are paired by likeness, then the heads of paired groups;
counted are groups and heads that stand at the same place. Defeated by: permuting heads, rotating
the residual stream or listing its axes in another order.
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
from filiation.methods.weights.described import Heads, Shape, heads_of
from filiation.methods.weights.exchangeable import sorted_in_both
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.weights.written import written_in_both
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import best_total, pair_units
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import nested_fixed_points_log_p

__all__ = ["HeadOrder"]

Float32: TypeAlias = NDArray[np.float32]

EXACT_TO: Final = 2048
REPEATED: Final = 0.9  # mean cosine of heads at equal places beyond which one layer repeats another
EXCHANGEABLE: Final = (
    "training from an independent random initialisation leaves the order of groups of attention "
    "heads, and of the heads of one group, uniformly random: initialisation and elementwise "
    "optimisers treat heads alike, and no exporter has sorted them"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HeadOrder:
    """Groups, and heads within groups, whose best partner stands at their own place."""

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return "head-order/2;frame=native"

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
        ours, theirs = heads_of(source), heads_of(subject)
        for sketch, described in ((source, ours), (subject, theirs)):
            if not described:
                return Inapplicable(method=self.id, reason=_no_heads(sketch.name))
        sorting = sorted_in_both(source, subject, "heads", seed=seed) or written_in_both(
            source, subject, "attention"
        )
        if sorting is not None:
            return Inapplicable(method=self.id, reason=sorting)
        names = (self.id, source.subject_digest, subject.subject_digest)
        pairs = [(one, best) for one in ours if (best := _best(one, theirs)) is not None]
        if not pairs:
            return Inapplicable(
                method=self.id,
                reason=f"no layer of {subject.name} has as many heads and groups, of the same "
                f"width, as one of {source.name}",
            )
        layers = [(one.shape, _layer(one, best, seed, names)) for one, best in pairs]
        independent = not source.guessed and not _repeats(ours)
        contact = contact_log_p(
            [(one.circuits, best.circuits) for one, best in pairs], stream(seed, *names, "contact")
        )
        return self._finding(layers, contact, independent=independent)

    def _finding(
        self,
        measured: Sequence[tuple[Shape, LayerFinding]],
        contact: float,
        *,
        independent: bool,
    ) -> Finding:
        """All layers, each with its shape, as one finding."""
        layers = tuple(layer for _, layer in measured)
        counts = contact <= math.log(CONTACT)
        log_p, combination = combine_layers([x.log_p for x in layers], independent=independent)
        lowest = [
            nested_fixed_points_log_p(layer.units, groups, heads)
            for (_, groups, heads, _), layer in measured
        ]
        floor, _ = combine_layers(lowest, independent=independent)
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"groups and heads, of {sum(x.units for x in layers)}, stand at the same place",
            null=Exact(
                distribution="fixed points of random permutations of groups and of the heads in "
                "each (rencontres numbers, added up)",
                log_floor=floor,
                because=EXCHANGEABLE,
            ),
            log_p=log_p,
            combination=combination,
            layers=layers,
            skipped=() if counts else (NO_CONTACT.format(what="heads", p=math.exp(contact)),),
            counts=counts,
            component="attention",
        )


def _no_heads(name: str) -> str:
    return (
        f"the sketch of {name} keeps no attention heads (their number stands in config.json, and "
        "their matrices in some role files)"
    )


def _best(one: Heads, others: list[Heads]) -> Heads | None:
    """The subject's layer most like one of the source, by what no order moves."""
    options = [other for other in others if other.shape == one.shape]
    return max(options, key=lambda other: best_total(one.groups, other.groups), default=None)


def _layer(one: Heads, best: Heads, seed: int, names: tuple[str, ...]) -> LayerFinding:
    """One layer of the source against one of the subject."""
    rng = stream(seed, *names, one.label)
    _, groups, heads, _ = one.shape
    pairs = pair_units(one.groups, best.groups, rng, exact_to=EXACT_TO)
    kept = int(np.count_nonzero(pairs == np.arange(groups)))
    size = heads // groups
    ours, theirs = (x.heads.reshape(groups, size, -1) for x in (one, best))
    for place, group in enumerate(pairs):
        within = pair_units(ours[group], theirs[place], rng, exact_to=EXACT_TO)
        kept += int(np.count_nonzero(within == np.arange(size))) if size > 1 else 0
    counted = groups + (heads if size > 1 else 0)
    log_p = nested_fixed_points_log_p(kept, groups, heads)
    return LayerFinding(
        source_layer=one.label,
        subject_layer=best.label,
        roles="attn.q, attn.k, attn.v, attn.o",
        units=counted,
        dropped=0,
        candidates=1,
        observed=float(kept),
        z=float(kept - 1 - (groups if size > 1 else 0)),
        log_p=log_p,
    )


def _trace(a: Float32, b: Float32) -> float:
    return float(np.einsum("ij,ij->", a, b))


def _repeats(layers: list[Heads]) -> bool:
    return any(
        one.shape == two.shape and _trace(one.heads, two.heads) > REPEATED * len(one.heads)
        for number, one in enumerate(layers)
        for two in layers[number + 1 :]
    )
