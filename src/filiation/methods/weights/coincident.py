"""Do units of two gated MLPs coincide in what no turn of the stream changes?

Of each unit whose whole rows a sketch keeps: the length of its gate, the product of the lengths of
its up and down, and the three cosines between them. No order of units and of layers, no orthogonal
turn of the stream, whatever was done to the tables, and no scale that up and down share moves these
five. A unit that was copied has them still, in whichever axes.

How many units of strangers coincide by chance is asked of the two models themselves: the source's
are slid, all by one step in a direction drawn by the plan's seed. That leaves both models as they
are, and undoes every coincidence that is owed to single units (time slides, by which coincidences
between two detectors are judged: Was et al., arXiv:0906.2120). Where clouds of units are smooth
over such a step, strangers coincide as often slid as not; what is expected is taken three times as
high as that, since most clouds have one middle. Printed by `tools/docs/unit_invariants.py`.

A reservation, never an accusation: no p is claimed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations
from typing import TYPE_CHECKING, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.sketch import DeepLayer, Sketch
from filiation.numerics.frames.directions import alive
from filiation.numerics.rng import stream
from filiation.numerics.tails.poisson import exceeded_with

if TYPE_CHECKING:
    from scipy.spatial import KDTree

__all__ = [
    "GATED",
    "WIDTHS",
    "Cloud",
    "Coincident",
    "clouds",
    "coincident",
    "counted",
    "looks",
    "of_own",
    "slid",
]

Float: TypeAlias = NDArray[np.float64]

GATED: Final = ("mlp.down", "mlp.gate", "mlp.up")
WIDTHS: Final = (0.03, 0.1, 0.3)  # of the box in which two units coincide, in spreads of the source
SLIDES: Final = 60
STEP: Final = 0.5  # of a slide, in spreads, over all five numbers together
MARGIN: Final = 3.0  # times as many as slides and each model's own units make expected
UNSEEN: Final = 0.05  # expected where no slide shows any
RARE: Final = 1e-4  # chance that unrelated models coincide more in any look
LOOKS: Final = 2 * len(WIDTHS)
FEWEST: Final = 8  # coincidences that are never called more than chance
APART: Final = 1e6  # between layers, where only those at one depth are compared


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Coincident:
    """What was seen in the look that says most.

    Attributes:
        seen: Units of either model that coincide, the smaller number.
        expected: How many chance makes, as far as that had to be asked.
        limit: How many chance may make; never below `FEWEST` less one.
        units: Units of the subject that were looked at.
    """

    seen: int
    expected: float
    limit: int
    units: int


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cloud:
    """Units of one model, float64 [units, 5], and the depth of each one's layer, from 0 to 1."""

    at: Float
    depth: Float


@lru_cache(maxsize=64)
def coincident(source: Sketch, subject: Sketch, *, seed: int) -> Coincident | None:
    """Of the looks in which more units coincide than chance allows, the one that sees most."""
    found = (x for x in looks(source, subject, seed=seed) if x.seen > x.limit)
    return max(found, key=lambda x: x.seen, default=None)


def looks(source: Sketch, subject: Sketch, *, seed: int) -> Iterator[Coincident]:
    """Units of equal depth, then of any, in a box of each width; none without gated units."""
    ours, theirs = clouds(source), clouds(subject)
    if ours is None or theirs is None:
        return
    spread = _spread(ours)
    rng = stream(seed, "coincident", source.subject_digest, subject.subject_digest)
    steps = rng.standard_normal((SLIDES, ours.at.shape[1]))
    steps *= STEP / np.linalg.norm(steps, axis=1, keepdims=True)
    steps = np.column_stack([steps, np.zeros(SLIDES)])  # no unit leaves its layer
    for layers in (len(source.layers), 1):
        one, other = (_placed(cloud, spread, layers) for cloud in (ours, theirs))
        for width in WIDTHS:
            yield _look(one, other, width, steps)


def clouds(sketch: Sketch) -> Cloud | None:
    """The units of all gated layers whose whole rows are kept; None if there are none."""
    layers = [(deep.layer, _numbers(sketch, deep)) for deep in sketch.deep if _gated(deep)]
    if not sum(len(at) for _, at in layers):
        return None
    last = max(1, len(sketch.layers) - 1)
    return Cloud(
        at=np.concatenate([at for _, at in layers]),
        depth=np.concatenate([np.full(len(at), n / last) for n, at in layers]),
    )


def counted(one: Float, other: Float, width: float) -> int:
    """Units of either cloud that have one of the other's in a box of this width: the fewer."""
    return min(_near(one, other, width), _near(other, one, width))


def of_own(one: Float, other: Float, width: float) -> float:
    """How many chance makes at most, as each model's units coincide with others of their own."""
    share = np.sqrt(_own(one, width) / len(one) * _own(other, width) / len(other))
    return float(share) * min(len(one), len(other))


def slid(one: Float, other: Float, width: float, steps: Float) -> float:
    """How many are counted, on average, once the first cloud is slid by one of these steps."""
    return float(np.mean([counted(one + step, other, width) for step in steps]))


def _near(one: Float, other: Float, width: float) -> int:
    """How many of these units have one of the others in their box."""
    far, _ = _tree(other).query(one, p=np.inf, distance_upper_bound=width / 2)
    return int(np.isfinite(far).sum())


def _own(units: Float, width: float) -> int:
    """How many of these units have another of the same model in their box."""
    far, _ = _tree(units).query(units, k=2, p=np.inf, distance_upper_bound=width / 2)
    return int(np.isfinite(np.asarray(far)[:, 1]).sum())


def _tree(units: Float) -> "KDTree":
    from scipy.spatial import KDTree  # no other question needs it

    return KDTree(units)


def _gated(deep: DeepLayer) -> bool:
    return all(role in deep.rows for role in GATED)


def _numbers(sketch: Sketch, deep: DeepLayer) -> Float:
    """The five numbers of each living unit of a layer, float64 [units, 5]."""
    norms = {
        role: sketch.layers[deep.layer].roles[role].norms[deep.units].astype(np.float64)
        for role in GATED
    }
    lengths = np.stack([norms[role] for role in GATED], axis=1)
    living = np.logical_and.reduce([alive(deep.rows[role]) for role in GATED])
    keep = living & np.isfinite(lengths).all(axis=1) & (lengths > 0).all(axis=1)
    rows = {role: _unit(deep.rows[role][keep]) for role in GATED}
    cosines = [(rows[a] * rows[b]).sum(axis=1) for a, b in combinations(GATED, 2)]
    down, gate, up = (np.log(norms[role][keep]) for role in GATED)
    return np.stack([gate, up + down, *cosines], axis=1)


def _unit(rows: NDArray[np.int8]) -> Float:
    x = rows.astype(np.float64)
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def _spread(cloud: Cloud) -> Float:
    """Standard deviation of each number within layers, the median over layers."""
    each = [cloud.at[cloud.depth == depth].std(axis=0) for depth in np.unique(cloud.depth)]
    return np.asarray(np.maximum(np.median(each, axis=0), np.finfo(np.float32).tiny))


def _placed(cloud: Cloud, spread: Float, layers: int) -> Float:
    """Units in spreads of the source, and layers far apart, unless all may meet (one layer)."""
    depth = np.round(cloud.depth * (layers - 1)) * APART
    return np.column_stack([cloud.at / spread, depth])


def _look(one: Float, other: Float, width: float, steps: Float) -> Coincident:
    seen, chance = counted(one, other, width), UNSEEN
    for expected in (of_own, partial(slid, steps=steps)):  # slides cost most
        if seen > _limit(chance):
            chance = max(chance, MARGIN * expected(one, other, width) + UNSEEN)
    return Coincident(seen=seen, expected=chance, limit=_limit(chance), units=len(other))


def _limit(expected: float) -> int:
    return max(FEWEST - 1, int(exceeded_with(RARE / LOOKS, np.array(expected))))
