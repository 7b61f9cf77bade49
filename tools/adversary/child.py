"""A child of a model and what was done to it, with enough kept to say how much of the parent is left.

Every step is a function of a child to another; none changes its argument. The adversary has
everything a real one has: the weights, text to train on, and all the operations of the casebook.
"""  # noqa: E501

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from casebook.checkpoint import FourBit, decode, is_projection
from casebook.operations import (
    FoldGains,
    Operation,
    PermuteUnits,
    PruneWidth,
    RescaleUnits,
    RotateResidual,
    Weights,
    layer_count,
    orthogonal,
)
from casebook.surgery import AddNoise

__all__ = [
    "Child",
    "Step",
    "born",
    "flip_signs",
    "four_bit",
    "left_of",
    "noise",
    "permute",
    "prune",
    "rescale",
    "rotate",
]

Step: TypeAlias = "Callable[[Child], Child]"

SPREAD: Final = 0.7  # of the log of the factors that units are rescaled by
GROUP: Final = 16  # values that share a step of four bits


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Child:
    """A model in the adversary's hands.

    Attributes:
        weights: Names to F32 arrays.
        units: Per layer, which unit of the parent each unit began as, int64 [units].
        turn: float64 [width, width], by which the residual stream was turned.
    """

    weights: Weights
    units: tuple[NDArray[np.int64], ...]
    turn: NDArray[np.float64]


def born(weights: Weights) -> Child:
    """A model as it was published, nothing done to it."""
    ups = [weights[_mlp(n, "up")] for n in range(layer_count(weights))]
    return Child(
        weights=weights,
        units=tuple(np.arange(len(up)) for up in ups),
        turn=np.eye(ups[0].shape[1]),
    )


def permute(seed: int) -> Step:
    """The units of each layer in another order."""
    return _moving(PermuteUnits(seed=seed))


def prune(share: float) -> Step:
    """The smallest units of each layer left out."""
    return lambda child: _moving(PruneWidth(keep=round((1 - share) * len(child.units[0]))))(child)


def rotate(seed: int) -> Step:
    """Norm gains folded in, and the residual stream turned by a random rotation."""

    def step(child: Child) -> Child:
        turned = RotateResidual(seed=seed)(FoldGains()(child.weights))
        turn = child.turn @ orthogonal(len(child.turn), seed=seed)
        return replace(child, weights=turned, turn=turn)

    return step


def rescale(seed: int) -> Step:
    """Up rows multiplied, down columns divided, by factors that differ from unit to unit."""
    return _in_place(RescaleUnits(seed=seed, spread=SPREAD))


def noise(relative: float, seed: int) -> Step:
    """Normal noise on every matrix, in root mean squares of it."""
    return _in_place(AddNoise(seed=seed, relative=relative))


def four_bit(child: Child) -> Child:
    """Every projection rounded to 15 levels, one step for each 16 values of a row."""
    weights = dict(child.weights)
    for name, value in child.weights.items():
        if is_projection(name):
            rest = -value.shape[1] % GROUP  # a pruned layer's width need not be a multiple of 16
            padded = np.pad(value, ((0, 0), (0, rest)))
            stored = decode(FourBit(group=GROUP).store({name: padded}))
            weights[name] = np.ascontiguousarray(stored[name][:, : value.shape[1]])
    return replace(child, weights=weights)


def flip_signs(seed: int) -> Step:
    """Up and down of half of the units change sign; the function stays."""

    def step(child: Child) -> Child:
        rng = np.random.default_rng(seed)
        weights = dict(child.weights)
        for layer in range(layer_count(weights)):
            up, down = _mlp(layer, "up"), _mlp(layer, "down")
            signs = rng.choice([-1, 1], size=len(weights[up])).astype(np.float32)
            weights[up], weights[down] = weights[up] * signs[:, None], weights[down] * signs
        return replace(child, weights=weights)

    return step


def left_of(child: Child, parent: Weights) -> float:
    """How much of the parent's MLPs is left: mean squared cosine of its units with what they became.

    The disguise is undone first, since the adversary's own notes are at hand. A unit that was left
    out counts as zero; strangers come to about one in the width.
    """  # noqa: E501
    ours, theirs = FoldGains()(parent), FoldGains()(child.weights)
    found, count = 0.0, 0
    for layer, units in enumerate(child.units):
        for part in ("gate", "up", "down"):
            a, b = (x[_mlp(layer, part)].astype(np.float64) for x in (ours, theirs))
            if part == "down":
                a, b = a.T, (child.turn @ b).T
            else:
                b = b @ child.turn.T
            found += float(np.sum(_cosines(a[units], b) ** 2))
            count += len(a)
    return found / count


def _cosines(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    size = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    inner = np.einsum("ij,ij->i", a, b)
    return np.asarray(np.divide(inner, size, out=np.zeros_like(inner), where=size > 0))


def _in_place(operation: Operation) -> Step:
    return lambda child: replace(child, weights=operation(child.weights))


def _moving(operation: Operation) -> Step:
    """A step that moves or removes units and changes no value: traced by the rows themselves."""

    def step(child: Child) -> Child:
        moved = operation(child.weights)
        units = tuple(
            old[_places(child.weights, moved, layer)] for layer, old in enumerate(child.units)
        )
        return replace(child, weights=moved, units=units)

    return step


def _places(before: Mapping[str, NDArray[np.float32]], after: Weights, layer: int) -> list[int]:
    """At which row of the layer before did each row of the layer after stand?"""
    name = _mlp(layer, "up")
    place = {row.tobytes(): number for number, row in enumerate(before[name])}
    if len(place) < len(before[name]):
        raise ValueError(f"{name}: found equal rows, expected none; units cannot be traced")
    return [place[row.tobytes()] for row in after[name]]


def _mlp(layer: int, part: str) -> str:
    return f"model.layers.{layer}.mlp.{part}_proj.weight"
