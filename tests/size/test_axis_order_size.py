"""Does axis-order accuse unrelated models no more often than it says? Does no step see an order?"""

import itertools
import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest

import toys
from filiation.methods.weights.axis_order import AxisOrder
from filiation.model.finding import Finding, Inapplicable
from size.test_unit_methods_size import (
    common_direction,
    dead_at_equal_indices,
    plain,
    repeated_layers,
)
from toys import Toy
from trials import trials

PAIRS = trials(80)
METHOD = AxisOrder()


def dead_axes(seed: int) -> Toy:
    """A quarter of the axes empty, at the same places in every model (padding)."""
    toy = plain(seed)
    emptied = {}
    for name, array in toy.arrays.items():
        array = array.copy()
        if name.endswith("down"):
            array[::4] = 0
        else:
            array[:, ::4] = 0
        emptied[name] = array
    return toys.changed(toy, toy.name, emptied)


def outlier_axes(seed: int) -> Toy:
    """Three axes forty times as large as the others, at the same places in every model."""
    toy = plain(seed)
    scale = np.ones(24, dtype=np.float32)
    scale[[3, 7, 20]] = 40
    return toys.changed(
        toy,
        toy.name,
        {n: a * (scale[:, None] if n.endswith("down") else scale) for n, a in toy.arrays.items()},
    )


TRAPS: tuple[Callable[[int], Toy], ...] = (
    plain, dead_axes, outlier_axes, dead_at_equal_indices, common_direction, repeated_layers,
)  # fmt: skip


@cache
def null_log_ps(trap: Callable[[int], Toy]) -> list[float]:
    found = []
    for pair in range(PAIRS):
        source, subject = (toys.sketch(trap(2 * pair + side + 1)) for side in (0, 1))
        out = METHOD.compare(source, subject, seed=pair)
        assert isinstance(out, Finding)
        found.append(out.log_p)
    return found


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_size_is_at_most_alpha(trap: Callable[[int], Toy]) -> None:
    for alpha in (0.02, 0.1, 0.3):
        hits = int(np.count_nonzero(np.array(null_log_ps(trap)) <= math.log(alpha)))
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


def axes_permuted(toy: Toy, seed: int) -> tuple[Toy, np.ndarray]:
    """The same network with the axes of its residual stream in another order."""
    order = np.random.default_rng(seed).permutation(toy.arrays["embed"].shape[1])
    moved = {n: a[order] if n.endswith("down") else a[:, order] for n, a in toy.arrays.items()}
    return toys.changed(toy, toy.name, moved), order


def test_no_step_sees_the_order_of_the_axes() -> None:
    """Another order of the source's axes re-labels the pairs of axes and changes nothing else.

    This is what the exact p rests on: then the pairing is a uniform random permutation if the
    order is.
    """
    for seed in range(5):
        one, two = toys.born(70 + seed), toys.born(80 + seed)
        moved, order = axes_permuted(one, seed)
        before, after = (
            METHOD.compare(toys.sketch(x), toys.sketch(two), seed=0) for x in (one, moved)
        )
        assert isinstance(before, Finding) and isinstance(after, Finding)
        again = order[np.array(after.layers[0].assignment)]
        assert np.mean(again == np.array(before.layers[0].assignment)) > 0.9  # ties, rounding


def test_a_permuted_and_rescaled_child_is_found() -> None:
    parent = toys.born(1)
    child = toys.permuted(toys.tuned(parent, 2), 3)
    scale = np.exp(np.random.default_rng(4).normal(size=48)).astype(np.float32)
    child = toys.changed(
        child,
        "child",
        {"layers.1.up": child.arrays["layers.1.up"] * scale[:, None],
         "layers.1.down": child.arrays["layers.1.down"] / scale},
    )  # fmt: skip
    for a, b in itertools.permutations((parent, child)):
        out = METHOD.compare(toys.sketch(a), toys.sketch(b), seed=0)
        assert isinstance(out, Finding)
        assert out.observed == 40
        assert out.log_p < math.log(1e-40)


def test_axes_listed_by_size_in_both_are_not_compared() -> None:
    """As exports do that rotate the stream to its principal axes."""

    def by_size(seed: int) -> Toy:
        toy = toys.born(seed)
        scale = np.geomspace(3, 0.3, 40).astype(np.float32)
        return toys.changed(
            toy,
            toy.name,
            {
                n: a * (scale[:, None] if n.endswith("down") else scale)
                for n, a in toy.arrays.items()
            },
        )

    out = METHOD.compare(toys.sketch(by_size(1)), toys.sketch(by_size(2)), seed=0)
    assert isinstance(out, Inapplicable)
    assert "lists its axes in a random order" in out.reason


def test_without_a_deep_part_it_says_so() -> None:
    from dataclasses import replace

    taken = toys.sketch(toys.born(1))
    out = METHOD.compare(taken, replace(taken, deep=()), seed=0)
    assert isinstance(out, Inapplicable)
    assert "0 deep layers" in out.reason
