"""True copies, disguised or damaged: what was known to make an examination go wrong.

Every entry of science 6.1 and of `docs/validation/adversary.md` that needs no training.
"""

import json
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adversary import changes
from adversary.attack import Attack, Pair, Random, Stock, copy_of
from adversary.made import Made
from casebook.operations import mix

__all__ = ["COPIES", "exactly", "respelt"]

MLP, ATTENTION = ".mlp.", ".self_attn."
TABLES: Final = ("model.embed_tokens.weight", "lm_head.weight", "model.norm.weight")
HEAVY: Final = ("noise", "damage", "merge", "prun", "training", "direction")


def exactly(stock: Stock, made: Made, rng: Random) -> Pair:
    """A copy that computes what the parent does, under the whole disguise."""
    subject = changes.hidden(made, rng)
    return copy_of(stock, subject, kept=subject)


def _nothing(stock: Stock, rng: Random, level: int) -> Pair:
    return copy_of(stock, changes.noisy(stock.parent, (0.0, 0.1, 0.3)[level], rng))


def _ends(stock: Stock, rng: Random, level: int) -> Pair:
    each = (1, 2, 4)[level]
    places = [0] * each + [stock.parent.layers] * each
    return exactly(stock, changes.add_layers(stock.parent, places, rng), rng)


def _middle(stock: Stock, rng: Random, level: int) -> Pair:
    places = [n for n in range(1, stock.parent.layers) for _ in range((1, 2, 4)[level])]
    return exactly(stock, changes.add_layers(stock.parent, places, rng), rng)


def _decoys(stock: Stock, rng: Random, level: int) -> Pair:
    return exactly(stock, changes.add_decoys(stock.parent, (64, 512, 2048)[level], rng), rng)


def parts_of(stock: Stock, rng: Random, noise: float, *kept: str, tables: bool) -> Pair:
    """A stranger that holds these parts of the parent, with noise on them."""
    ours, theirs = stock.parent.weights, stock.strangers[0].weights
    w = {}
    for name, value in theirs.items():
        mine = name in TABLES if tables else False
        mine = mine or any(part in name for part in kept)
        w[name] = changes.noise_on(ours[name], noise, rng) if mine else value
    return copy_of(stock, stock.parent.with_weights(w))


NOISES: Final = (0.01, 0.1, 0.3)


def _half(stock: Stock, rng: Random, level: int) -> Pair:
    return parts_of(stock, rng, NOISES[level], ATTENTION, tables=True)


def _tables(stock: Stock, rng: Random, level: int) -> Pair:
    return parts_of(stock, rng, NOISES[level], tables=True)


def _attention(stock: Stock, rng: Random, level: int) -> Pair:
    return parts_of(stock, rng, NOISES[level], ATTENTION, tables=False)


def _mlps(stock: Stock, rng: Random, level: int) -> Pair:
    return parts_of(stock, rng, NOISES[level], MLP, tables=False)


def _units(stock: Stock, rng: Random, level: int) -> Pair:
    made = changes.permuted(stock.parent, rng, (0.5, 0.9, 1.0)[level])
    return copy_of(stock, made, kept=made)


def _axes(stock: Stock, rng: Random, level: int) -> Pair:
    order = np.arange(stock.parent.width)
    moved = rng.choice(order, round((0.5, 0.9, 1.0)[level] * len(order)), replace=False)
    order[np.sort(moved)] = moved
    made = changes.axes_in(stock.parent, order)
    return copy_of(stock, made, kept=made)


def _turned(stock: Stock, rng: Random, level: int) -> Pair:
    """A quarter, half and all of the axes turned among themselves."""
    width = stock.parent.width
    some = rng.choice(width, (width // 4, width // 2, width)[level], replace=False)
    turn = np.eye(width)
    turn[np.ix_(some, some)] = np.linalg.qr(rng.standard_normal((len(some), len(some))))[0]
    made = changes.turned(stock.parent, turn)
    return copy_of(stock, made, kept=made)


def _signs(stock: Stock, rng: Random, level: int) -> Pair:
    made = changes.flip(stock.parent, rng, (0.1, 0.25, 0.5)[level])
    return copy_of(stock, made, kept=made)


def _rescaled(stock: Stock, rng: Random, level: int) -> Pair:
    made = changes.rescaled(stock.parent, rng, (0.3, 0.7, 2.0)[level])
    return copy_of(stock, made, kept=made)


def _together(stock: Stock, rng: Random, level: int) -> Pair:
    subject = changes.hidden(stock.parent, rng, signs=level > 0, heads=level > 1)
    return copy_of(stock, subject, kept=subject)


def respelt(tokenizer: str, share: float, rng: Random) -> str:
    """So many of the token strings spelt otherwise."""
    said = json.loads(tokenizer)
    vocabulary = said["model"]["vocab"]
    chosen = {t for t in vocabulary if rng.random() < share}

    def spell(token: str) -> str:
        return f"\u2581{token}" if token in chosen else token

    said["model"]["vocab"] = {spell(token): number for token, number in vocabulary.items()}
    said["model"]["merges"] = []
    said["added_tokens"] = [{**t, "content": spell(t["content"])} for t in said["added_tokens"]]
    return json.dumps(said)


def _respelt(stock: Stock, rng: Random, level: int) -> Pair:
    made = changes.add_layers(stock.parent, [0, 0, stock.parent.layers, stock.parent.layers], rng)
    pair = exactly(stock, made, rng)
    text = respelt(stock.parent.tokenizer, (0.2, 0.7, 1.0)[level], rng)
    return replace(pair, subject=replace(pair.subject, tokenizer=text))


def renumbered(made: Made, order: NDArray[np.int64]) -> Made:
    """Token ids in another order; the tokenizer, where there is one, says so."""
    w = dict(made.weights)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        if name in w:
            w[name] = w[name][order]
    text = made.tokenizer
    if text:
        said, new = json.loads(text), np.argsort(order)
        vocabulary = said["model"]["vocab"]
        said["model"]["vocab"] = {t: int(new[number]) for t, number in vocabulary.items()}
        said["added_tokens"] = [{**t, "id": int(new[t["id"]])} for t in said["added_tokens"]]
        text = json.dumps(said)
    return replace(made.with_weights(w), tokenizer=text)


def _renumbered(stock: Stock, rng: Random, level: int) -> Pair:
    """With strings, without, and without under the whole disguise; 48 % copied, no MLP."""
    made = parts_of(stock, rng, 0.01, ATTENTION, tables=True).subject
    order = rng.permutation(len(made.weights["model.embed_tokens.weight"]))
    made = renumbered(made, order)
    if level:
        made = replace(made, tokenizer="")
    return copy_of(stock, changes.hidden(made, rng) if level == 2 else made)


def _noise(stock: Stock, rng: Random, level: int) -> Pair:
    return copy_of(stock, changes.noisy(changes.hidden(stock.parent, rng), (0.5, 1.0, 1.4)[level],
                                        rng))  # fmt: skip


def _noise_in_place(stock: Stock, rng: Random, level: int) -> Pair:
    return copy_of(stock, changes.noisy(stock.parent, (0.5, 1.0, 1.4)[level], rng))


def _mixed(stock: Stock, rng: Random, level: int) -> Pair:
    share = (0.7, 0.5, 0.4)[level]
    both = mix((dict(stock.parent.weights), dict(stock.strangers[0].weights)), (share, 1 - share))
    return copy_of(stock, changes.hidden(stock.parent.with_weights(both), rng))


def _pruned(stock: Stock, rng: Random, level: int) -> Pair:
    return copy_of(stock, changes.hidden(changes.pruned(stock.parent, (0.3, 0.5, 0.8)[level]), rng))


def _narrow(stock: Stock, rng: Random, level: int) -> Pair:
    """A tenth, a quarter, half of the units left out, and the whole disguise."""
    made, kept = stock.parent, (0.9, 0.75, 0.5)[level]
    orders = []
    for layer in range(made.layers):
        up = made.weights[changes.mlp(layer, "up_proj")]
        down = made.weights[changes.mlp(layer, "down_proj")]
        size = np.linalg.norm(up, axis=1) * np.linalg.norm(down, axis=0)
        orders.append(np.sort(np.argsort(-size)[: round(kept * len(up) / 16) * 16]))
    return copy_of(stock, changes.hidden(changes.units_in(made, orders), rng))


def _bits(stock: Stock, rng: Random, level: int) -> Pair:
    return copy_of(stock, changes.rounded(changes.hidden(stock.parent, rng), (8, 4, 3)[level]))


def _joint(stock: Stock, rng: Random, level: int) -> Pair:
    made = changes.noisy(_narrow(stock, rng, 0).subject, (0.1, 0.3, 0.75)[level], rng)
    return copy_of(stock, changes.rounded(made, 4))


def _copy(name: str, strengths: tuple[str, str, str], maker: object, *classes: str,
          damage: tuple[str, ...] = (), real: bool = True) -> Attack:  # fmt: skip
    return Attack(name=name, truth="copy", strengths=strengths, maker=maker,  # type: ignore[arg-type]
                  classes=classes, damage=damage, real=real)  # fmt: skip


PERCENT: Final = ("1 % noise", "10 %", "30 %")
RMS: Final = ("0.5 rms", "1 rms", "1.4 rms")
DISGUISED: Final = "both-and-signs"
COPIES: Final[tuple[Attack, ...]] = (
    _copy("nothing: a copy and its noise", ("none", "10 %", "30 %"), _nothing, "in-place"),
    _copy("silent layers at the ends, disguised", ("1 each", "2 each", "4 each"), _ends,
          "layers-changed", DISGUISED),
    _copy("silent layers between, disguised", ("1 each", "2 each", "4 each"), _middle,
          "layers-changed", DISGUISED),
    _copy("cancelling decoys, disguised", ("64 pairs", "512 pairs", "2048 pairs"), _decoys,
          "units-added", DISGUISED),
    _copy("tables and attention copied", PERCENT, _half, "alone"),
    _copy("tables alone copied", PERCENT, _tables, "alone"),
    _copy("attention alone copied", PERCENT, _attention, "alone"),
    _copy("MLPs alone copied", PERCENT, _mlps, "in-place"),
    _copy("units permuted", ("half", "nine tenths", "all"), _units, "units-permuted"),
    _copy("axes permuted", ("half", "nine tenths", "all"), _axes, "stream-rotated"),
    _copy("stream turned", ("a quarter", "half", "all"), _turned, "stream-rotated"),
    _copy("signs of units", ("10 %", "25 %", "50 %"), _signs, DISGUISED),
    _copy("units rescaled", ("e^0.3", "e^0.7", "e^2"), _rescaled, "in-place"),
    _copy("permuted, turned, rescaled", ("no signs", "and signs", "and inside heads"), _together,
          DISGUISED),
    _copy("silent ends, disguised, strings re-spelt", ("20 %", "70 %", "all"), _respelt,
          "tokens-respelt", "layers-changed"),
    _copy("tables and attention, ids renumbered", ("strings", "no strings", "disguised"),
          _renumbered, "tokens-respelt", "alone"),
    _copy("noise, disguised", RMS, _noise, DISGUISED, damage=HEAVY),
    _copy("noise in place", RMS, _noise_in_place, "in-place", damage=HEAVY),
    _copy("mixed with a stranger, disguised", ("70 %", "50 %", "40 %"), _mixed, DISGUISED,
          damage=HEAVY),
    _copy("values pruned, disguised", ("30 %", "50 %", "80 %"), _pruned, DISGUISED, damage=HEAVY),
    _copy("units pruned, disguised", ("10 %", "25 %", "50 %"), _narrow, DISGUISED, damage=HEAVY),
    _copy("rounded, disguised", ("8 bits", "4 bits", "3 bits"), _bits, DISGUISED),
    _copy("the joint attack", ("noise 0.1", "0.3", "0.75"), _joint, DISGUISED, damage=HEAVY),
)  # fmt: skip
