"""One child of every kind of change that a survey has to see through."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from size.shape import EMBED, HEAD, Shape, Weights, at

__all__ = ["CHANGES", "MIXED", "TRAINED"]

Array: TypeAlias = NDArray[np.float32]
Change: TypeAlias = Callable[[Shape, Weights, Weights, np.random.Generator], Weights]

TRAINED: Final[Mapping[str, tuple[int, float]]] = {
    "fine-tuned": (40, 5e-3),
    "continued": (150, 1e-2),
}
"""Kinds that come of further training: steps, and the peak of the rate."""

READS: Final = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
GATED: Final = ("mlp.gate_proj", "mlp.up_proj")


def _each(weights: Weights, change: Callable[[Array], Array]) -> Weights:
    return {name: change(value) if value.ndim == 2 else value for name, value in weights.items()}


def _four_bits(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    def rounded(matrix: Array) -> Array:
        step = np.abs(matrix).max(axis=1, keepdims=True) / 7
        return np.asarray(np.rint(matrix / step) * step, dtype=np.float32)

    return _each(own, rounded)


def _half_zero(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    return _each(
        own, lambda matrix: np.where(np.abs(matrix) < np.median(np.abs(matrix)), 0, matrix)
    )


def _permuted(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    return _units(shape, own, lambda: rng.permutation(shape.hidden))


def _narrower(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    half = shape.hidden // 2
    return _units(shape, own, lambda: np.sort(rng.choice(shape.hidden, half, replace=False)))


def _units(shape: Shape, own: Weights, drawn: Callable[[], NDArray[np.int64]]) -> Weights:
    found = dict(own)
    for layer in range(shape.layers):
        order = drawn()
        for part in GATED:
            found[at(layer, part)] = own[at(layer, part)][order]
        found[at(layer, "mlp.down_proj")] = own[at(layer, "mlp.down_proj")][:, order]
    return found


def _rotated(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    """The residual stream turned; gains go into the matrices that follow them before."""
    turn: Array = np.linalg.qr(rng.normal(size=(shape.width, shape.width)))[0].astype(np.float32)
    found = {name: np.ones_like(value) for name, value in own.items() if value.ndim == 1}
    found[EMBED] = own[EMBED] @ turn
    found[HEAD] = np.asarray(own[HEAD] * own["model.norm.weight"] @ turn, dtype=np.float32)
    for layer in range(shape.layers):
        for gain, parts in (("input_layernorm", READS), ("post_attention_layernorm", GATED)):
            for part in parts:
                folded = own[at(layer, part)] * own[at(layer, gain)]
                found[at(layer, part)] = np.asarray(folded @ turn, dtype=np.float32)
        for part in ("self_attn.o_proj", "mlp.down_proj"):
            found[at(layer, part)] = turn.T @ own[at(layer, part)]
    return found


def _both(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    return _rotated(shape, _permuted(shape, own, other, rng), other, rng)


def _and_tokens(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    found, order = _both(shape, own, other, rng), rng.permutation(shape.vocabulary)
    return {**found, EMBED: found[EMBED][order], HEAD: found[HEAD][order]}


def _merged(share: float) -> Change:
    def change(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
        return {name: share * value + (1 - share) * other[name] for name, value in own.items()}

    return change


def _one_layer(shape: Shape, own: Weights, other: Weights, rng: np.random.Generator) -> Weights:
    """The first layer is the parent's, all else a stranger's."""
    return {name: own[name] if ".layers.0." in name else value for name, value in other.items()}


LAYER: Final = "one layer of two, in a stranger"

CHANGES: Final[Mapping[str, Change]] = {
    "rounded to 4 bits": _four_bits,
    "half of all values zero": _half_zero,
    "units permuted": _permuted,
    "half of the units": _narrower,
    "stream rotated": _rotated,
    "units permuted, stream rotated": _both,
    "the same, tokens in another order": _and_tokens,
    "merged, 50 % of it": _merged(0.5),
    "merged, 20 % of it": _merged(0.2),
    "merged, 10 % of it": _merged(0.1),
    LAYER: _one_layer,
}
MIXED: Final = frozenset(kind for kind in CHANGES if kind.startswith("merged")) | {LAYER}
"""Kinds that have weights of a stranger, too."""
