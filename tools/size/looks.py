"""Quick looks at strangers and at children: do they keep their size, and what do they find?"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.examining.pair import compare_weights
from filiation.model.sketch import Sketch
from size.many import made
from size.shape import TINY, Weights
from size.store import models
from size.surveyed import KINDS
from size.view import sketched

__all__ = ["looks"]

LEVELS: Final = (0.5, 0.1, 0.01, 1e-3, 1e-6)
SEEDS: Final = 100  # of an accuser who looks as often as he likes
AGAIN: Final = 5  # pairs that he looks at so often
CHILDREN: Final = 20  # of each kind
BAR: Final = math.log(1e-6)


def looks(pairs: int) -> Iterator[str]:
    """Disjoint pairs of strangers, a few of them with many seeds, and children of each kind."""
    plain = [
        {name: stack[name][n] for name in stack}
        for stack in models("plain", max(2 * pairs, CHILDREN))
        for n in range(len(next(iter(stack.values()))))
    ]
    sides = [(_of(plain[2 * n]), _of(plain[2 * n + 1])) for n in range(pairs)]
    ps = [_p(*both) for both in sides]
    counts = ", ".join(f"{sum(p <= math.log(level) for p in ps)} <= {level:g}" for level in LEVELS)
    yield f"{pairs} pairs of strangers: p {counts}; smallest {math.exp(min(ps)):.2g}"
    few = sides[:AGAIN]
    least = [min(_p(*both, seed=seed) for seed in range(SEEDS)) for both in few]
    told = ", ".join(f"{math.exp(p):.2g}" for p in least)
    yield f"smallest p of {SEEDS} seeds, {len(few)} pairs of strangers: {told}"
    for kind in KINDS:
        yield f"{kind:<36}{_found(kind, plain):>4} of {CHILDREN} found at 1e-06"


def _found(kind: str, plain: Sequence[Weights]) -> int:
    """Children whose parent is found."""
    children = made(kind, plain, range(CHILDREN))
    return sum(_p(_of(plain[n]), _of(child)) <= BAR for n, child in enumerate(children))


def _of(weights: Weights) -> Sketch:
    return sketched("model", weights, TINY)


def _p(one: Sketch, other: Sketch, *, seed: int = 0) -> float:
    found = compare_weights(one, other, seed=seed, quick=True).combined.log_p
    return 0.0 if found is None else found
