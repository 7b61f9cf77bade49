"""Is a random order left alone, and is an order that means something seen, in one model alone?"""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binomtest

import toys
from filiation.methods.weights.axis_order import AxisOrder
from filiation.methods.weights.exchangeable import order_of, sorted_in_both
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.finding import Inapplicable
from filiation.model.order import OrderTest
from toys import Toy
from trials import trials

MODELS = trials(60)


def plain(seed: int) -> Toy:
    return toys.born(seed, layers=2, units=64, width=32)


def padded(seed: int) -> Toy:
    """The last quarter of the units zero, as where a width was rounded up."""
    toy = plain(seed)
    arrays = {}
    for name, array in toy.arrays.items():
        if name.startswith("layers"):
            array = array.copy()
            array[(slice(None), slice(48, None)) if name.endswith("down") else slice(48, None)] = 0
        arrays[name] = array
    return toys.changed(toy, toy.name, arrays)


def by_key(seed: int, key: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Toy:
    toy = toys.born(seed, layers=2, units=192, width=16)
    arrays = dict(toy.arrays)
    for n in range(2):
        up, gate, down = (f"layers.{n}.{role}" for role in ("up", "gate", "down"))
        order = np.argsort(key(arrays[up], arrays[gate]))
        arrays |= {up: arrays[up][order], gate: arrays[gate][order], down: arrays[down][:, order]}
    return toys.changed(toy, toy.name, arrays)


def by_cosine(seed: int) -> Toy:
    return by_key(seed, lambda up, gate: np.einsum("ij,ij->i", up, gate))


def by_direction(seed: int) -> Toy:
    return by_key(seed, lambda up, gate: gate[:, 0])


def sharded(seed: int) -> Toy:
    """Four shards that began alike: one seed on every rank."""
    toy = plain(seed)
    rng = np.random.default_rng(seed)
    arrays = dict(toy.arrays)
    for name, array in toy.arrays.items():
        if name.startswith("layers"):
            down = name.endswith("down")
            one = array[:, :16] if down else array[:16]
            repeated = np.tile(one, (1, 4) if down else (4, 1))
            arrays[name] = (repeated + 0.5 * rng.normal(size=array.shape)).astype(np.float32)
    return toys.changed(toy, toy.name, arrays)


def sorted_axes(seed: int) -> Toy:
    """Axes listed by size, in every matrix."""
    toy = plain(seed)
    scale = np.sort(np.random.default_rng(seed).uniform(0.5, 2, size=32)).astype(np.float32)
    arrays = {
        n: a * (scale[:, None] if n.endswith("down") else scale) for n, a in toy.arrays.items()
    }
    return toys.changed(toy, toy.name, arrays)


def test_of(toy: Toy, what: str) -> OrderTest:
    return next(test for test in order_of(toys.sketch(toy)) if test.what == what)


test_of.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("trap", [plain, padded], ids=lambda trap: trap.__name__)
def test_a_random_order_is_left_alone(trap: Callable[[int], Toy]) -> None:
    found: dict[str, list[float]] = {}
    for seed in range(MODELS):
        for test in order_of(toys.sketch(toys.with_heads(trap(seed + 1)))):
            found.setdefault(test.what, []).append(test.log_p)

    assert set(found) == {"units", "shards", "axes", "heads"}
    for log_ps in found.values():
        for alpha in (0.01, 0.05, 0.2):
            hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
            assert binomtest(hits, len(log_ps), alpha, alternative="greater").pvalue > 1e-5


@pytest.mark.parametrize(
    ("trap", "what"),
    [
        (by_cosine, "units"),
        (by_direction, "units"),
        (lambda seed: toys.sorted_by_norm(plain(seed)), "units"),
        (sharded, "shards"),
        (sorted_axes, "axes"),
    ],
)
def test_an_order_that_means_something_is_seen(trap: Callable[[int], Toy], what: str) -> None:
    seen = [not test_of(trap(seed), what).random for seed in range(10)]
    assert sum(seen) >= 9


def test_where_shards_repeat_in_both_models_units_do_not_speak() -> None:
    """Mutation tried: without the abstention the trace of 4 of 40 pairs is below .01."""
    one, two = (toys.sketch(sharded(seed)) for seed in (1, 2))
    for method in (UnitTrace(frame="native"), UnitOrder(frame="native")):
        out = method.compare(one, two, seed=0)
        assert isinstance(out, Inapplicable) and "shards" in out.reason


def test_where_axes_are_sorted_in_both_models_axes_do_not_speak() -> None:
    one, two, other = (toys.sketch(t) for t in (sorted_axes(1), sorted_axes(2), plain(3)))
    out = AxisOrder().compare(one, two, seed=0)
    assert isinstance(out, Inapplicable) and "axes" in out.reason
    assert sorted_in_both(one, other, "axes", seed=0) is None


@pytest.mark.parametrize("trap", [by_cosine, by_direction], ids=lambda trap: trap.__name__)
def test_units_sorted_alike_in_both_models_never_accuse(trap: Callable[[int], Toy]) -> None:
    """The null re-orders neighbours only. Mutation tried: with the null over all units, the trace
    of 24 of 40 pairs sorted by direction was below .01.
    """
    log_ps = []
    for pair in range(40):
        one, two = (toys.sketch(trap(2 * pair + side + 1)) for side in (0, 1))
        for method in (UnitTrace(frame="native", draws=399), UnitOrder(frame="native")):
            log_ps.append(method.compare(one, two, seed=pair).log_p)  # type: ignore[union-attr]
    for alpha in (0.01, 0.05, 0.2):
        hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
        assert binomtest(hits, len(log_ps), alpha, alternative="greater").pvalue > 1e-5
