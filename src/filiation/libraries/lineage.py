"""Which models hang together directly? A link that another model explains better is not drawn.

In every layer in which two models are alike, a third explains their likeness if next to nothing of
it is left once what both share with the third is taken away, and if the same cannot be said the
other way round. For each of A - B - C made one after the other, and for two children of B, that
third is B. Where two explain a link of each other equally (one is hardly moved from the other), the
link names both. A model between two that share nothing, in the same layers and better than beside
any single model, is a sum of both; a model that shares other layers with each is not.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.libraries.aligned import Aligned
from filiation.numerics.pairs.conditional import correlation, least_squares, partial, residual

__all__ = ["CLEAR", "SEEN", "Between", "Lineage", "Tie"]

Float64: TypeAlias = NDArray[np.float64]
Bool: TypeAlias = NDArray[np.bool_]

SEEN: Final = 6.0  # standard deviations of a correlation from which it is one
CLEAR: Final = 4.0  # by which one explanation is better than another
SLIGHT: Final = 0.1  # a likeness that says nothing of who explains whom
NOTHING: Final = 1e-12  # a share left by a model of the same values, in another order
MUCH: Final = 0.6  # a likeness that trainings apart, on the same texts, seldom reach
SURE: Final = 0.85  # and one that they do not reach
FAINT: Final = 0.1  # correlation above which two sides of a sum are not taken as unrelated
PLANE: Final = 0.5  # of a sum lies in the plane of its two sides, at least
BETTER: Final = 0.7  # of what the best single model leaves, the two together leave at most
WHOLE: Final = (0.75, 1.25)  # what the two weights of a sum add up to


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One of some models hangs together with one of some others."""

    ends: tuple[tuple[int, ...], tuple[int, ...]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A model between two unrelated ones."""

    model: int
    sides: tuple[tuple[int, ...], tuple[int, ...]]
    weights: tuple[float, float]
    correlations: tuple[float, float]
    explained: float


@final
class Lineage:
    """Who hangs together with whom, and through whom.

    Args:
        aligned: The models' matrices side by side.
        related: Which pairs share weights by their p, [models, models], symmetric.

    Attributes:
        related: As given.
        linked: In which layers they are alike, [blocks, models, models].
        ties: The links that are left once explained ones are gone.
        between: Models between two.
    """

    def __init__(self, aligned: Aligned, related: Bool) -> None:
        self.related = related
        self.inner = np.stack([block.inner for block in aligned.blocks])
        self.values = np.array([block.values for block in aligned.blocks])
        squares = np.einsum("bii->bi", self.inner)
        found = correlation(self.inner, squares[:, :, None], squares[:, None, :])
        far = SEEN / np.sqrt(self.values)
        self.linked: Bool = related[None] & (np.abs(found) >= far[:, None, None])
        self._through: dict[tuple[int, int], tuple[int, ...]] = {}
        self._level: dict[tuple[int, int], set[tuple[int, int]]] = {}
        for a, c in self.pairs():
            self._judge(a, c)
        self.between = tuple(self._sums())
        self._apart = {frozenset(pair) for pair in self._beside()}
        self.ties = tuple(self._tied())

    def pairs(self) -> Iterator[tuple[int, int]]:
        """All pairs that stand side by side somewhere."""
        anywhere = self.linked.any(axis=0)
        return zip(*(axis.tolist() for axis in np.nonzero(np.triu(anywhere, 1))), strict=True)

    def through(self, a: int, c: int) -> tuple[int, ...]:
        """The models that explain a link; empty where it stands by itself."""
        return self._through.get((min(a, c), max(a, c)), ())

    def pooled(self, *models: int) -> tuple[Float64, int]:
        """Inner products over the layers in which all of these hang together, and how many."""
        chosen = np.ones(len(self.values), dtype=bool)
        for a, b in itertools.combinations(models, 2):
            chosen &= self.linked[:, a, b]
        return self.inner[chosen].sum(axis=0), int(self.values[chosen].sum())

    def given(self, a: int, c: int, b: int) -> tuple[float, int]:
        """Correlation of a and c once b is taken out, where all three hang together."""
        gram, count = self.pooled(a, b, c)
        size = np.diag(gram)
        ac, ab, bc = (
            correlation(gram[x, y], size[x], size[y]) for x, y in ((a, c), (a, b), (b, c))
        )
        return (float(partial(ac, ab, bc)), count) if count else (0.0, 0)

    def _judge(self, a: int, c: int) -> None:
        """Who explains the link of these two, and who could as well have it."""
        here = self.linked[:, a, c]
        shared = here[:, None] & self.linked[:, a] & self.linked[:, c]  # [blocks, b]
        shared[:, [a, c]] = False
        counts = shared.T @ self.values
        parts = self._products(a, c)
        left, one, other = _partials(np.einsum("kb,pkb->pb", shared, parts))
        least = np.minimum(one, other)
        each = np.abs(_partials(parts)[0]) * np.sqrt(self.values)[:, None]
        flat = (each <= CLEAR).all(axis=0, where=shared)
        error = CLEAR / np.sqrt(np.maximum(counts, 1))
        told = flat | ((np.abs(left) < SLIGHT) & (least >= MUCH)) | (least >= SURE)
        explains = (counts > 0) & (left + error < least) & (least > SLIGHT) & told
        if ((shared & explains).any(axis=1) | ~here).all():
            self._through[a, c] = tuple(np.flatnonzero(explains).tolist())
            return
        for b in np.flatnonzero((counts > 0) & ~explains).tolist():
            self._weigh(a, c, b, float(error[b]), float(left[b]), float(one[b]), float(other[b]))

    def _weigh(self, a: int, c: int, b: int, error: float, ac: float, ab: float, cb: float) -> None:
        """Tie links between which nothing decides: three that none explains, or the two longer."""
        pairs = {(a, c): ac, (min(a, b), max(a, b)): ab, (min(c, b), max(c, b)): cb}
        first, second, third = sorted(pairs, key=lambda pair: -pairs[pair])
        if pairs[third] > error:
            self._tie(first, second)
            self._tie(second, third)
        elif pairs[second] - pairs[third] <= error or pairs[second] < SURE:
            self._tie(second, third)

    def _products(self, a: int, c: int) -> Float64:
        """Inner products of a, c and every b with each other, [six, blocks, b]."""
        size = np.einsum("kbb->kb", self.inner)
        fixed = [self.inner[:, x, y, None] for x, y in ((a, c), (a, a), (c, c))]
        return np.stack(np.broadcast_arrays(*fixed, self.inner[:, a], self.inner[:, c], size))

    def _tie(self, one: tuple[int, int], other: tuple[int, int]) -> None:
        self._level.setdefault(one, set()).add(other)
        self._level.setdefault(other, set()).add(one)

    def _sums(self) -> Iterator[Between]:
        for model in range(len(self.related)):
            found = self._sum(model)
            if found is not None:
                yield found

    def _sum(self, model: int) -> Between | None:
        """The two that make it up best, if two do and no single one does about as well."""
        near = np.flatnonzero(self.linked[:, model].any(axis=0)).tolist()
        best: tuple[float, int, int] | None = None
        for a, d in itertools.combinations(near, 2):
            if not self.related[a, d]:
                left = self._left(model, a, d)
                if left is not None and (best is None or left < best[0]):
                    best = (left, a, d)
        if best is None:
            return None
        _, a, d = best
        gram, _ = self.pooled_on(model, a, d)
        weights, explained = least_squares(gram, model, [a, d])
        size = np.diag(gram)
        toward = [float(correlation(gram[model, x], size[model], size[x])) for x in (a, d)]
        return Between(
            model=model,
            sides=(self._side(model, a, d, near), self._side(model, d, a, near)),
            weights=(float(weights[0]), float(weights[1])),
            correlations=(toward[0], toward[1]),
            explained=min(1.0, explained),
        )

    def pooled_on(self, model: int, a: int, d: int) -> tuple[Float64, int]:
        """Inner products over the layers in which a model hangs together with both of these."""
        both = self.linked[:, model, a] & self.linked[:, model, d]
        return self.inner[both].sum(axis=0), int(self.values[both].sum())

    def _left(self, model: int, a: int, d: int) -> float | None:
        """What a weighted sum of the two leaves of the model; None if it is none."""
        either = self.linked[:, model, a] | self.linked[:, model, d]
        gram, count = self.pooled_on(model, a, d)
        if 2 * count < self.values[either].sum() or not count:
            return None
        size = np.diag(gram)
        weights, explained = least_squares(gram, model, [a, d])
        if (
            abs(float(correlation(gram[a, d], size[a], size[d]))) > FAINT
            or min(weights) <= 0
            or not WHOLE[0] <= weights.sum() <= WHOLE[1]
            or explained < PLANE
        ):
            return None
        near = np.array(
            [k for k in range(len(size)) if k != model and self.related[model, k] and size[k] > 0]
        )
        single = 1.0 - correlation(gram[model, near], size[model], size[near]) ** 2
        least, left = float(single.min()), 1.0 - explained
        return left if least > NOTHING and left <= BETTER * least else None

    def _side(self, model: int, best: int, opposite: int, near: Sequence[int]) -> tuple[int, ...]:
        """The best on this side first, then those that the values do not tell from it."""
        found = [best]
        gram, count = self.pooled_on(model, best, opposite)
        for other in near:
            if other in (best, opposite) or not self.related[best, other]:
                continue
            weights, explained = least_squares(gram, model, [other, opposite])
            if min(weights) <= 0 or explained < PLANE:
                continue
            rest = residual(gram, [other, opposite])
            beyond = correlation(rest[model, best], rest[model, model], rest[best, best])
            whole = gram[model, model]
            if abs(float(beyond)) < CLEAR / np.sqrt(count) or rest[model, model] < 1e-6 * whole:
                found.append(other)
        return tuple(found)

    def _beside(self) -> Iterator[tuple[int, int]]:
        """Sums of the same two: what they share is their sides'."""
        for one, other in itertools.combinations(self.between, 2):
            named = {x for side in (*one.sides, *other.sides) for x in side}
            if other.model in named or one.model in named:
                continue
            a, d = one.sides[0][0], one.sides[1][0]
            gram, _ = self.pooled_on(one.model, a, d)
            rest = residual(gram, [a, d])
            left = correlation(
                rest[one.model, other.model],
                max(rest[one.model, one.model], 1e-3 * gram[one.model, one.model]),
                max(rest[other.model, other.model], 1e-3 * gram[other.model, other.model]),
            )
            if abs(float(left)) < PLANE:
                yield one.model, other.model

    def _tied(self) -> Iterator[Tie]:
        """Links that no other model explains; those between which nothing decides as one."""
        alive = [
            pair
            for pair in self.pairs()
            if not self.through(*pair) and frozenset(pair) not in self._apart
        ]
        left = dict.fromkeys(alive)
        while left:
            first = next(iter(left))
            del left[first]
            group = [first]
            for pair in group:
                for other in sorted(self._level.get(pair, ())):
                    if other in left:
                        del left[other]
                        group.append(other)
            yield Tie(ends=_ends(group))


def _ends(pairs: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The two sides of these links; all on the first side where there are no two."""
    sides = dict.fromkeys(pairs[0][:1], 0)
    for _ in pairs:
        for known, new in itertools.chain(pairs, (pair[::-1] for pair in pairs)):
            if known in sides:
                sides.setdefault(new, 1 - sides[known])
    if any(sides[a] == sides[c] for a, c in pairs):
        return tuple(sorted(sides)), ()
    first, second = (tuple(sorted(x for x in sides if sides[x] == side)) for side in (0, 1))
    return first, second


def _partials(products: Float64) -> tuple[Float64, Float64, Float64]:
    """Correlations of a and c given b, of a and b given c, and of c and b given a."""
    inner, aa, cc, of_a, of_c, bb = products
    ac, ab, cb = correlation(inner, aa, cc), correlation(of_a, aa, bb), correlation(of_c, cc, bb)
    return partial(ac, ab, cb), partial(ab, ac, cb), partial(cb, ac, ab)
