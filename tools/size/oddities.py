"""What innocents have in common beside their recipe: an export, padding, a tool that rounds.

Each takes one model to another and looks at that model alone; both of a pair go through the same.
"""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from size.rounding import ROUNDINGS, by_groups
from size.shape import Shape, Weights, at
from size.working import Working

__all__ = ["ODDITIES"]

Array: TypeAlias = NDArray[np.float32]
Oddity: TypeAlias = Callable[[Weights, Shape, Working], Weights]
Key: TypeAlias = Callable[[Weights, int, Working], Array]

PADDED: Final = 16  # units more in every layer
GROUP: Final = 16  # values that share a step


def _rows(weights: Weights, n: int, part: str) -> Array:
    rows = weights[at(n, f"mlp.{part}_proj")]
    return rows.T if part == "down" else rows


def _norm(weights: Weights, n: int, part: str) -> Array:
    return np.asarray(np.linalg.norm(_rows(weights, n, part), axis=1))


def _lean(weights: Weights, n: int, _: Working) -> Array:
    inner = np.einsum("ij,ij->i", _rows(weights, n, "gate"), _rows(weights, n, "up"))
    return np.asarray(inner / (_norm(weights, n, "gate") * _norm(weights, n, "up")))


def _first_coordinate(weights: Weights, n: int, _: Working) -> Array:
    rows = _rows(weights, n, "up")
    return np.asarray((rows - rows.mean(axis=0)) @ np.linalg.svd(rows - rows.mean(axis=0))[2][0])


KEYS: Final[dict[str, Key]] = {
    "norm of up": lambda w, n, _: _norm(w, n, "up"),
    "norm of down": lambda w, n, _: _norm(w, n, "down"),
    "mean activation": lambda w, n, seen: seen.size(w)[n],
    "signed mean activation": lambda w, n, seen: seen.mean(w)[n],
    "firing rate": lambda w, n, seen: seen.rate(w)[n],
    "cos(gate, up)": _lean,
    "wanda": lambda w, n, seen: np.abs(_rows(w, n, "up")) @ seen.read(w)[n],
    "first principal coordinate": _first_coordinate,
}


def _ordered(key: Key, weights: Weights, shape: Shape, seen: Working) -> Weights:
    """The units of each layer in the order of a key, as an exporter lists them."""
    found = dict(weights)
    for n in range(shape.layers):
        order = np.argsort(-key(weights, n, seen), kind="stable")
        for part in ("gate", "up"):
            found[at(n, f"mlp.{part}_proj")] = _rows(weights, n, part)[order]
        down = weights[at(n, "mlp.down_proj")]
        found[at(n, "mlp.down_proj")] = np.ascontiguousarray(down[:, order])
    return found


def _padded(how: str, weights: Weights, shape: Shape, _: Working) -> Weights:
    """Units more, to fill a tile: zeros, or the first ones again."""
    found = dict(weights)
    for n in range(shape.layers):
        for part in ("gate", "up", "down"):
            rows = _rows(weights, n, part)
            more = np.zeros_like(rows[:PADDED]) if how == "zeros" else rows[:PADDED]
            wide = np.concatenate([rows, more])
            wide = wide.T if part == "down" else wide
            found[at(n, f"mlp.{part}_proj")] = np.ascontiguousarray(wide)
    return found


def _rounded(rounding: Callable[[Array], Array], weights: Weights, *_: object) -> Weights:
    return {n: rounding(x) if x.ndim == 2 else x for n, x in weights.items() if isinstance(n, str)}


def _by_activation(weights: Weights, shape: Shape, seen: Working) -> Weights:
    """Four bits, inputs taken in order of their activation and stored so (GPTQ, `act-order`)."""
    key: Key = lambda w, n, s: s.power(w)[n]  # noqa: E731
    found = _ordered(key, weights, shape, seen)
    for n in range(shape.layers):
        order = np.argsort(-seen.read(weights)[n], kind="stable")
        for part in ("gate", "up"):
            rows = found[at(n, f"mlp.{part}_proj")]
            back = np.empty_like(rows)
            back[:, order] = by_groups(np.ascontiguousarray(rows[:, order]), 4, GROUP)
            found[at(n, f"mlp.{part}_proj")] = back
        found[at(n, "mlp.down_proj")] = by_groups(found[at(n, "mlp.down_proj")], 4, GROUP)
    return found


ODDITIES: Final[dict[str, Oddity]] = {
    **{f"sorted: {name}": partial(_ordered, key) for name, key in KEYS.items()},
    "GPTQ, act-order": _by_activation,
    "padded with zeros": partial(_padded, "zeros"),
    "padded with repeats": partial(_padded, "repeats"),
    **{f"rounded: {name}": partial(_rounded, rounding) for name, rounding in ROUNDINGS.items()},
}
