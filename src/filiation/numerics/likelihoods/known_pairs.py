"""Likelihood ratios from pairs of known ancestry: held out, bounded, with an interval.

The unit that is independent is the family and not the pair: all pairs of one family's members with
another's weigh together as one, families are left out together, and the bootstrap draws families.
Values are read as their inverse hyperbolic sine, which leaves strangers as they are and draws
relatives together: a copy lies a hundred scatters out and a heavily trained child six, and a
straight line through both would take the child for a stranger (`curve.read`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.bounding import Bounds, bound
from filiation.numerics.likelihoods.calibration import Logistic, Pav, nearer_to_one
from filiation.numerics.likelihoods.curve import PER_ONE, Curve, place_of, read

__all__ = ["KnownPairs"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

DRAWS: Final = 200
COVERAGE: Final = (2.5, 97.5)  # percentiles
TRIES: Final = 20  # bootstrap samples without a related or an unrelated pair are drawn again


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownPairs:
    """Pairs of models of known relation, with their values under one method.

    Attributes:
        values: float64 [pairs], larger meaning more alike.
        related: bool [pairs].
        involves: bool [pairs, families], the families that either model of the pair depends on.
    """

    values: Float64
    related: Mask
    involves: Mask

    def __post_init__(self) -> None:
        shape = (self.values.size, self.involves.shape[-1])
        if not (
            self.involves.shape == shape
            and self.related.shape == shape[:1]
            and np.isfinite(self.values).all()
        ):
            raise PopulationError(
                f"known pairs: {self.values.shape} values, {self.related.shape} labels, "
                f"{self.involves.shape} families; expected as many of each, and finite values"
            )

    @property
    def independent(self) -> int:
        """How many families there are among the unrelated pairs."""
        return int(np.count_nonzero(self.involves[~self.related].any(axis=0)))

    @property
    def families(self) -> int:
        """Groups of families among the related pairs that share no family with each other."""
        groups: list[Mask] = []
        related = self.involves[self.related]
        for row in related[_distinct(related)[0]]:
            joined = [group for group in groups if (group & row).any()]
            groups = [group for group in groups if not (group & row).any()]
            groups.append(np.logical_or.reduce([row, *joined]))
        return len(groups)

    def without(self, families: Mask) -> "KnownPairs":
        """Only the pairs that touch none of these; bool [families]."""
        kept = ~self.involves[:, families].any(axis=1)
        return KnownPairs(
            values=self.values[kept], related=self.related[kept], involves=self.involves[kept]
        )

    def held_out(self, *, folds: int | None = None) -> Float64:
        """float64 [pairs]: each pair's log10 LR, learnt without any family that it touches.

        NaN where nothing related, or nothing unrelated, is left to learn from.

        Args:
            folds: Leave families out in so many groups, the pair's own with their group, which
                is quicker; each family by itself if not given.
        """
        found = np.full(self.values.size, np.nan)
        knots, at = self._knots()
        weights = self._weights()
        out, first, place = self._folded(folds)
        for number, group in enumerate(out[first]):
            here = place == number
            fitted = self._fit(knots, at, weights * ~out[:, group].any(axis=1))
            if fitted is not None:
                found[here] = _log10_lr(fitted, knots[at[here]])
        return found

    def kept_aside(
        self, folds: int, ends: tuple[float, float], rng: np.random.Generator
    ) -> Float64:
        """float64 [3, pairs]: lower end, log10 LR and upper end, learnt without its families.

        For a study of the intervals, not for a case: what `curve` says of each pair when whole
        groups of families are left out in turn. NaN where nothing is left to learn from.

        Args:
            folds: Groups that families are left out in, the pair's own with their group.
            ends: The smallest and the largest value that the method gives.
            rng: Draws the bootstrap samples.
        """
        found = np.full((3, self.values.size), np.nan)
        out, first, place = self._folded(folds)
        for number, group in enumerate(out[first]):
            here = np.flatnonzero(place == number)
            kept = ~out[:, group].any(axis=1)
            left = KnownPairs(
                values=self.values[kept], related=self.related[kept], involves=self.involves[kept]
            )
            if left.related.any() and not left.related.all():
                table = left.curve(*ends, rng)
                each = [table.at(float(value)) for value in self.values[here]]
                found[:, here] = np.transpose([(one.low, one.value, one.high) for one in each])
        return found

    def curve(self, lowest: float, highest: float, rng: np.random.Generator) -> "Curve":
        """The LR of a pair that is not among these, for every value that it may have.

        The interval spans both calibrations: one that followed the stated ratio, which is the
        weaker of both, would leave the true one outside in every fourth case.

        Args:
            lowest: The smallest value that the method gives.
            highest: The largest.
            rng: Draws the families of each bootstrap sample.

        Raises:
            PopulationError: No related or no unrelated pair to learn from.
        """
        knots, at = self._knots()
        weights = self._weights()
        fitted = self._fit(knots, at, weights)
        if fitted is None:
            raise PopulationError("known pairs: none related, or none unrelated; expected both")
        first, last = (place_of(value) for value in (lowest, highest))
        where = np.arange(first, last + 1) / PER_ONE
        stated = _log10_lr(fitted, where)
        fits = (fitted, *self._bootstrap(knots, at, weights, rng))
        drawn = np.array([[one.log10_lr(where) for one in both] for both in fits])
        low = np.percentile(drawn.min(axis=1), COVERAGE[0], axis=0)
        high = np.percentile(drawn.max(axis=1), COVERAGE[1], axis=0)
        return Curve(
            first=first,
            values=tuple(stated.tolist()),
            lows=tuple(np.minimum(stated, low).tolist()),
            highs=tuple(np.maximum(stated, high).tolist()),
        )

    def bounds(self, held_out: Float64) -> Bounds:
        """What these pairs support, from their held-out log10 LRs."""
        known = np.isfinite(held_out)
        return bound(
            held_out[known & self.related],
            held_out[known & ~self.related],
            independent=self.independent,
            families=self.families,
        )

    def _folded(self, folds: int | None) -> tuple[Mask, Int64, Int64]:
        """Groups of families each pair touches, bool [pairs, groups], and its different rows."""
        families = self.involves.shape[1]
        fold = np.arange(families) % (folds or max(families, 1))
        out = np.zeros((self.values.size, int(fold.max(initial=0)) + 1), dtype=np.bool_)
        for family in range(families):
            out[:, fold[family]] |= self.involves[:, family]
        return out, *_distinct(out)

    def _knots(self) -> tuple[Float64, Int64]:
        knots, at = np.unique(read(self.values), return_inverse=True)
        return np.asarray(knots), np.asarray(at.reshape(-1), dtype=np.int64)

    def _weights(self) -> Float64:
        """What each pair counts: n/2 independent pairs in all if unrelated, one for each family."""
        weights = np.zeros(self.values.size)
        for side, total in ((self.related, self.families), (~self.related, self.independent / 2.0)):
            if side.any():
                _, group = _distinct(self.involves[side])
                size = np.bincount(group)
                weights[side] = total / size.size / size[group]
        return weights

    def _fit(self, knots: Float64, at: Int64, weights: Float64) -> tuple[Logistic, Pav] | None:
        masses = [
            np.bincount(at[side], weights=weights[side], minlength=knots.size).astype(np.float64)
            for side in (self.related, ~self.related)
        ]
        if not all(mass.any() for mass in masses):
            return None
        (one, mass1), (none, mass0) = ((knots[mass > 0.0], mass[mass > 0.0]) for mass in masses)
        return (
            Logistic.fit(one, none, related_weights=mass1, unrelated_weights=mass0),
            Pav.fit(one, none, related_weights=mass1, unrelated_weights=mass0),
        )

    def _bootstrap(
        self, knots: Float64, at: Int64, weights: Float64, rng: np.random.Generator
    ) -> Iterator[tuple[Logistic, Pav]]:
        """Calibrations on families drawn with replacement; a pair counts once for each copy.

        Pairs of a family with its own copy would be relatives among strangers; there are none,
        since copies only weigh.
        """
        families = self.involves.shape[1]
        present = np.flatnonzero(self.involves.any(axis=0))
        first, place = _distinct(self.involves)
        each = self.involves[first]
        for _ in range(DRAWS):
            for _ in range(TRIES):
                copies = np.zeros(families)
                np.add.at(copies, rng.choice(present, present.size), 1.0)
                multiplied = np.where(each, copies[None, :], 1.0).prod(axis=1)
                fitted = self._fit(knots, at, weights * multiplied[place])
                if fitted is not None:
                    yield fitted
                    break


def _distinct(rows: Mask) -> tuple[Int64, Int64]:
    """Where each different row stands first, and which of them every row is; bool [rows, n]."""
    packed = np.ascontiguousarray(np.packbits(rows, axis=1))
    whole = packed.view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    return first, np.asarray(place.reshape(-1), dtype=np.int64)


def _log10_lr(fitted: tuple[Logistic, Pav], values: Float64) -> Float64:
    """The weaker of both calibrations: what only one of them supports is not stated."""
    logistic, pav = fitted
    return nearer_to_one(logistic.log10_lr(values), pav.log10_lr(values))
