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
from scipy.sparse.csgraph import connected_components

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.bounding import Bounds, bound
from filiation.numerics.likelihoods.calibration import Logistic, Pav, nearer_to_one, summed
from filiation.numerics.likelihoods.curve import PER_ONE, Curve, place_of, read

__all__ = ["KnownPairs"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

DRAWS: Final = 200
COVERAGE: Final = (2.5, 97.5)  # percentiles
TRIES: Final = 20  # bootstrap samples without a related or an unrelated pair are drawn again
AT_ONCE: Final = 256  # fits; their weights for every pair are held in memory


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
        related = self.involves[self.related].astype(np.float64)
        related = related[:, related.any(axis=0)]
        return int(connected_components(related.T @ related, directed=False)[0])

    def weights(self) -> Float64:
        """What each pair counts: n/2 independent pairs in all if unrelated, one for each family."""
        weights = np.zeros(self.values.size)
        for side, total in ((self.related, self.families), (~self.related, self.independent / 2.0)):
            if side.any():
                _, group = _distinct(self.involves[side])
                size = np.bincount(group)
                weights[side] = total / size.size / size[group]
        return weights

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
        weights = self.weights()
        out, first, place = self._folded(folds)
        for start in range(0, first.size, AT_ONCE):
            groups = out[first[start : start + AT_ONCE]]
            left = weights * ~(groups.astype(np.float32) @ out.T.astype(np.float32)).astype(
                np.bool_
            )
            able = self._able(left)
            stated = np.full((left.shape[0], knots.size), np.nan)
            if able.any():
                stated[able] = nearer_to_one(*self._fitted(knots, at, left[able], knots))
            here = (place >= start) & (place < start + AT_ONCE)
            found[here] = stated[place[here] - start, at[here]]
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
        weights = self.weights()
        if not self._able(weights[None]).all():
            raise PopulationError("known pairs: none related, or none unrelated; expected both")
        first, last = (place_of(value) for value in (lowest, highest))
        where = np.arange(first, last + 1) / PER_ONE
        drawn = np.concatenate([weights[None], *self._bootstrap(weights, rng)])
        both = self._fitted(*self._knots(), drawn, where)
        stated = nearer_to_one(*(of[0] for of in both))
        low = np.percentile(np.minimum(*both), COVERAGE[0], axis=0)
        high = np.percentile(np.maximum(*both), COVERAGE[1], axis=0)
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

    def _able(self, weights: Float64) -> Mask:
        """Bool [rows]: which of these weights, [rows, pairs], leave pairs of both kinds."""
        some = weights > 0.0
        return np.asarray(some[:, self.related].any(axis=1) & some[:, ~self.related].any(axis=1))

    def _fitted(
        self, knots: Float64, at: Int64, weights: Float64, where: Float64
    ) -> tuple[Float64, Float64]:
        """Both calibrations' log10 LRs, float64 [rows, values] each, by weights [rows, pairs].

        The weaker of both is stated: what only one of them supports is not.
        """
        (one, mass1), (none, mass0) = (
            (knots[np.unique(at[side])], summed(weights[:, side], at[side]))
            for side in (self.related, ~self.related)
        )
        logistic = Logistic.fit(one, none, related_weights=mass1, unrelated_weights=mass0)
        pav = Pav.fit(one, none, related_weights=mass1, unrelated_weights=mass0)
        return logistic.log10_lr(where), pav.log10_lr(where)

    def _bootstrap(self, weights: Float64, rng: np.random.Generator) -> Iterator[Float64]:
        """Weights, [rows, pairs], by families drawn with replacement; a pair counts per copy.

        Pairs of a family with its own copy would be relatives among strangers; there are none,
        since copies only weigh.
        """
        present = np.flatnonzero(self.involves.any(axis=0))
        missing = DRAWS
        for _ in range(TRIES):
            copies = np.zeros((missing, self.involves.shape[1]))
            for row in copies:
                np.add.at(row, rng.choice(present, present.size), 1.0)
            drawn = weights * _multiplied(copies, self.involves)
            able = self._able(drawn)
            yield drawn[able]
            missing -= int(np.count_nonzero(able))
            if not missing:
                break


def _multiplied(copies: Float64, involves: Mask) -> Float64:
    """float64 [rows, pairs]: the product of the copies, [rows, families], that a pair touches."""
    many = involves.sum(axis=1)
    touched = np.argsort(~involves, axis=1, kind="stable")  # those of the pair stand first
    of_family, found = np.ascontiguousarray(copies.T), np.ones((many.size, copies.shape[0]))
    for place in range(int(many.max(initial=0))):
        here = many > place
        found[here] *= of_family[touched[here, place]]
    return found.T


def _distinct(rows: Mask) -> tuple[Int64, Int64]:
    """Where each different row stands first, and which of them every row is; bool [rows, n]."""
    packed = np.ascontiguousarray(np.packbits(rows, axis=1))
    whole = packed.view(np.dtype((np.void, packed.shape[1]))).reshape(-1)
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    return first, np.asarray(place.reshape(-1), dtype=np.int64)
