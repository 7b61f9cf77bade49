"""An accuser plants the subject's units or layers in his own model, after the fact.

How much they write, whether they cancel, and whether they are ever opened differs; the source is
his. Where the function is not kept to a hundredth, he would have to train what he planted in.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from adversary import changes
from adversary.attack import Attack, Maker, Pair, Random, Stock, innocent
from adversary.forward import activities
from adversary.made import Made

__all__ = ["PLANTED"]

Array = NDArray[np.float64]
Rows = list[NDArray[np.float32]]

CLOSED: Final = 12.0  # of a gate, before its activation, below which nothing comes of a unit
SPARE: Final = 0.3  # of the least that was seen, for activities that were not


def _rows(made: Made, layer: int) -> Rows:
    """Gate rows, up rows, and down columns as rows."""
    g, u, d = (made.weights[changes.mlp(layer, part)] for part in changes.PARTS)
    return [g, u, d.T]


def _units_write(stock: Stock, rng: Random, level: int) -> Pair:
    """All of the subject's units among his own, each a share as loud as it was."""
    own, subject = stock.parent, stock.strangers[0]
    made, loud = own, (0.001, 0.01, 0.1)[level]
    for layer in range(own.layers):
        g, u, d = _rows(subject, layer)
        made = changes.add_units(made, layer, [g, u, np.float32(loud) * d], rng)
    return innocent(made, subject, kept=(own, made) if level == 0 else None)


def _units_cancel(stock: Stock, rng: Random, level: int) -> Pair:
    """As loud as they were, each twice with opposite signs; nearly, so that no rows are equal."""
    own, subject = stock.parent, stock.strangers[0]
    made, apart = own, (0.0, 0.01, 0.1)[level]
    for layer in range(own.layers):
        rows = _rows(subject, layer)
        other = [changes.noise_on(x, apart, rng) for x in rows]
        both = [np.concatenate([x, y * sign]) for x, y, sign in zip(rows, other, (1, 1, -1),
                                                                    strict=True)]  # fmt: skip
        made = changes.add_units(made, layer, [x.astype(np.float32) for x in both], rng)
    return innocent(made, subject, kept=(own, made) if level == 0 else None)


def _layers_write(stock: Stock, rng: Random, level: int) -> Pair:
    """All of the subject's layers behind his own, each a share as loud as it was."""
    own, subject = stock.parent, stock.strangers[0]
    loud = (0.001, 0.01, 0.1)[level]
    made = changes.add_layers(own, [own.layers] * subject.layers, rng, donor=subject, size=loud)
    return innocent(made, subject, kept=(own, made) if level == 0 else None)


def _layers_cancel(stock: Stock, rng: Random, level: int) -> Pair:
    """Each of the subject's layers twice behind his own, the second time with the other sign."""
    own, subject = stock.parent, stock.strangers[0]
    loud = np.float32((0.03, 0.1, 0.3)[level])
    w, place = dict(own.weights), own.layers
    for layer in range(subject.layers):
        for sign in (loud, -loud):
            w |= _layer(subject, layer, place, {end: sign for end in changes.WRITES})
            place += 1
    return innocent(own.with_weights(w), subject)


def _layers_unread(stock: Stock, rng: Random, level: int) -> Pair:
    """Some of its layers behind his own, as they are; config.json counts his own alone."""
    own, subject = stock.parent, stock.strangers[0]
    w = dict(own.weights)
    for layer in range((1, 2, 4)[level]):
        w |= _layer(subject, layer, own.layers + layer, {})
    made = own.with_weights(w, num_hidden_layers=own.layers)
    return innocent(made, subject)


def _gates_shut(stock: Stock, rng: Random, level: int) -> Pair:
    """The subject's layers behind his first, with an attention that writes nothing and gates shut.

    They read nothing; or a direction that all his activities share, the other way; or each one
    such direction of its own, as far apart as they may be.
    """
    own, subject = stock.parent, stock.strangers[0]
    seen = _states(stock, changes.add_layers(own, [1], rng, donor=subject), 1) if level else None
    # New layers at their places first, then every matrix as the donor has it.
    made = changes.add_layers(own, [1] * subject.layers, rng, donor=subject)
    w = dict(made.weights)
    for layer in range(1, 1 + subject.layers):
        w[changes.mlp(layer, "down_proj")] *= np.float32(1e6)
        gate = changes.mlp(layer, "gate_proj")
        shut = w[gate] * np.float32(1e-6)
        if seen is not None:
            shut = _shut(w[gate], seen, rng, (0.0, 0.0, 1.0)[level])
        w[gate] = np.asarray(shut, dtype=np.float32)
    made = own.with_weights(w)
    return innocent(made, subject, kept=None if level == 2 else (own, made))


def _layer(
    made: Made, layer: int, place: int, by: dict[str, np.float32]
) -> dict[str, NDArray[np.float32]]:
    """A layer of a model at another place, some of its matrices multiplied."""
    own, new = f"model.layers.{layer}.", f"model.layers.{place}."
    return {
        new + name[len(own) :]: value * next((x for end, x in by.items() if name.endswith(end)),
                                             np.float32(1))
        for name, value in made.weights.items() if name.startswith(own)
    }  # fmt: skip


def _states(stock: Stock, made: Made, layer: int) -> Array:
    """What the MLP of a layer reads, for text and for tokens drawn at random, [tokens, width]."""
    text = np.array(stock.text[:1024], dtype=np.int64).reshape(-1, 128)
    drawn = np.random.default_rng(1).integers(10, 500, (16, 64))
    reads = np.concatenate(_rows(made, layer)[:2]).astype(np.float64)
    seen = [np.concatenate(activities(made, row)[layer], axis=1) for row in (*text, *drawn)]
    return np.asarray(np.linalg.lstsq(reads, np.concatenate(seen).T, rcond=None)[0].T)


def _shut(gates: NDArray[np.float32], seen: Array, rng: Random, apart: float) -> Array:
    """Gates turned so far that no activity that was seen opens them."""
    along = np.linalg.lstsq(seen, np.ones(len(seen)), rcond=None)[0]
    over = seen @ along
    if over.min() <= 0:
        raise ValueError("no direction is common to all activities, expected one")
    own = apart * rng.standard_normal(gates.shape) * np.linalg.norm(along) / np.sqrt(len(along))
    room = (over - over.min() / 2)[:, None] / np.maximum(-seen @ own.T, 1e-12)
    ways = along + np.minimum(1.0, room.min(axis=0))[:, None] * own
    by = ((seen @ gates.T).max(axis=0) + CLOSED) / (SPARE * (seen @ ways.T).min(axis=0))
    return np.asarray(gates - by[:, None] * ways, dtype=np.float32)


def _planted(name: str, strengths: tuple[str, str, str], maker: Maker) -> Attack:
    return Attack(name=name, truth="innocent", strengths=strengths, maker=maker, real=False)


PLANTED: Final[tuple[Attack, ...]] = (
    _planted("accuser plants units that write a little", ("1/1000", "1/100", "1/10"), _units_write),
    _planted("accuser plants units that cancel", ("exactly", "1 % apart", "10 % apart"),
             _units_cancel),
    _planted("accuser plants layers that write a little", ("1/1000", "1/100", "1/10"),
             _layers_write),
    _planted("accuser plants layers that cancel", ("at 3/100", "at 1/10", "at 3/10"),
             _layers_cancel),
    _planted("accuser plants layers that config denies", ("1", "2", "4"), _layers_unread),
    _planted("accuser plants layers with shut gates", ("read nothing", "one way", "each its own"),
             _gates_shut),
)  # fmt: skip
