"""Do two models list some of their units in the same order, as a few numbers of each show?

A thinned layer keeps whole runs of neighbouring units, spread over the layer: at most half of its
units, of each the direction of a projection onto at most a quarter as many axes as it has, in four
bits, and no length. That is too little to make a weight from. Units are paired by likeness alone
and those counted that keep their index. Under the null each run of neighbours stands in a uniform
random order: the same null, the same exact distribution as `unit-order`, over fewer units.
Defeated by whatever defeats that one: permuting the units, rotating the stream.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.combination import over_candidates
from filiation.methods.weights.exchangeable import order_of
from filiation.model.sketch import LayerSketch, Sketch
from filiation.numerics.combining.combine import harmonic_mean_log_p
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.frames.directions import alive, stack
from filiation.numerics.rng import stream
from filiation.numerics.tails.runs import kept_in_runs, length_for, runs_log_p
from filiation.numerics.tails.trace import Moments, trace_z

__all__ = [
    *("ThinLayer", "ThinRows", "Thinned", "compare_layers", "compare_thinned", "thin"),
    "thinned_few",
]

Int8: TypeAlias = NDArray[np.int8]
Roles: TypeAlias = tuple[tuple[str, str], ...]

METHOD: Final = "thinned-order/1"
RUNS: Final = 6  # of one layer that are kept at most
COLUMNS: Final = 32  # of the projection that are kept at most
FEWEST_COLUMNS: Final = 8
FEWEST_UNITS: Final = 8
LEAST: Final = 4  # times as many axes as columns kept
STEPS: Final = 7  # of an entry to either side of nought: four bits
LAYERS: Final = 4  # of a model that an index keeps
MATRICES: Final = 2  # of each of them
SIDES: Final = frozenset({"in", "out"})  # roles that were guessed from shapes


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThinRows:
    """One matrix: its axes before projection, and int8 [kept, columns] of -7 to 7."""

    width: int
    codes: Int8


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThinLayer:
    """A few units of one layer.

    Attributes:
        label: Where it stands.
        units: How many it has, kept or not.
        run: Neighbours of one run, of which each kept one is whole.
        roles: What is kept of each matrix.
    """

    label: str
    units: int
    run: int
    roles: Mapping[str, ThinRows]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Thinned:
    """What two thinned models say of each other.

    Attributes:
        log_p: Natural log of p.
        kept: Units that keep their index.
        units: Of how many.
        layers: Layers compared.
    """

    log_p: float
    kept: int
    units: int
    layers: int


def thin(sketch: Sketch) -> tuple[ThinLayer, ...]:
    """All layers that are large enough to be thinned."""
    found = (_thin(layer) for layer in sketch.layers)
    return tuple(layer for layer in found if layer is not None)


def thinned_few(sketch: Sketch) -> tuple[ThinLayer, ...]:
    """What an index keeps of a model: a few layers, evenly over the depth, two matrices of each."""
    layers = thin(sketch)
    if not layers:
        return ()
    places = sorted(set(np.linspace(0, len(layers) - 1, LAYERS).round().astype(int).tolist()))
    return tuple(
        ThinLayer(
            label=layers[at].label,
            units=layers[at].units,
            run=layers[at].run,
            roles={role: layers[at].roles[role] for role in sorted(layers[at].roles)[-MATRICES:]},
        )
        for at in places
    )


def compare_thinned(
    source: Sequence[ThinLayer], subject: Sketch, *, name: str, seed: int
) -> Thinned | str:
    """The kept layers of one model against all layers of another, or why they are not compared.

    Args:
        source: What an index keeps.
        subject: A whole sketch; its order is looked at alone first.
        name: Of the source, for the stream that breaks ties.
        seed: Of that stream.
    """
    shards = next((test for test in order_of(subject, seed) if test.what == "shards"), None)
    if shards is not None and not shards.random:
        return "its parts repeat one another, so that no order of units is random"
    return compare_layers(source, thin(subject), stream(seed, METHOD, name, subject.subject_digest))


def compare_layers(
    source: Sequence[ThinLayer], layers: Sequence[ThinLayer], rng: np.random.Generator
) -> Thinned | str:
    """The same, of layers of which it is known that no order repeats another."""
    found = [layer for one in source if (layer := _layer(one, list(_options(one, layers)), rng))]
    if not found:
        return "no layer of one is as large and as wide as one of the other"
    return Thinned(
        log_p=harmonic_mean_log_p([log_p for log_p, _, _ in found]),
        kept=sum(kept for _, kept, _ in found),
        units=sum(units for _, _, units in found),
        layers=len(found),
    )


def _thin(layer: LayerSketch) -> ThinLayer | None:
    run = length_for(layer.units)
    places = _places(layer.units, run)
    roles = {
        role: ThinRows(width=rows.width, codes=_codes(native[places, :columns]))
        for role, rows in layer.roles.items()
        if (native := rows.directions.get("native")) is not None
        and (columns := min(COLUMNS, rows.width // LEAST, native.shape[1])) >= FEWEST_COLUMNS
    }
    if layer.block or not len(places) or not roles:
        return None
    return ThinLayer(label=layer.label, units=layer.units, run=run, roles=roles)


def _places(units: int, run: int) -> NDArray[np.int64]:
    """Whole runs, evenly over the layer, at most half of it; the count of units alone decides."""
    runs = units // run
    chosen = min(RUNS, runs // 2)
    starts = np.arange(chosen, dtype=np.int64) * runs // max(1, chosen) * run
    return np.asarray((starts[:, None] + np.arange(run)).ravel(), dtype=np.int64)


def _codes(rows: Int8) -> Int8:
    """Each row in four bits: multiples of a seventh of its largest entry."""
    largest = np.abs(rows.astype(np.float32)).max(axis=1, keepdims=True)
    scale = np.divide(STEPS, largest, out=np.zeros_like(largest), where=largest > 0)
    return np.asarray(np.rint(rows * scale), dtype=np.int8)


def _options(one: ThinLayer, layers: Sequence[ThinLayer]) -> Iterator[tuple[ThinLayer, Roles]]:
    """Every way of setting a layer against those of the other model."""
    for other in layers:
        if (other.units, other.run) != (one.units, one.run):
            continue
        same = sorted(one.roles.keys() & other.roles.keys() - SIDES)
        named = not (one.roles.keys() | other.roles.keys()) & SIDES
        ways = [tuple((role, role) for role in same)] if same or named else [
            ((a, b),) for a in sorted(one.roles) for b in sorted(other.roles)
        ]  # fmt: skip
        for roles in ways:
            fits = tuple(pair for pair in roles if _fits(one.roles[pair[0]], other.roles[pair[1]]))
            if fits:
                yield other, fits


def _fits(ours: ThinRows, theirs: ThinRows) -> bool:
    return ours.width == theirs.width and ours.codes.shape == theirs.codes.shape


def _layer(
    one: ThinLayer, options: Sequence[tuple[ThinLayer, Roles]], rng: np.random.Generator
) -> tuple[float, int, int] | None:
    """Log p, units that keep their index and units, against the best of all options."""
    best, most = None, -np.inf
    for other, roles in options:
        ours = [one.roles[a].codes for a, _ in roles]
        theirs = [other.roles[b].codes for _, b in roles]
        keep = np.logical_and.reduce([alive(codes) for codes in (*ours, *theirs)])
        if np.count_nonzero(keep) < FEWEST_UNITS:
            continue
        a, b = stack(ours, keep)[keep], stack(theirs, keep)[keep]
        z = trace_z(a, b, Moments.of(a), Moments.of(b))
        if z > most:
            best, most = (a, b, np.flatnonzero(keep) // one.run), z
    if best is None:
        return None
    a, b, runs = best
    fixed, within = kept_in_runs(pair_units(a, b, rng, exact_to=len(a)), runs)
    return over_candidates(runs_log_p(fixed, within), len(options)), fixed, len(a)
