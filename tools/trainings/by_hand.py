"""Trains the tiny model in numpy alone, its gradients by hand: for a demonstration without torch.

A gated transformer with Llama's names, causal attention without rotation, RMS norms; AdamW with a
cosine. The same seed gives the same bits on the same machine, so that an interval can be trained
again.
"""

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from size.shape import EMBED, HEAD, Shape, Weights, at
from size.text import chain
from trainings.started import torch_start

__all__ = ["DEMO", "Hand", "begun", "gradient", "kept_as_files", "trained_by_hand"]

Float: TypeAlias = NDArray[np.float32]

DEMO: Final = Shape(width=96, hidden=256, layers=5, heads=4, groups=2, vocabulary=1200)
EPSILON: Final = 1e-5
RATE: Final = 6e-3
DECAY: Final = 0.05
BETAS: Final = (0.9, 0.95)
BATCH: Final = 8
WARM_UP: Final = 5
TEXTS: Final = 2_000


@final
@dataclass(slots=True)
class Hand:
    """Where a training stands: weights, the moments of its optimiser, and its step."""

    weights: Weights
    first: Weights = field(default_factory=dict)
    second: Weights = field(default_factory=dict)
    step: int = 0

    def copy(self) -> "Hand":
        """The same, apart."""
        first, second = ({n: x.copy() for n, x in of.items()} for of in (self.first, self.second))
        kept = {n: x.copy() for n, x in self.weights.items()}
        return Hand(kept, first=first, second=second, step=self.step)


def begun(seed: int, shape: Shape = DEMO) -> Hand:
    """As torch draws it after `manual_seed(seed)`."""
    return Hand(torch_start(shape, seed))


def kept_as_files(weights: Weights, folder: Path, shape: Shape = DEMO) -> Path:
    """A checkpoint as trainers write one; the folder."""
    folder.mkdir(parents=True)
    config = {
        "model_type": "llama", "architectures": ["LlamaForCausalLM"],
        "hidden_size": shape.width, "intermediate_size": shape.hidden,
        "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.groups, "vocab_size": shape.vocabulary,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer(shape.vocabulary)), "utf-8")
    save_file(weights, folder / "model.safetensors")
    return folder


def _tokenizer(size: int) -> dict[str, Any]:
    """Words of two letters, one for each row of the table."""
    first, second = string.ascii_letters, string.ascii_lowercase
    words = [f"\u0120{a}{b}" for a in first for b in second][:size]
    level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}
    return {
        "version": "1.0", "added_tokens": [], "pre_tokenizer": level, "decoder": level,
        "model": {"type": "BPE", "vocab": {word: n for n, word in enumerate(words)}, "merges": []},
    }  # fmt: skip


def trained_by_hand(
    now: Hand, steps: int, *, seed: int, last: int, shape: Shape = DEMO, language: int = 1
) -> Hand:
    """So many steps further.

    Args:
        now: From where.
        steps: How many.
        seed: Of the batches, with the number of the step.
        last: Step at which the rate is least.
        shape: Of the model.
        language: What it learns.
    """
    windows = chain(language, shape.vocabulary).windows(TEXTS, shape.window + 1, language)
    now = now.copy()
    for _ in range(steps):
        rng = np.random.default_rng([103, seed, now.step])
        batch = windows[rng.integers(len(windows), size=BATCH)]
        _, slopes = gradient(shape, now.weights, batch)
        done = now.step / max(1, last)
        rate = RATE * min(1.0, (now.step + 1) / WARM_UP) * (0.1 + 0.45 * (1 + np.cos(np.pi * done)))
        now.step += 1
        for name, slope in slopes.items():
            _adam(now, name, slope, np.float32(rate))
    return now


def _adam(now: Hand, name: str, slope: Float, rate: np.float32) -> None:
    zeros = np.zeros_like(slope)
    one = BETAS[0] * now.first.get(name, zeros) + (1 - BETAS[0]) * slope
    two = BETAS[1] * now.second.get(name, zeros) + (1 - BETAS[1]) * slope * slope
    now.first[name], now.second[name] = one.astype(np.float32), two.astype(np.float32)
    step = one / (1 - BETAS[0] ** now.step) / (np.sqrt(two / (1 - BETAS[1] ** now.step)) + 1e-8)
    weight = now.weights[name]
    now.weights[name] = (weight - rate * (step + DECAY * weight)).astype(np.float32)


def gradient(
    shape: Shape, weights: Mapping[str, Float], windows: NDArray[np.int64]
) -> tuple[float, Weights]:
    """Mean nats per token of these windows [texts, window + 1], and its gradient.

    In the type of the weights.
    """
    texts, goal = windows[:, :-1], windows[:, 1:].reshape(-1)
    stream = weights[EMBED][texts]
    kept = []
    for n in range(shape.layers):
        stream, of = _layer(shape, weights, n, stream)
        kept.append(of)
    gain = weights["model.norm.weight"]
    seen = _norm(stream, gain).reshape(-1, shape.width)
    logits = seen @ weights[HEAD].T
    logits -= logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    odds /= odds.sum(axis=1, keepdims=True)
    place = np.arange(len(goal))
    loss = float(-np.log(odds[place, goal]).mean())
    odds[place, goal] -= 1
    odds /= len(goal)
    slopes: Weights = {HEAD: odds.T @ seen}
    back = (odds @ weights[HEAD]).reshape(stream.shape)
    back, slopes["model.norm.weight"] = _norm_back(stream, gain, back)
    for n in reversed(range(shape.layers)):
        back = _layer_back(shape, weights, n, kept[n], back, slopes)
    table = np.zeros_like(weights[EMBED])
    np.add.at(table, texts.reshape(-1), back.reshape(-1, shape.width))
    return loss, slopes | {EMBED: table}


def _norm(x: Float, gain: Float) -> Float:
    return np.asarray(x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + EPSILON) * gain)


def _norm_back(x: Float, gain: Float, back: Float) -> tuple[Float, Float]:
    size = 1 / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + EPSILON)
    given = (back * x * size).reshape(-1, x.shape[-1]).sum(axis=0)
    through = back * gain
    drawn = (through * x).mean(axis=-1, keepdims=True)
    return np.asarray(size * through - x * size**3 * drawn), np.asarray(given)


def _heads(shape: Shape, rows: Float) -> Float:
    texts, length, _ = rows.shape
    return rows.reshape(texts, length, -1, shape.size).transpose(0, 2, 1, 3)


def _repeated(shape: Shape, groups: Float) -> Float:
    """Each group for all heads that share it."""
    return np.repeat(groups, shape.heads // shape.groups, axis=1)


def _summed(shape: Shape, heads: Float) -> Float:
    texts, count, length, size = heads.shape
    grouped = heads.reshape(texts, shape.groups, count // shape.groups, length, size)
    return np.asarray(grouped.sum(axis=2))


def _rows(heads: Float) -> Float:
    texts, _, length, _ = heads.shape
    return heads.transpose(0, 2, 1, 3).reshape(texts, length, -1)


def _layer(
    shape: Shape, w: Mapping[str, Float], n: int, stream: Float
) -> tuple[Float, Sequence[Float]]:
    seen = _norm(stream, w[at(n, "input_layernorm")])
    q, k, v = (_heads(shape, seen @ w[at(n, f"self_attn.{p}_proj")].T) for p in "qkv")
    k, v = _repeated(shape, k), _repeated(shape, v)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(shape.size).astype(stream.dtype)
    length = scores.shape[-1]
    scores[..., np.triu(np.ones((length, length), dtype=bool), 1)] = -np.inf
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    mixed = _rows(scores @ v)
    middle = stream + mixed @ w[at(n, "self_attn.o_proj")].T
    again = _norm(middle, w[at(n, "post_attention_layernorm")])
    gate, up = again @ w[at(n, "mlp.gate_proj")].T, again @ w[at(n, "mlp.up_proj")].T
    share = 1 / (1 + np.exp(-gate))
    inner = gate * share * up
    end = middle + inner @ w[at(n, "mlp.down_proj")].T
    return end, (stream, seen, q, k, v, scores, mixed, middle, again, gate, up, share, inner)


def _layer_back(
    shape: Shape, w: Mapping[str, Float], n: int, kept: Sequence[Float], back: Float,
    slopes: Weights,
) -> Float:  # fmt: skip
    stream, seen, q, k, v, scores, mixed, middle, again, gate, up, share, inner = kept

    def through(part: str, slope: Float, rows: Float) -> Float:
        name = at(n, part)
        slopes[name] = slope.reshape(-1, slope.shape[-1]).T @ rows.reshape(-1, rows.shape[-1])
        return np.asarray(slope @ w[name])

    inner_back = through("mlp.down_proj", back, inner)
    gate_back = inner_back * up * share * (1 + gate * (1 - share))
    again_back = through("mlp.gate_proj", gate_back, again)
    again_back = again_back + through("mlp.up_proj", inner_back * gate * share, again)
    name = at(n, "post_attention_layernorm")
    more, slopes[name] = _norm_back(middle, w[name], again_back)
    back = back + more
    mixed_back = _heads(shape, through("self_attn.o_proj", back, mixed))
    odds = mixed_back @ v.swapaxes(-1, -2)
    odds = scores * (odds - (odds * scores).sum(axis=-1, keepdims=True))
    odds = odds / np.sqrt(shape.size).astype(stream.dtype)
    parts = {
        "q": odds @ k,
        "k": _summed(shape, odds.swapaxes(-1, -2) @ q),
        "v": _summed(shape, scores.swapaxes(-1, -2) @ mixed_back),
    }
    seen_back = sum(through(f"self_attn.{p}_proj", _rows(x), seen) for p, x in parts.items())
    name = at(n, "input_layernorm")
    more, slopes[name] = _norm_back(stream, w[name], np.asarray(seen_back))
    return np.asarray(back + more)
