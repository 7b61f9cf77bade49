"""Changes of weights that lose or grow something: what derivation hides behind when it is not mild.

As in `operations`: Hugging Face's names to F32 arrays, no operation changes its argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from casebook.operations import Array, DropLayers, Operation, Weights, layer_count, split_layer

FRESH = -1  # a layer that began as none of the parent's


@runtime_checkable
class MovesLayers(Protocol):
    """An operation after which a layer may be another one than its number says."""

    def origins(self, layers: int) -> tuple[int, ...]:
        """For each layer of the outcome, which layer of the argument it was; -1: none."""
        ...


def layer_origins(operations: Sequence[Operation], layers: int) -> tuple[int, ...]:
    """Which layer of the parent did each layer begin as, after all operations?"""
    places = tuple(range(layers))
    for operation in operations:
        if isinstance(operation, DropLayers):
            places = tuple(place for i, place in enumerate(places) if i not in operation.layers)
        elif isinstance(operation, MovesLayers):
            moved = operation.origins(len(places))
            places = tuple(FRESH if old == FRESH else places[old] for old in moved)
    return places


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AddNoise:
    """Normal noise on every matrix, `relative` times its root mean square; gains, biases stay."""

    seed: int
    relative: float

    def __call__(self, weights: Weights) -> Weights:
        generator = np.random.default_rng(self.seed)
        changed = dict(weights)
        for name in sorted(weights):
            value = weights[name]
            if value.ndim == 2:
                spread = self.relative * float(np.sqrt(np.mean(value.astype(np.float64) ** 2)))
                noise = spread * generator.standard_normal(value.shape)
                changed[name] = value + noise.astype(np.float32)
        return changed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReinitialiseLayers:
    """Some layers forget all: normal matrices, gains of one, biases of zero."""

    layers: tuple[int, ...]
    seed: int
    spread: float

    def __call__(self, weights: Weights) -> Weights:
        generator = np.random.default_rng(self.seed)
        changed = dict(weights)
        for name in sorted(weights):
            split = split_layer(name)
            if split is not None and split[0] in self.layers:
                changed[name] = _fresh(name, weights[name], self.spread, generator)
        return changed

    def origins(self, layers: int) -> tuple[int, ...]:
        return tuple(FRESH if layer in self.layers else layer for layer in range(layers))


def _fresh(name: str, like: Array, spread: float, generator: np.random.Generator) -> Array:
    if like.ndim == 1:
        return np.zeros_like(like) if name.endswith(".bias") else np.ones_like(like)
    return (spread * generator.standard_normal(like.shape)).astype(np.float32)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceEmbeddings:
    """A fresh embedding and output matrix of another vocabulary; all between them stays."""

    vocabulary: int
    seed: int
    spread: float

    def __call__(self, weights: Weights) -> Weights:
        generator = np.random.default_rng(self.seed)
        changed = dict(weights)
        for name in ("model.embed_tokens.weight", "lm_head.weight"):
            if name in weights:
                size = (self.vocabulary, weights[name].shape[1])
                changed[name] = (self.spread * generator.standard_normal(size)).astype(np.float32)
        return changed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StackLayers:
    """Layers in this order, some of them twice: depth up-scaling (Kim et al. 2023, 2312.15166)."""

    order: tuple[int, ...]

    def __call__(self, weights: Weights) -> Weights:
        last = layer_count(weights) - 1
        if not self.order or min(self.order) < 0 or max(self.order) > last:
            raise ValueError(f"layers: found {self.order}, expected some of 0 to {last}")
        changed: Weights = {}
        for name, value in weights.items():
            split = split_layer(name)
            if split is None:
                changed[name] = value
                continue
            for place, layer in enumerate(self.order):
                if layer == split[0]:
                    changed[f"model.layers.{place}.{split[1]}"] = value.copy()
        return changed

    def origins(self, layers: int) -> tuple[int, ...]:
        return self.order


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Upcycle:
    """Each MLP copied into every expert of a Mixtral, with a fresh router; the function stays.

    Routing weights sum to one and the experts are alike, so any choice of them gives the dense
    output (Komatsuzaki et al. 2022, arXiv 2212.05055).
    """

    experts: int
    seed: int
    spread: float

    def __call__(self, weights: Weights) -> Weights:
        generator = np.random.default_rng(self.seed)
        width = weights["model.embed_tokens.weight"].shape[1]
        part_of = {"mlp.gate_proj": "w1", "mlp.up_proj": "w3", "mlp.down_proj": "w2"}
        changed: Weights = {}
        for name, value in weights.items():
            split = split_layer(name)
            part = part_of.get(split[1].removesuffix(".weight")) if split is not None else None
            if split is None or part is None:
                changed[name] = value
                continue
            for expert in range(self.experts):
                at = f"model.layers.{split[0]}.block_sparse_moe.experts.{expert}."
                changed[f"{at}{part}.weight"] = value.copy()
        for layer in range(layer_count(weights)):
            router = self.spread * generator.standard_normal((self.experts, width))
            changed[f"model.layers.{layer}.block_sparse_moe.gate.weight"] = router.astype(
                np.float32
            )
        return changed
