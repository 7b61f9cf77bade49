"""Forged histories: each ends in a copy of the source, but for one that only began as it did.

Of three strengths each: the copy as it is, with units and axes in another order, and under the
whole disguise (turned, rescaled, signs and heads changed).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final, TypeAlias

import numpy as np

from adversary.changes import axes_in, hidden, permuted
from adversary.made import Made
from size.shape import Shape, Weights
from trainings.recipes import Recipe
from trainings.training import begun, onward, trained

__all__ = ["MAKERS", "Forged", "source"]

POINTS: Final = 9
RECIPE: Final = Recipe(
    number=900, shape=Shape(width=128, hidden=256), start="plain", optimiser="adamw", rate=6e-3,
    schedule="cosine", batch=8, steps=tuple(range(0, 10 * POINTS, 10)), event="none", at=4,
)  # fmt: skip
OWN: Final = 905  # seed of the forger's own trainings
Forged: TypeAlias = list[Weights]


@cache
def _of_source() -> tuple[Weights, ...]:
    return tuple(trained(RECIPE))


def source() -> Weights:
    """The claimed source."""
    return _of_source()[-1]


@cache
def _own() -> tuple[Weights, ...]:
    """What the forger really trained: another start, another order of texts."""
    return tuple(trained(replace(RECIPE, number=OWN), seed=OWN))


def disguised(weights: Weights, strength: int) -> Weights:
    """The same disguise of each model of a row: its random numbers begin anew."""
    rng = np.random.default_rng([73, strength])
    shape = RECIPE.shape
    made = Made(
        weights=dict(weights),
        config={"num_attention_heads": shape.heads, "num_key_value_heads": shape.groups},
    )
    if strength == 1:
        made = axes_in(permuted(made, rng), rng.permutation(made.width))
    if strength == 2:
        made = hidden(made, rng)
    return {n: np.ascontiguousarray(x, dtype=np.float32) for n, x in made.weights.items()}


def _between(one: Weights, other: Weights, share: float) -> Weights:
    return {n: ((1 - share) * one[n] + share * other[n]).astype(np.float32) for n in one}


def _noised(weights: Weights, size: float, rng: np.random.Generator) -> Weights:
    """Noise of so many times each matrix's root mean square; vectors are left."""
    return {
        n: x + (size * x.std() * rng.standard_normal(x.shape)).astype(np.float32)
        if x.ndim > 1
        else x
        for n, x in weights.items()
    }


def _line(strength: int) -> Forged:
    start, end = begun(RECIPE, OWN), disguised(source(), strength)
    return [_between(start, end, n / (POINTS - 1)) for n in range(POINTS)]


def _healed(strength: int) -> Forged:
    rng = np.random.default_rng([79, strength])
    line = _line(strength)
    told = replace(RECIPE, rate=1e-3)
    bent = [onward(told, _noised(x, 0.05, rng), 3, seed=n) for n, x in enumerate(line[1:])]
    return [line[0], *bent]


def _backwards(strength: int) -> Forged:
    """A random walk away from the copy, shown from its far end; then trained in truth."""
    rng = np.random.default_rng([83, strength])
    walk = [disguised(source(), strength)]
    for _ in range(POINTS - 3):
        walk.append(_noised(walk[-1], 0.4, rng))
    one = onward(RECIPE, walk[0], 10, seed=1)
    return [*walk[::-1], one, onward(RECIPE, one, 10, seed=2)]


def _swapped(strength: int) -> Forged:
    now = [disguised(source(), strength)]
    for n in range(POINTS - 6):
        now.append(onward(RECIPE, now[-1], 10, seed=n))
    return [*_own()[:5], *now]


def _merged(strength: int) -> Forged:
    end = disguised(source(), strength)
    return [_between(x, end, (n / (POINTS - 1)) ** 2) for n, x in enumerate(_own())]


def _replaced(strength: int) -> Forged:
    return [*_own()[:-1], disguised(source(), strength)]


def _missing(strength: int) -> Forged:
    """A true start, then nothing until the copy, which is trained in truth."""
    now = [disguised(source(), strength)]
    for n in range(POINTS - 2):
        now.append(onward(RECIPE, now[-1], 10, seed=n))
    return [begun(RECIPE, OWN), *now]


def _stolen(strength: int) -> Forged:
    """The source's own history, every checkpoint under one disguise."""
    return [disguised(x, strength) for x in _of_source()]


def _drawn(strength: int) -> Forged:
    """Trained in truth, and drawn a little towards the copy after every two steps."""
    end, now = disguised(source(), strength), begun(RECIPE, OWN)
    found = [now]
    for n in range(POINTS - 1):
        for part in range(5):
            now = _between(onward(RECIPE, now, 2, seed=10 * n + part), end, 0.08)
        found.append(now)
    return found


def _begun_alike(strength: int) -> Forged:
    """The source's start under a disguise, and a training of its own."""
    start = disguised(begun(RECIPE, RECIPE.number), strength)
    return trained(replace(RECIPE, number=OWN), seed=OWN, start=start)


MAKERS: Final[Sequence[Callable[[int], Forged]]] = (
    _line, _healed, _backwards, _swapped, _merged, _replaced, _missing, _stolen, _drawn,
    _begun_alike,
)  # fmt: skip
"""In the order of `named.FAMILIES`; all but the last end in what holds the source."""
