"""Do units of the source stand in a checkpoint, in whatever order and in whatever axes?

A rotation is fitted to all units, so that a share of a copy among units of one's own is lost in
it. What its units keep is how they stand to each other (`numerics.frames.consistency`). How many
do so in strangers was counted and follows from no null; but of those that do, the signs of up and
down beside gate are tosses of a fair coin in strangers, and an exact test counts them.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.apart import body_alone
from filiation.methods.weights.coin import FAIR_TO, coin_log_p
from filiation.methods.weights.deep import GATED, DeepUnits, deep_units
from filiation.model.sketch import Sketch
from filiation.numerics.frames.consistency import consistent, unit_angles
from filiation.numerics.rng import stream
from filiation.numerics.tails.tail import fair_coin_log_p

__all__ = ["FEWEST", "TIMES", "Elsewhere", "elsewhere"]

Float32: TypeAlias = NDArray[np.float32]

ROLES: Final = tuple(sorted(GATED))
# Units beyond which they are said to stand there, and how many times those of chance. The most
# among strangers is printed by `python -m trainings strangers`.
FEWEST: Final = 10
TIMES: Final = 2.5


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What was found of one checkpoint.

    Attributes:
        units: Units of it that stand to each other as units of the source do.
        of: Units that were looked at.
        by_chance: The most that do so where each is paired with a later neighbour.
        log_p: Natural log p of their signs, of a fair coin; None where no model's signs are fair,
            or no unit was found.
    """

    units: int
    of: int
    by_chance: int
    log_p: float | None

    @property
    def limit(self) -> float:
        """As many as stand there by chance, or in strangers, at most."""
        return max(float(FEWEST), TIMES * self.by_chance)

    @property
    def found(self) -> bool:
        """Whether more do."""
        return self.units > self.limit


def elsewhere(source: Sketch, point: Sketch, *, seed: int) -> Elsewhere | None:
    """Look for units of the source in a checkpoint.

    None where a model has no gated MLPs whose rows are kept, or the streams differ in width.
    """
    sides = [_layers(body_alone(one)) for one in (source, point)]
    if not all(sides) or sides[0][0].rows[0].shape[1] != sides[1][0].rows[0].shape[1]:
        return None
    flips = sides[0][0].flips
    rows = [_rows(side) for side in sides]
    angles = (unit_angles(rows[0], flips), unit_angles(rows[1], flips))
    found = consistent(rows[0], rows[1], angles, flips)
    return Elsewhere(
        units=len(found.source),
        of=len(rows[1]),
        by_chance=found.by_chance,
        log_p=_signs(rows, (found.source, found.subject), sides, (source, point), seed),
    )


def _layers(sketch: Sketch) -> tuple[DeepUnits, ...]:
    """The gated layers whose rows are kept, of the width that has most."""
    widths = [side for side in deep_units(sketch, ROLES) if side]
    return widths[0] if widths else ()


def _rows(side: tuple[DeepUnits, ...]) -> Float32:
    """Unit-length rows [units, matrices, width] of all layers; the whole stream."""
    parts = []
    for layer in side:
        rows = np.stack(layer.rows, axis=1).astype(np.float32)
        parts.append(rows / np.linalg.norm(rows, axis=2, keepdims=True))
    return np.concatenate(parts)


def _signs(
    rows: list[Float32], pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    sides: list[tuple[DeepUnits, ...]], sketches: tuple[Sketch, Sketch], seed: int,
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
