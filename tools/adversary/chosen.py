"""An accuser who arranges his own model to look like a stranger's, and keeps what it computes.

He may choose the order of units and, where a gate allows it, their signs; the order and signs of
the axes; or any rotation of the residual stream, once the gains of the norms are folded in. He
chooses all of it together, in turns: the best partners under the map, then the best map for the
partners, for all units or for the surest share of them, in all layers or in one. `linear` is no
choice he has: any linear map of his rows, more than every renumbering of tokens, axes or rotation
can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from casebook.operations import FoldGains, Weights, layer_count
from filiation.examining.weights.corroboration.explained import capacity, excess

__all__ = ["HOW", "Chosen", "Layers", "best_choice", "rearranged", "rows_of"]

Float32: TypeAlias = NDArray[np.float32]
Layers: TypeAlias = Sequence[Sequence[Float32]]  # rows of gate, up, down: unit length

HOW: Final = ("order", "axes", "rotation", "linear")
PARTS: Final = ("gate", "up", "down")
SHARES: Final = (1.0, 0.5, 0.25)
ROUNDS: Final = 10
WRITES: Final = ("o_proj.weight", "down_proj.weight")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """What one arrangement reaches.

    Attributes:
        turn: Source's rows times it are set beside the subject's, float32 [width, columns].
        order: Per layer, the source's unit for each unit of the subject.
        sign: Per layer, the sign of up and down of that unit.
        times: Rows explained, in units of what a map could account for.
        margin: The largest mean likeness of a layer's placed units over that of the next best.
        agree: Units that two of gate, up and down, paired alone with the nearest, agree on.
        units: Of how many.
    """

    turn: Float32
    order: Sequence[NDArray[np.int64]]
    sign: Sequence[Float32]
    times: float
    margin: float
    agree: int
    units: int


def best_choice(source: Layers, subject: Layers, how: str, seen: Float32 | None = None) -> Chosen:
    """The arrangement that explains most, over shares of the units and layers to care for.

    Args:
        source: The accuser's rows.
        subject: The stranger's, with layers of as many units.
        how: What may be chosen.
        seen: Columns through which rows are compared, float32 [width, columns]; all without.
    """
    columns = np.eye(subject[0][0].shape[1], dtype=np.float32) if seen is None else seen
    cared = [range(len(source))] + ([range(1)] if len(source) > 1 else [])
    tries = [(1.0, range(len(source)))] if how == "order" else list(product(SHARES, cared))
    found = [_in_turns(source, subject, how, columns, share, layers) for share, layers in tries]
    return max((one for ones in found for one in ones), key=lambda one: one.times)


def _in_turns(
    source: Layers, subject: Layers, how: str, seen: Float32, share: float, cared: Sequence[int]
) -> list[Chosen]:
    theirs = [[_centred(rows @ seen) for rows in layer] for layer in subject]
    turn, found = seen.copy(), list[Chosen]()
    if source[0][0].shape[1] != len(seen):
        raise ValueError("models of other widths have no common arrangement to begin with")
    for _ in range(1 if how == "order" else ROUNDS):
        ours = [[_centred(rows @ turn) for rows in layer] for layer in source]
        pairs = [_partners(a, b) for a, b in zip(ours, theirs, strict=True)]
        found.append(_measured(source[0][0].shape[1], ours, theirs, pairs, turn))
        wanted = theirs if how == "linear" else [[_centred(x) for x in y] for y in subject]
        stacked = [
            _surest(source[n], ours[n], theirs[n], wanted[n], *pairs[n], share) for n in cared
        ]
        a, b = (np.concatenate([one[k] for one in stacked]) for k in (0, 1))
        turn = _map(a, b, how) if how == "linear" else _map(a, b, how) @ seen
    return found


def _partners(
    ours: Sequence[Float32], theirs: Sequence[Float32]
) -> tuple[NDArray[np.int64], Float32]:
    """The best order and signs of one layer."""
    alike = [a @ b.T for a, b in zip(ours, theirs, strict=True)]
    free = alike[1] + alike[2]
    rows, columns = linear_sum_assignment(-(alike[0] + np.abs(free)))
    order = np.empty(len(columns), dtype=np.int64)
    order[columns] = rows
    return order, np.where(free[order, np.arange(len(order))] < 0, -1, 1).astype(np.float32)


def _surest(
    source: Sequence[Float32],
    ours: Sequence[Float32],
    theirs: Sequence[Float32],
    wanted: Sequence[Float32],
    order: NDArray[np.int64],
    sign: Float32,
    share: float,
) -> tuple[Float32, Float32]:
    """Rows to be mapped and where to, each weighed by how near they are already."""
    signs = (np.ones_like(sign), sign, sign)
    near = sum(
        np.einsum("ij,ij->i", a[order] * s[:, None], b)
        for a, b, s in zip(ours, theirs, signs, strict=True)
    )
    keep = np.argsort(-near)[: max(4, int(share * len(order)))]
    weight = np.sqrt(np.maximum(near[keep], 0.01))[:, None]
    sides = [
        (weight * s[keep, None] * (a - a.mean(axis=0))[order[keep]], weight * b[keep])
        for a, b, s in zip(source, wanted, signs, strict=True)
    ]
    return np.concatenate([x for x, _ in sides]), np.concatenate([y for _, y in sides])


def _map(a: Float32, b: Float32, how: str) -> Float32:
    if how == "linear":
        ridge = 1e-2 * np.eye(a.shape[1], dtype=np.float32)
        nothing = np.zeros((a.shape[1], b.shape[1]), dtype=np.float32)
        both = np.concatenate([a, ridge]), np.concatenate([b, nothing])
        return np.asarray(np.linalg.lstsq(*both, rcond=None)[0], dtype=np.float32)
    if how == "rotation":
        u, _, v = np.linalg.svd(a.T @ b)
        return np.asarray(u @ v, dtype=np.float32)
    alike = a.T @ b
    rows, columns = linear_sum_assignment(-np.abs(alike))
    turn = np.zeros_like(alike)
    turn[rows, columns] = np.where(alike[rows, columns] < 0, -1, 1)
    return turn


def _measured(
    width: int,
    ours: Layers,
    theirs: Layers,
    pairs: Sequence[tuple[NDArray[np.int64], Float32]],
    turn: Float32,
) -> Chosen:
    total, rows, agree, units, margins = 0.0, 0, 0, 0, [0.0]
    for a, b, (order, sign) in zip(ours, theirs, pairs, strict=True):
        signs = (np.ones_like(sign), sign, sign)
        alike = [(x[order] * s[:, None]) @ y.T for x, y, s in zip(a, b, signs, strict=True)]
        mean, at = np.asarray(sum(alike) / len(alike)), np.arange(len(order))
        total += excess(mean, at, len(alike))
        rows, units = rows + len(alike) * len(at), units + len(at)
        agree += int(np.count_nonzero(sum((x.argmax(axis=0) == at).astype(int) for x in alike) > 1))
        here = mean.diagonal().copy()
        np.fill_diagonal(mean, -1)
        ahead = here > mean.max(axis=0)
        if ahead.sum() >= 8:
            next_best = np.sort(mean.max(axis=0))[-int(ahead.sum()) :]
            margins.append(float(here[ahead].mean() / next_best.mean()))
    return Chosen(
        turn=turn,
        order=[order for order, _ in pairs],
        sign=[sign for _, sign in pairs],
        times=total / capacity(width, rows, turn.shape[1]),
        margin=max(margins),
        agree=agree,
        units=units,
    )


def rows_of(weights: Weights) -> Layers:
    """Rows of gate, up and down of every layer, gains folded in, of unit length."""
    folded = FoldGains()(weights)
    return [
        [
            _unit(folded[f"model.layers.{n}.mlp.{part}_proj.weight"].T.copy())
            if part == "down"
            else _unit(folded[f"model.layers.{n}.mlp.{part}_proj.weight"])
            for part in PARTS
        ]
        for n in range(layer_count(weights))
    ]


def rearranged(weights: Weights, chosen: Chosen) -> Weights:
    """The accuser's model so arranged. It computes what it did."""
    changed: Weights = {}
    for name, value in FoldGains()(weights).items():
        if value.ndim == 1:
            changed[name] = value
        elif name.endswith(WRITES):
            changed[name] = np.ascontiguousarray(chosen.turn.T @ value)
        else:
            changed[name] = np.ascontiguousarray(value @ chosen.turn)
    for n, (order, sign) in enumerate(zip(chosen.order, chosen.sign, strict=True)):
        for part in PARTS:
            name = f"model.layers.{n}.mlp.{part}_proj.weight"
            units = changed[name].T if part == "down" else changed[name]
            units = units[order] * (1 if part == "gate" else sign[:, None])
            changed[name] = np.ascontiguousarray(units.T if part == "down" else units)
    return changed


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))


def _centred(rows: Float32) -> Float32:
    unit = _unit(rows)
    return _unit(unit - unit.mean(axis=0))
