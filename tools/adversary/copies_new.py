"""True copies by attacks that were thought of for this table; the held-out half is elsewhere."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from adversary import changes
from adversary.attack import Attack, Pair, Random, Stock, copy_of
from adversary.copies import DISGUISED, HEAVY, _copy, exactly
from adversary.made import Made
from casebook.operations import split_layer

__all__ = ["NEW_COPIES", "widened"]

TABLE, HEAD = "model.embed_tokens.weight", "lm_head.weight"


def _rows(stock: Stock, rng: Random, level: int) -> Pair:
    """Tokens that nothing uses: large rows in the table, none in the head."""
    w, many = dict(stock.parent.weights), (64, 512, 4096)[level]
    table = w[TABLE]
    new = (table.std() * 4 * rng.standard_normal((many, table.shape[1]))).astype(np.float32)
    w[TABLE] = np.concatenate([table, new])
    w[HEAD] = np.concatenate([w[HEAD], 0 * new])
    return exactly(stock, stock.parent.with_weights(w), rng)


def widened(made: Made, more: int, rng: Random, reads: float = 1.0) -> Made:
    """Silent axes: nothing is ever written there, and what reads them reads random numbers."""
    new_width = made.width + more
    ratio = np.float32(np.sqrt(made.width / new_width))
    w = {}
    for name, value in made.weights.items():
        if value.ndim == 1:
            w[name] = np.concatenate([value, np.full(more, np.abs(value).mean())]) * ratio
        elif name.endswith(changes.WRITES):
            w[name] = np.concatenate([value, np.zeros((more, value.shape[1]))])
        else:
            size = 0 if name == TABLE else reads * value.std()
            w[name] = np.concatenate([value, size * rng.standard_normal((len(value), more))], 1)
        w[name] = w[name].astype(np.float32)
    eps = float(made.config.get("rms_norm_eps", 1e-5)) * made.width / new_width
    _, _, size = made.heads()
    return made.with_weights(w, rms_norm_eps=eps, head_dim=size)


def _wider(stock: Stock, rng: Random, level: int) -> Pair:
    """Sixteen axes in place; sixteen, and as many again, under the whole disguise."""
    made = widened(stock.parent, (16, 16, stock.parent.width)[level], rng)
    return exactly(stock, made, rng) if level else copy_of(stock, made, kept=made)


def _halves(stock: Stock, rng: Random, level: int) -> Pair:
    """Units divided: the column shared out unequally between two rows that differ a little."""
    made, share = stock.parent, (0.25, 0.5, 1.0)[level]
    for layer in range(made.layers):
        g, u, d = (made.weights[changes.mlp(layer, part)] for part in changes.PARTS)
        chosen = np.sort(rng.choice(len(g), round(share * len(g)), replace=False))
        part = rng.uniform(0.3, 0.7, len(chosen)).astype(np.float32)
        w = dict(made.weights)
        w[changes.mlp(layer, "down_proj")] = d.copy()
        w[changes.mlp(layer, "down_proj")][:, chosen] *= part
        rows = [g[chosen] * 1, u[chosen] * 1, (d[:, chosen] * (1 - part)).T]
        rows = [x + 1e-4 * x.std() * rng.standard_normal(x.shape) for x in rows]
        made = changes.add_units(made.with_weights(w), layer, rows, rng)
    return exactly(stock, made, rng)


def divided(made: Made, which: int, rng: Random) -> Made:
    """The first layers as two each: attention in one, the MLP in the other, the rest silent."""
    w = {n: x for n, x in made.weights.items() if split_layer(n) is None}
    place = 0
    for layer in range(made.layers):
        own = f"model.layers.{layer}."
        for half in ("mlp", "self_attn") if layer < which else ("",):
            for name, value in made.weights.items():
                if name.startswith(own):
                    silent = half and f".{half}." in name
                    new = changes.like(value, rng) if silent else value
                    if silent and name.endswith(changes.WRITES):
                        new = new * np.float32(1e-6)
                    w[f"model.layers.{place}.{name[len(own) :]}"] = new
            place += 1
    return made.with_weights(w)


def _divided(stock: Stock, rng: Random, level: int) -> Pair:
    return exactly(stock, divided(stock.parent, (1, 2, 4)[level], rng), rng)


def _heads(stock: Stock, rng: Random, level: int) -> Pair:
    """Attention alone was copied: heads moved; values mixed inside; queries and keys as well."""
    made = changes.heads_in(stock.parent, rng)
    if level:
        made = changes.four_gauges(made, rng, keys=level == 2)
    w = {n: x if ".mlp." not in n else stock.strangers[0].weights[n]
         for n, x in made.weights.items()}  # fmt: skip
    return replace(copy_of(stock, made.with_weights(w)), kept=(stock.parent, made))


def _gains(stock: Stock, rng: Random, level: int) -> Pair:
    """Columns of what reads divided by random gains that the norm before it multiplies by."""
    spread = (0.5, 1.5, 3.0)[level]
    made = changes.folded(changes.permuted(stock.parent, rng))
    w = dict(made.weights)
    readers: dict[str, tuple[str, ...]] = {
        "input_layernorm": tuple(f"self_attn.{x}_proj" for x in "qkv"),
        "post_attention_layernorm": ("mlp.gate_proj", "mlp.up_proj"),
    }
    for layer in range(made.layers):
        for norm, names in readers.items():
            gain = np.exp(spread * rng.standard_normal(made.width)).astype(np.float32)
            w[f"model.layers.{layer}.{norm}.weight"] = gain
            for name in names:
                w[f"model.layers.{layer}.{name}.weight"] = (
                    w[f"model.layers.{layer}.{name}.weight"] / gain
                )
    made = made.with_weights(w)
    return copy_of(stock, made, kept=made)


def _scaled(stock: Stock, rng: Random, level: int) -> Pair:
    """The whole stream larger: the table and all that writes, as the norms undo it."""
    by = np.float32((0.1, 10, 1000)[level])
    w = {n: x * by if n == TABLE or n.endswith(changes.WRITES) else x
         for n, x in stock.parent.weights.items()}  # fmt: skip
    eps = float(stock.parent.config.get("rms_norm_eps", 1e-5)) * float(by) ** 2
    return exactly(stock, stock.parent.with_weights(w, rms_norm_eps=eps), rng)


def _low_rank(stock: Stock, rng: Random, level: int) -> Pair:
    """A difference of rank 1, 4, 16 in every matrix, as large as the matrix, and the disguise."""
    rank, w = (1, 4, 16)[level], dict(stock.parent.weights)
    for name, value in w.items():
        if split_layer(name) is not None and value.ndim == 2:
            new = rng.standard_normal((len(value), rank)) @ rng.standard_normal(
                (rank, value.shape[1])
            )
            w[name] = value + (new * np.linalg.norm(value) / np.linalg.norm(new)).astype(np.float32)
    return copy_of(stock, changes.hidden(stock.parent.with_weights(w), rng))


def _vocabulary(stock: Stock, rng: Random, level: int) -> Pair:
    """Tables and attention copied, of the vocabulary a part; no strings."""
    pair = _copied_parts(stock, rng)
    w = dict(pair.weights)
    keep = np.sort(rng.choice(len(w[TABLE]), round((0.75, 0.5, 0.25)[level] * len(w[TABLE])),
                              replace=False))  # fmt: skip
    for name in (TABLE, HEAD):
        if name in w:
            w[name] = w[name][keep]
    return copy_of(stock, replace(pair.with_weights(w), tokenizer=""))


def _copied_parts(stock: Stock, rng: Random) -> Made:
    w = {n: x if ".mlp." not in n else stock.strangers[0].weights[n]
         for n, x in stock.parent.weights.items()}  # fmt: skip
    return stock.parent.with_weights(w)


def _named(stock: Stock, rng: Random, level: int) -> Pair:
    """The whole disguise under Gemma's names (1 + gain), a Phi's fused ones, and nobody's."""
    made = changes.hidden(stock.parent, rng)
    stored = (_gemma, _fused, _nobody)[level](made)
    config = (
        {**made.config, "model_type": "gemma", "architectures": ["GemmaForCausalLM"]},
        {**made.config, "model_type": "phi3", "architectures": ["Phi3ForCausalLM"]},
        {},
    )[level]
    pair = copy_of(stock, made, kept=made)
    return replace(pair, subject=replace(made, stored=stored, config=config))


def _gemma(made: Made) -> dict[str, NDArray[Any]]:
    return {n: x - 1 if x.ndim == 1 else x for n, x in made.weights.items()}


def _fused(made: Made) -> dict[str, NDArray[Any]]:
    w: dict[str, NDArray[Any]] = dict(made.weights)
    for layer in range(made.layers):
        at = f"model.layers.{layer}."
        qkv = [w.pop(f"{at}self_attn.{part}_proj.weight") for part in "qkv"]
        both = [w.pop(f"{at}mlp.{part}_proj.weight") for part in ("gate", "up")]
        w[at + "self_attn.qkv_proj.weight"] = np.concatenate(qkv)
        w[at + "mlp.gate_up_proj.weight"] = np.concatenate(both)
    return {n: x.astype(np.float16) for n, x in w.items()}


def _nobody(made: Made) -> dict[str, NDArray[Any]]:
    names = {"self_attn": "mix", "mlp": "ff", "model.layers": "net.stage", "model.": "net.",
             "_proj.weight": ".kernel", "lm_head.weight": "out.kernel", "gate": "w1", "up": "w3",
             "down": "w2"}  # fmt: skip
    stored = {}
    for name, value in made.weights.items():
        for old, new in names.items():
            name = name.replace(old, new)
        stored[name] = value.astype(np.float16)
    return stored


def _sparse(stock: Stock, rng: Random, level: int) -> Pair:
    """Pruned, turned, and pruned again, so that zeros are in both places."""
    share = (0.3, 0.5, 0.7)[level]
    made = changes.hidden(changes.pruned(stock.parent, share), rng)
    return copy_of(stock, changes.pruned(made, share))


def _stitched(stock: Stock, rng: Random, level: int) -> Pair:
    """Of four layers three, two, one are the parent's; tables a stranger's; the whole disguise."""
    kept, w = (3, 2, 1)[level], dict(stock.strangers[0].weights)
    for name, value in stock.parent.weights.items():
        at = split_layer(name)
        if at is not None and at[0] < kept:
            w[name] = value
    return copy_of(stock, changes.hidden(stock.parent.with_weights(w), rng))


def _moved(stock: Stock, rng: Random, level: int) -> Pair:
    """Layers in another order, three strangers silently between; the whole disguise."""
    order = ((0, 2, 1, 3), (3, 2, 1, 0), (2, 0, 3, 1))[level]
    w = {n: x for n, x in stock.parent.weights.items() if split_layer(n) is None}
    for place, layer in enumerate(order):
        for name, value in stock.parent.weights.items():
            at = split_layer(name)
            if at is not None and at[0] == layer:
                w[f"model.layers.{place}.{at[1]}"] = value
    made = changes.add_layers(stock.parent.with_weights(w), [0, 2, 4], rng)
    return copy_of(stock, changes.hidden(made, rng))


NEW_COPIES: Final[tuple[Attack, ...]] = (
    _copy("unused tokens, disguised", ("64 rows", "512 rows", "4096 rows"), _rows,
          "tokens-respelt", DISGUISED),
    _copy("stream widened", ("16, in place", "16, disguised", "doubled, disguised"), _wider,
          "stream-rotated", DISGUISED),
    _copy("units divided, disguised", ("25 %", "50 %", "all"), _halves, "units-added", DISGUISED),
    _copy("layers divided, disguised", ("1 of 4", "2 of 4", "all"), _divided, "layers-changed",
          DISGUISED),
    _copy("attention alone, heads", ("moved", "values mixed", "queries and keys too"), _heads,
          "alone", DISGUISED),
    _copy("units permuted, gains moved", ("e^0.5", "e^1.5", "e^3"), _gains, "units-permuted"),
    _copy("stream scaled, disguised", ("0.1", "10", "1000"), _scaled, DISGUISED),
    _copy("low rank added, disguised", ("rank 1", "rank 4", "rank 16"), _low_rank, DISGUISED,
          damage=HEAVY),
    _copy("tables and attention, part of the vocabulary", ("75 %", "50 %", "25 %"), _vocabulary,
          "tokens-respelt", "alone"),
    _copy("disguised, other names", ("Gemma", "fused", "nobody's"), _named, DISGUISED),
    _copy("pruned, turned, pruned", ("30 %", "50 %", "70 %"), _sparse, DISGUISED, damage=HEAVY),
    _copy("stitched of two, disguised", ("3 layers", "2 layers", "1 layer"), _stitched, DISGUISED,
          damage=HEAVY),
    _copy("layers moved, disguised", ("two", "reversed", "all"), _moved, "layers-changed",
          DISGUISED),
)  # fmt: skip
