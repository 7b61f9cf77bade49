"""Do two models list the hidden units of layers of unequal width in the same order?

Whoever removes units from a layer, or adds some, leaves the others in their order. Units are paired
by likeness alone, one to one. Along the longest sequence of the source's runs of 16 neighbours that
never falls, those units are counted, run by run, that stand in the same order in both lists. Under
the null each run stands in a uniform random order of its own, whatever smooth quantity the lists
were sorted by. Layers of equal width are left to unit-order, layer by layer. Defeated by: permuting
the units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.combination import EXCHANGEABLE, combine_layers, over_candidates
from filiation.methods.weights.frames import Seen, views
from filiation.methods.weights.obstacles import placed_by_rule, taken_differently
from filiation.methods.weights.partners import FEWEST_UNITS, repeats_layers
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Frame, Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.frames.directions import alive, stack
from filiation.numerics.rng import stream
from filiation.numerics.tails.runs import length_for, rising_in_runs, rising_log_p, runs_of

__all__ = ["UnitSubsequence", "living_sides"]

Float32: TypeAlias = NDArray[np.float32]
Measured: TypeAlias = tuple[LayerFinding, float]  # and the smallest log p that its units support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSubsequence:
    """Units in the same order within runs, for layers of unequal width."""

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
        return f"unit-subsequence/2;frame={self.frame};assignment-to={self.exact_to}"

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
        seen = views(source, subject, self.frame) if obstacle is None else obstacle
        if isinstance(seen, str):
            return Inapplicable(method=self.id, reason=seen)
        rule = placed_by_rule(source, subject, self.frame, "mlp", seed=seed)
        if rule is not None:
            return Inapplicable(method=self.id, reason=rule)
        ours, theirs = seen
        names = (self.id, source.subject_digest, subject.subject_digest)
        found = [self._layer(one, theirs, seed, names) for one in ours]
        layers = tuple(layer for layer in found if layer is not None)
        if not layers:
            return Inapplicable(method=self.id, reason=_no_layer(source, subject))
        independent = not source.guessed and not repeats_layers(ours, self.frame)
        alone = [one.layer.label for one, x in zip(ours, found, strict=True) if x is None]
        return self._finding(layers, alone, independent=independent)

    def _finding(
        self, measured: Sequence[Measured], alone: Sequence[str], *, independent: bool
    ) -> Finding:
        """All layers as one finding; `alone` are labels of those set against no other."""
        layers = tuple(layer for layer, _ in measured)
        log_p, combination = combine_layers([x.log_p for x in layers], independent=independent)
        floor, _ = combine_layers(
            [over_candidates(low, x.candidates) for x, low in measured], independent=independent
        )
        return Finding(
            method=self.id,
            observed=sum(layer.observed for layer in layers),
            unit=f"paired units, of {sum(x.units for x in layers)}, stand in the same order",
            null=Exact(
                distribution="longest increasing subsequences of random orders within runs "
                "(standard tableaux), added up",
                log_floor=floor,
                because=EXCHANGEABLE,
            ),
            log_p=log_p,
            combination=combination,
            layers=layers,
            skipped=tuple(
                f"{label}: no layer of another width can be set against it" for label in alone
            ),
            component="mlp",
        )

    def _layer(
        self, one: Seen, others: tuple[Seen, ...], seed: int, names: tuple[str, ...]
    ) -> Measured | None:
        """The best of the subject's layers of another width, paid for."""
        tried = [
            found
            for other in others
            if other.layer.units != one.layer.units
            and (found := self._against(one, other, seed, names)) is not None
        ]
        if not tried:
            return None
        best, lowest = min(tried, key=lambda found: found[0].log_p)
        best = replace(best, candidates=len(tried), log_p=over_candidates(best.log_p, len(tried)))
        return best, lowest

    def _against(
        self, one: Seen, other: Seen, seed: int, names: tuple[str, ...]
    ) -> Measured | None:
        found = living_sides(one, other, self.frame)
        if found is None:
            return None
        roles, a, b = found
        rng = stream(seed, *names, one.layer.label, other.layer.label)
        assignment = pair_units(a, b, rng, exact_to=self.exact_to)
        order = assignment[assignment >= 0]
        runs = runs_of(np.arange(len(a)), length=length_for(one.layer.units))
        rising, sizes = rising_in_runs(order, runs)
        by_chance = 2 * sum(np.sqrt(size) for size in sizes)
        layer = LayerFinding(
            source_layer=one.layer.label,
            subject_layer=other.layer.label,
            roles=roles,
            units=len(order),
            dropped=max(one.layer.units, other.layer.units) - len(order),
            candidates=1,
            observed=float(rising),
            z=float(rising - by_chance) / max(1.0, float(len(sizes))) ** 0.5,
            log_p=rising_log_p(rising, sizes),
            assignment=tuple(np.argsort(np.argsort(order)).tolist()),
        )
        return layer, _smallest(runs[order])


def _no_layer(source: Sketch, subject: Sketch) -> str:
    widths = [{layer.units for layer in sketch.layers} for sketch in (source, subject)]
    if len(widths[0] | widths[1]) == 1:
        return "layers of both models have the same number of units; unit-order asks more of them"
    return (
        f"no layer of {subject.name} has the matrices, the width and enough living units to be "
        f"set against one of {source.name} of another number of units in this frame"
    )


def _smallest(paired: NDArray[np.int64]) -> float:
    """Log p if all paired units, given their runs, stand in the same order."""
    return rising_log_p(len(paired), np.bincount(paired).tolist())


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
