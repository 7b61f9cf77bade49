"""What is measured of a history of sketches: its start, its steps, and what neighbours keep."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.unit_order import UnitOrder
from filiation.model.finding import Finding
from filiation.model.sketch import Sketch, UnitRows
from filiation.numerics.paths.moving import bend, edge_ratio, lengths, turns, unevenness
from filiation.numerics.rng import stream

__all__ = ["Measured", "kept_path", "matrices", "measured", "start_log_p"]

Float: TypeAlias = NDArray[np.float64]

ORDER: Final = UnitOrder(frame="native")
ROWS: Final = 256  # of a matrix whose singular values are taken
MATRICES: Final = 12
DRAWS: Final = 199
AUDIBLE: Final = 9.0  # a step's energy over that of the sketch's rounding, at least


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of each step, or of each pair of steps, in order; NaN where a sketch cannot tell.

    Attributes:
        length: Of the step, over the size of the weights.
        turn: Cosine of a step with the one before; the first has none.
        spike: Median over matrices of the step's largest singular value over the random edge.
        uneven: How much farther than half of them a tenth of the attention's units goes in a step:
            of all its matrices the largest ratio.
        kept: Share of units whose best partner stands at their own index.
        log_p: Of that, by the exact test of unit order.
        bend: Of the whole way.
    """

    length: Float
    turn: Float
    spike: Float
    uneven: Float
    kept: Float
    log_p: Float
    bend: float

    def named(self) -> Mapping[str, Float]:
        """By the names of the bands."""
        return {"length": self.length, "turn": self.turn, "spike": self.spike,
                "uneven": self.uneven, "kept": self.kept,
                "bend": np.array([self.bend])}  # fmt: skip


def measured(points: Sequence[Sketch], *, seed: int) -> Measured | None:
    """Measure a history of three or more; None if its tensors are not the same throughout."""
    path = kept_path(points)
    if path is None or len(points) < 3:
        return None
    pairs = list(itertools.pairwise(points))
    found = [_neighbours(one, other, seed) for one, other in pairs]
    return Measured(
        length=lengths(path),
        turn=np.concatenate([[np.nan], turns(path)]),
        spike=np.array([_spike(one, other) for one, other in pairs]),
        uneven=np.array([_uneven(one, other) for one, other in pairs]),
        kept=np.array([kept for kept, _ in found]),
        log_p=np.array([log_p for _, log_p in found]),
        bend=bend(path),
    )


def start_log_p(start: Sketch, *, seed: int) -> float | None:
    """Does the first checkpoint have structure? Natural log of a Monte Carlo p; None if unread.

    Null: the rows of each matrix point in independent uniform directions, given their norms (so
    of Gaussian entries, exactly). Statistic: the largest singular value over the random edge, the
    largest of all matrices. Trained weights, and what was copied or turned from them, exceed it.
    """
    rows = [rows for rows, _ in matrices(start).values()][:MATRICES]
    if not rows:
        return None
    norms = [np.linalg.norm(x, axis=1, keepdims=True) for x in rows]
    rng = stream(seed, "training start", start.subject_digest)
    observed = max(edge_ratio(x) for x in rows)
    above = 0
    for _ in range(DRAWS):
        drawn = (_directions(rng, x.shape) * norm for x, norm in zip(rows, norms, strict=True))
        above += max(edge_ratio(x) for x in drawn) >= observed
    return float(np.log((1 + above) / (1 + DRAWS)))


def _directions(rng: np.random.Generator, shape: tuple[int, ...]) -> Float:
    x = rng.standard_normal(shape)
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def matrices(sketch: Sketch) -> dict[tuple[int, str], tuple[Float, Float]]:
    """Rows of the MLPs, as far as the deep part keeps them, and their error of rounding.

    By layer and role: [units, width], and [units] the variance of an entry's rounding.
    """
    found = {}
    for part in sketch.deep:
        layer = sketch.layers[part.layer]
        for role, kept in part.rows.items():
            few = kept[:ROWS].astype(np.float64)
            size = np.maximum(np.linalg.norm(few, axis=1), 1.0)
            scale = layer.roles[role].norms[part.units][:ROWS].astype(np.float64) / size
            found[part.layer, role] = (few * scale[:, None], np.square(scale) / 12.0)
    return found


def kept_path(points: Sequence[Sketch]) -> Float | None:
    """The kept values of all matrices, each matrix of the same weight; [points, values].

    None if the tensors are not the same throughout, or a sketch keeps other values of them.
    """
    shapes = [{t.name: t.shape for t in one.tensors} for one in points]
    kept = [{name: values.shape for name, values in one.samples.items()} for one in points]
    if any(shape != shapes[0] for shape in shapes) or any(one != kept[0] for one in kept):
        return None
    names = [name for name, shape in sorted(shapes[0].items()) if len(shape) > 1]
    parts = list(_scaled(points, [name for name in names if name in kept[0]]))
    return np.concatenate(parts, axis=1) if parts else None


def _scaled(points: Sequence[Sketch], names: Sequence[str]) -> Iterator[Float]:
    for name in names:
        values = np.array([one.samples[name] for one in points], dtype=np.float64)
        rms = float(np.sqrt(np.mean(np.square(values))))
        if rms > 0.0:
            yield values / rms


def _neighbours(one: Sketch, other: Sketch, seed: int) -> tuple[float, float]:
    found = ORDER.compare(one, other, seed=seed)
    if not isinstance(found, Finding):
        return np.nan, 0.0
    units = sum(layer.units for layer in found.layers)
    return found.observed / max(1, units), found.log_p


def _uneven(one: Sketch, other: Sketch) -> float:
    """Of values and outputs as a sketch projects them; NaN where it cannot tell.

    Units of another model that are put in go farther than those that are trained, wherever they
    stand and whatever was done to them.
    """
    ratios = []
    for before, after in zip(one.attention, other.attention, strict=False):
        for role in sorted(before.roles.keys() & after.roles.keys()):
            (x, blur), (y, more) = _projected(before.roles[role]), _projected(after.roles[role])
            if x.shape != y.shape:
                continue
            noise = float((blur + more).sum()) * x.shape[1]
            if float(np.square(y - x).sum()) > AUDIBLE * noise:
                ratios.append(unevenness(y - x))
    return max(ratios, default=float("nan"))


def _projected(kept: UnitRows) -> tuple[Float, Float]:
    """Rows [units, columns] in the native frame, and [units] the variance of their rounding."""
    rows = kept.directions["native"].astype(np.float64)
    scale = kept.norms.astype(np.float64) / np.maximum(np.linalg.norm(rows, axis=1), 1.0)
    return rows * scale[:, None], np.square(scale) / 12.0


def _spike(one: Sketch, other: Sketch) -> float:
    before, after = matrices(one), matrices(other)
    ratios = []
    for key in sorted(before.keys() & after.keys()):
        (x, blur), (y, more) = before[key], after[key]
        if x.shape == y.shape:
            change = y - x
            noise = float((blur + more).sum()) * x.shape[1]
            if float(np.square(change).sum()) > AUDIBLE * noise:
                ratios.append(edge_ratio(change))
    return float(np.median(ratios)) if ratios else float("nan")
