"""A Llama in numpy, written apart from the torch one, and a tiny one to try operations on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from casebook.operations import Weights
from casebook.shapes import LlamaShape

Forward = Callable[[LlamaShape, Weights, np.ndarray], np.ndarray]


def _llama(shape: LlamaShape, weights: Weights, tokens: np.ndarray) -> np.ndarray:
    """`[time]` ids to `[time, vocabulary]` logits in F64, one head at a time."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    time, width, half = len(tokens), shape.head_width, shape.head_width // 2
    later = np.triu(np.full((time, time), -np.inf), 1)
    angle = np.arange(time)[:, None] * shape.rope_theta ** (-np.arange(half) / half)

    def norm(x: np.ndarray, gain: np.ndarray) -> np.ndarray:
        return gain * x / np.sqrt((x * x).mean(axis=1, keepdims=True) + shape.epsilon)

    def turn(x: np.ndarray) -> np.ndarray:
        turned = (x[:, :half] + 1j * x[:, half:]) * np.exp(1j * angle)
        return np.concatenate((turned.real, turned.imag), axis=1)

    x = w["model.embed_tokens.weight"][tokens]
    for layer in range(shape.layers):
        at = f"model.layers.{layer}."
        y = norm(x, w[at + "input_layernorm.weight"])
        q, k, v = (y @ w[f"{at}self_attn.{part}_proj.weight"].T for part in "qkv")
        mixed = []
        for head in range(shape.heads):
            group = head * shape.kv_heads // shape.heads
            mine, shared = (slice(i * width, (i + 1) * width) for i in (head, group))
            attention = turn(q[:, mine]) @ turn(k[:, shared]).T / np.sqrt(width) + later
            attention = np.exp(attention - attention.max(axis=1, keepdims=True))
            mixed.append(attention / attention.sum(axis=1, keepdims=True) @ v[:, shared])
        x = x + np.concatenate(mixed, axis=1) @ w[at + "self_attn.o_proj.weight"].T
        y = norm(x, w[at + "post_attention_layernorm.weight"])
        gate = y @ w[at + "mlp.gate_proj.weight"].T
        inner = gate / (1 + np.exp(-gate)) * (y @ w[at + "mlp.up_proj.weight"].T)
        x = x + inner @ w[at + "mlp.down_proj.weight"].T
    return norm(x, w["model.norm.weight"]) @ w["lm_head.weight"].T


@pytest.fixture
def numpy_logits() -> Forward:
    return _llama


@pytest.fixture
def tiny() -> LlamaShape:
    return LlamaShape(vocabulary=40, hidden=16, intermediate=48, layers=3, heads=4, kv_heads=2)


@pytest.fixture
def tiny_weights(tiny: LlamaShape) -> Weights:
    generator = np.random.default_rng(7)
    return {
        name: (
            np.exp(0.3 * generator.standard_normal(size))
            if len(size) == 1
            else 0.3 * generator.standard_normal(size)
        ).astype(np.float32)
        for name, size in tiny.parameters().items()
    }


@pytest.fixture(scope="session")
def casebook() -> Path:
    return Path(__file__).resolve().parents[2] / "examples" / "casebook"
