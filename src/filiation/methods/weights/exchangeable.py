"""Does a model, looked at alone, list its units, axes, heads and experts in a random order?

Every method that counts what stands at the same place assumes that training left the places to
chance. That can be tested on each model without the other: neighbours in the list must be no more
alike than others, no fact (a norm, the cosine of gate and up) may rise or fall along it, and no
half, quarter or eighth of it may repeat another. Units need no random order as a whole, since their
null re-orders neighbours only, but shards of a tensor-parallel training must not repeat; where
shards, axes, heads or experts of both models fail, the methods that count them abstain.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.described import experts_of, heads_of
from filiation.model.order import Listed, OrderTest
from filiation.model.sketch import LayerSketch, Sketch
from filiation.numerics.frames.directions import alive
from filiation.numerics.ranks import mean_ranks
from filiation.numerics.rng import stream

__all__ = ["order_of", "sorted_in_both"]

T = TypeVar("T")
Float: TypeAlias = NDArray[np.floating]
# A statistic of one layer: its value for each of many orders, int64 [orders, parts] -> [orders].
Statistic: TypeAlias = tuple[int, Callable[[NDArray[np.int64]], Float]]
Tests: TypeAlias = dict[str, list[Statistic]]  # by fact, one statistic for each layer

LEVEL: Final = 0.01
FIRST: Final = 99
LARGE: Final = 0.1
DRAWS: Final = 999
WINDOW: Final = 256  # parts of one layer that are looked at together
LAYERS: Final = 4  # looked at, evenly over the depth
ROWS: Final = 256  # of each matrix by which axes are described
REACH: Final = 3  # places apart that count as neighbours
FEWEST: Final = 4  # parts of one layer
SHARDS: Final = (2, 4, 8)


def order_of(sketch: Sketch, seed: int = 0) -> tuple[OrderTest, ...]:
    """One test for each kind of part that the sketch knows at least four of a layer."""
    found = (_order(sketch, what, seed) for what in PARTS)
    return tuple(test for test in found if test is not None)


def sorted_in_both(source: Sketch, subject: Sketch, what: Listed, *, seed: int) -> str | None:
    """Why the order of these parts says nothing of descent, or None: one random side is enough."""
    found = []
    for sketch in (source, subject):
        test = _order(sketch, what, seed)
        if test is None or test.random:
            return None
        found.append(f"{sketch.name}: {test.fact}, p {math.exp(test.log_p):.2g}")
    return (
        f"neither model, looked at alone, lists its {what} in a random order ({'; '.join(found)}); "
        "the order then says how they were made or exported, and not where they come from"
    )


@lru_cache(maxsize=64)
def _order(sketch: Sketch, what: Listed, seed: int) -> OrderTest | None:
    """The fact that is rarest under re-ordering, times the number of facts."""
    tests = {name: layers for name, layers in PARTS[what](sketch).items() if layers}
    if not tests:
        return None
    rng = stream(seed, "order", what, sketch.subject_digest)
    ps = {name: _p(layers, rng) for name, layers in tests.items()}
    fact = min(ps, key=lambda name: ps[name])
    return OrderTest(
        what=what,
        fact=fact,
        log_p=min(0.0, math.log(ps[fact]) + math.log(len(ps))),
        facts=len(ps),
        parts=sum(parts for parts, _ in tests[fact]),
        level=LEVEL,
    )


def _p(layers: Sequence[Statistic], rng: np.random.Generator) -> float:
    """Share of orders that reach what was observed; where a few say it is large, they are enough.

    Below .1 it comes from draws of its own, and is exact.
    """
    for draws in (FIRST, DRAWS):
        total = np.zeros(draws + 1)
        for parts, statistic in layers:
            orders = np.broadcast_to(np.arange(parts), (draws + 1, parts)).copy()
            orders[1:] = rng.permuted(orders[1:], axis=1)
            total += statistic(orders)
        p = float(np.mean(total >= total[0] - 1e-9 * abs(total[0])))
        if p > LARGE:
            break
    return p


def _likeness(rows: Float, first: NDArray[np.int64], second: NDArray[np.int64]) -> Statistic:
    """Summed cosines of the parts at so many pairs of places."""
    centred = _unit(rows.astype(np.float32) - rows.mean(axis=0, dtype=np.float32))
    cosines = centred @ centred.T
    return len(rows), lambda orders: cosines[orders[:, first], orders[:, second]].sum(
        axis=1, dtype=np.float64
    )


def _near(rows: Float) -> Statistic:
    """Likeness of neighbours."""
    n = len(rows)
    places = [(np.arange(n - lag), np.arange(lag, n)) for lag in range(1, min(REACH, n - 1) + 1)]
    first, second = (np.concatenate(side) for side in zip(*places, strict=True))
    return _likeness(rows, first, second)


def _trend(facts: Sequence[Float]) -> Statistic:
    """Squared rank correlation with the place, added up over facts of at most 256 parts."""
    spread = _over(len(facts[0]))
    return _drift(np.stack([_ranks(fact[spread]) for fact in facts], axis=1))


def _drift(rows: Float) -> Statistic:
    """Squared length of the parts' sum, each weighed by its place."""
    index = np.arange(len(rows), dtype=np.float32) - np.float32((len(rows) - 1) / 2)

    def statistic(orders: NDArray[np.int64]) -> Float:
        place = np.zeros(orders.shape, dtype=np.float32)
        np.put_along_axis(place, orders, np.broadcast_to(index, orders.shape), axis=1)
        return np.asarray(np.square(place @ rows).sum(axis=1))

    return len(rows), statistic


def _over(count: int) -> NDArray[np.int64]:
    """At most 256 places, evenly over the list."""
    return np.unique(np.linspace(0, count - 1, min(WINDOW, count)).astype(np.int64))


def _steps(facts: Sequence[Float]) -> Statistic:
    """How near in rank neighbours are, added up over facts."""
    ranks = np.stack([_ranks(fact[:WINDOW]) for fact in facts], axis=1)
    nearness = -np.square(ranks[:, None] - ranks[None]).sum(axis=2)
    return len(ranks), lambda orders: nearness[orders[:, :-1], orders[:, 1:]].sum(axis=1)


def _ranks(fact: Float) -> NDArray[np.float32]:
    ranks = mean_ranks(fact)
    centred = (ranks - ranks.mean()) / max(float(ranks.std()), 1e-30)
    return np.asarray(centred, dtype=np.float32)


def _with_facts(tests: Tests, name: str, facts: Sequence[Float]) -> None:
    if facts and len(facts[0]) >= FEWEST:
        tests.setdefault(f"{name} along the list", []).append(_trend(facts))
        tests.setdefault(f"{name} of neighbours", []).append(_steps(facts))


def _of_units(sketch: Sketch) -> Tests:
    tests: Tests = {"likeness of neighbours": [], "directions along the list": []}
    for layer in _spread(sketch.layers):
        rows, keep = _living(layer)
        if len(rows) >= FEWEST:
            tests["likeness of neighbours"].append(_near(rows[:WINDOW]))
            tests["directions along the list"].append(_drift(rows[_over(len(rows))]))
            _with_facts(tests, "norms", [x.norms[keep] for x in layer.roles.values()])
    for deep in _spread(sketch.deep):
        keep = np.logical_and.reduce([alive(rows) for rows in deep.rows.values()])
        units = {role: _unit(rows[keep]) for role, rows in deep.rows.items()}
        _with_facts(tests, "cosines of two matrices", list(_cosines(units)))
    return tests


def _cosines(units: dict[str, Float]) -> Iterator[Float]:
    roles = sorted(units)
    for number, one in enumerate(roles):
        for two in roles[number + 1 :]:
            if units[one].shape == units[two].shape:
                yield np.einsum("ij,ij->i", units[one], units[two])


def _of_shards(sketch: Sketch) -> Tests:
    """Whether a half, quarter or eighth of the units repeats the one before it."""
    tests: Tests = {}
    for layer in _spread(sketch.layers):
        rows, keep = _living(layer)
        row_at = np.full(layer.units, -1)
        row_at[keep] = np.arange(len(rows))
        for shards in SHARDS:
            lag = layer.units // shards
            pairs = np.stack([row_at[: layer.units - lag], row_at[lag:]])
            pairs = pairs[:, (pairs >= 0).all(axis=0)][:, : min(lag, WINDOW // 2)]
            if pairs.shape[1] >= FEWEST:
                chosen, place = np.unique(pairs, return_inverse=True)
                first, second = place.reshape(2, -1)
                one = _likeness(rows[chosen], first, second)
                tests.setdefault(f"likeness of units 1/{shards} of the list apart", []).append(one)
    return tests


def _of_axes(sketch: Sketch) -> Tests:
    """Axes of the residual stream, by their entries in whole rows; one order for all layers."""
    every = [_unit(rows[:ROWS]) for deep in _spread(sketch.deep) for rows in deep.rows.values()]
    widths = Counter(rows.shape[1] for rows in every)
    if not widths:
        return {}
    width = max(widths, key=lambda w: (widths[w], w))  # towers have axes of their own
    axes = np.concatenate([rows for rows in every if rows.shape[1] == width]).T
    axes = axes[axes.any(axis=1)]
    if len(axes) < FEWEST:
        return {}
    tests: Tests = {"likeness of neighbours": [_near(axes[:WINDOW])]}
    _with_facts(tests, "norms", [np.linalg.norm(axes, axis=1)])
    return tests


def _of_heads(sketch: Sketch) -> Tests:
    """Groups of heads that share a key and a value; heads of one group are alike by design."""
    return _of_parts([heads.groups for heads in heads_of(sketch)])


def _of_experts(sketch: Sketch) -> Tests:
    return _of_parts([experts.moments for experts in experts_of(sketch).values()])


def _of_parts(layers: Sequence[Float]) -> Tests:
    tests: Tests = {"likeness of neighbours": []}
    for rows in _spread([rows for rows in layers if len(rows) >= FEWEST]):
        tests["likeness of neighbours"].append(_near(rows[:WINDOW]))
        likeness = rows @ rows.T
        others = likeness.max(axis=1, initial=-1.0, where=~np.eye(len(rows), dtype=bool))
        _with_facts(tests, "nearness to the others", [others])
    return tests


def _living(layer: LayerSketch) -> tuple[Float, NDArray[np.bool_]]:
    """Units alive in every matrix, by their directions side by side, and which they are."""
    rows = [x.directions["native"] for x in layer.roles.values()]
    keep = np.logical_and.reduce([alive(x) for x in rows])
    return np.concatenate([_unit(x[keep]) for x in rows], axis=1), keep


def _spread(found: Sequence[T]) -> list[T]:
    """At most four of a sequence, evenly over it."""
    if not found:
        return []
    return [found[n] for n in sorted(set(np.linspace(0, len(found) - 1, LAYERS).astype(int)))]


def _unit(rows: Float | NDArray[np.int8]) -> Float:
    x = rows.astype(np.float32)
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-30))


PARTS: Final[Mapping[Listed, Callable[[Sketch], Tests]]] = {
    "units": _of_units,
    "shards": _of_shards,
    "axes": _of_axes,
    "heads": _of_heads,
    "experts": _of_experts,
}
