"""What can be done to a Llama without changing what it computes, or with damage: in numpy.

No function changes its argument. `Made` in, `Made` out, so that the forward pass can judge each.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from adversary.made import Made
from casebook.operations import FoldGains, Weights, orthogonal, split_layer

__all__ = [
    "add_decoys",
    "add_layers",
    "axes_in",
    "flip",
    "folded",
    "four_gauges",
    "heads_in",
    "hidden",
    "noisy",
    "pruned",
    "rescaled",
    "rounded",
    "turned",
    "units_in",
]

Random = np.random.Generator
WRITES = ("o_proj.weight", "down_proj.weight")
PARTS = ("gate_proj", "up_proj", "down_proj")


def mlp(layer: int, part: str) -> str:
    """The name of one matrix of an MLP."""
    return f"model.layers.{layer}.mlp.{part}.weight"


def units_in(made: Made, orders: Sequence[NDArray[np.int64]]) -> Made:
    """Each layer's units in the order given."""
    w = dict(made.weights)
    for layer, order in enumerate(orders):
        for part in PARTS:
            name = mlp(layer, part)
            w[name] = w[name][:, order] if part == "down_proj" else w[name][order]
    return made.with_weights(w)


def permuted(made: Made, rng: Random, share: float = 1.0) -> Made:
    """So large a share of each layer's units changes places among themselves."""
    orders = []
    for layer in range(made.layers):
        order = np.arange(len(made.weights[mlp(layer, "up_proj")]))
        moved = rng.choice(order, round(share * len(order)), replace=False)
        order[np.sort(moved)] = moved
        orders.append(order)
    return units_in(made, orders)


def axes_in(made: Made, order: NDArray[np.int64]) -> Made:
    """The axes of the stream in the order given, everywhere."""
    w: Weights = {}
    for name, value in made.weights.items():
        writes = value.ndim == 1 or name.endswith(WRITES)
        w[name] = value[order] if writes else value[:, order]
    return made.with_weights(w)


def folded(made: Made) -> Made:
    """Gains of norms moved into what reads them."""
    return made.with_weights(FoldGains()(dict(made.weights)))


def turned(made: Made, turn: NDArray[np.float64]) -> Made:
    """Gains folded in, and the stream turned by an orthogonal matrix."""
    w: Weights = {}
    for name, value in folded(made).weights.items():
        if value.ndim == 1:
            w[name] = value
        else:
            wide = value.astype(np.float64)
            w[name] = (turn.T @ wide if name.endswith(WRITES) else wide @ turn).astype(np.float32)
    return made.with_weights(w)


def turn_of(made: Made, rng: Random) -> NDArray[np.float64]:
    """A random rotation of its stream."""
    return orthogonal(made.width, seed=int(rng.integers(2**31)))


def flip(made: Made, rng: Random, share: float = 0.5) -> Made:
    """Up and down of so many units change sign."""
    w = dict(made.weights)
    for layer in range(made.layers):
        up, down = mlp(layer, "up_proj"), mlp(layer, "down_proj")
        signs = np.where(rng.random(len(w[up])) < share, -1, 1).astype(np.float32)
        w[up], w[down] = w[up] * signs[:, None], w[down] * signs
    return made.with_weights(w)


def rescaled(made: Made, rng: Random, spread: float) -> Made:
    """Up rows multiplied, down columns divided, by factors exp(N(0, spread))."""
    w = dict(made.weights)
    for layer in range(made.layers):
        up, down = mlp(layer, "up_proj"), mlp(layer, "down_proj")
        by = np.exp(spread * rng.standard_normal(len(w[up]))).astype(np.float32)
        w[up], w[down] = w[up] * by[:, None], w[down] / by
    return made.with_weights(w)


def hidden(made: Made, rng: Random, *, signs: bool = True, heads: bool = True) -> Made:
    """The whole disguise, which costs nothing.

    No strings; units permuted, rescaled, their signs changed; the stream turned; heads moved, and
    values, queries and keys mixed inside each.
    """
    if heads:
        made = four_gauges(heads_in(made, rng), rng)
    made = turned(permuted(made, rng), turn_of(made, rng))
    made = rescaled(flip(made, rng) if signs else made, rng, 0.5)
    return Made(weights=made.weights, config=made.config)


def add_layers(made: Made, before: Sequence[int], rng: Random, donor: Made | None = None,
               size: float = 1e-6) -> Made:  # fmt: skip
    """New layers that write almost nothing, one before each layer that is named (or the end).

    They look like a trained layer's: random with its deviations, or those of a donor.
    """
    w = {n: x for n, x in made.weights.items() if split_layer(n) is None}
    place = 0
    for layer in range(made.layers + 1):
        for count in range(list(before).count(layer)):
            model = made if donor is None else donor
            own = f"model.layers.{(place + count) % model.layers}."
            for name, value in model.weights.items():
                if name.startswith(own):
                    new = value if donor or value.ndim == 1 else like(value, rng)
                    new = new * np.float32(size if name.endswith(WRITES) else 1)
                    w[f"model.layers.{place}.{name[len(own) :]}"] = new
            place += 1
        at = f"model.layers.{layer}."
        for name, value in made.weights.items():
            if name.startswith(at):
                w[f"model.layers.{place}.{name[len(at) :]}"] = value
        place += 1
    return made.with_weights(w)


def like(value: NDArray[np.float32], rng: Random) -> NDArray[np.float32]:
    """Random, with the deviation of a matrix; gains as they are."""
    if value.ndim == 1:
        return value
    return np.asarray(value.std() * rng.standard_normal(value.shape), dtype=np.float32)


def add_units(made: Made, layer: int, rows: Sequence[NDArray[np.float32]], rng: Random) -> Made:
    """Units (gate rows, up rows, down columns as rows) among those of a layer, in random places."""
    w = dict(made.weights)
    have = len(w[mlp(layer, "up_proj")])
    keys = np.concatenate([np.arange(have), rng.uniform(0, have, len(rows[0])) - 0.5])
    order = np.argsort(keys, kind="stable")
    for part, new in zip(PARTS, rows, strict=True):
        name = mlp(layer, part)
        old = w[name].T if part == "down_proj" else w[name]
        both = np.concatenate([old, new.astype(np.float32)])[order]
        w[name] = np.ascontiguousarray(both.T) if part == "down_proj" else both
    return made.with_weights(w)


def add_decoys(made: Made, pairs: int, rng: Random, scale: float = 8.0) -> Made:
    """In each layer so many pairs of large units that cancel: (g, u, d) and (g, u, -d)."""
    for layer in range(made.layers):
        g, u, d = (
            rng.standard_normal((pairs, made.width)) * made.weights[mlp(layer, part)].std() * size
            for part, size in zip(PARTS, (2, 2, scale), strict=True)
        )
        rows = [np.concatenate([g, g]), np.concatenate([u, u]), np.concatenate([d, -d])]
        made = add_units(made, layer, rows, rng)
    return made


def heads_in(made: Made, rng: Random) -> Made:
    """Groups of heads in another order, and the queries of each group."""
    queries, keys, size = made.heads()
    each = queries // keys
    w = dict(made.weights)
    for layer in range(made.layers):
        at = f"model.layers.{layer}.self_attn."
        groups = rng.permutation(keys)
        heads = np.concatenate([g * each + rng.permutation(each) for g in groups])
        rows = (heads[:, None] * size + np.arange(size)).ravel()
        few = (groups[:, None] * size + np.arange(size)).ravel()
        w[at + "q_proj.weight"] = w[at + "q_proj.weight"][rows]
        w[at + "o_proj.weight"] = w[at + "o_proj.weight"][:, rows]
        for part in ("k_proj", "v_proj"):
            w[f"{at}{part}.weight"] = w[f"{at}{part}.weight"][few]
    return made.with_weights(w)


def four_gauges(made: Made, rng: Random, *, values: bool = True, keys: bool = True) -> Made:
    """Inside each head: values by any matrix, output by its inverse; queries, keys by planes."""
    queries, groups, size = made.heads()
    each, half = queries // groups, size // 2
    w = {n: x.astype(np.float64) for n, x in made.weights.items()}
    for layer in range(made.layers):
        at = f"model.layers.{layer}.self_attn."
        q, k, v, o = (w[f"{at}{part}_proj.weight"].copy() for part in "qkvo")
        for group in range(groups):
            rows = slice(group * size, (group + 1) * size)
            mixer = orthogonal(size, seed=int(rng.integers(2**31))) * np.exp(
                0.5 * rng.standard_normal(size)
            )
            by, angle = np.exp(0.5 * rng.standard_normal(half)), rng.uniform(0, 2 * np.pi, half)
            if values:
                v[rows] = mixer @ v[rows]
            if keys:
                k[rows] = _planes(k[rows], by, angle)
            for head in range(group * each, (group + 1) * each):
                at_head = slice(head * size, (head + 1) * size)
                if values:
                    o[:, at_head] = o[:, at_head] @ np.linalg.inv(mixer)
                if keys:
                    q[at_head] = _planes(q[at_head], 1 / by, angle)
        for part, value in zip("qkvo", (q, k, v, o), strict=True):
            w[f"{at}{part}_proj.weight"] = value
    return made.with_weights({n: x.astype(np.float32) for n, x in w.items()})


def _planes(
    rows: NDArray[np.float64], by: NDArray[np.float64], angle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Each rotary plane turned and scaled: what commutes with the rotation by position."""
    one, two = np.split(rows, 2)
    cos, sin = (f(angle)[:, None] * by[:, None] for f in (np.cos, np.sin))
    return np.concatenate([cos * one - sin * two, sin * one + cos * two])


def noisy(made: Made, relative: float, rng: Random) -> Made:
    """Normal noise on every matrix, in root mean squares of it."""
    return made.with_weights({n: noise_on(x, relative, rng) for n, x in made.weights.items()})


def noise_on(value: NDArray[np.float32], relative: float, rng: Random) -> NDArray[np.float32]:
    """Normal noise on one matrix; gains are left."""
    if value.ndim < 2:
        return value
    size = relative * np.sqrt(np.mean(value.astype(np.float64) ** 2))
    return np.asarray(value + size * rng.standard_normal(value.shape), dtype=np.float32)


def pruned(made: Made, share: float) -> Made:
    """The smallest values of each matrix of a layer set to zero."""
    w = dict(made.weights)
    for name, value in w.items():
        if split_layer(name) is not None and value.ndim == 2:
            w[name] = np.where(np.abs(value) < np.quantile(np.abs(value), share), 0, value)
    return made.with_weights(w)


def rounded(made: Made, bits: int, group: int = 16) -> Made:
    """Each matrix of a layer rounded, one step for each group of values."""
    w, most = dict(made.weights), 2 ** (bits - 1) - 1
    for name, value in w.items():
        if split_layer(name) is not None and value.ndim == 2:
            flat = value.reshape(-1, group)
            step = np.abs(flat).max(1, keepdims=True) / most + 1e-12
            w[name] = (np.rint(flat / step) * step).reshape(value.shape).astype(np.float32)
    return made.with_weights(w)
