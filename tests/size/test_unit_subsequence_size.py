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

PAIRS = 60
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
        assert out.log_p < math.log(1e-30), frame
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


def test_lists_by_norm_are_not_compared() -> None:
    one, two = (toys.sorted_by_norm(toys.born(seed, units=96)) for seed in (1, 2))
    out = UnitSubsequence(frame="native").compare(
        toys.sketch(one), toys.sketch(toys.narrowed(two, 3)), seed=0
    )
    assert isinstance(out, Inapplicable)
    assert "by norm" in out.reason
