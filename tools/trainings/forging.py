"""Forged histories, made of kept honest runs: each ends in a copy of the source.

Of three strengths each: the copy as it is, with units and axes in another order, and under the
whole disguise (turned, rescaled, signs and heads changed).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias, final

import numpy as np

from adversary.changes import axes_in, hidden, permuted
from adversary.made import Made
from size.shape import Shape, Weights, at

__all__ = ["FAMILIES", "HEALED", "PARTS", "POINTS", "SHARES", "STRENGTHS", "STRETCH", "WAYS",
           "Forged", "Runs", "between", "blended_in", "cost", "noised", "shared"]  # fmt: skip

STRENGTHS: Final = ("as it is", "permuted", "disguised")
POINTS: Final = 9
SWAP: Final = 5
NOISE: Final = 0.05  # of each matrix's spread, at every point of a line
MANY: Final = 50
TENTH: Final = 10
HEALED: Final = 12  # steps of training at each point of a line
STRETCH: Final = 24  # likewise, from one checkpoint to the next
WALK: Final = 0.4  # likewise, a step of the walk away from the copy
SHARES: Final = (0.05, 0.1, 0.25)
Forged: TypeAlias = list[Weights]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What a forger has: the source's history, and one of his own, of one form."""

    source: Sequence[Weights]
    own: Sequence[Weights]
    shape: Shape

    def copy(self, strength: int) -> Weights:
        """Of the source's last checkpoint."""
        return self.disguised(self.source[-1], strength)

    def disguised(self, weights: Weights, strength: int) -> Weights:
        """The same disguise at every call: its random numbers begin anew."""
        rng = np.random.default_rng([73, strength])
        heads = {
            "num_attention_heads": self.shape.heads, "num_key_value_heads": self.shape.groups,
        }  # fmt: skip
        made = Made(weights=dict(weights), config=heads)
        if strength == 1:
            made = axes_in(permuted(made, rng), rng.permutation(made.width))
        if strength == 2:
            made = hidden(made, rng)
        return {n: np.ascontiguousarray(x, dtype=np.float32) for n, x in made.weights.items()}


def between(one: Weights, other: Weights, share: float) -> Weights:
    """So far on the straight line from one to the other."""
    return {n: ((1 - share) * one[n] + share * other[n]).astype(np.float32) for n in one}


def noised(weights: Weights, size: float, rng: np.random.Generator) -> Weights:
    """Noise of so many times each matrix's spread; vectors are left."""
    return {
        n: x + (size * x.std() * rng.standard_normal(x.shape)).astype(np.float32)
        if x.ndim > 1
        else x
        for n, x in weights.items()
    }


def _shares() -> list[float]:
    return [float(t) for t in np.linspace(0, 1, POINTS)]


def _line(runs: Runs, strength: int) -> Forged:
    return [between(runs.own[0], runs.copy(strength), t) for t in _shares()]


def _noisy_line(runs: Runs, strength: int) -> Forged:
    rng = np.random.default_rng([79, strength])
    first, *rest = _line(runs, strength)
    return [first, *(noised(x, NOISE, rng) for x in rest)]


def _backwards(runs: Runs, strength: int) -> Forged:
    """A random walk away from the copy, shown from its far end."""
    rng = np.random.default_rng([83, strength])
    walk = [runs.copy(strength)]
    for _ in range(POINTS - 1):
        walk.append(noised(walk[-1], WALK, rng))
    return walk[::-1]


def _swapped(runs: Runs, strength: int) -> Forged:
    """A true history, then the end of the source's."""
    late = [runs.disguised(x, strength) for x in runs.source[SWAP - POINTS :]]
    return [*runs.own[:SWAP], *late]


def _merged(runs: Runs, strength: int) -> Forged:
    end, last = runs.copy(strength), len(runs.own) - 1
    return [between(x, end, (n / last) ** 2) for n, x in enumerate(runs.own)]


def _merged_slowly(runs: Runs, strength: int) -> Forged:
    """The same over so many checkpoints that each step is small; between its own, on lines."""
    end, last = runs.copy(strength), len(runs.own) - 1
    found = []
    for share in np.linspace(0, 1, MANY):
        place = min(int(share * last), last - 1)
        true = between(runs.own[place], runs.own[place + 1], share * last - place)
        found.append(between(true, end, share**2))
    return found


def _parts(runs: Runs, strength: int) -> Forged:
    """A true history, with a tenth of the source's units of every layer put in from a point on."""
    taken, found = runs.copy(strength), list(runs.own[:SWAP])
    for one in runs.own[SWAP:]:
        mixed = {n: x.copy() for n, x in one.items()}
        for layer in range(runs.shape.layers):
            units = slice(0, runs.shape.hidden // TENTH)
            for part in ("mlp.gate_proj", "mlp.up_proj"):
                mixed[at(layer, part)][units] = taken[at(layer, part)][units]
            down = at(layer, "mlp.down_proj")
            mixed[down][:, units] = taken[down][:, units]
        found.append(mixed)
    return found


def _replaced(runs: Runs, strength: int) -> Forged:
    return [*runs.own[:-1], runs.copy(strength)]


def _missing(runs: Runs, strength: int) -> Forged:
    """A true start, then nothing until the source's second half."""
    late = runs.source[-max(POINTS - 1, len(runs.source) // 2) :]
    return [runs.own[0], *(runs.disguised(x, strength) for x in late)]


def _stolen(runs: Runs, strength: int) -> Forged:
    """The source's own history, every checkpoint under one disguise."""
    return [runs.disguised(x, strength) for x in runs.source]


FAMILIES: Final[Mapping[str, Callable[[Runs, int], Forged]]] = {
    "straight line": _line,
    "line with noise at each point": _noisy_line,
    "noise backwards from the copy": _backwards,
    f"swap at point {SWAP}": _swapped,
    "merged in slowly": _merged,
    f"merged in slowly, {MANY} points": _merged_slowly,
    f"a tenth of the units from point {SWAP} on": _parts,
    "end replaced": _replaced,
    "missing stretch": _missing,
    "the source's own history": _stolen,
}
# Of how many checkpoints of a run of his own the forger makes use, and, of those that are trained,
# how many steps more each costs him.
OWN_POINTS: Final[Mapping[str, int]] = {
    "straight line": 1, "line with noise at each point": 1, "missing stretch": 1,
    f"swap at point {SWAP}": SWAP, "noise backwards from the copy": 0,
    "the source's own history": 0, "copy under noise, trained forward": 0,
    "the source's start, turned, then trained": 0, "line, healed by training at each point": 1,
    "drawn to the copy at every step": 1, "trained on its distance to the copy beside the loss": 1,
}  # fmt: skip
TRAINED: Final[Mapping[str, int]] = {
    "line, healed by training at each point": HEALED * (POINTS - 1),
    "drawn to the copy at every step": 2 * POINTS * (STRETCH // 2),
    "copy under noise, trained forward": (POINTS - 1) * STRETCH,
    "the source's start, turned, then trained": (POINTS - 1) * STRETCH,
    "trained on its distance to the copy beside the loss": (POINTS - 1) * STRETCH,
}


def cost(family: str, points: int, steps: int) -> str:
    """What a family costs its maker: steps of his own training, and steps beside it.

    Args:
        family: Which.
        points: Checkpoints of his own run.
        steps: Steps of it.
    """
    own = OWN_POINTS.get(family, points)
    needed = 0 if own <= 1 else round(steps * (own - 1) / (points - 1))
    return f"{needed + TRAINED.get(family, 0)} steps"


PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "MLPs": ("mlp.",), "attention": ("self_attn.",), "embedding": ("embed_tokens",),
    "head": ("lm_head",), "all parts": ("mlp.", "self_attn.", "embed_tokens", "lm_head"),
}  # fmt: skip


WITH_STEPS: Final = "as far as its own steps went"
# How much of the copy stands in at which share of the checkpoints, or of the way.
WAYS: Final[Mapping[str, Callable[[float], float]]] = {
    "by squares": lambda t: t**2,
    "evenly": lambda t: t,
    "by roots": lambda t: t**0.5,
    "at once": lambda t: float(t >= 0.5),
    "over three points": lambda t: min(1.0, max(0.0, 2.5 * (t - 0.3))),
    WITH_STEPS: lambda t: t,
}


def shared(runs: Runs, strength: int, part: str, share: float) -> Forged:
    """A true history into which a share of a part of the source is blended slowly."""
    return blended_in(runs, strength, part, share, "by squares")


def _so_far(own: Sequence[Weights], way: str) -> list[float]:
    """How much of a copy stands in each checkpoint of a true history."""
    steps = np.ones(len(own) - 1)
    if way == WITH_STEPS:
        steps = np.array([
            math.sqrt(sum(float(np.square(y[n] - x[n]).sum()) for n in x))
            for x, y in pairwise(own)
        ])  # fmt: skip
    gone = np.concatenate([[0.0], np.cumsum(steps)]) / steps.sum()
    return [WAYS[way](float(t)) for t in gone]


def blended_in(runs: Runs, strength: int, part: str, share: float, way: str) -> Forged:
    """A true history into which a share of a part of the source is blended.

    The share is of units (of heads' axes, of tokens): the first rows of each matrix of the copy,
    and the columns that go with them. The last checkpoint holds them whole.
    """
    copy, found = runs.copy(strength), []
    for so_far, own in zip(_so_far(runs.own, way), runs.own, strict=True):
        mixed = dict(own)
        for name, x in own.items():
            if x.ndim > 1 and any(one in name for one in PARTS[part]):
                taken = x.copy()
                down = name.endswith(("down_proj.weight", "o_proj.weight"))
                first = (
                    (slice(None), slice(0, max(1, round(share * x.shape[1]))))
                    if down
                    else (slice(0, max(1, round(share * x.shape[0]))), slice(None))
                )
                taken[first] = (1 - so_far) * x[first] + so_far * copy[name][first]
                mixed[name] = taken
        found.append(mixed)
    return found
