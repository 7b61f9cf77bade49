"""How much must be inherited, and how little damaged, to be found? Planted in real strangers.

Part of a model's units is written over units of equal index of a stranger's, mixed with the
stranger's own direction until a stated cosine is left; then every method is run as in a case.
"""

import math
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, product
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.pair import compare_weights
from filiation.model.ancestry import Ancestry
from filiation.model.sketch import LayerSketch, Sketch, UnitRows
from filiation.numerics.frames.directions import quantise
from filiation.numerics.likelihoods.packing import disjoint_pairs
from filiation.numerics.rng import stream
from filiation.sketching.sketch_file import read_sketch

__all__ = ["COSINES", "SHARES", "plan_planting", "planted_found"]

SHARES: Final = (0.01, 0.02, 0.05, 0.1, 0.25)
COSINES: Final = (0.25, 0.5, 0.75)
PAIRS: Final = 20


def plan_planting(
    ancestry: Ancestry, there: frozenset[str], seed: int, most: int
) -> list[tuple[str, str, float, float]]:
    """Pairs of independent originals of one shape, drawn by the seed, times shares and cosines.

    First those that have no model in common; others fill up where there are fewer than wanted.
    """
    originals = [o.name for o in ancestry.models if not o.parents and o.name in there]
    pairs = [
        pair
        for pair in combinations(sorted(originals), 2)
        if ancestry.kinship(*pair).regime == "same architecture and data"
    ]
    order = stream(seed, "validation", "planting").permutation(len(pairs))
    drawn = [pairs[i] for i in order.tolist()]
    involved = [frozenset(x for name in pair for x in ancestry.families(name)) for pair in drawn]
    apart = list(disjoint_pairs(involved))
    rest = [place for place in range(len(drawn)) if place not in set(apart)]
    chosen = sorted(drawn[place] for place in [*apart, *rest][: min(most, PAIRS)])
    return [(a, b, s, c) for (a, b), s, c in product(chosen, SHARES, COSINES)]


def planted_found(
    source: str, subject: str, share: float, cosine: float, seed: int, level: float
) -> bool:
    """Whether a stranger with that much of the source planted in it meets the level."""
    one, other = _opened(source), _opened(subject)
    names = (one.subject_digest, other.subject_digest, f"{share:g}", f"{cosine:g}")
    rng = stream(seed, "validation", "planted", *names)
    layers = [
        _grafted(a, b, share, cosine, rng) for a, b in zip(one.layers, other.layers, strict=True)
    ]
    grafted = replace(other, layers=layers)
    log_p = compare_weights(one, grafted, seed=seed).combined.log_p
    return log_p is not None and log_p <= math.log(level)


def _grafted(
    a: LayerSketch, b: LayerSketch, share: float, cosine: float, rng: np.random.Generator
) -> LayerSketch:
    count = max(1, round(share * b.units))
    places = np.sort(rng.choice(b.units, size=count, replace=False))
    return replace(
        b,
        roles={
            role: _mixed(a.roles[role], rows, places, cosine) if role in a.roles else rows
            for role, rows in b.roles.items()
        },
    )


def _mixed(a: UnitRows, b: UnitRows, places: NDArray[np.int64], cosine: float) -> UnitRows:
    directions = dict(b.directions)
    for frame, rows in b.directions.items():
        if frame in a.directions:
            own, other = _unit(rows[places]), _unit(a.directions[frame][places])
            own = _unit(own - np.sum(own * other, axis=1, keepdims=True) * other)
            planted = rows.copy()
            planted[places] = quantise(cosine * other + math.sqrt(1.0 - cosine**2) * own)
            directions[frame] = planted
    return replace(b, directions=directions)


def _unit(rows: NDArray[np.generic]) -> NDArray[np.float32]:
    found = rows.astype(np.float32)
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(np.divide(found, norms, out=np.zeros_like(found), where=norms > 0))


@lru_cache(maxsize=64)
def _opened(path: str) -> Sketch:
    return read_sketch(Path(path))
