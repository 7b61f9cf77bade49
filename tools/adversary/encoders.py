"""True copies of a BERT: LayerNorm lets no rotation pass, so there is less to disguise with."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adversary.attack import Attack, Pair, Random, Stock
from adversary.changes import noise_on
from adversary.copies import DISGUISED, HEAVY, NOISES, PERCENT, RMS, _copy
from adversary.made import Made

__all__ = ["ENCODERS", "hidden_states"]

TABLE: Final = "embeddings.word_embeddings.weight"
Weights = dict[str, NDArray[np.float32]]


def hidden_states(made: Made, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
    """What the encoder computes, [tokens, width]; exact GELU by its error function."""
    from scipy.special import erf

    w = {n: x.astype(np.float64) for n, x in made.weights.items()}
    heads = int(made.config["num_attention_heads"])

    def norm(x: NDArray[np.float64], at: str) -> NDArray[np.float64]:
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return np.asarray(x * w[at + ".weight"] + w[at + ".bias"])

    def dense(x: NDArray[np.float64], at: str) -> NDArray[np.float64]:
        return np.asarray(x @ w[at + ".weight"].T + w[at + ".bias"])

    x = w[TABLE][tokens] + w["embeddings.position_embeddings.weight"][: len(tokens)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(_layers(made.weights)):
        at = f"encoder.layer.{layer}."
        q, k, v = (
            dense(x, f"{at}attention.self.{part}").reshape(len(x), heads, -1)
            for part in ("query", "key", "value")
        )
        scores = np.einsum("thd,shd->hts", q, k) / np.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed = np.einsum("hts,shd->thd", scores, v).reshape(len(x), -1)
        x = norm(x + dense(mixed, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        z = dense(x, at + "intermediate.dense")
        z = z * (1 + erf(z / np.sqrt(2))) / 2
        x = norm(x + dense(z, at + "output.dense"), at + "output.LayerNorm")
    return x


def _layers(w: Weights) -> int:
    return len({n.split(".")[2] for n in w if n.startswith("encoder.layer.")})


def _copied(stock: Stock, w: Weights, *, kept: bool = False) -> Pair:
    made = replace(stock.parent, weights=w)
    return Pair(source=stock.parent, subject=made, kept=(stock.parent, made) if kept else None)


def permuted(w: Weights, rng: Random, share: float = 1.0) -> Weights:
    """Units of each MLP in another order."""
    w = dict(w)
    for layer in range(_layers(w)):
        at = f"encoder.layer.{layer}."
        order = np.arange(len(w[at + "intermediate.dense.bias"]))
        moved = rng.choice(order, round(share * len(order)), replace=False)
        order[np.sort(moved)] = moved
        for part in ("weight", "bias"):
            w[f"{at}intermediate.dense.{part}"] = w[f"{at}intermediate.dense.{part}"][order]
        w[at + "output.dense.weight"] = w[at + "output.dense.weight"][:, order]
    return w


def axes_permuted(w: Weights, order: NDArray[np.int64]) -> Weights:
    """Axes of the stream in another order, everywhere."""
    out = {}
    for name, value in w.items():
        writes = name.endswith((".output.dense.weight",))
        inner = ".self." in name or ".intermediate." in name
        if value.ndim == 1:
            out[name] = value if inner else value[order]
        else:
            out[name] = value[order] if writes else value[:, order]
    return {**out, **{n: w[n] for n in w if n.startswith("pooler.")}}


def heads(w: Weights, rng: Random, *, mixed: bool) -> Weights:
    """Heads in another order; values mixed inside each, undone by what writes."""
    w, many, size = dict(w), 12, 32
    for layer in range(_layers(w)):
        at = f"encoder.layer.{layer}.attention."
        rows = (rng.permutation(many)[:, None] * size + np.arange(size)).ravel()
        for part in ("query", "key", "value"):
            for kind in ("weight", "bias"):
                w[f"{at}self.{part}.{kind}"] = w[f"{at}self.{part}.{kind}"][rows]
        out = at + "output.dense.weight"
        w[out] = w[out][:, rows]
        for head in range(many if mixed else 0):
            cut = slice(head * size, (head + 1) * size)
            turn = np.linalg.qr(rng.standard_normal((size, size)))[0].astype(np.float32)
            for kind in ("weight", "bias"):
                w[f"{at}self.value.{kind}"] = w[f"{at}self.value.{kind}"].copy()
                w[f"{at}self.value.{kind}"][cut] = turn @ w[f"{at}self.value.{kind}"][cut]
            w[out] = w[out].copy()
            w[out][:, cut] = w[out][:, cut] @ turn.T
    return w


def disguised(w: Weights, rng: Random) -> Weights:
    """Units, axes and heads moved, values mixed."""
    w = axes_permuted(permuted(w, rng), rng.permutation(w[TABLE].shape[1]))
    return heads(w, rng, mixed=True)


def _units(stock: Stock, rng: Random, level: int) -> Pair:
    return _copied(stock, permuted(stock.parent.weights, rng, (0.5, 0.9, 1)[level]), kept=True)


def _axes(stock: Stock, rng: Random, level: int) -> Pair:
    """Axes; and units; and heads."""
    w = axes_permuted(stock.parent.weights, rng.permutation(384))
    w = permuted(w, rng) if level else w
    return _copied(stock, heads(w, rng, mixed=True) if level == 2 else w, kept=True)


def _parts(*words: str) -> object:
    def maker(stock: Stock, rng: Random, level: int) -> Pair:
        ours, theirs = stock.parent.weights, stock.strangers[0].weights
        w = {n: noise_on(ours[n], NOISES[level], rng) if any(word in n for word in words) else x
             for n, x in theirs.items()}  # fmt: skip
        return _copied(stock, w)

    return maker


def _decoys(stock: Stock, rng: Random, level: int) -> Pair:
    many, w = (64, 512, 2048)[level], dict(stock.parent.weights)
    for layer in range(4):
        at = f"encoder.layer.{layer}."
        up, bias = at + "intermediate.dense.weight", at + "intermediate.dense.bias"
        down = at + "output.dense.weight"
        new, out = (3 * x.std() * rng.standard_normal((many, 384)) for x in (w[up], w[down]))
        w[up] = np.concatenate([w[up], new, new]).astype(np.float32)
        w[bias] = np.concatenate([w[bias], np.zeros(2 * many)]).astype(np.float32)
        w[down] = np.concatenate([w[down], out.T, -out.T], 1).astype(np.float32)
    pair = _copied(stock, disguised(w, rng), kept=True)
    config = {**stock.parent.config, "intermediate_size": 1536 + 2 * many}
    return replace(pair, subject=replace(pair.subject, config=config))


def _noise(stock: Stock, rng: Random, level: int) -> Pair:
    w = disguised(stock.parent.weights, rng)
    return _copied(stock, {n: noise_on(x, (0.5, 1, 1.4)[level], rng) for n, x in w.items()})


def _bits(stock: Stock, rng: Random, level: int) -> Pair:
    most, w = 2 ** ((8, 4, 3)[level] - 1) - 1, disguised(stock.parent.weights, rng)
    for name, value in w.items():
        if value.ndim == 2:
            step = np.abs(value).max(1, keepdims=True) / most + 1e-12
            w[name] = (np.rint(value / step) * step).astype(np.float32)
    return _copied(stock, w)


def _ids(stock: Stock, rng: Random, level: int) -> Pair:
    """The table alone, ids shuffled; half of them; and axes as well."""
    w = dict(stock.strangers[0].weights)
    table = stock.parent.weights[TABLE]
    rows = rng.permutation(len(table))
    w[TABLE] = table[rows if level != 1 else rows[: len(table) // 2]]
    if level == 2:
        w[TABLE] = w[TABLE][:, rng.permutation(384)]
    return _copied(stock, w)


ENCODERS: Final[tuple[Attack, ...]] = (
    _copy("units permuted", ("half", "nine tenths", "all"), _units, "units-permuted"),
    _copy("axes permuted", ("axes", "and units", "and heads"), _axes, DISGUISED),
    _copy("tables alone copied", PERCENT, _parts("word_emb", "position_emb"), "alone"),
    _copy("positions alone copied", PERCENT, _parts("position_emb"), "alone"),
    _copy("attention alone copied", PERCENT, _parts(".attention."), "alone"),
    _copy("MLPs alone copied", PERCENT, _parts("intermediate", ".output.dense"), "in-place"),
    _copy("cancelling decoys, disguised", ("64 pairs", "512 pairs", "2048 pairs"), _decoys,
          "units-added", DISGUISED),
    _copy("noise, disguised", RMS, _noise, DISGUISED, damage=HEAVY),
    _copy("rounded, disguised", ("8 bits", "4 bits", "3 bits"), _bits, DISGUISED),
    _copy("table alone, ids renumbered", ("all", "half of them", "axes too"), _ids, "alone",
          "tokens-respelt"),
)  # fmt: skip
