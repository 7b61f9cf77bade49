"""Two models that share no weights, made to look as if they did: by an export or an accuser.

The source is the accuser's. Every entry of science 6.2 that needs no training, and new ones.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from adversary import changes
from adversary.attack import Attack, Pair, Random, Stock, innocent
from adversary.copies_new import HEAD, TABLE
from adversary.forward import activities
from adversary.made import Made
from casebook.operations import mix
from filiation.numerics.frames.assignment import pair_units

__all__ = ["INNOCENTS"]

Array = NDArray[np.float64]


def keys_of(made: Made, layer: int, how: str, seen: Sequence[tuple[Array, Array]]) -> Array:
    """By what an export lists the units of a layer."""
    g, u, d = (made.weights[changes.mlp(layer, part)].astype(np.float64) for part in changes.PARTS)
    if how == "cosine":
        return np.asarray(np.einsum("ij,ij->i", _unit(g), _unit(u)))
    gate, up = seen[layer]
    act = gate / (1 + np.exp(-gate)) * up
    return np.asarray({
        "signed mean": act.mean(0), "rate": (gate > 0).mean(0), "gate": gate.mean(0),
        "mean": np.abs(act).mean(0),
        "wanda": np.sqrt((act**2).mean(0)) * np.linalg.norm(d, axis=0),
    }[how])  # fmt: skip


def _unit(rows: NDArray[Any]) -> Array:
    return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-30), np.float64)


def sorted_by(stock: Stock, made: Made, how: str) -> Made:
    """An export that lists units in the order of a key, largest first."""
    text = np.array(stock.text[:1024], dtype=np.int64).reshape(-1, 128)
    runs = [activities(made, row) for row in text] if how != "cosine" else []
    seen = [
        (
            np.concatenate([run[layer][0] for run in runs]),
            np.concatenate([run[layer][1] for run in runs]),
        )
        for layer in range(made.layers)
        if runs
    ]
    orders = [
        np.argsort(-keys_of(made, layer, how, seen), kind="stable") for layer in range(made.layers)
    ]
    return changes.units_in(made, orders)


def _nothing(stock: Stock, rng: Random, level: int) -> Pair:
    return innocent(stock.parent, stock.strangers[level % len(stock.strangers)])


def _sorted(*keys: str) -> object:
    def maker(stock: Stock, rng: Random, level: int) -> Pair:
        one, two = (sorted_by(stock, m, keys[level]) for m in (stock.parent, stock.strangers[-1]))
        return innocent(one, two, kept=(stock.parent, one))

    return maker


def axes_sorted(made: Made, level: int) -> Made:
    """An export that lists axes by the size of the table's columns, of the gains, or of all."""
    size = np.linalg.norm(made.weights[TABLE].astype(np.float64), axis=0)
    if level == 1:
        size = made.weights["model.norm.weight"].astype(np.float64)
    if level == 2:
        writes = [x for n, x in made.weights.items() if n.endswith(changes.WRITES)]
        size = np.sum([np.linalg.norm(x, axis=1) for x in writes], axis=0)
    return changes.axes_in(made, np.argsort(-size, kind="stable"))


def _axes_sorted(stock: Stock, rng: Random, level: int) -> Pair:
    one, two = (axes_sorted(m, level) for m in (stock.parent, stock.strangers[0]))
    return innocent(one, two, kept=(stock.parent, one))


def _stacked(made: Made, layer: int, part: str) -> Array:
    value = made.weights[changes.mlp(layer, part)].astype(np.float64)
    return _unit(value.T if part == "down_proj" else value)


def fitted_units(own: Made, subject: Made, parts: tuple[str, ...]) -> Made:
    """His units in the order that fits the subject's best, by these matrices."""
    orders = []
    for layer in range(own.layers):
        ours, theirs = (
            np.concatenate([_stacked(m, layer, p) for p in parts], 1).astype(np.float32)
            for m in (own, subject)
        )
        orders.append(pair_units(ours, theirs, np.random.default_rng(0), exact_to=len(ours)))
    return changes.units_in(own, orders)


def fitted_axes(own: Made, subject: Made) -> Made:
    """His axes in the order that fits the subject's tables best."""
    ours, theirs = (
        np.concatenate([m.weights[n] - m.weights[n].mean(0) for n in (TABLE, HEAD)]).T
        for m in (own, subject)
    )
    order = pair_units(
        _unit(ours).astype(np.float32), _unit(theirs).astype(np.float32),
        np.random.default_rng(0), exact_to=len(ours), unsigned=True,
    )  # fmt: skip
    return changes.axes_in(own, order)


def fitted_signs(own: Made, subject: Made) -> Made:
    """The sign of up and down of each unit as its best partner in the subject would have it."""
    w = dict(own.weights)
    for layer in range(own.layers):
        gate = [_stacked(m, layer, "gate_proj") for m in (own, subject)]
        best = (gate[0] @ gate[1].T).argmax(1)
        ups, downs = (
            [_stacked(m, layer, part) for m in (own, subject)] for part in ("up_proj", "down_proj")
        )
        agree = np.einsum("ij,ij->i", ups[0], ups[1][best])
        agree = agree + np.einsum("ij,ij->i", downs[0], downs[1][best])
        sign = np.where(agree < 0, -1, 1).astype(np.float32)
        up, down = changes.mlp(layer, "up_proj"), changes.mlp(layer, "down_proj")
        w[up], w[down] = w[up] * sign[:, None], w[down] * sign
    return own.with_weights(w)


def _orders_units(stock: Stock, rng: Random, level: int) -> Pair:
    parts = (("up_proj",), ("gate_proj", "up_proj"), tuple(changes.PARTS))[level]
    made = fitted_units(stock.parent, stock.strangers[0], parts)
    return innocent(made, stock.strangers[0], kept=(stock.parent, made))


def _orders_axes(stock: Stock, rng: Random, level: int) -> Pair:
    """Axes; axes, then units; axes, units, then signs."""
    subject = stock.strangers[0]
    made = fitted_axes(stock.parent, subject)
    if level:
        made = fitted_units(made, subject, changes.PARTS)
    if level == 2:
        made = fitted_signs(made, subject)
    return innocent(made, subject, kept=(stock.parent, made))


def _orders_signs(stock: Stock, rng: Random, level: int) -> Pair:
    """Signs; units, then signs; and every unit's scale as the subject's."""
    subject, made = stock.strangers[0], stock.parent
    if level:
        made = fitted_units(made, subject, ("gate_proj",))
    made = fitted_signs(made, subject)
    if level == 2:
        w = dict(made.weights)
        for layer in range(made.layers):
            up, down = changes.mlp(layer, "up_proj"), changes.mlp(layer, "down_proj")
            by = np.linalg.norm(subject.weights[up], axis=1) / np.linalg.norm(w[up], axis=1)
            w[up], w[down] = w[up] * by[:, None], w[down] / by
        made = made.with_weights(w)
    return innocent(made, subject, kept=(stock.parent, made))


def _orders_heads(stock: Stock, rng: Random, level: int) -> Pair:
    """Inside his heads: rows of v in the order, the signs, or the rotation that fits best."""
    own, subject = stock.parent, stock.strangers[0]
    w = {n: x.astype(np.float64) for n, x in own.weights.items()}
    queries, keys, size = own.heads()
    for layer in range(own.layers):
        at = f"model.layers.{layer}.self_attn."
        for group in range(keys):
            rows = slice(group * size, (group + 1) * size)
            theirs = subject.weights[at + "v_proj.weight"][rows].astype(np.float64)
            near = theirs @ w[at + "v_proj.weight"][rows].T
            if level < 2:
                _, order = linear_sum_assignment(np.abs(near) if level else near, maximize=True)
                mixer = np.eye(size)[order]
                if level:
                    mixer = mixer * np.sign(np.einsum("ij,ij->i", mixer, near))[:, None]
            else:
                left, _, right = np.linalg.svd(near)
                mixer = left @ right
            w[at + "v_proj.weight"][rows] = mixer @ w[at + "v_proj.weight"][rows]
            for head in range(group * queries // keys, (group + 1) * queries // keys):
                cut = slice(head * size, (head + 1) * size)
                w[at + "o_proj.weight"][:, cut] = w[at + "o_proj.weight"][:, cut] @ mixer.T
    made = own.with_weights({n: x.astype(np.float32) for n, x in w.items()})
    return innocent(made, subject, kept=(own, made))


def _plants_units(stock: Stock, rng: Random, level: int) -> Pair:
    """He adds the subject's units to his own model, writing nothing: it is he who copied."""
    own, subject = stock.parent, stock.strangers[0]
    made = own
    for layer in range(own.layers):
        g, u, d = (subject.weights[changes.mlp(layer, part)] for part in changes.PARTS)
        chosen = np.sort(rng.choice(len(g), round((0.1, 0.3, 1.0)[level] * len(g)), replace=False))
        rows = [g[chosen], u[chosen], 1e-6 * d[:, chosen].T]
        made = changes.add_units(made, layer, rows, rng)
    return innocent(made, subject, kept=(own, made))


def _mixes_in(stock: Stock, rng: Random, level: int) -> Pair:
    """He adds some of the subject's weights to his own, afterwards."""
    share = (0.05, 0.1, 0.3)[level]
    own, subject = stock.parent, stock.strangers[0]
    both = mix((dict(own.weights), dict(subject.weights)), (1 - share, share))
    return innocent(own.with_weights(both), subject)


def _leaning(stock: Stock, rng: Random, level: int) -> Pair:
    """Gate and up rows of both have a cosine in common, as in a layer that was made gated."""
    cosine, pair = (0.3, 0.5, 0.8)[level], []
    for made in (stock.parent, stock.strangers[0]):
        w = dict(made.weights)
        for layer in range(made.layers):
            gate, up = changes.mlp(layer, "gate_proj"), changes.mlp(layer, "up_proj")
            size = np.linalg.norm(w[up], axis=1, keepdims=True)
            lean = cosine * _unit(w[gate]) + np.sqrt(1 - cosine**2) * _unit(w[up])
            w[up] = (size * lean).astype(np.float32)
        pair.append(made.with_weights(w))
    return innocent(pair[0], pair[1])


def _shifted(stock: Stock, rng: Random, level: int) -> Pair:
    """One default seed: each matrix drawn from one stream, begun some rows later."""
    drawn = np.random.default_rng(42).standard_normal(3_000_000)
    width, units, layers = 128, 192, 4
    pair = []
    for late in (0, (1, 3, 16)[level]):
        at, own = late * width, np.random.default_rng([7, late])
        w = {TABLE: own.standard_normal((768, width)), HEAD: own.standard_normal((768, width))}
        w["model.norm.weight"] = np.ones(width)
        for layer in range(layers):
            stem = f"model.layers.{layer}."
            shapes = [(f"self_attn.{k}_proj", (width, width)) for k in "qkvo"]
            shapes += [("mlp.gate_proj", (units, width)), ("mlp.up_proj", (units, width))]
            shapes += [("mlp.down_proj", (width, units))]
            for name, shape in shapes:
                count = shape[0] * shape[1]
                start = drawn[at : at + count].reshape(shape)
                at += count
                w[f"{stem}{name}.weight"] = 0.8 * start + 0.6 * own.standard_normal(shape)
            for norm in ("input", "post_attention"):
                w[f"{stem}{norm}_layernorm.weight"] = np.ones(width)
        config = {**stock.parent.config, "num_attention_heads": 16, "num_key_value_heads": 16,
                  "head_dim": 8}  # fmt: skip
        made = Made(weights={n: x.astype(np.float32) for n, x in w.items()}, config=config)
        pair.append(made.with_weights(made.weights))
    return innocent(pair[0], pair[1])


def _one_table(stock: Stock, rng: Random, level: int) -> Pair:
    """Both began with one public embedding table, and trained it apart."""
    one, two = stock.parent, stock.strangers[0]
    shared, apart = one.weights[TABLE], (0.05, 0.3, 1.0)[level]
    made = [
        m.with_weights({**m.weights, TABLE: changes.noise_on(shared, apart, rng)})
        for m in (one, two)
    ]
    return innocent(made[0], made[1])


def _one_tower(stock: Stock, rng: Random, level: int) -> Pair:
    """Two language models of strangers on one public vision tower."""
    tower: dict[str, NDArray[np.float32]] = {}
    wide, units = 64, 160
    for layer in range(4):
        at = f"vision_tower.vision_model.encoder.layers.{layer}."
        shapes = {"mlp.fc1": (units, wide), "mlp.fc2": (wide, units)}
        shapes |= {f"self_attn.{k}_proj": (wide, wide) for k in ("q", "k", "v")}
        shapes |= {"self_attn.out_proj": (wide, wide)}
        for name, shape in shapes.items():
            tower[f"{at}{name}.weight"] = rng.standard_normal(shape).astype(np.float32)
    pair = []
    for made in (stock.parent, stock.strangers[0]):
        own = {n: changes.noise_on(x, (0.0, 0.1, 0.3)[level], rng) for n, x in tower.items()}
        text = {f"language_model.{n}": x for n, x in made.weights.items()}
        pair.append(replace(made, stored={**text, **own}, config={}))
    return innocent(pair[0], pair[1])


def _rounded_alike(stock: Stock, rng: Random, level: int) -> Pair:
    one, two = (changes.rounded(m, (8, 4, 2)[level]) for m in (stock.parent, stock.strangers[0]))
    return innocent(one, two)


def _padded_alike(stock: Stock, rng: Random, level: int) -> Pair:
    """Both padded by one tool: units of one constant, of one seed, and tokens of one seed."""
    pair, size = [], 32
    for made in (stock.parent, stock.strangers[0]):
        tool = np.random.default_rng(0)
        if level < 2:
            for layer in range(made.layers):
                rows = [
                    np.full((size, made.width), 0.01)
                    if level == 0
                    else tool.standard_normal((size, made.width)) * 0.05
                    for _ in range(2)
                ]
                names = (changes.mlp(layer, part) for part in changes.PARTS)
                w = dict(made.weights)
                for name, new in zip(names, [*rows, np.zeros((size, made.width))], strict=True):
                    axis = 1 if "down" in name else 0
                    w[name] = np.concatenate([w[name], new.T if axis else new], axis)
                    w[name] = w[name].astype(np.float32)
                made = made.with_weights(w)
        else:
            new = (tool.standard_normal((256, made.width)) * 0.02).astype(np.float32)
            w = {n: np.concatenate([x, new]) if n in (TABLE, HEAD) else x
                 for n, x in made.weights.items()}  # fmt: skip
            made = made.with_weights(w)
        pair.append(made)
    return innocent(pair[0], pair[1])


def _relatives_as_controls(stock: Stock, rng: Random, level: int) -> Pair:
    """He names as controls 1, 2, 3 relatives of his own model, and fits units to the subject."""
    controls = tuple(changes.noisy(stock.parent, 0.2 * (n + 1), rng) for n in range(level + 1))
    made = fitted_units(stock.parent, stock.strangers[0], ("gate_proj", "up_proj"))
    return replace(innocent(made, stock.strangers[0], kept=(stock.parent, made)), controls=controls)


def _guilty(name: str, strengths: tuple[str, str, str], maker: object, *shares: str) -> Attack:
    """`shares`: words for a component that both have, so that derivation of it alone is right."""
    real = name not in CASEBOOK_ONLY
    return Attack(name=name, truth="innocent", strengths=strengths, real=real, damage=shares,
                  maker=maker)  # type: ignore[arg-type]  # fmt: skip


CASEBOOK_ONLY: Final = (  # made of numbers, or of a container
    "one default seed, shifted", "one public tower", "both padded by one tool",
)  # fmt: skip
INNOCENTS: Final[tuple[Attack, ...]] = (
    _guilty("nothing: strangers as they are", ("one", "another", "a third"), _nothing),
    _guilty("both sorted by activity", ("signed mean", "rate", "gate"),
            _sorted("signed mean", "rate", "gate")),
    _guilty("both sorted by size", ("mean", "wanda", "cosine"), _sorted("mean", "wanda", "cosine")),
    _guilty("both list axes by size", ("of the table", "of the gains", "of what writes"),
            _axes_sorted),
    _guilty("accuser orders units", ("by up", "by gate and up", "by all"), _orders_units),
    _guilty("accuser orders axes", ("axes", "and units", "and signs"), _orders_axes),
    _guilty("accuser chooses signs", ("signs", "units and signs", "and scales"), _orders_signs),
    _guilty("accuser orders heads inside", ("order", "and signs", "any rotation"), _orders_heads),
    _guilty("accuser plants the subject's units", ("10 %", "30 %", "all"), _plants_units),
    _guilty("accuser mixes the subject in", ("5 %", "10 %", "30 %"), _mixes_in),
    _guilty("gates lean in both", ("0.3", "0.5", "0.8"), _leaning),
    _guilty("one default seed, shifted", ("1 row", "3 rows", "16 rows"), _shifted),
    _guilty("one public table", ("5 % apart", "30 %", "100 %"), _one_table, "embedding",
            "table"),
    _guilty("one public tower", ("as it is", "10 % apart", "30 %"), _one_tower, "tower"),
    _guilty("both rounded by one tool", ("8 bits", "4 bits", "2 bits"), _rounded_alike),
    _guilty("both padded by one tool", ("constants", "one seed", "tokens"), _padded_alike),
    _guilty("accuser names relatives as controls", ("1", "2", "3"), _relatives_as_controls),
)  # fmt: skip
