"""Thousands of models trained at once: a leading axis of seeds before every matrix.

All read the same batches in the same order; nothing but the initial weights differs, which is the
hardest thing that can be asked of a test for strangers.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
import torch.nn.functional as F  # type: ignore[import-not-found, unused-ignore]  # noqa: N812
from numpy.typing import NDArray

from size.shape import EMBED, HEAD, Shape, at
from size.store import Course, Stack

__all__ = ["losses", "train"]

EPSILON: Final = 1e-6
WARM_UP: Final = 0.1  # of all steps


def train(shape: Shape, start: Stack, windows: NDArray[np.int64], course: Course) -> Stack:
    """Every model after its training; `windows` int64 [texts, window + 1] are drawn from."""
    leaves = {
        name: torch.tensor(value, requires_grad=name not in course.frozen)
        for name, value in start.items()
    }
    moved = [leaf for leaf in leaves.values() if leaf.requires_grad]
    optimiser = torch.optim.AdamW(moved, lr=course.rate, weight_decay=0.01, fused=True)
    rng = np.random.default_rng([23, course.order])
    for step in range(course.steps):
        batch = torch.from_numpy(windows[rng.integers(len(windows), size=course.batch)])
        for group in optimiser.param_groups:
            group["lr"] = course.rate * _slope(step / course.steps)
        optimiser.zero_grad(set_to_none=True)
        # summed over models: the gradient of each is its own
        _loss(shape, leaves, batch).sum().backward()
        optimiser.step()
    return {name: leaf.detach().numpy() for name, leaf in leaves.items()}


def losses(shape: Shape, models: Stack, windows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Nats per token of each model on these windows."""
    with torch.no_grad():
        leaves = {name: torch.from_numpy(value) for name, value in models.items()}
        found = [
            _loss(shape, leaves, torch.from_numpy(windows[n : n + 8])).double().numpy()
            for n in range(0, len(windows), 8)
        ]
    return np.asarray(np.mean(found, axis=0))


def _slope(done: float) -> float:
    if done < WARM_UP:
        return (done + 0.01) / WARM_UP
    return 0.1 + 0.9 * 0.5 * (1.0 + float(np.cos(np.pi * (done - WARM_UP) / (1 - WARM_UP))))


def _loss(shape: Shape, leaves: Mapping[str, torch.Tensor], windows: torch.Tensor) -> torch.Tensor:
    """Mean over all tokens of these windows [texts, window + 1], for each model."""
    logits = _logits(shape, leaves, windows[:, :-1])
    models, tokens, vocabulary = logits.shape
    goal = windows[:, 1:].reshape(1, -1).expand(models, -1).reshape(-1)
    each = F.cross_entropy(logits.reshape(-1, vocabulary), goal, reduction="none")
    return each.reshape(models, tokens).mean(dim=1)


def _logits(
    shape: Shape, leaves: Mapping[str, torch.Tensor], windows: torch.Tensor
) -> torch.Tensor:
    texts, length = windows.shape
    turns = _turns(length, shape.size)
    one_hot = F.one_hot(windows.reshape(-1), shape.vocabulary).float()
    stream = torch.matmul(one_hot, leaves[EMBED])
    for n in range(shape.layers):
        seen = _norm(stream, leaves[at(n, "input_layernorm")])
        stream = stream + _attended(shape, leaves, n, seen, texts, turns)
        seen = _norm(stream, leaves[at(n, "post_attention_layernorm")])
        gate = F.silu(_through(seen, leaves[at(n, "mlp.gate_proj")]))
        inner = gate * _through(seen, leaves[at(n, "mlp.up_proj")])
        stream = stream + _through(inner, leaves[at(n, "mlp.down_proj")])
    return _through(_norm(stream, leaves["model.norm.weight"]), leaves[HEAD])


def _attended(
    shape: Shape,
    leaves: Mapping[str, torch.Tensor],
    n: int,
    seen: torch.Tensor,
    texts: int,
    turns: tuple[torch.Tensor, torch.Tensor],
) -> torch.Tensor:
    models, tokens, _ = seen.shape
    length = tokens // texts

    def heads(part: str, count: int) -> torch.Tensor:
        rows = _through(seen, leaves[at(n, f"self_attn.{part}_proj")])
        return rows.reshape(models * texts, length, count, shape.size).transpose(1, 2)

    q = _turned(heads("q", shape.heads), turns)
    k, v = _turned(heads("k", shape.groups), turns), heads("v", shape.groups)
    found = F.scaled_dot_product_attention(
        q, k, v, is_causal=True, enable_gqa=shape.heads != shape.groups
    )
    rows = found.transpose(1, 2).reshape(models, tokens, shape.width)
    return _through(rows, leaves[at(n, "self_attn.o_proj")])


def _through(rows: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    return torch.bmm(rows, matrix.transpose(1, 2))


def _norm(rows: torch.Tensor, gain: torch.Tensor) -> torch.Tensor:
    size = torch.rsqrt(rows.square().mean(dim=-1, keepdim=True) + EPSILON)
    return rows * size * gain[:, None, :]


def _turns(length: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    rate = 10_000.0 ** (-torch.arange(0, size, 2) / size)
    angle = torch.outer(torch.arange(length), rate).repeat(1, 2)
    return angle.cos(), angle.sin()


def _turned(rows: torch.Tensor, turns: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    half = rows.shape[-1] // 2
    swapped = torch.cat((-rows[..., half:], rows[..., :half]), dim=-1)
    return rows * turns[0] + swapped * turns[1]
