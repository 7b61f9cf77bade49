"""Attacks that were kept aside: nobody who built the methods was told of them.

Copies first, innocents after; `docs/validation/adversary.md` reports them apart.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from adversary import changes
from adversary.attack import Attack, Pair, Random, Stock, copy_of, innocent
from adversary.copies import DISGUISED, _copy, exactly, renumbered
from adversary.copies_new import HEAD, TABLE, widened
from adversary.made import Made

__all__ = ["HELD_OUT"]


def _experts(stock: Stock, rng: Random, level: int) -> Pair:
    """Each MLP as 2, 4, 8 experts with the same units in other orders: a router decides nothing."""
    made, many = changes.hidden(stock.parent, rng), (2, 4, 8)[level]
    w = {n: x for n, x in made.weights.items() if ".mlp." not in n}
    for layer in range(made.layers):
        at = f"model.layers.{layer}.block_sparse_moe."
        w[at + "gate.weight"] = rng.standard_normal((many, made.width)).astype(np.float32)
        g, u, d = (made.weights[changes.mlp(layer, part)] for part in changes.PARTS)
        for expert in range(many):
            order = rng.permutation(len(g))
            one = f"{at}experts.{expert}."
            w[one + "w1.weight"], w[one + "w3.weight"] = g[order], u[order]
            w[one + "w2.weight"] = d[:, order]
    config = {**made.config, "model_type": "mixtral", "architectures": ["MixtralForCausalLM"],
              "num_local_experts": many, "num_experts_per_tok": 2}  # fmt: skip
    moe = Made(weights=w, config=config)
    return copy_of(stock, moe, kept=moe)


def _elsewhere(stock: Stock, rng: Random, level: int) -> Pair:
    """In each layer the units of the next, writing nothing: whoever matches finds them there."""
    made, share = stock.parent, (0.25, 0.5, 1.0)[level]
    for layer in range(made.layers):
        other = (layer + 1) % made.layers
        g, u, d = (stock.parent.weights[changes.mlp(other, part)] for part in changes.PARTS)
        chosen = rng.choice(len(g), round(share * len(g)), replace=False)
        rows = [g[chosen], u[chosen], 1e-6 * d[:, chosen].T]
        made = changes.add_units(made, layer, rows, rng)
    return exactly(stock, made, rng)


def _strangers_layers(stock: Stock, rng: Random, level: int) -> Pair:
    """Silent layers that are a stranger's own, at every place."""
    each = (1, 2, 3)[level]
    places = [n for n in range(stock.parent.layers + 1) for _ in range(each)]
    made = changes.add_layers(stock.parent, places, rng, donor=stock.strangers[0])
    return exactly(stock, made, rng)


def _exchanged(stock: Stock, rng: Random, level: int) -> Pair:
    """Up and gate under each other's names (code of one's own runs it)."""
    w = dict(stock.parent.weights)
    for layer in range((1, 2, stock.parent.layers)[level]):
        gate, up = changes.mlp(layer, "gate_proj"), changes.mlp(layer, "up_proj")
        w[gate], w[up] = w[up], w[gate]
    return copy_of(stock, changes.hidden(stock.parent.with_weights(w), rng))


def _more_heads(stock: Stock, rng: Random, level: int) -> Pair:
    """Keys and values written once for each query head, mixed inside each; MLPs a stranger's."""
    made = stock.parent
    queries, keys, size = made.heads()
    w = dict(made.weights)
    for layer in range(made.layers):
        for part in ("k_proj", "v_proj"):
            name = f"model.layers.{layer}.self_attn.{part}.weight"
            each = w[name].reshape(keys, size, -1).repeat(queries // keys, 0)
            w[name] = np.ascontiguousarray(each.reshape(-1, made.width))
    made = made.with_weights(w, num_key_value_heads=queries)
    if level:
        made = changes.four_gauges(changes.heads_in(made, rng), rng)
    other = {n: x for n, x in stock.strangers[0].weights.items() if ".mlp." in n}
    subject = made.with_weights({**made.weights, **other})
    if level == 2:
        subject = changes.hidden(subject, rng)
    return replace(copy_of(stock, subject), kept=(stock.parent, made))


def _dead(stock: Stock, rng: Random, level: int) -> Pair:
    """Units that are never on: up is zero, or down is, the other rows large."""
    made, many = stock.parent, (64, 512, 2048)[level]
    for layer in range(made.layers):
        rows = [rng.standard_normal((many, made.width)) for _ in range(3)]
        half = rng.random(many) < 0.5
        rows[1][half] = 0
        rows[2][~half] = 0
        made = changes.add_units(made, layer, [x.astype(np.float32) for x in rows], rng)
    return exactly(stock, made, rng)


def _common_axis(stock: Stock, rng: Random, level: int) -> Pair:
    """One silent axis that every matrix reads hugely, turned into the rest."""
    made = widened(stock.parent, 2, rng, reads=(10.0, 100.0, 1000.0)[level])
    return exactly(stock, made, rng)


def _near(stock: Stock, rng: Random, level: int) -> Pair:
    """Cancelling pairs close to real units of the layer: an assignment takes them for those."""
    made, many = stock.parent, (1, 2, 4)[level]
    for layer in range(made.layers):
        rows: list[list[np.ndarray]] = [[], [], []]
        for _ in range(many):
            new = [stock.parent.weights[changes.mlp(layer, part)] for part in changes.PARTS]
            new[2] = new[2].T
            near = [changes.noise_on(x, 0.3, rng) for x in new]
            for kept, x, sign in zip(rows, near, (1, 1, -1), strict=True):
                kept.extend([x, sign * x])
        made = changes.add_units(made, layer, [np.concatenate(x) for x in rows], rng)
    return exactly(stock, made, rng)


def _table_pulled(stock: Stock, rng: Random, level: int) -> Pair:
    """Unused tokens in front of all, one direction, huge: they move the mean and the ranks."""
    many, w = (8, 128, 1024)[level], dict(stock.parent.weights)
    table = w[TABLE]
    width = table.shape[1]
    one = rng.standard_normal(width)
    new = (one + 0.1 * rng.standard_normal((many, width))) * 100 * table.std()
    w[TABLE] = np.concatenate([new.astype(np.float32), table])
    w[HEAD] = np.concatenate([np.zeros_like(new, dtype=np.float32), w[HEAD]])
    made = changes.add_layers(stock.parent.with_weights(w), [0, 0, stock.parent.layers], rng)
    subject = changes.hidden(made, rng)
    return replace(copy_of(stock, subject, kept=subject), shift=many)


def _all_of_it(stock: Stock, rng: Random, level: int) -> Pair:
    """Many small changes, each of which keeps the function: together, more and more of them."""
    made = changes.add_decoys(stock.parent, (64, 256, 512)[level], rng)
    made = changes.four_gauges(changes.heads_in(made, rng), rng)
    made = changes.add_layers(made, [0, 2, made.layers], rng, donor=stock.strangers[0])
    made = widened(made, (4, 16, 32)[level], rng, reads=10.0)
    kept = changes.hidden(made, rng)
    subject = renumbered(kept, rng.permutation(len(made.weights[TABLE])))
    subject = changes.noisy(subject, 0.02, rng) if level else subject
    return copy_of(stock, subject, kept=kept)


def _principal(made: Made, how: int) -> Made:
    """Axes turned to the principal ones: of the table, of the head, of all that writes."""
    w = made.weights
    if how == 0:
        seen = w[TABLE]
    elif how == 1:
        seen = w[HEAD]
    else:
        seen = np.concatenate([w[n].T for n in w if n.endswith(changes.WRITES)])
    _, _, axes = np.linalg.svd(seen.astype(np.float64), full_matrices=False)
    return changes.turned(made, axes.T)


def _both_principal(stock: Stock, rng: Random, level: int) -> Pair:
    """Two strangers, both stored along their principal axes, largest first (as SliceGPT does)."""
    one, two = _principal(stock.parent, level), _principal(stock.strangers[0], level)
    return innocent(one, two, kept=(stock.parent, one))


def _by_token(stock: Stock, rng: Random, level: int) -> Pair:
    """Both list units by the token that they write most, that they read most, or by frequency."""
    made = []
    for model in (stock.parent, stock.strangers[0]):
        orders = []
        for layer in range(model.layers):
            down = model.weights[changes.mlp(layer, "down_proj")]
            up = model.weights[changes.mlp(layer, "gate_proj")]
            key = (
                (model.weights[HEAD] @ down).argmax(0),
                (model.weights[TABLE] @ up.T).argmax(0),
                (model.weights[HEAD] @ down).mean(0),
            )[level]
            orders.append(np.argsort(key, kind="stable"))
        made.append(changes.units_in(model, orders))
    return innocent(made[0], made[1], kept=(stock.parent, made[0]))


def _same_buffers(stock: Stock, rng: Random, level: int) -> Pair:
    """Both carry what nobody trained: masks, sinusoidal positions, a random table of a library."""
    size = 512
    angle = np.arange(size)[:, None] / 10000 ** (np.arange(0, 80, 2) / 80)
    extra = (
        {f"model.layers.{n}.self_attn.bias": np.tril(np.ones((1, 1, size, size), np.float32))
         for n in range(4)},
        {"model.embed_positions.weight": np.concatenate([np.sin(angle), np.cos(angle)], 1)},
        {f"model.layers.{n}.self_attn.rotary.projection":
         np.random.default_rng(0).standard_normal((size, 64)) for n in range(4)},
    )[level]  # fmt: skip
    pair = []
    for made in (stock.parent, stock.strangers[0]):
        stored = {**made.weights, **{n: x.astype(np.float32) for n, x in extra.items()}}
        pair.append(replace(made, stored=stored))
    return innocent(pair[0], pair[1])


def _layers_planted(stock: Stock, rng: Random, level: int) -> Pair:
    """The accuser adds the subject's layers, silent, to his own model, after the fact."""
    own, subject = stock.parent, stock.strangers[0]
    made = changes.add_layers(own, list(range((1, 2, 4)[level])), rng, donor=subject)
    return innocent(made, subject, kept=(own, made))


def _held(name: str, strengths: tuple[str, str, str], maker: object, *classes: str) -> Attack:
    return replace(_copy(name, strengths, maker, *classes), held_out=True)


def _held_innocent(name: str, strengths: tuple[str, str, str], maker: object) -> Attack:
    return Attack(name=name, truth="innocent", strengths=strengths, held_out=True, real=False,
                  maker=maker)  # type: ignore[arg-type]  # fmt: skip


HELD_OUT: Final[tuple[Attack, ...]] = (
    _held("MLPs as experts, disguised", ("2", "4", "8"), _experts, "units-added", DISGUISED),
    _held("units of other layers, disguised", ("25 %", "50 %", "all"), _elsewhere, "units-added",
          DISGUISED),
    _held("silent layers of a stranger, disguised", ("1 each", "2 each", "3 each"),
          _strangers_layers, "layers-changed", DISGUISED),
    _held("gate and up exchanged, disguised", ("1 layer", "2 layers", "all"), _exchanged,
          DISGUISED),
    _held("attention alone, more heads", ("repeated", "mixed", "disguised"), _more_heads, "alone"),
    _held("dead units, disguised", ("64", "512", "2048"), _dead, "units-added", DISGUISED),
    _held("one loud silent axis, disguised", ("10", "100", "1000"), _common_axis, "stream-rotated",
          DISGUISED),
    _held("decoys near units, disguised", ("1 each", "2 each", "4 each"), _near, "units-added",
          DISGUISED),
    _held("tokens that pull the table, disguised", ("8", "128", "1024"), _table_pulled,
          "tokens-respelt", "layers-changed", DISGUISED),
    _held("all of it together", ("a little", "more", "much"), _all_of_it, "layers-changed",
          "units-added", DISGUISED),
    _held_innocent("both along principal axes", ("of the table", "of the head", "of what writes"),
                   _both_principal),
    _held_innocent("both sorted by token", ("written", "read", "by mean logit"), _by_token),
    _held_innocent("both with the same buffers", ("masks", "positions", "random features"),
                   _same_buffers),
    _held_innocent("accuser plants the subject's layers", ("1", "2", "4"), _layers_planted),
)  # fmt: skip
