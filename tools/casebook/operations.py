"""What makes a relative of a model without training: changes of its weights, in numpy only.

A state dict maps Hugging Face's names of a Llama to F32 arrays; no operation changes its argument.
Units are the hidden units of an MLP: rows of `gate_proj` and `up_proj`, columns of `down_proj`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Weights = dict[str, Array]

_LAYER = re.compile(r"model\.layers\.(\d+)\.(.+)")
READERS = {  # norm -> the matrices that read what it scales
    "input_layernorm": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "post_attention_layernorm": ("mlp.gate_proj", "mlp.up_proj"),
}
WRITES = ("self_attn.o_proj", "mlp.down_proj")


class Operation(Protocol):
    """A change of weights."""

    def __call__(self, weights: Weights) -> Weights: ...


def split_layer(name: str) -> tuple[int, str] | None:
    """The number of the layer and the name within it; None outside the layers."""
    match = _LAYER.fullmatch(name)
    return (int(match[1]), match[2]) if match is not None else None


def layer_count(weights: Mapping[str, Array]) -> int:
    """How many layers? Counted by name."""
    return len({match[1] for name in weights if (match := _LAYER.fullmatch(name))})


def mix(parents: Sequence[Weights], shares: Sequence[float]) -> Weights:
    """The weighted sum of models of one shape."""
    if len(parents) != len(shares) or not parents:
        raise ValueError(f"mix: found {len(shares)} shares, expected {len(parents)}")
    return {
        name: sum(
            (np.float32(share) * model[name] for model, share in zip(parents, shares, strict=True)),
            start=np.zeros_like(parents[0][name]),
        )
        for name in parents[0]
    }


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PermuteUnits:
    """Each layer's units in a random order; the function stays exactly the same."""

    seed: int

    def __call__(self, weights: Weights) -> Weights:
        generator = np.random.default_rng(self.seed)
        changed = dict(weights)
        for layer in range(layer_count(weights)):
            units = weights[f"model.layers.{layer}.mlp.up_proj.weight"].shape[0]
            _take_units(changed, layer, generator.permutation(units))
        return changed


def _take_units(weights: Weights, layer: int, units: npt.NDArray[np.int64]) -> None:
    at = f"model.layers.{layer}.mlp."
    for name in ("gate_proj", "up_proj"):
        weights[f"{at}{name}.weight"] = weights[f"{at}{name}.weight"][units]
    weights[f"{at}down_proj.weight"] = weights[f"{at}down_proj.weight"][:, units]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RescaleUnits:
    """Up rows times f, down columns divided by f, f = exp(N(0, spread)); the function stays."""

    seed: int
    spread: float

    def __call__(self, weights: Weights) -> Weights:
        generator = np.random.default_rng(self.seed)
        changed = dict(weights)
        for layer in range(layer_count(weights)):
            at = f"model.layers.{layer}.mlp."
            up, down = weights[at + "up_proj.weight"], weights[at + "down_proj.weight"]
            factors = np.exp(self.spread * generator.standard_normal(len(up))).astype(np.float32)
            changed[at + "up_proj.weight"] = up * factors[:, None]
            changed[at + "down_proj.weight"] = down / factors
        return changed


@final
@dataclass(frozen=True, slots=True)
class FoldGains:
    """RMSNorm gains moved into the matrices that read them and set to one; the function stays."""

    def __call__(self, weights: Weights) -> Weights:
        changed = dict(weights)

        def fold(norm: str, readers: Sequence[str]) -> None:
            gain = weights[norm]
            for reader in readers:
                changed[reader] = changed[reader] * gain
            changed[norm] = np.ones_like(gain)

        for layer in range(layer_count(weights)):
            at = f"model.layers.{layer}."
            for norm, readers in READERS.items():
                fold(f"{at}{norm}.weight", [f"{at}{reader}.weight" for reader in readers])
        fold("model.norm.weight", ["lm_head.weight"])
        return changed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RotateResidual:
    """The residual stream turned by a random orthogonal matrix; the function stays.

    x becomes x Q: what reads the stream is multiplied by Q on the right, what writes it by Q^T on
    the left. RMSNorm commutes with Q only when its gain is one everywhere, so others are refused.
    """

    seed: int

    def __call__(self, weights: Weights) -> Weights:
        for name, value in weights.items():
            if name.endswith("norm.weight") and not np.all(value == 1):
                raise ValueError(f"{name}: found other gains than one; fold them first")
        turn = orthogonal(weights["model.embed_tokens.weight"].shape[1], seed=self.seed)
        changed: Weights = {}
        for name, value in weights.items():
            wide = value.astype(np.float64)
            if value.ndim == 1:  # gains of one; biases of queries, keys, values: not of the stream
                changed[name] = value
            elif name.endswith(tuple(f"{part}.weight" for part in WRITES)):
                changed[name] = (turn.T @ wide).astype(np.float32)
            else:
                changed[name] = (wide @ turn).astype(np.float32)
        return changed


def orthogonal(width: int, *, seed: int) -> npt.NDArray[np.float64]:
    """A uniformly random orthogonal matrix (QR of a normal matrix, signs fixed; Mezzadri 2007)."""
    generator = np.random.default_rng(seed)
    q, r = np.linalg.qr(generator.standard_normal((width, width)))
    turned: npt.NDArray[np.float64] = q * np.sign(np.diagonal(r))
    return turned


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PruneWidth:
    """Keep the units of each layer with the largest |gate| |up| |down|, in their old order."""

    keep: int

    def __call__(self, weights: Weights) -> Weights:
        changed = dict(weights)
        for layer in range(layer_count(weights)):
            _take_units(changed, layer, kept_units(weights, layer, self.keep))
        return changed


def kept_units(weights: Mapping[str, Array], layer: int, keep: int) -> npt.NDArray[np.int64]:
    """Which units survive, ascending? Ties go to the lower index."""
    at = f"model.layers.{layer}.mlp."
    importance = (
        np.linalg.norm(weights[at + "gate_proj.weight"], axis=1)
        * np.linalg.norm(weights[at + "up_proj.weight"], axis=1)
        * np.linalg.norm(weights[at + "down_proj.weight"], axis=0)
    )
    if not 0 < keep <= len(importance):
        raise ValueError(f"width: found keep={keep}, expected 1 to {len(importance)} units")
    return np.sort(np.argsort(-importance, kind="stable")[:keep]).astype(np.int64)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DropLayers:
    """Some layers left out, those above renumbered."""

    layers: tuple[int, ...]

    def __call__(self, weights: Weights) -> Weights:
        kept = [layer for layer in range(layer_count(weights)) if layer not in self.layers]
        place = {old: new for new, old in enumerate(kept)}
        changed: Weights = {}
        for name, value in weights.items():
            split = split_layer(name)
            if split is None:
                changed[name] = value
            elif split[0] in place:
                changed[f"model.layers.{place[split[0]]}.{split[1]}"] = value
        return changed
