"""Is a model, looked at alone, like a published matrix, number by number?

Initial values need not be all random: some add the identity, or begin with cosines. Row i is then
like axis i in every model that begins so, and what stands at the same place is alike in models that
have nothing to do with one another. A sketch shows it: what it would keep of the published matrix
is known, and is set against what it keeps of the model. Under the null neighbours in the list stand
in a random order, and no unit is more like the row of its own number than like those beside it.
Where both models are so, methods that count what stands at the same place abstain.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from filiation.model.sketch import AXES_COLUMNS, Frame, LayerSketch, Sketch
from filiation.numerics.frames.folding import folded
from filiation.numerics.frames.formulas import FORMULAS
from filiation.numerics.rng import signs
from filiation.numerics.tails.runs import runs_of

__all__ = ["TIED", "Numbered", "written_in_both"]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]
Numbered: TypeAlias = Literal["mlp", "attention", "axes", "embedding", "head", "positions"]
Drawn: TypeAlias = list[Float32]  # what a sketch would keep of each published matrix, [parts, n]

# Frames in which the axes of two models go together by number, or may, where both have one table.
TIED: Final[frozenset[Frame]] = frozenset({"native", "token", "table", "gauge"})
LEVEL: Final = 0.01
RUNS: Final = 64  # of one matrix that are looked at, evenly over the list
LAYERS: Final = 128  # at most, evenly over the depth
FEWEST: Final = 8  # parts of a matrix
STEADY: Final = 1e-9  # variance below which nothing could have come out otherwise


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Excess:
    """Of one matrix: by how much parts are liker to their own number, [formulas], and variances."""

    role: str
    layer: str
    more: NDArray[np.float64]
    variance: NDArray[np.float64]


def written_in_both(source: Sketch, subject: Sketch, what: Numbered) -> str | None:
    """Why agreement at the same place may be that of a formula; None if either side is free."""
    found = []
    for sketch in (source, subject):
        formula, log_p = _written(sketch, what)
        if log_p > math.log(LEVEL):
            return None
        found.append(f"{sketch.name}: {formula}, p {math.exp(log_p):.2g}")
    return (
        "both models, looked at alone, are like a published matrix number by number "
        f"({'; '.join(found)}); whoever begins with it agrees with all others who do"
    )


@lru_cache(maxsize=64)
def _written(sketch: Sketch, what: Numbered) -> tuple[str, float]:
    """The formula that is nearest, and the log p of its likeness, paid for."""
    found = list(FINDERS[what](sketch))
    if not found:
        return "", 0.0
    groups = [[each] for each in found]
    for by in ("role", "layer"):
        names = sorted({getattr(each, by) for each in found})
        groups += [[each for each in found if getattr(each, by) == name] for name in names]
    every = _log_p([found]) + math.log(len(FORMULAS))
    some = _log_p(groups) + math.log(len(FORMULAS) * len(groups))
    paid = np.minimum(every, some) + math.log(2.0)
    best = int(np.argmin(paid))
    return [*FORMULAS][best], min(0.0, float(paid[best]))


def _log_p(groups: Sequence[Sequence[_Excess]]) -> NDArray[np.float64]:
    """Of each formula the least log p (two sides) of any group, its matrices added up."""
    z = [
        sum(each.more for each in group)
        / np.sqrt(np.maximum(sum(each.variance for each in group), STEADY))
        for group in groups
    ]
    return np.asarray(norm.logsf(np.abs(z).max(axis=0)) + math.log(2.0))


def _of_units(sketch: Sketch, layers: Sequence[LayerSketch]) -> Iterator[_Excess]:
    """Units against the rows of their number, seen in the native frame."""
    deep = next((d for d in sketch.deep if d.attention), None)
    heads = deep.heads // deep.groups if deep and deep.groups else 1
    made: dict[tuple[int, int, int, int], tuple[Indices, Drawn]] = {}
    for layer in _spread(layers):
        for role, rows in layer.roles.items():
            shared = heads if role == "attn.o" else 1
            key = (layer.units, rows.width, layer.block, shared)
            if layer.units < FEWEST:
                continue
            if key not in made:
                table = _chosen(layer.units, layer.block)
                made[key] = table, _seen(sketch, table, key)
            table, drawn = made[key]
            yield _excess(rows.directions["native"], table, drawn, role, layer.label)


def _seen(sketch: Sketch, table: Indices, key: tuple[int, int, int, int]) -> Drawn:
    """What the native frame shows of each published matrix at these units."""
    units, width, block, shared = key
    at = np.unique(table[table >= 0])
    base = at // block * block * shared + at % block if shared > 1 else at
    onto = signs(
        sketch.method.seed, "native", str(width), rows=width, columns=sketch.method.columns
    )
    axes = np.arange(width, dtype=np.int64)[None]
    return [
        sum(
            formula((base + head * block)[:, None], axes, units * shared, width)
            for head in range(shared)
        )
        @ onto
        for formula in FORMULAS.values()
    ]


def _of_axes(sketch: Sketch) -> Iterator[_Excess]:
    """Axes against the columns of their number, summed as a sketch sums them."""
    lengths = {role: len(rows) for deep in sketch.deep for role, rows in deep.attention.items()}
    for role, axes in sketch.axes.items():
        width, rows = len(axes), lengths.get(role, len(axes))
        table = _chosen(width, 0)
        at = np.unique(table[table >= 0])[None]
        drawn = signs(sketch.method.seed, "axes", role, rows=rows, columns=1)[:, 0]
        number = np.arange(rows, dtype=np.int64)[:, None]
        seen = [
            folded(formula(number, at, rows, width), drawn, AXES_COLUMNS).T
            for formula in FORMULAS.values()
        ]
        yield _excess(axes, table, seen, role, "")


def _of_table(part: str, sketch: Sketch) -> Iterator[_Excess]:
    """Columns of a table against those of a published one; by the number of the row."""
    rows = sketch.tables.get(f"{part}/id")
    if rows is None or len(rows.keys) < FEWEST:
        return
    width = rows.rows.shape[1]
    table = _chosen(width, 0)
    at = np.unique(table[table >= 0])[None]
    keys = np.array([int(key) for key in rows.keys], dtype=np.int64)[:, None]
    count = int(keys.max()) + 1
    seen = [np.ascontiguousarray(f(keys, at, count, width).T) for f in FORMULAS.values()]
    yield _excess(rows.rows.T, table, seen, part, "")


def _chosen(parts: int, block: int) -> Indices:
    """Whole runs of neighbours, at most 64 evenly over the list: int64 [runs, 16], -1 for none."""
    runs = runs_of(np.arange(parts, dtype=np.int64), block=block)
    number = int(runs[-1]) + 1
    kept = np.unique(np.linspace(0, number - 1, min(RUNS, number)).astype(np.int64))
    members = [np.flatnonzero(runs == run) for run in kept]
    table = np.full((len(members), max(map(len, members))), -1, dtype=np.int64)
    for row, at in zip(table, members, strict=True):
        row[: len(at)] = at
    return table


def _excess(
    stored: NDArray[np.int8], table: Indices, drawn: Drawn, role: str, layer: str
) -> _Excess:
    """How much liker parts are to what is drawn for their own place than to that beside it.

    The mean and the variance of the sum are those of re-ordering each run at random.
    """
    places = np.unique(table[table >= 0])
    at = np.searchsorted(places, np.maximum(table, 0))
    there = (table >= 0)[:, :, None]
    rows = _unit(stored[places].astype(np.float32))[at] * there
    sizes = there.sum(axis=(1, 2))
    both = there & there.transpose(0, 2, 1)
    more, variance = [], []
    for one in drawn:
        alike = rows @ (_unit(one)[at] * there).transpose(0, 2, 1)
        alike = alike - alike.sum(axis=1, keepdims=True) / sizes[:, None, None]
        alike = alike - alike.sum(axis=2, keepdims=True) / sizes[:, None, None]
        alike = alike * both
        more.append(float(np.trace(alike, axis1=1, axis2=2).sum()))
        variance.append(float((np.square(alike).sum(axis=(1, 2)) / np.maximum(sizes - 1, 1)).sum()))
    return _Excess(role=role, layer=layer, more=np.array(more), variance=np.array(variance))


def _spread(layers: Sequence[LayerSketch]) -> Iterator[LayerSketch]:
    if layers:
        places = np.linspace(0, len(layers) - 1, min(LAYERS, len(layers))).astype(int)
        yield from (layers[n] for n in np.unique(places))


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))


FINDERS: Final[Mapping[Numbered, Callable[[Sketch], Iterator[_Excess]]]] = {
    "mlp": lambda sketch: _of_units(sketch, sketch.layers),
    "attention": lambda sketch: _of_units(sketch, sketch.attention),
    "axes": _of_axes,
    "embedding": lambda sketch: _of_table("embedding", sketch),
    "head": lambda sketch: _of_table("head", sketch),
    "positions": lambda sketch: _of_table("positions", sketch),
}
