"""How do the models of a population hang together?

Two models hang together if the combined p of their weights is below the level over all pairs
(Bonferroni: a false edge accuses). Several files of one model are one model. `kin` says which of
those that hang together do so directly, and which way, as far as that shows. What hangs together
falls into stocks, without the models that lie between two stocks; each gets a neighbour-joining
tree of drift, and every inner branch the share of trees, drawn from other samples of layers, in
which it comes back. The tree has no root: it does not say who was first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.libraries.kin import find_copies, find_kin
from filiation.model.sketch import Sketch
from filiation.model.stemma import Stemma, Stock, StockBranch
from filiation.numerics.neighbour_joining import neighbour_joining, split_of
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant

__all__ = ["LEVEL", "Likeness", "draw_up"]

Float64: TypeAlias = NDArray[np.float64]
Links: TypeAlias = Mapping[str, frozenset[str]]

LEVEL: Final = 1e-6  # family-wise over all pairs
REPLICATES: Final = 200


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

    def cosine(self, copies: Sequence[int] | None = None) -> float:
        """Mean cosine over all units, each layer counted so many times; 0 without a layer."""
        times = np.ones(len(self.units)) if copies is None else np.array(copies[: len(self.units)])
        weights = times * np.array(self.units, dtype=np.float64)
        if not weights.any():
            weights = np.array(self.units, dtype=np.float64)
        if not weights.any():
            return 0.0
        return float(np.clip(weights @ np.array(self.cosines) / weights.sum(), 0.0, 1.0))


def draw_up(models: Mapping[str, Sketch], pairs: Sequence[Likeness], *, seed: int) -> Stemma:
    """Draw the stemma of a population.

    Args:
        models: Sketches by name.
        pairs: Every pair once.
        seed: Seed of the replicates.
    """
    by_pair = {frozenset((pair.a, pair.b)): pair for pair in pairs}
    threshold = math.log(LEVEL) - math.log(max(1, len(pairs)))
    linked = {key for key, p in by_pair.items() if p.log_p is not None and p.log_p <= threshold}
    links = {m: frozenset(o for o in models if frozenset((m, o)) in linked) for m in models}
    copies = [
        group
        for names in _stocks(list(models), links)
        if len(names) > 1
        for group in find_copies({name: models[name] for name in names})
    ]
    others = {name for group in copies for name in group[1:]}
    kept = [name for name in models if name not in others]
    links = {name: links[name] - others for name in kept}
    kin = [
        find_kin({name: models[name] for name in names}, links)
        for names in _stocks(kept, links)
        if len(names) > 1
    ]
    mixed = {name for found in kin for name in found.mixed}
    stocks = [
        _stock(names, by_pair, seed)
        for names in _stocks([name for name in kept if name not in mixed], links)
        if len(names) > 1
    ]
    single = {name for name in kept if not links[name]} - {group[0] for group in copies}
    return Stemma(
        copies=tuple(copies),
        stocks=tuple(sorted(stocks, key=lambda s: (-len(s.models), s.models))),
        links=tuple(link for found in kin for link in found.links),
        merges=tuple(merge for found in kin for merge in found.merges),
        unplaced=tuple(name for found in kin for name in found.unplaced),
        alone=tuple(name for name in kept if name in single),
        level=LEVEL,
        replicates=REPLICATES,
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
