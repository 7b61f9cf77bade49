"""How do the models of a population hang together?

Two models hang together if the combined p of their weights is below the level over all pairs
(Bonferroni: a false edge accuses). Models with two parents are found first: a model m that hangs
together with two models a and b that share nothing has two origins if most of the direction of its
units lies in the plane of a's and b's (their units are orthogonal, so cos(m,a)^2 + cos(m,b)^2 says
how much). A chain a - m - b would leave a and b visibly alike. What remains falls into stocks; each
gets a neighbour-joining tree of drift, and every inner branch the share of trees, drawn from other
samples of layers, in which it comes back. The tree has no root: weights do not say who was first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.stemma import Merge, Stemma, Stock, StockBranch
from filiation.numerics.neighbour_joining import neighbour_joining, split_of
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant

__all__ = ["LEVEL", "Likeness", "draw_up"]

Float64: TypeAlias = NDArray[np.float64]
Links: TypeAlias = Mapping[str, frozenset[str]]

LEVEL: Final = 1e-6  # family-wise over all pairs
REPLICATES: Final = 200
PLANE: Final = 0.5  # of a merge's direction in the plane of its parents, at least
ABOUT: Final = 0.02  # difference of cosines that does not tell two candidates for a parent apart
FAINT: Final = 0.1  # cosine above which two parents are not taken as orthogonal


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two models are.

    Attributes:
        a: The source.
        b: The subject.
        log_p: Combined natural log p; None if no method applied.
        cosines: Mean cosine of units, by layer of the source.
        units: Units compared, likewise.
    """

    a: str
    b: str
    log_p: float | None
    cosines: tuple[float, ...]
    units: tuple[int, ...]

    @property
    def shared(self) -> float:
        """How many units' worth the two have in common: a missing layer counts as nothing."""
        return math.fsum(c * n for c, n in zip(self.cosines, self.units, strict=True))

    def cosine(self, copies: Sequence[int] | None = None) -> float:
        """Mean cosine over all units, each layer counted so many times; 0 without a layer."""
        times = np.ones(len(self.units)) if copies is None else np.array(copies[: len(self.units)])
        weights = times * np.array(self.units, dtype=np.float64)
        if not weights.any():
            weights = np.array(self.units, dtype=np.float64)
        if not weights.any():
            return 0.0
        return float(np.clip(weights @ np.array(self.cosines) / weights.sum(), 0.0, 1.0))


def draw_up(models: Sequence[str], pairs: Sequence[Likeness], *, seed: int) -> Stemma:
    """Draw the stemma of a population.

    Args:
        models: All names.
        pairs: Every pair once.
        seed: Seed of the replicates.
    """
    by_pair = {frozenset((pair.a, pair.b)): pair for pair in pairs}
    threshold = math.log(LEVEL) - math.log(max(1, len(pairs)))
    linked = {key for key, p in by_pair.items() if p.log_p is not None and p.log_p <= threshold}
    links = {m: frozenset(o for o in models if frozenset((m, o)) in linked) for m in models}
    merges = [merge for model in models if (merge := _merge(model, links, by_pair)) is not None]
    two = {merge.model for merge in merges}
    stocks = [
        _stock(names, by_pair, seed)
        for names in _stocks([m for m in models if m not in two], links)
        if len(names) > 1
    ]
    placed = {name for stock in stocks for name in stock.models} | two
    placed |= {parent for merge in merges for parent in merge.parents}
    return Stemma(
        stocks=tuple(sorted(stocks, key=lambda s: (-len(s.models), s.models))),
        merges=tuple(merges),
        alone=tuple(model for model in models if model not in placed),
        level=LEVEL,
        replicates=REPLICATES,
    )


def _merge(model: str, links: Links, by_pair: Mapping[frozenset[str], Likeness]) -> Merge | None:
    """The two models between which this one lies, if there are two; the best pair if several."""

    def cosine(one: str, other: str) -> float:
        return by_pair[frozenset((one, other))].cosine()

    def central(parent: str, opposite: str) -> str:
        """Of the models on the parent's side that are about as near, the one amid the others."""
        aside = links[model] - links[opposite] - {opposite}
        side = [other for other in aside if other == parent or other in links[parent]]
        near = [other for other in side if cosine(model, other) >= cosine(model, parent) - ABOUT]
        inner = {n: sum(by_pair[frozenset((n, o))].shared for o in side if o != n) for n in near}
        return min(near, key=lambda name: (-inner[name], -cosine(model, name), name))

    near = sorted(links[model], key=lambda other: (-cosine(model, other), other))
    best, parents = PLANE, None
    for i, a in enumerate(near):
        for b in near[i + 1 :]:
            if b in links[a] or cosine(a, b) > FAINT:
                continue
            explained = cosine(model, a) ** 2 + cosine(model, b) ** 2
            if explained > best:
                best, parents = explained, (a, b)
    if parents is None:
        return None
    first, second = central(*parents), central(*parents[::-1])
    toward = cosine(model, first), cosine(model, second)
    return Merge(
        model=model,
        parents=(first, second),
        cosines=(significant(toward[0]), significant(toward[1])),
        explained=significant(min(1.0, toward[0] ** 2 + toward[1] ** 2)),
    )


def _stocks(models: Sequence[str], links: Links) -> list[list[str]]:
    """Connected components, each in the order given."""
    left, found = dict.fromkeys(models), []
    while left:
        reached, edge = set[str](), [next(iter(left))]
        while edge:
            name = edge.pop()
            if name not in reached:
                reached.add(name)
                edge += [other for other in links[name] if other in left]
        found.append([name for name in models if name in reached])
        for name in reached:
            del left[name]
    return found


def _stock(names: list[str], by_pair: Mapping[frozenset[str], Likeness], seed: int) -> Stock:
    tree = neighbour_joining(_drift(names, by_pair, None))
    layers = max(len(pair.units) for pair in by_pair.values())
    rng = stream(seed, "stemma", *names)
    splits = [split_of(branch, len(names)) for branch in tree]
    again = np.zeros(len(tree))
    if len(names) > 3:
        for _ in range(REPLICATES):
            copies = rng.multinomial(layers, np.full(layers, 1.0 / layers)).tolist()
            other = neighbour_joining(_drift(names, by_pair, copies))
            seen = {split_of(branch, len(names)) for branch in other}
            again += [split in seen for split in splits]
    return Stock(
        models=tuple(names),
        branches=tuple(
            StockBranch(
                upper=branch.upper,
                lower=branch.lower,
                length=significant(branch.length),
                support=None if _trivial(split, len(names)) else float(count) / REPLICATES,
            )
            for branch, split, count in zip(tree, splits, again, strict=True)
        ),
    )


def _trivial(split: frozenset[int], leaves: int) -> bool:
    return len(split) in (1, leaves - 1)


def _drift(
    names: Sequence[str], by_pair: Mapping[frozenset[str], Likeness], copies: list[int] | None
) -> Float64:
    """Distance of unit vectors at the mean cosine: sqrt(2 (1 - cosine)), float64 [n, n]."""
    found = np.zeros((len(names), len(names)))
    for i, one in enumerate(names):
        for j in range(i):
            cosine = by_pair[frozenset((one, names[j]))].cosine(copies)
            found[i, j] = found[j, i] = math.sqrt(2.0 * (1.0 - cosine))
    return found
