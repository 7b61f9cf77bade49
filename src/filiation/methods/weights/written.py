"""Is a model, looked at alone, like a published matrix, number by number?

Initial values need not be all random: some add the identity, or begin with cosines. Row i is then
like axis i in every model that begins so, and what stands at the same place is alike in models that
have nothing to do with one another. A sketch shows it: what it would keep of the published matrix
is known, and is set against what it keeps of the model. Under the null neighbours in the list stand
in a random order, and no unit is more like the row of its own number than like those beside it.
Where both models are so, methods that count what stands at the same place abstain. Among few units
a likeness too faint for that test still moves a sum of cosines; that is a test of its own.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from filiation.model.sketch import AXES_COLUMNS, Frame, LayerSketch, Sketch
from filiation.numerics.frames.folding import folded
from filiation.numerics.frames.formulas import FORMULAS
from filiation.numerics.rng import signs
from filiation.numerics.tails.runs import runs_of

__all__ = ["TIED", "Numbered", "faintly_in_both", "written_in_both"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]
Numbered: TypeAlias = Literal["mlp", "attention", "axes", "embedding", "head", "positions"]
Drawn: TypeAlias = list[Float32]  # what a sketch would keep of each published matrix, [parts, n]

# Frames in which the axes of two models go together by number, or may, where both have one table.
TIED: Final[frozenset[Frame]] = frozenset({"native", "token", "table", "gauge"})
LEVEL: Final = 0.01
RUNS: Final = 64  # of one matrix that are looked at, evenly over the list
LAYERS: Final = 128  # at most, evenly over the depth
FEWEST: Final = 8  # parts of a matrix
DIAGONALS: Final = 3  # of the formulas, the first ones: what is added faintly is an identity
FAINT: Final = 2.0  # standard deviations from which a model alone may be like one of these
SHIFT: Final = 0.15  # standard deviations by which what both have in common may move a sum
STEADY: Final = 1e-9  # variance below which nothing could have come out otherwise


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Alike:
    """How like the parts of one matrix are to what is drawn for each number of their run.

    Attributes:
        role: Of the matrix.
        layer: Where it stands.
        sizes: Parts of each run, [runs].
        alike: [formulas, runs, parts, numbers], rows and columns centred.
    """

    role: str
    layer: str
    sizes: NDArray[np.int64]
    alike: Float32


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Written:
    """What a model alone has of published matrices.

    Attributes:
        formula: The nearest.
        log_p: Of its likeness, paid for.
        parts: Of all matrices that were looked at.
        more: Of each formula how much liker all these are to their own number.
        variance: Of that, if neighbours stand in a random order.
    """

    formula: str
    log_p: float
    parts: int
    more: Float64
    variance: Float64

    @property
    def deviates(self) -> Float64:
        return _deviates(self.more, self.variance)


NOTHING: Final = _Written(
    formula="",
    log_p=0.0,
    parts=0,
    more=np.zeros(len(FORMULAS)),
    variance=np.zeros(len(FORMULAS)),
)


def written_in_both(source: Sketch, subject: Sketch, what: Numbered) -> str | None:
    """Why agreement at the same place may be that of a formula; None if either side is free."""
    found = []
    for sketch in (source, subject):
        one = _written(sketch, what)
        if one.log_p > math.log(LEVEL):
            return None
        found.append(f"{sketch.name}: {one.formula}, p {math.exp(one.log_p):.2g}")
    return (
        "both models, looked at alone, are like a published matrix number by number "
        f"({'; '.join(found)}); whoever begins with it agrees with all others who do"
    )


def faintly_in_both(source: Sketch, subject: Sketch, what: Numbered) -> str | None:
    """Why a sum of cosines at equal places is larger in strangers; None if it is not, or hardly.

    What both have of the identity they have in common, and the sum grows by the product of the two
    likenesses: among few parts by more than their likeness would show in the test above. A
    diagonal below nought is what LAPACK's factorisation leaves in orthogonal matrices.
    """
    ours = _written(source, what)
    seen = [n for n, z in enumerate(ours.deviates) if abs(z) >= FAINT and n < DIAGONALS]
    if not seen:
        return None
    theirs = _written(subject, what)
    shifts = {n: _shift(ours, theirs, n) for n in seen if abs(theirs.deviates[n]) >= FAINT}
    most = max(shifts, key=lambda n: shifts[n], default=None)
    if most is None or shifts[most] <= SHIFT:
        return None
    told = "; ".join(
        f"{sketch.name}: {[*FORMULAS][most]}, p {math.exp(_two_sided(one.deviates)[most]):.2g}"
        for sketch, one in ((source, ours), (subject, theirs))
    )
    return (
        f"both models, looked at alone, are faintly like a published matrix number by number "
        f"({told}); among so few units, strangers who begin with it agree by "
        f"{shifts[most]:.2f} standard deviations more than by chance"
    )


def _shift(ours: _Written, theirs: _Written, formula: int) -> float:
    """By how many standard deviations the sum of cosines grows with what both have in common."""
    parts = math.sqrt(ours.parts * theirs.parts)
    if not parts:
        return 0.0
    spread = (ours.variance[formula] * theirs.variance[formula]) ** 0.25
    return float(ours.more[formula] * theirs.more[formula] / max(parts * spread, STEADY))


@lru_cache(maxsize=64)
def _written(sketch: Sketch, what: Numbered) -> _Written:
    """The formula that is nearest, and the log p of its likeness, paid for."""
    sums: dict[tuple[str, str], list[_Alike]] = {}
    parts = 0
    for number, one in enumerate(FINDERS[what](sketch)):
        groups = (("all", ""), ("role", one.role), ("layer", one.layer), ("matrix", str(number)))
        for group in groups:
            _add(sums.setdefault(group, []), one)
        parts += int(one.sizes.sum())
    if not sums:
        return NOTHING
    more, variance = _moments(sums["all", ""])
    z = {group: _deviates(*_moments(found)) for group, found in sums.items()}
    every = _two_sided(z["all", ""]) + math.log(len(FORMULAS))
    some = _two_sided(np.max([*z.values()], axis=0)) + math.log(len(FORMULAS) * len(z))
    paid = np.minimum(every, some) + math.log(2.0)
    best = int(np.argmin(paid))
    return _Written(
        formula=[*FORMULAS][best],
        log_p=min(0.0, float(paid[best])),
        parts=parts,
        more=more,
        variance=variance,
    )


def _add(parts: list[_Alike], one: _Alike) -> None:
    """To those of the same runs: these are re-ordered as one, as layers may share an order."""
    for place, other in enumerate(parts):
        if np.array_equal(other.sizes, one.sizes):
            parts[place] = replace(other, alike=other.alike + one.alike)
            return
    parts.append(one)


def _moments(parts: Sequence[_Alike]) -> tuple[Float64, Float64]:
    """Of each formula how much liker parts are to their own number, and the variance of that.

    Mean and variance of the sum are those of re-ordering each run at random; the mean is nought.
    """
    more, variance = np.zeros(len(FORMULAS)), np.zeros(len(FORMULAS))
    for part in parts:
        more += np.trace(part.alike, axis1=2, axis2=3).sum(axis=1)
        spread = np.square(part.alike).sum(axis=(2, 3)) / np.maximum(part.sizes - 1, 1)
        variance += spread.sum(axis=1)
    return more, variance


def _deviates(more: Float64, variance: Float64) -> Float64:
    """In standard deviations, whichever way."""
    return np.asarray(np.abs(more) / np.sqrt(np.maximum(variance, STEADY)))


def _two_sided(deviates: Float64) -> Float64:
    return np.asarray(log_ndtr(-deviates) + math.log(2.0))


def _of_units(sketch: Sketch, layers: Sequence[LayerSketch]) -> Iterator[_Alike]:
    """Units against the rows of their number, seen in the native frame."""
    deep = next((d for d in sketch.deep if d.attention), None)
    heads = deep.heads // deep.groups if deep and deep.groups else 1
    for layer in _spread(layers):
        for role, rows in layer.roles.items():
            shared = heads if role == "attn.o" else 1
            native = rows.directions.get("native")
            if layer.units < FEWEST or native is None or native.shape[1] != sketch.method.columns:
                continue
            key = (layer.units, rows.width, layer.block, shared)
            table, numbers = _units(sketch.method.seed, sketch.method.columns, *key)
            yield _alike(native, table, numbers, role, layer.label)


@lru_cache(maxsize=8)
def _units(
    seed: int, columns: int, units: int, width: int, block: int, shared: int
) -> tuple[Indices, Float32]:
    """Units looked at, and what the native frame shows of each published matrix there."""
    table = _chosen(units, block)
    at = np.unique(table[table >= 0])
    base = at // block * block * shared + at % block if shared > 1 else at
    onto = signs(seed, "native", str(width), rows=width, columns=columns)
    axes = np.arange(width, dtype=np.int64)[None]
    drawn = [
        sum(
            formula((base + head * block)[:, None], axes, units * shared, width)
            for head in range(shared)
        )
        @ onto
        for formula in FORMULAS.values()
    ]
    return table, _numbers(table, drawn)


def _of_axes(sketch: Sketch) -> Iterator[_Alike]:
    """Axes against the columns of their number, summed as a sketch sums them."""
    lengths = {role: len(rows) for deep in sketch.deep for role, rows in deep.attention.items()}
    for role, axes in sketch.axes.items():
        if len(axes) < FEWEST or axes.shape[1] != AXES_COLUMNS:
            continue
        rows = lengths.get(role) or sketch.axes_rows.get(role, len(axes))
        table, numbers = _columns(sketch.method.seed, role, rows, len(axes))
        yield _alike(axes, table, numbers, role, "")


@lru_cache(maxsize=8)
def _columns(seed: int, role: str, rows: int, width: int) -> tuple[Indices, Float32]:
    """Axes looked at, and what the sums that a sketch keeps are of each published matrix."""
    table = _chosen(width, 0)
    at = np.unique(table[table >= 0])[None]
    drawn = signs(seed, "axes", role, rows=rows, columns=1)[:, 0]
    number = np.arange(rows, dtype=np.int64)[:, None]
    seen = [
        folded(formula(number, at, rows, width), drawn, AXES_COLUMNS).T
        for formula in FORMULAS.values()
    ]
    return table, _numbers(table, seen)


def _of_table(part: str, sketch: Sketch) -> Iterator[_Alike]:
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
    yield _alike(rows.rows.T, table, _numbers(table, seen), part, "")


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


def _numbers(table: Indices, drawn: Drawn) -> Float32:
    """Directions of what is drawn, run by run: [formulas, runs, parts, columns]."""
    at = np.searchsorted(np.unique(table[table >= 0]), np.maximum(table, 0))
    there = (table >= 0)[:, :, None]
    return np.stack([_unit(one)[at] * there for one in drawn])


def _alike(
    stored: NDArray[np.int8], table: Indices, numbers: Float32, role: str, layer: str
) -> _Alike:
    places = np.unique(table[table >= 0])
    at = np.searchsorted(places, np.maximum(table, 0))
    there = (table >= 0)[:, :, None]
    sizes = there.sum(axis=(1, 2))
    rows = _unit(stored[places].astype(np.float32))[at] * there
    alike = rows @ numbers.swapaxes(2, 3)
    for axis in (2, 3):
        alike = alike - alike.sum(axis=axis, keepdims=True) / sizes[:, None, None]
    return _Alike(role=role, layer=layer, sizes=sizes, alike=alike * (there & there.swapaxes(1, 2)))


def _spread(layers: Sequence[LayerSketch]) -> Iterator[LayerSketch]:
    if layers:
        places = np.linspace(0, len(layers) - 1, min(LAYERS, len(layers))).astype(int)
        yield from (layers[n] for n in np.unique(places))


def _unit(rows: Float32) -> Float32:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30))


FINDERS: Final[Mapping[Numbered, Callable[[Sketch], Iterator[_Alike]]]] = {
    "mlp": lambda sketch: _of_units(sketch, sketch.layers),
    "attention": lambda sketch: _of_units(sketch, sketch.attention),
    "axes": _of_axes,
    "embedding": lambda sketch: _of_table("embedding", sketch),
    "head": lambda sketch: _of_table("head", sketch),
    "positions": lambda sketch: _of_table("positions", sketch),
}
