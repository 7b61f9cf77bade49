"""Innocents whose heads began as copies of one another: not accused, and others not silenced."""

import math

import numpy as np
import pytest

import toys
from filiation.methods.weights.tied_heads import WIDER, _ties, _wider, tied_in_both
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.finding import Finding, Inapplicable
from filiation.model.sketch import Sketch
from toys import Toy

HEADS, SIZE = 8, 8
WIDTH = HEADS * SIZE
TRACE = UnitTrace(frame="native", of="attention")


def born(seed: int, share: float = 0.0, heads: int = HEADS) -> Toy:
    """A toy in whose values and outputs heads have so much in common, place by place."""
    own = toys.born(seed, layers=2, units=2 * WIDTH, width=WIDTH)
    toy = toys.with_heads(own, heads=heads, groups=heads, size=WIDTH // heads)
    rng, arrays = np.random.default_rng([seed, 41]), dict(toy.arrays)
    for name in (f"layers.{n}.{part}" for n in range(2) for part in "vo"):
        one = np.tile(rng.normal(size=(WIDTH // heads, WIDTH)), (heads, 1))
        mixed = math.sqrt(share) * one + math.sqrt(1 - share) * rng.normal(size=one.shape)
        arrays[name] = np.ascontiguousarray(
            mixed.T if name.endswith("o") else mixed, dtype=np.float32
        )
    return toys.changed(toy, toy.name, arrays)


def widened(one: Sketch, two: Sketch) -> float:
    ours, theirs = _ties(one), _ties(two)
    return max(_wider(ours[form], theirs[form]) for form in ours)


@pytest.mark.parametrize("frame", ["native", "token", "table"])
def test_heads_that_began_as_copies_do_not_accuse(frame: str) -> None:
    """Mutation tried: where nobody abstains, 6 of 36 p of the trace are below .01, one 10^-5.4.

    Of thirty pairs with four layers of sixteen such heads five met the level of 1e-6.
    """
    for pair in range(2):
        one, two = (toys.sketch(born(2 * pair + side + 1, 0.5)) for side in (0, 1))
        for method in (
            UnitTrace(frame=frame, of="attention"),  # type: ignore[arg-type]
            UnitOrder(frame=frame, of="attention"),  # type: ignore[arg-type]
        ):
            out = method.compare(one, two, seed=0)
            assert isinstance(out, Inapplicable) and "different heads" in out.reason
        assert isinstance(UnitTrace(frame="native").compare(one, two, seed=0), Finding)


def test_by_how_much_the_variance_is_wider_is_known() -> None:
    """Traces of all pairs of ten such models spread as foretold, and by the null they would not."""
    sketches = [toys.sketch(born(seed, 0.5)) for seed in range(1, 11)]
    pairs = [(a, b) for n, a in enumerate(sketches) for b in sketches[n + 1 :]]
    told = 1.0 + float(np.mean([widened(*pair) for pair in pairs]))
    found = float(np.mean([_z(a, b) ** 2 for a, b in pairs]))
    assert told == pytest.approx(1.0 + (HEADS - 1) * 0.25, rel=0.15)
    assert found == pytest.approx(told, rel=0.4)


def _z(one: Sketch, two: Sketch) -> float:
    """The trace of the first layers, in standard deviations of re-ordering each head alone."""
    sides = []
    for sketch in (one, two):
        rows = sketch.attention[0].roles["attn.v"].directions["native"].astype(np.float64)
        rows = rows.reshape(HEADS, SIZE, -1)
        rows = rows - rows.mean(axis=1, keepdims=True)
        sides.append(rows / np.linalg.norm(rows, axis=2, keepdims=True))
    alike = sides[0] @ sides[1].swapaxes(1, 2)
    for axis in (1, 2):
        alike = alike - alike.mean(axis=axis, keepdims=True)
    spread = math.sqrt(np.square(alike).sum() / (SIZE - 1))
    return float(np.trace(alike, axis1=1, axis2=2).sum()) / spread


def test_one_free_side_is_enough() -> None:
    one, two = toys.sketch(born(1, 0.5)), toys.sketch(born(2))
    assert tied_in_both(one, two) is None and tied_in_both(two, one) is None
    assert isinstance(TRACE.compare(one, two, seed=0), Finding)


def test_what_is_too_little_to_matter_silences_nobody() -> None:
    one, two = (toys.sketch(born(seed, 0.05)) for seed in (1, 2))
    assert 0.0 < widened(one, two) < WIDER and tied_in_both(one, two) is None


def test_neither_strangers_nor_children_are_silenced() -> None:
    """Both of a pair of relatives have by chance the same likenesses: the widest of these here."""
    for seed in range(1, 21):
        parent = born(seed, heads=2 if seed % 2 else HEADS)
        one, child = toys.sketch(parent), toys.sketch(toys.tuned(parent, seed))
        assert widened(one, child) < WIDER / 2
        if seed < 3:
            out = TRACE.compare(one, child, seed=0)
            assert isinstance(out, Finding) and out.log_p < math.log(1e-3)


def test_a_direction_common_to_all_values_ties_nothing() -> None:
    """Mutation tried: where rows are not centred, the variance would be taken for 5 times wider."""
    sketches = []
    for seed in (1, 2):
        toy = born(seed)
        arrays = {name: toy.arrays[name] + 1.0 for name in ("layers.0.v", "layers.1.v")}
        sketches.append(toys.sketch(toys.changed(toy, toy.name, arrays)))
    assert widened(*sketches) < WIDER / 2


def test_layers_of_one_head_and_heads_unknown_are_passed_over() -> None:
    one, two = (toys.sketch(born(seed, heads=1)) for seed in (1, 2))
    assert not _ties(one) and tied_in_both(one, two) is None
    assert tied_in_both(*(toys.sketch(toys.born(seed)) for seed in (1, 2))) is None


def test_values_that_are_dead_or_repeated_tie_nothing() -> None:
    toy = born(1)
    arrays = {name: toy.arrays[name].copy() for name in ("layers.0.v", "layers.1.v")}
    for array in arrays.values():
        array[SIZE : 2 * SIZE] = array[:SIZE]
        array[2 * SIZE : 3 * SIZE] = 0
    ties = _ties(toys.sketch(toys.changed(toy, toy.name, arrays)))
    found = next(iter(ties.values()))[:, 1]  # of v
    assert np.isfinite(found).all() and not found[:, :3].any()
