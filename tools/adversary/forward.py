"""What a model computes: a Llama in numpy, to show that an attack keeps the function.

RMSNorm, rotary positions, grouped keys, SiLU gates; experts with renormalised top two, as Mixtral.
"""

import numpy as np
from numpy.typing import NDArray

from adversary.made import Made

__all__ = ["activities", "difference", "logits"]

Wide = NDArray[np.float64]


def logits(made: Made, tokens: NDArray[np.int64]) -> Wide:
    """Of every token after every token, [tokens, vocabulary]."""
    return _run(made, tokens)[0]


def activities(made: Made, tokens: NDArray[np.int64]) -> list[tuple[Wide, Wide]]:
    """Per layer: gate before its activation, and up, [tokens, units]."""
    return _run(made, tokens)[1]


def difference(one: Made, two: Made, tokens: NDArray[np.int64], shift: int = 0) -> float:
    """The largest difference of logits over the tokens of `one`, in deviations of its logits."""
    ours = logits(one, tokens)
    theirs = logits(two, tokens + shift)[:, shift : shift + ours.shape[1]]
    return float(np.abs(ours - theirs).max() / ours.std())


def _run(made: Made, tokens: NDArray[np.int64]) -> tuple[Wide, list[tuple[Wide, Wide]]]:
    w = {name: value.astype(np.float64) for name, value in made.weights.items()}
    eps = float(made.config.get("rms_norm_eps", 1e-5))
    x = w["model.embed_tokens.weight"][tokens]
    seen = []
    for layer in range(made.layers):
        at = f"model.layers.{layer}."
        x = x + _attention(made, w, at, _norm(x, w[at + "input_layernorm.weight"], eps))
        z = _norm(x, w[at + "post_attention_layernorm.weight"], eps)
        if at + "mlp.up_proj.weight" in w:
            gate, up = z @ w[at + "mlp.gate_proj.weight"].T, z @ w[at + "mlp.up_proj.weight"].T
            seen.append((gate, up))
            x = x + (_silu(gate) * up) @ w[at + "mlp.down_proj.weight"].T
        else:
            x = x + _experts(w, at + "block_sparse_moe.", z)
    head = w.get("lm_head.weight", w["model.embed_tokens.weight"])
    return _norm(x, w["model.norm.weight"], eps) @ head.T, seen


def _norm(x: Wide, gain: Wide, eps: float) -> Wide:
    return np.asarray(x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * gain)


def _silu(x: Wide) -> Wide:
    return np.asarray(x / (1 + np.exp(-np.clip(x, -500, 500))))


def _attention(made: Made, w: dict[str, Wide], at: str, z: Wide) -> Wide:
    queries, keys, size = made.heads()
    base = float(made.config.get("rope_theta", 10000.0))
    many = len(z)
    angles = np.arange(many)[:, None] * base ** (-np.arange(0, size, 2) / size)
    cos, sin = (np.concatenate([f(angles)] * 2, axis=1)[:, None] for f in (np.cos, np.sin))

    def read(part: str, heads: int) -> Wide:
        return np.asarray((z @ w[f"{at}self_attn.{part}_proj.weight"].T).reshape(many, heads, size))

    def turned(q: Wide) -> Wide:
        half = size // 2
        return np.asarray(q * cos + np.concatenate([-q[..., half:], q[..., :half]], -1) * sin)

    q, k = turned(read("q", queries)), turned(read("k", keys)).repeat(queries // keys, 1)
    v = read("v", keys).repeat(queries // keys, 1)
    scores = np.einsum("thd,shd->hts", q, k) / np.sqrt(size)
    scores = np.where(np.tril(np.ones((many, many))) > 0, scores, -np.inf)
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    scores /= scores.sum(-1, keepdims=True)
    mixed = np.einsum("hts,shd->thd", scores, v).reshape(many, -1)
    return np.asarray(mixed @ w[at + "self_attn.o_proj.weight"].T)


def _experts(w: dict[str, Wide], at: str, z: Wide) -> Wide:
    route = z @ w[at + "gate.weight"].T
    best = np.argsort(-route, axis=1)[:, :2]
    weight = np.exp(np.take_along_axis(route, best, 1) - route.max(1, keepdims=True))
    weight /= weight.sum(1, keepdims=True)
    out = np.zeros_like(z)
    for expert in range(route.shape[1]):
        one = f"{at}experts.{expert}."
        gate, up = z @ w[one + "w1.weight"].T, z @ w[one + "w3.weight"].T
        wrote = (_silu(gate) * up) @ w[one + "w2.weight"].T
        out += wrote * (weight * (best == expert)).sum(1, keepdims=True)
    return out
