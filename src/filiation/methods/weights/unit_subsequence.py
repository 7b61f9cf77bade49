"""Do two models of unequal layer width list their hidden units in the same order?

Whoever removes units from a layer leaves the others in their order. Units are paired by likeness
alone, one to one, and the longest run is sought along which the paired units stand in the same
order in both lists (units may be left out of it). Under the null the order of the source's units
is uniformly random, and so is that of its paired units. Defeated by: permuting the units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.combination import EXCHANGEABLE, combine_layers, over_candidates
from filiation.methods.weights.frames import Seen, views
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.weights.partners import FEWEST_UNITS, lists_by_norm, repeats_layers
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Frame, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.frames.directions import alive, stack
from filiation.numerics.rng import stream
from filiation.numerics.tails.subsequence import longest_increasing, subsequence_log_p

__all__ = ["UnitSubsequence", "living_sides"]

Float32: TypeAlias = NDArray[np.float32]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSubsequence:
    """Longest increasing subsequence of the pairing, for layers of unequal width."""

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
        return f"unit-subsequence/1;frame={self.frame};assignment-to={self.exact_to}"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        obstacle = self._obstacle(source, subject)
        seen = views(source, subject, self.frame) if obstacle is None else obstacle
        if isinstance(seen, str):
            return Inapplicable(method=self.id, reason=seen)
        ours, theirs = seen
        names = (self.id, source.subject_digest, subject.subject_digest)
        found = [self._layer(one, theirs, seed, names) for one in ours]
        layers = tuple(layer for layer in found if layer is not None)
        if not layers:
            return Inapplicable(
                method=self.id,
                reason=f"no layer of {subject.name} has the matrices, the width and enough living "
                f"units to be set against one of {source.name} in this frame",
            )
        independent = not source.guessed and not repeats_layers(ours, self.frame)
        alone = [one.layer.label for one, x in zip(ours, found, strict=True) if x is None]
        return self._finding(layers, alone, independent=independent)

    def _finding(
        self, layers: tuple[LayerFinding, ...], alone: Sequence[str], *, independent: bool
    ) -> Finding:
        """All layers as one finding; `alone` are labels of those set against no other."""
        log_p, combination = combine_layers([x.log_p for x in layers], independent=independent)
        lowest = [
            over_candidates(subsequence_log_p(x.units, numbers=x.units), x.candidates)
            for x in layers
        ]
        floor, _ = combine_layers(lowest, independent=independent)
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"paired units, of {sum(x.units for x in layers)}, stand in the same order",
            null=Exact(
                distribution="longest increasing subsequence of a random order, bounded",
                log_floor=floor,
                because=EXCHANGEABLE,
            ),
            log_p=log_p,
            combination=combination,
            layers=layers,
            skipped=tuple(
                f"{label}: no layer of the subject can be set against it" for label in alone
            ),
        )

    def _obstacle(self, source: Sketch, subject: Sketch) -> str | None:
        if (differently := taken_differently(source, subject)) is not None:
            return differently
        widths = [{layer.units for layer in sketch.layers} for sketch in (source, subject)]
        if widths[0] & widths[1]:
            return (
                "layers of both models have the same number of units; unit-order asks more of them"
            )
        if lists_by_norm(source) and lists_by_norm(subject):
            return (
                f"{source.name} and {subject.name} both list units by norm; their order then says "
                "how they were exported, and not where they come from"
            )
        return None

    def _layer(
        self, one: Seen, others: tuple[Seen, ...], seed: int, names: tuple[str, ...]
    ) -> LayerFinding | None:
        """The best of the subject's layers, paid for."""
        tried = [
            found
            for other in others
            if (found := self._against(one, other, seed, names)) is not None
        ]
        if not tried:
            return None
        units, dropped, length, log_p, label, roles, pairing = min(tried, key=lambda t: t[3])
        return LayerFinding(
            source_layer=one.layer.label,
            subject_layer=label,
            roles=roles,
            units=units,
            dropped=dropped,
            candidates=len(tried),
            observed=float(length),
            z=float(length - 2 * np.sqrt(units)) / float(units) ** (1 / 6),
            log_p=over_candidates(log_p, len(tried)),
            assignment=pairing,
        )

    def _against(
        self, one: Seen, other: Seen, seed: int, names: tuple[str, ...]
    ) -> tuple[int, int, int, float, str, str, tuple[int, ...]] | None:
        found = living_sides(one, other, self.frame)
        if found is None:
            return None
        roles, a, b = found
        rng = stream(seed, *names, one.layer.label, other.layer.label)
        assignment = pair_units(a, b, rng, exact_to=self.exact_to)
        order = assignment[assignment >= 0]
        length = longest_increasing(order.tolist())
        return (
            len(order),
            max(one.layer.units, other.layer.units) - len(order),
            length,
            subsequence_log_p(length, numbers=len(order)),
            other.layer.label,
            roles,
            tuple(np.argsort(np.argsort(order)).tolist()),
        )


def living_sides(one: Seen, other: Seen, frame: Frame) -> tuple[str, Float32, Float32] | None:
    """The matrices that can be compared, and the living units of both layers, or None."""
    roles = sorted(
        role
        for role in one.rows.keys() & other.rows.keys()
        if role not in ("in", "out")
        and one.rows[role].shape[1] == other.rows[role].shape[1]
        and (frame != "native" or one.layer.roles[role].width == other.layer.roles[role].width)
    )
    if not roles:
        return None
    a, b = (_living(side, roles) for side in (one, other))
    if min(len(a), len(b)) < FEWEST_UNITS:
        return None
    return ", ".join(roles), a, b


def _living(seen: Seen, roles: list[str]) -> Float32:
    keep = np.logical_and.reduce([alive(seen.rows[role]) for role in roles])
    return np.ascontiguousarray(stack([seen.rows[role] for role in roles], keep)[keep])
