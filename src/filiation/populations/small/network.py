"""A small Llama in numpy: its loss on tokens, and the gradient of every matrix, by hand.

RMSNorm, rotary attention, gated MLP, untied embeddings, as in Touvron and others, LLaMA: Open and
Efficient Foundation Language Models (arXiv 2302.13971). Float32; checked against differences.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Float32", "Shape", "Weights", "initial", "loss_and_gradient"]

Float32: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = dict[str, Float32]
Back: TypeAlias = Callable[[Float32], Float32]  # gradient of what came out to what went in

EPSILON: Final = 1e-5
SPREAD: Final = 0.08  # of initial weights


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of a model; `hidden` units in each of `layers` MLPs."""

    vocabulary: int = 64
    width: int = 32
    hidden: int = 96
    layers: int = 2
    heads: int = 2

    def __str__(self) -> str:
        return f"llama-{self.width}x{self.layers}-{self.hidden}-v{self.vocabulary}"

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of each tensor, as Hugging Face's LlamaForCausalLM stores them."""
        d, h = self.width, self.hidden
        found: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (self.vocabulary, d)}
        for layer in range(self.layers):
            at = f"model.layers.{layer}."
            found[at + "input_layernorm.weight"] = (d,)
            found |= {f"{at}self_attn.{name}_proj.weight": (d, d) for name in "qkvo"}
            found[at + "post_attention_layernorm.weight"] = (d,)
            found |= {f"{at}mlp.{name}_proj.weight": (h, d) for name in ("gate", "up")}
            found[at + "mlp.down_proj.weight"] = (d, h)
        return found | {"model.norm.weight": (d,), "lm_head.weight": (self.vocabulary, d)}


def initial(shape: Shape, rng: np.random.Generator) -> Weights:
    """Weights before training: normal, and norms of one."""
    return {
        name: np.ones(size, dtype=np.float32)
        if len(size) == 1
        else (SPREAD * rng.standard_normal(size)).astype(np.float32)
        for name, size in shape.tensors().items()
    }


def loss_and_gradient(
    weights: Mapping[str, Float32], tokens: NDArray[np.int64], heads: int
) -> tuple[float, Weights]:
    """Mean cross entropy (nats) of each next token, and its gradient.

    Args:
        weights: As `Shape.tensors` names them.
        tokens: int64 [sequences, places].
        heads: Of the attention.
    """
    net = _Net(weights, heads)
    given, wanted = tokens[:, :-1], tokens[:, 1:]
    back: list[Back] = []
    x: Float32 = weights["model.embed_tokens.weight"][given]
    for layer in range(sum(name.endswith("up_proj.weight") for name in weights)):
        at = f"model.layers.{layer}."
        for norm, block in (("input", net.attention), ("post_attention", net.mlp)):
            normed, through_norm = net.norm(x, f"{at}{norm}_layernorm.weight")
            out, through_block = block(normed, at)
            x = x + out
            back.append(lambda d, n=through_norm, b=through_block: d + n(b(d)))  # type: ignore[misc]
    normed, through_norm = net.norm(x, "model.norm.weight")
    logits, through_head = net.linear(normed, "lm_head.weight")
    loss, d = _cross_entropy(logits, wanted)
    d = through_norm(through_head(d))
    for through in reversed(back):
        d = through(d)
    table = np.zeros_like(weights["model.embed_tokens.weight"])
    np.add.at(table, given.reshape(-1), d.reshape(-1, d.shape[-1]))
    return loss, net.gradient | {"model.embed_tokens.weight": table}


@final
class _Net:
    """The parts of a model; each gives what comes out and how a gradient goes back through it."""

    def __init__(self, weights: Mapping[str, Float32], heads: int) -> None:
        self.weights, self.heads = weights, heads
        self.gradient: Weights = {}

    def linear(self, x: Float32, name: str) -> tuple[Float32, Back]:
        w = self.weights[name]

        def back(d: Float32) -> Float32:
            self.gradient[name] = d.reshape(-1, d.shape[-1]).T @ x.reshape(-1, x.shape[-1])
            return np.asarray(d @ w)

        return np.asarray(x @ w.T), back

    def norm(self, x: Float32, name: str) -> tuple[Float32, Back]:
        gain = self.weights[name]
        scale = 1.0 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(EPSILON))

        def back(d: Float32) -> Float32:
            self.gradient[name] = np.sum(d * x * scale, axis=(0, 1))
            inner = d * gain
            along = np.mean(inner * x, axis=-1, keepdims=True)
            return np.asarray(scale * (inner - x * scale * scale * along))

        return np.asarray(x * scale * gain), back

    def mlp(self, x: Float32, at: str) -> tuple[Float32, Back]:
        gate, through_gate = self.linear(x, at + "mlp.gate_proj.weight")
        up, through_up = self.linear(x, at + "mlp.up_proj.weight")
        open_: Float32 = np.asarray(1.0 / (1.0 + np.exp(-gate)), dtype=gate.dtype)
        out, through_down = self.linear(np.asarray(gate * open_ * up), at + "mlp.down_proj.weight")

        def back(d: Float32) -> Float32:
            inner = through_down(d)
            slope: Float32 = np.asarray(open_ * (1.0 + gate * (1.0 - open_)), dtype=d.dtype)
            to_gate: Float32 = np.asarray(inner * up * slope)
            to_up: Float32 = np.asarray(inner * gate * open_)
            return np.asarray(through_gate(to_gate) + through_up(to_up))

        return out, back

    def attention(self, x: Float32, at: str) -> tuple[Float32, Back]:
        (q, to_q), (k, to_k), (v, to_v) = (
            self.linear(x, f"{at}self_attn.{name}_proj.weight") for name in "qkv"
        )
        q, k, v = _turned(self._split(q), 1.0), _turned(self._split(k), 1.0), self._split(v)
        root = np.float32(math.sqrt(q.shape[-1]))
        scores = np.where(_ahead(x.shape[1]), np.float32(-1e9), q @ k.swapaxes(-1, -2) / root)
        share = np.exp(scores - scores.max(axis=-1, keepdims=True))
        share /= share.sum(axis=-1, keepdims=True)
        out, through_out = self.linear(self._joined(share @ v), at + "self_attn.o_proj.weight")

        def back(d: Float32) -> Float32:
            inner = self._split(through_out(d))
            d_share = inner @ v.swapaxes(-1, -2)
            d_score = share * (d_share - np.sum(d_share * share, axis=-1, keepdims=True)) / root
            return np.asarray(
                to_q(self._joined(_turned(d_score @ k, -1.0)))
                + to_k(self._joined(_turned(d_score.swapaxes(-1, -2) @ q, -1.0)))
                + to_v(self._joined(share.swapaxes(-1, -2) @ inner))
            )

        return out, back

    def _split(self, x: Float32) -> Float32:
        """[sequences, places, width] to [sequences, heads, places, width / heads]."""
        return x.reshape(*x.shape[:2], self.heads, -1).swapaxes(1, 2)

    def _joined(self, x: Float32) -> Float32:
        swapped = x.swapaxes(1, 2)
        return swapped.reshape(*swapped.shape[:2], -1)


def _turned(x: Float32, way: float) -> Float32:
    """Rotary positions, or (-1) the gradient back through them."""
    half = x.shape[-1] // 2
    rates = 10000.0 ** (-np.arange(half) / half)
    angles = np.arange(x.shape[-2])[:, None] * rates
    cos, sin = (f(angles).astype(np.float32) for f in (np.cos, np.sin))
    first, second = x[..., :half], x[..., half:]
    sin = np.float32(way) * sin
    return np.concatenate([first * cos - second * sin, first * sin + second * cos], axis=-1)


def _ahead(places: int) -> NDArray[np.bool_]:
    return np.triu(np.ones((places, places), dtype=np.bool_), 1)


def _cross_entropy(logits: Float32, wanted: NDArray[np.int64]) -> tuple[float, Float32]:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    here = np.take_along_axis(log_p, wanted[..., None], axis=-1)
    gradient = np.exp(log_p)
    known = np.take_along_axis(gradient, wanted[..., None], axis=-1) - np.float32(1.0)
    np.put_along_axis(gradient, wanted[..., None], known, axis=-1)
    return -float(here.mean()), np.asarray(gradient / np.float32(wanted.size), dtype=np.float32)
