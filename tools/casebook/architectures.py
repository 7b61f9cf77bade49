"""What the architectures compute: token ids to logits, from tensors by Hugging Face's names."""

import torch  # type: ignore[import-not-found, unused-ignore]
from torch.nn import functional  # type: ignore[import-not-found, unused-ignore]

from casebook.shapes import (
    EXPERTS_PER_TOKEN,
    Gpt2Shape,
    LlamaShape,
    MlpNames,
    Shape,
    mlp_names,
)

Tensors = dict[str, torch.Tensor]


def initialise(shape: Shape, *, seed: int) -> Tensors:
    """The untrained model in F32: normal matrices, gains of one, biases of zero."""
    generator = torch.Generator().manual_seed(seed)
    tensors: Tensors = {}
    for name, size in shape.parameters().items():
        if len(size) == 1:
            tensors[name] = torch.zeros(size) if name.endswith(".bias") else torch.ones(size)
        else:
            tensors[name] = torch.randn(size, generator=generator) * shape.initial_spread
    return tensors


def logits(shape: Shape, tensors: Tensors, tokens: torch.Tensor) -> torch.Tensor:
    """Which token comes next? `[batch, time]` ids to `[batch, time, vocabulary]` logits."""
    if isinstance(shape, LlamaShape):
        return _llama(shape, tensors, tokens)
    return _gpt2(shape, tensors, tokens)


def _llama(shape: LlamaShape, w: Tensors, tokens: torch.Tensor) -> torch.Tensor:
    width = (shape.hidden,)
    cosine, sine = _rotary(shape, tokens.shape[1])
    x = functional.embedding(tokens, w["model.embed_tokens.weight"])
    for layer in range(shape.layers):
        at = f"model.layers.{layer}."
        y = functional.rms_norm(x, width, w[at + "input_layernorm.weight"], shape.epsilon)
        x = x + _llama_attention(shape, w, at + "self_attn.", y, cosine, sine)
        y = functional.rms_norm(x, width, w[at + "post_attention_layernorm.weight"], shape.epsilon)
        mlps = mlp_names(shape, layer)
        if shape.experts:
            x = x + _mixture(w, mlps, y, y @ w[at + "block_sparse_moe.gate.weight"].T)
        else:
            x = x + _mlp(w, mlps[0], y)
    x = functional.rms_norm(x, width, w["model.norm.weight"], shape.epsilon)
    return x @ w["model.embed_tokens.weight" if shape.tied else "lm_head.weight"].T


def _mlp(w: Tensors, names: MlpNames, y: torch.Tensor) -> torch.Tensor:
    gate = functional.silu(y @ w[names.gate].T)
    return (gate * (y @ w[names.up].T)) @ w[names.down].T


def _mixture(
    w: Tensors, experts: list[MlpNames], y: torch.Tensor, routing: torch.Tensor
) -> torch.Tensor:
    """Every expert is computed and weighted, most by zero: simpler than gathering, at this size."""
    best, which = routing.topk(EXPERTS_PER_TOKEN, dim=-1)  # softmax over the chosen, as Mixtral
    weights = torch.zeros_like(routing).scatter(-1, which, best.softmax(dim=-1))
    parts = [_mlp(w, expert, y) * weights[..., i, None] for i, expert in enumerate(experts)]
    return torch.stack(parts).sum(dim=0)


def _rotary(shape: LlamaShape, time: int) -> tuple[torch.Tensor, torch.Tensor]:
    half = torch.arange(0, shape.head_width, 2, dtype=torch.float32) / shape.head_width
    angles = torch.outer(torch.arange(time, dtype=torch.float32), shape.rope_theta**-half)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def _rotate(x: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, dim=-1)  # Hugging Face's rotate_half, not interleaved pairs
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


def _llama_attention(
    shape: LlamaShape,
    w: Tensors,
    at: str,
    y: torch.Tensor,
    cosine: torch.Tensor,
    sine: torch.Tensor,
) -> torch.Tensor:
    batch, time, _ = y.shape
    groups = shape.heads // shape.kv_heads

    def heads(name: str, count: int) -> torch.Tensor:
        projected = y @ w[at + name + ".weight"].T
        if shape.query_biases:
            projected = projected + w[at + name + ".bias"]
        return projected.view(batch, time, count, shape.head_width).transpose(1, 2)

    q = _rotate(heads("q_proj", shape.heads), cosine, sine)
    k = _rotate(heads("k_proj", shape.kv_heads), cosine, sine).repeat_interleave(groups, dim=1)
    v = heads("v_proj", shape.kv_heads).repeat_interleave(groups, dim=1)
    mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    return mixed.transpose(1, 2).reshape(batch, time, -1) @ w[at + "o_proj.weight"].T


def _gpt2(shape: Gpt2Shape, w: Tensors, tokens: torch.Tensor) -> torch.Tensor:
    batch, time = tokens.shape

    def norm(x: torch.Tensor, at: str) -> torch.Tensor:
        width = (shape.hidden,)
        return functional.layer_norm(x, width, w[at + ".weight"], w[at + ".bias"], shape.epsilon)

    def affine(x: torch.Tensor, at: str) -> torch.Tensor:
        return x @ w[at + ".weight"] + w[at + ".bias"]  # Conv1D: stored [in, out]

    x = functional.embedding(tokens, w["transformer.wte.weight"])
    x = x + w["transformer.wpe.weight"][:time]
    for layer in range(shape.layers):
        at = f"transformer.h.{layer}."
        qkv = affine(norm(x, at + "ln_1"), at + "attn.c_attn")
        q, k, v = (
            part.view(batch, time, shape.heads, -1).transpose(1, 2) for part in qkv.chunk(3, dim=-1)
        )
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + affine(mixed.transpose(1, 2).reshape(batch, time, -1), at + "attn.c_proj")
        inner = functional.gelu(affine(norm(x, at + "ln_2"), at + "mlp.c_fc"), approximate="tanh")
        x = x + affine(inner, at + "mlp.c_proj")
    return norm(x, "transformer.ln_f") @ w["transformer.wte.weight"].T
