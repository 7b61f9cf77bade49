"""Does unit-subsequence accuse unrelated models of unequal width no more often than it says?"""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binomtest

import toys
from filiation.methods.weights.unit_subsequence import UnitSubsequence
from filiation.model.finding import Finding, Inapplicable
from filiation.model.sketch import Frame
from size.test_unit_methods_size import (
    common_direction,
    dead_at_equal_indices,
    plain,
    repeated_layers,
)
from toys import Toy
from trials import trials

PAIRS = trials(60)
FRAMES: tuple[Frame, ...] = ("native", "token", "signature")


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("trap", [plain, common_direction, dead_at_equal_indices, repeated_layers])
def test_size_is_at_most_alpha(trap, frame: Frame) -> None:  # type: ignore[no-untyped-def]
    log_ps = []
    for pair in range(PAIRS):
        source, subject = trap(2 * pair + 1), toys.narrowed(trap(2 * pair + 2), pair, keep=0.9)
        out = UnitSubsequence(frame=frame).compare(
            toys.sketch(source), toys.sketch(subject), seed=pair
        )
        assert isinstance(out, Finding)
        log_ps.append(out.log_p)
    for alpha in (0.02, 0.1, 0.3):
        hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


def test_a_narrowed_child_is_found_from_either_side_and_in_every_frame() -> None:
    parent = toys.born(1)
    child = toys.narrowed(toys.tuned(parent, 2), 3)
    for frame, (a, b) in itertools.product(FRAMES, itertools.permutations((parent, child))):
        out = UnitSubsequence(frame=frame).compare(toys.sketch(a), toys.sketch(b), seed=0)
        assert isinstance(out, Finding)
        assert out.log_p < math.log(1e-25), frame
        assert out.observed == 3 * 36


def test_a_narrowed_and_permuted_child_is_not_seen() -> None:
    parent = toys.born(1)
    child = toys.permuted(toys.narrowed(parent, 3), 4)
    out = UnitSubsequence(frame="native").compare(toys.sketch(parent), toys.sketch(child), seed=0)
    assert isinstance(out, Finding)
    assert out.log_p > math.log(1e-3)


def test_equal_widths_are_left_to_unit_order() -> None:
    out = UnitSubsequence(frame="native").compare(
        toys.sketch(toys.born(1)), toys.sketch(toys.born(2)), seed=0
    )
    assert isinstance(out, Inapplicable)
    assert "unit-order" in out.reason


def mixed(toy: Toy, seed: int) -> Toy:
    """The first layer keeps its width, the others lose a tenth of their units."""
    narrow = toys.narrowed(toy, seed, keep=0.9)
    kept = {n: a for n, a in toy.arrays.items() if n.startswith("layers.0.")}
    return toys.changed(narrow, narrow.name, kept)


def test_one_layer_of_equal_width_switches_nothing_off() -> None:
    """The attack: leave one layer as wide as the source's."""
    parent = toys.born(1)
    child = mixed(toys.tuned(parent, 2), 3)
    out = UnitSubsequence(frame="native").compare(toys.sketch(parent), toys.sketch(child), seed=0)

    assert isinstance(out, Finding)
    assert [layer.subject_layer for layer in out.layers][1:] == ["layers.1", "layers.2"]
    assert out.log_p < math.log(1e-20)


def test_lists_sorted_alike_do_not_accuse() -> None:
    """By norm, in both models. Mutation tried: keeping the units of the longest
    increasing subsequence itself, and not the runs that never fall, 10 of 10 pairs are below .02.
    """
    log_ps = []
    for pair in range(PAIRS):
        one, two = (toys.sorted_by_norm(toys.born(2 * pair + s, units=96)) for s in (1, 2))
        out = UnitSubsequence(frame="native").compare(
            toys.sketch(one), toys.sketch(toys.narrowed(two, pair)), seed=pair
        )
        assert isinstance(out, Finding)
        log_ps.append(out.log_p)
    hits = int(np.count_nonzero(np.array(log_ps) <= math.log(0.02)))
    assert binomtest(hits, PAIRS, 0.02, alternative="greater").pvalue > 1e-6
