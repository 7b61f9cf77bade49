"""Do two models list the axes of the residual stream in the same order?

Whoever permutes hidden units, or rescales them, leaves the axes of the residual stream alone. They
have no order of their own either: permute them in every matrix and the network computes the same;
initialisation and elementwise optimisers treat them alike. So units are paired by what does not
depend on the order of axes, axes are paired by their entries in the paired units, and those are
counted that are paired with the axis of their own index. Defeated by: rotating the stream, or
listing its axes in another order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.alignment import Alignment, align, no_alignment
from filiation.methods.weights.exchangeable import sorted_in_both
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, LayerFinding
from filiation.model.null import Exact
from filiation.model.sketch import Sketch
from filiation.model.words import MethodWords
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.frames.directions import alive, quantise
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import fixed_points_log_p

__all__ = ["AxisOrder"]

EXCHANGEABLE: Final = (
    "training from an independent random initialisation leaves the order of the axes of the "
    "residual stream uniformly random: initialisation and elementwise optimisers treat axes alike, "
    "no fixed signal such as sinusoidal positions marks them, and no exporter has sorted them"
)
ONE: Final = (
    "one count for the whole model, since all layers share one order of axes; units were paired, "
    "and layers set against each other, by what does not depend on that order"
)
FEWEST_AXES: Final = 8
MOST: Final = 2048  # pairs of units by whose entries axes are told apart; the surest are taken
OUTLIER: Final = 3.0  # times the median norm beyond which an axis is marked by its size


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AxisOrder:
    """Number of axes whose best partner stands at their own index (fixed points)."""

    exact_to: int = 2048

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"axis-order/3;assignment-to={self.exact_to}"

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
        sorting = sorted_in_both(source, subject, "axes", seed=seed)
        if sorting is not None:
            return Inapplicable(method=self.id, reason=sorting)
        fit = align(source, subject, hold_back=False)
        widths = [units[0].rows[0].shape[1] for units in (fit.source, fit.subject)]
        if widths[0] != widths[1]:
            return Inapplicable(
                method=self.id,
                reason=f"{source.name} has {widths[0]} residual axes, {subject.name} {widths[1]}",
            )
        a, b = _axes(fit)
        keep = alive(quantise(a)) & alive(quantise(b)) & _unmarked(a) & _unmarked(b)
        if int(keep.sum()) < FEWEST_AXES:
            return Inapplicable(
                method=self.id, reason=f"fewer than {FEWEST_AXES} axes are alive in both models"
            )
        rng = stream(seed, self.id, source.subject_digest, subject.subject_digest)
        return self._finding(fit, _unit(a[keep]), _unit(b[keep]), widths[0], rng)

    def _finding(
        self,
        fit: Alignment,
        a: NDArray[np.float32],
        b: NDArray[np.float32],
        width: int,
        rng: np.random.Generator,
    ) -> Finding:
        assignment = pair_units(a, b, rng, exact_to=self.exact_to, unsigned=True)
        axes = len(assignment)
        fixed = int(np.count_nonzero(assignment == np.arange(axes)))
        paired = int(np.count_nonzero(assignment >= 0))
        log_p = fixed_points_log_p(fixed, paired=paired, units=axes)
        part = LayerFinding(
            source_layer="residual stream",
            subject_layer="residual stream",
            roles=", ".join(fit.source[0].roles),
            units=axes,
            dropped=width - axes,
            candidates=1,
            observed=float(fixed),
            z=float(fixed - 1),
            log_p=log_p,
            assignment=tuple(assignment.tolist()),
        )
        return Finding(
            method=self.id,
            observed=float(fixed),
            unit=f"axes of {axes} paired with their own index",
            null=Exact(
                distribution="fixed points of a uniform random permutation (rencontres numbers)",
                log_floor=fixed_points_log_p(axes, paired=axes, units=axes),
                because=EXCHANGEABLE,
            ),
            log_p=log_p,
            combination=ONE,
            layers=(part,),
            component="mlp",
        )


def _axes(fit: Alignment) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Each model's axes as rows: their entries in the paired units, centred matrix by matrix."""
    sides: tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]] = ([], [])
    share = min(1.0, MOST / max(1, sum(len(pairing.a) for pairing in fit.pairings)))
    for (i, j), every in zip(fit.pairs, fit.pairings, strict=True):
        pairing = every.surest(share)
        for side, units, chosen, sign in (
            (sides[0], fit.source[i], pairing.a, np.ones(1, dtype=np.float32)),
            (sides[1], fit.subject[j], pairing.b, pairing.sign),
        ):
            for k, rows in enumerate(units.rows):
                kept = _unit(rows[chosen].astype(np.float32)) * (
                    sign[:, None] if k in units.flips else 1
                )
                side.append(kept - kept.mean(axis=0))
    one, two = (np.ascontiguousarray(np.concatenate(side).T) for side in sides)
    return one, two


def _unmarked(axes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which axes are of ordinary size; a few huge ones pair with huge ones wherever they stand."""
    sizes = np.linalg.norm(axes, axis=1)
    return np.asarray(sizes <= OUTLIER * np.median(sizes))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))
