"""Do units of the source stand in another model, in whatever order and in whatever axes?

A rotation is fitted to all units, so that a share of a copy among units of one's own is lost in
it. What its units keep is how they stand to each other (`numerics.frames.consistency`). How many
do so in strangers was counted and follows from no null; but of those that do, the signs of up and
down beside gate are tosses of a fair coin in strangers, and an exact test counts them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.apart import body_alone
from filiation.methods.weights.coin import FAIR_TO, coin_log_p
from filiation.methods.weights.deep import GATED, DeepUnits, deep_units
from filiation.model.sketch import Sketch
from filiation.numerics.frames.consistency import consistent, unit_angles
from filiation.numerics.rng import stream
from filiation.numerics.tails.poisson import exceeded_with
from filiation.numerics.tails.tail import fair_coin_log_p

__all__ = ["FEWEST", "REACHES", "TIMES", "Elsewhere", "ahead", "drawn_on", "elsewhere"]

Float32: TypeAlias = NDArray[np.float32]
Side: TypeAlias = tuple[DeepUnits, ...]

ROLES: Final = tuple(sorted(GATED))
# Units beyond which they are said to stand there, and how many times those of chance. The most
# among strangers is printed by `python -m trainings strangers` and `python -m docs.turned_units`.
FEWEST: Final = 10
# How far the last step, and the last half of the way, are drawn on, over their length: to where
# copies lie of which a half or more is in the last checkpoint, shares growing by squares.
REACHES: Final = (
    ("step", 0.6), ("step", 1.2), ("step", 2.4), ("step", 4.8),
    ("half", 0.15), ("half", 0.3), ("half", 0.6),
)  # fmt: skip
TIMES: Final = 2.5
RARE: Final = 1e-6  # chance that more units of strangers are close, if TIMES as many were expected


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What was found of one model, or of one checkpoint of a history.

    Attributes:
        units: Units of it that stand to each other as units of the source do.
        of: Units that were looked at.
        by_chance: The most that do so where each is paired with a later neighbour.
        log_p: Natural log p of their signs, of a fair coin; None where no model's signs are fair,
            or no unit was found.
        close: Units whose matrices lie to each other as those of a single unit of the source do.
            Far more of them than chance makes are no strangers' either, and may hide the others:
            of pairs that lie as near only so many are looked at.
        close_limit: Beyond how many they are said to.
    """

    units: int
    of: int
    by_chance: int
    log_p: float | None
    close: int = 0
    close_limit: int = FEWEST

    @property
    def limit(self) -> float:
        """As many as stand there by chance, or in strangers, at most."""
        return max(float(FEWEST), TIMES * self.by_chance)

    @property
    def stands(self) -> bool:
        """Whether more do."""
        return self.units > self.limit

    @property
    def crowded(self) -> bool:
        """Whether more are close than chance makes."""
        return self.close > self.close_limit

    @property
    def found(self) -> bool:
        """Whether the source's units are said to stand there, or so many lie so close."""
        return self.stands or self.crowded


def elsewhere(source: Sketch, point: Sketch, *, seed: int) -> Elsewhere | None:
    """Look for units of the source in another model, or in a checkpoint of a history.

    None where a model has no gated MLPs whose rows are kept, or the streams differ in width.
    """
    return _looked(source, point, _layers(point), None, 0.0, seed)


def ahead(
    source: Sketch, earlier: Sketch, point: Sketch, *, reach: float, seed: int
) -> Elsewhere | None:
    """The same where the way from an earlier checkpoint leads, drawn on in a straight line.

    Weights that are blended with a copy, (1 - s) w + s c, have lost the angles of both; but those
    of two shares s lie on one line with c, and what w moved between them is little.

    Args:
        source: The claimed source.
        earlier: A checkpoint.
        point: A later one.
        reach: How far beyond it, over what lies between the two.
        seed: Of every random stream.
    """
    return _looked(source, point, _layers(point), _layers(earlier), reach, seed)


def drawn_on(source: Sketch, points: Sequence[Sketch], *, seed: int) -> Elsewhere | None:
    """The last steps drawn on, each reach once: where most units stand, and the least log p.

    None where none is looked for. `REACHES` says how many log p it is the least of.
    """
    last = len(points) - 1
    lags = {"step": 1, "half": max(1, last // 2)}
    found = [
        ahead(source, points[last - lags[lag]], points[last], reach=reach, seed=seed)
        for lag, reach in (REACHES if last else ())
    ]
    looked = [one for one in found if one is not None]
    if not looked:
        return None
    most = max(looked, key=lambda one: one.units - one.limit)
    told = [one.log_p for one in looked if one.log_p is not None]
    return replace(most, log_p=min(told, default=None))


def _looked(
    source: Sketch, point: Sketch, later: Side, earlier: Side | None, reach: float, seed: int
) -> Elsewhere | None:
    sides = [_layers(source), later]
    if not all(sides) or sides[0][0].rows[0].shape[1] != sides[1][0].rows[0].shape[1]:
        return None
    theirs = _scaled(later) if earlier is None else _drawn_on(earlier, later, reach)
    if theirs is None:
        return None
    rows = [_unit(_scaled(sides[0])), _unit(theirs)]
    flips = sides[0][0].flips
    angles = (unit_angles(rows[0], flips), unit_angles(rows[1], flips))
    found = consistent(rows[0], rows[1], angles, flips)
    return Elsewhere(
        units=len(found.source),
        of=len(rows[1]),
        by_chance=found.by_chance,
        log_p=_signs(rows, (found.source, found.subject), sides, (source, point), seed),
        close=found.close,
        close_limit=_close_limit(found.by_chance_close),
    )


def _close_limit(by_chance: float) -> int:
    return max(FEWEST, int(exceeded_with(RARE, np.array(TIMES * by_chance))))


def _layers(sketch: Sketch) -> Side:
    """The gated layers whose rows are kept, of the width that has most."""
    found = deep_units(body_alone(sketch), ROLES)
    widths = [side for width in found if (side := tuple(one for one in width if len(one.at)))]
    return widths[0] if widths else ()


def _scaled(side: Side) -> Float32:
    """Rows [units, matrices, width] of all layers, gains folded in; the whole stream."""
    return np.concatenate([_rows(layer) for layer in side])


def _rows(layer: DeepUnits) -> Float32:
    rows = _unit(np.stack(layer.rows, axis=1).astype(np.float32))
    norms = [layer.layer.roles[role].norms[layer.at] for role in layer.roles]
    return np.asarray(rows * np.stack(norms, axis=1)[:, :, None])


def _drawn_on(earlier: Side, later: Side, reach: float) -> Float32 | None:
    """Units that both keep, beyond the later one; None where their layers are not the same."""
    if [one.layer.label for one in earlier] != [one.layer.label for one in later]:
        return None
    found = []
    for one, other in zip(earlier, later, strict=True):
        _, here, there = np.intersect1d(one.at, other.at, assume_unique=True, return_indices=True)
        before, now = _rows(one), _rows(other)
        if before.shape[1:] != now.shape[1:]:
            return None
        found.append(now[there] + np.float32(reach) * (now[there] - before[here]))
    return np.concatenate(found)


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=2, keepdims=True), 1e-30))


def _signs(
    rows: list[Float32], pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    sides: list[Side], sketches: tuple[Sketch, Sketch], seed: int,
) -> float | None:  # fmt: skip
    """Log p of as many units on the same side in both; one model's fair coin is enough."""
    fair = [
        coin_log_p(side, stream(seed, "elsewhere", "coin", sketch.subject_digest))
        for side, sketch in zip(sides, sketches, strict=True)
    ]
    tosses = len(pairs[0])
    if not tosses or max(fair) <= math.log(FAIR_TO):
        return None
    gate, up = ROLES.index("mlp.gate"), ROLES.index("mlp.up")
    lean = [
        np.einsum("ij,ij->i", side[at, gate], side[at, up])
        for side, at in zip(rows, pairs, strict=True)
    ]
    return fair_coin_log_p(int(np.count_nonzero(lean[0] * lean[1] > 0)), tosses=tosses)
