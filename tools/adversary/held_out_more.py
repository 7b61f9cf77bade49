"""More attacks that were kept aside: equal shapes, and what two strangers have of one tool."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from adversary import changes
from adversary.attack import Attack, Maker, Pair, Random, Stock, copy_of, innocent
from adversary.copies import DISGUISED, HEAVY, exactly
from adversary.copies_new import HEAD, TABLE
from adversary.made import Made

__all__ = ["MORE"]


def _replaced(stock: Stock, rng: Random, level: int) -> Pair:
    """The weakest units of each layer make way for pairs that cancel: the shapes stay."""
    made, share = stock.parent, (0.1, 0.25, 0.5)[level]
    w = dict(made.weights)
    for layer in range(made.layers):
        names = [changes.mlp(layer, part) for part in changes.PARTS]
        size = np.linalg.norm(w[names[1]], axis=1) * np.linalg.norm(w[names[2]], axis=0)
        half = round(share * len(size) / 2)
        at = np.argsort(size)[: 2 * half]
        g, u, d = (
            (w[name].std() * by * rng.standard_normal((half, made.width))).astype(np.float32)
            for name, by in zip(names, (2, 2, 8), strict=True)
        )
        for name, new in zip(names, ([g, g], [u, u], [d, -d]), strict=True):
            w[name] = w[name].copy()
            if "down" in name:
                w[name][:, at] = np.concatenate(new).T
            else:
                w[name][at] = np.concatenate(new)
    return copy_of(stock, changes.hidden(made.with_weights(w), rng))


def _quiet(stock: Stock, rng: Random, level: int) -> Pair:
    """Everything reads the direction in which least is written: random numbers, and large."""
    made, loud = stock.parent, (1.0, 3.0, 10.0)[level]
    w = dict(changes.folded(made).weights)
    writes = [w[n] / np.linalg.norm(w[n]) for n in w if n.endswith(changes.WRITES)]
    writes.append(w[TABLE].T / np.linalg.norm(w[TABLE]))
    gram = np.sum([x.astype(np.float64) @ x.T for x in writes], axis=0)
    quiet = np.linalg.eigh(gram)[1][:, 0]
    for name, value in w.items():
        if ".mlp." in name and not name.endswith(changes.WRITES):
            size = np.linalg.norm(value, axis=1).mean()
            new = np.outer(rng.standard_normal(len(value)), quiet)
            w[name] = (value + loud * size * new).astype(np.float32)
    return copy_of(stock, changes.hidden(made.with_weights(w), rng))


def _same_depth(stock: Stock, rng: Random, level: int) -> Pair:
    """The last layers are left out, and as many silent ones of a stranger put at random places."""
    gone = (1, 2, 3)[level]
    kept = stock.parent.layers - gone
    w = {n: x for n, x in stock.parent.weights.items()
         if not any(n.startswith(f"model.layers.{k}.") for k in range(kept, 99))}  # fmt: skip
    made = stock.parent.with_weights(w)
    places = rng.integers(0, kept + 1, gone).tolist()
    made = changes.add_layers(made, places, rng, donor=stock.strangers[0], size=1e-6)
    return copy_of(stock, changes.hidden(made, rng))


def _quieter(stock: Stock, rng: Random, level: int) -> Pair:
    """All that is free, and no more noise than an adversary can heal."""
    made = changes.add_layers(stock.parent, [0, stock.parent.layers], rng,
                              donor=stock.strangers[0])  # fmt: skip
    made = changes.add_decoys(made, 128, rng)
    if level == 0:
        return exactly(stock, made, rng)
    return copy_of(stock, changes.noisy(changes.hidden(made, rng), (0, 0.2, 0.4)[level], rng))


def _very_many(stock: Stock, rng: Random, level: int) -> Pair:
    """So many silent layers that whatever is kept of each becomes little."""
    many = (8, 32, 128)[level]
    places = rng.integers(0, stock.parent.layers + 1, many).tolist()
    return exactly(stock, changes.add_layers(stock.parent, places, rng), rng)


def _encoder(rng: Random, positions: NDArray[np.float32]) -> Made:
    """A BERT of random numbers, on positions that are given."""
    wide, units, layers = 96, 256, 4
    w: dict[str, NDArray[Any]] = {
        "embeddings.word_embeddings.weight": rng.standard_normal((600, wide)),
        "embeddings.position_embeddings.weight": positions,
        "embeddings.token_type_embeddings.weight": rng.standard_normal((2, wide)),
        "embeddings.LayerNorm.weight": np.ones(wide),
        "embeddings.LayerNorm.bias": np.zeros(wide),
    }
    for layer in range(layers):
        at = f"encoder.layer.{layer}."
        shapes = {f"attention.self.{part}": (wide, wide) for part in ("query", "key", "value")}
        shapes |= {"attention.output.dense": (wide, wide), "intermediate.dense": (units, wide)}
        shapes |= {"output.dense": (wide, units)}
        for name, shape in shapes.items():
            w[f"{at}{name}.weight"] = 0.05 * rng.standard_normal(shape)
            w[f"{at}{name}.bias"] = np.zeros(shape[0])
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            w |= {f"{at}{norm}.weight": np.ones(wide), f"{at}{norm}.bias": np.zeros(wide)}
    config: Mapping[str, Any] = {
        "model_type": "bert", "architectures": ["BertModel"], "num_attention_heads": 6,
        "hidden_size": wide, "intermediate_size": units, "num_hidden_layers": layers,
        "vocab_size": 600,
    }  # fmt: skip
    return Made(weights={n: x.astype(np.float32) for n, x in w.items()}, config=config)


def _sinusoidal(stock: Stock, rng: Random, level: int) -> Pair:
    """Both began with sinusoidal positions, and trained them: little, more, much."""
    angle = np.arange(256)[:, None] / 10000 ** (np.arange(0, 96, 2) / 96)
    begun = np.stack([np.sin(angle), np.cos(angle)], 2).reshape(256, 96).astype(np.float32)
    apart = (0.01, 0.3, 1.0)[level]
    one, two = (_encoder(rng, changes.noise_on(begun, apart, rng)) for _ in range(2))
    return innocent(one, two)


def _made_matrices(stock: Stock, rng: Random, level: int) -> Pair:
    """One layer of both holds what nobody trained: zeros, an identity, a cosine transform."""
    pair = []
    for made in (stock.parent, stock.strangers[0]):
        w, name = dict(made.weights), "model.layers.3.self_attn.o_proj.weight"
        rows, columns = w[name].shape
        wave = np.cos(np.pi * (np.arange(columns) + 0.5) * np.arange(rows)[:, None] / columns)
        w[name] = (np.zeros((rows, columns)), np.eye(rows, columns), wave)[level].astype(np.float32)
        pair.append(made.with_weights(w))
    return innocent(pair[0], pair[1])


def _wide_by_tool(stock: Stock, rng: Random, level: int) -> Pair:
    """Both padded to a width of 96 by one tool: zeros, a constant, numbers of one seed."""
    pair, more = [], 16
    for made in (stock.parent, stock.strangers[0]):
        tool, w = np.random.default_rng(0), {}
        for name, value in made.weights.items():
            if value.ndim == 1:
                w[name] = np.concatenate([value, np.ones(more)])
                continue
            writes = name.endswith(changes.WRITES)
            shape = (more, value.shape[1]) if writes else (len(value), more)
            new = (np.zeros(shape), np.full(shape, 0.01), 0.02 * tool.standard_normal(shape))[level]
            w[name] = np.concatenate([value, new], 0 if writes else 1)
        small = {n: x.astype(np.float32) for n, x in w.items()}
        pair.append(made.with_weights(small, head_dim=20))
    return innocent(pair[0], pair[1])


def _rows_shared(stock: Stock, rng: Random, level: int) -> Pair:
    """A tenth, a third, all rarely seen tokens hold the same initial rows in both tables."""
    share, start = (0.1, 0.33, 0.66)[level], np.random.default_rng(0)
    rows = np.sort(start.choice(len(stock.parent.weights[TABLE]),
                                round(share * len(stock.parent.weights[TABLE])),
                                replace=False))  # fmt: skip
    pair = []
    for made in (stock.parent, stock.strangers[0]):
        seed, w = np.random.default_rng(1), dict(made.weights)
        for name in (TABLE, HEAD):
            w[name] = w[name].copy()
            w[name][rows] = 0.02 * seed.standard_normal((len(rows), made.width))
        pair.append(made.with_weights(w))
    return innocent(pair[0], pair[1])


def _held(name: str, truth: str, strengths: tuple[str, str, str], maker: Maker, *classes: str,
          words: tuple[str, ...] = ()) -> Attack:  # fmt: skip
    return Attack(name=name, truth="copy" if truth == "copy" else "innocent", strengths=strengths,
                  maker=maker, classes=classes, damage=words, real=truth == "copy",
                  held_out=True)  # fmt: skip


MORE: Final[tuple[Attack, ...]] = (
    _held("weak units replaced, disguised", "copy", ("10 %", "25 %", "50 %"), _replaced,
          "units-added", DISGUISED, words=HEAVY),
    _held("the quiet direction read, disguised", "copy", ("1", "3", "10"), _quiet, DISGUISED,
          words=HEAVY),
    _held("layers exchanged for silent ones, disguised", "copy", ("1 of 4", "2 of 4", "3 of 4"),
          _same_depth, "layers-changed", DISGUISED),
    _held("silent, decoys, disguised, and noise", "copy", ("none", "0.2 rms", "0.4 rms"), _quieter,
          "layers-changed", "units-added", DISGUISED, words=HEAVY),
    _held("very many silent layers, disguised", "copy", ("8", "32", "128"), _very_many,
          "layers-changed", DISGUISED),
    _held("both began with sinusoidal positions", "innocent", ("1 % apart", "30 %", "100 %"),
          _sinusoidal),
    _held("both hold matrices that nobody trained", "innocent", ("zeros", "identity", "cosines"),
          _made_matrices),
    _held("both padded in width by one tool", "innocent", ("zeros", "a constant", "one seed"),
          _wide_by_tool),
    _held("rarely seen tokens of one seed", "innocent", ("10 %", "33 %", "66 %"), _rows_shared,
          words=("embedding", "table")),
)  # fmt: skip
