"""Tails against enumeration, against theory, and at the edges."""

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest

from filiation.numerics.tails.tail import fixed_points_log_p, monte_carlo_floor, sequential_log_p


def batches(values: NDArray[np.float64], size: int) -> Iterator[NDArray[np.float64]]:
    for start in range(0, values.size, size):
        yield values[start : start + size]


@pytest.mark.parametrize("units", range(1, 8))
def test_fixed_points_against_enumeration(units: int) -> None:
    counts = [
        sum(i == p for i, p in enumerate(order)) for order in itertools.permutations(range(units))
    ]
    for m in range(units + 1):
        exact = sum(count >= m for count in counts) / len(counts)
        assert math.isclose(
            math.exp(fixed_points_log_p(m, paired=units, units=units)), exact, rel_tol=1e-12
        )


@pytest.mark.parametrize(("paired", "units"), [(2, 4), (3, 5), (4, 5), (5, 7)])
def test_partial_matching_bound_against_enumeration(paired: int, units: int) -> None:
    """Relabelling one side at random, `paired` given pairs keep their index m times or more."""
    orders = list(itertools.permutations(range(units)))
    kept = [sum(order[i] == i for i in range(paired)) for order in orders]
    for m in range(paired + 1):
        exact = sum(k >= m for k in kept) / len(orders)
        bound = math.exp(fixed_points_log_p(m, paired=paired, units=units))
        assert bound >= exact * (1 - 1e-12)
        assert bound <= 1 / math.factorial(m) * (1 + 1e-12)


def test_fixed_points_far_tail_is_one_over_factorial_by_e() -> None:
    """Exactly m keep their place in 1/m! of the orders, times 1/e: the others are deranged."""
    log_p = fixed_points_log_p(10_000, paired=11_008, units=11_008)

    assert math.isclose(log_p, -math.lgamma(10_001) - 1, abs_tol=1e-3)


@given(st.integers(1, 400), st.data())
def test_fixed_points_is_monotone_and_a_log_probability(units: int, data: st.DataObject) -> None:
    paired = data.draw(st.integers(1, units))
    fixed = data.draw(st.integers(1, paired))
    here, before = (fixed_points_log_p(m, paired=paired, units=units) for m in (fixed, fixed - 1))

    assert -math.inf < here <= before <= 0.0


def test_more_fixed_points_than_pairs_is_our_bug() -> None:
    with pytest.raises(ValueError, match="fixed 3, paired 2"):
        fixed_points_log_p(3, paired=2, units=5)


def test_p_is_never_zero() -> None:
    draws = np.zeros(999)

    log_p = sequential_log_p(9.0, batches(draws, 100), draws=999)

    assert log_p == monte_carlo_floor(999) == -math.log(1000)


def test_ties_count_against_the_accusation() -> None:
    draws = np.array([1.0 - 1e-12, 0.0, 0.0])

    log_p = sequential_log_p(1.0, batches(draws, 3), draws=3, slack=1e-9)

    assert math.isclose(log_p, math.log(2 / 4))


def test_batch_size_cannot_move_p() -> None:
    draws = np.random.default_rng(3).normal(size=5_000)
    found = {
        sequential_log_p(1.9, batches(draws, size), draws=5_000) for size in (1, 7, 500, 5_000)
    }

    assert len(found) == 1


def test_it_stops_at_the_twentieth_draw_that_reaches_the_observation() -> None:
    """The nineteenth comes early and the twentieth late; a twenty-first would not come at all."""
    draws = np.zeros(1_000)
    draws[[*range(19), 399]] = 1.0

    assert sequential_log_p(1.0, batches(draws, 50), draws=1_000) == math.log(20 / 400)
    assert sequential_log_p(1.0, batches(draws[:399], 50), draws=399) == math.log(20 / 400)
    assert sequential_log_p(1.0, batches(draws[:390], 50), draws=390) == math.log(20 / 391)


def test_too_few_draws_is_our_bug() -> None:
    with pytest.raises(ValueError, match="gave 10 draws, expected 20"):
        sequential_log_p(9.0, batches(np.zeros(10), 10), draws=20)


@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.05, 0.3])
def test_sequential_size_is_at_most_alpha(alpha: float) -> None:
    rng = np.random.default_rng(11)
    trials = 4_000
    hits = 0
    for _ in range(trials):
        null = rng.normal(size=2_001)
        hits += sequential_log_p(null[0], batches(null[1:], 100), draws=2_000) <= math.log(alpha)

    # A correct method fails here once in a million re-seedings.
    assert binomtest(hits, trials, alpha, alternative="greater").pvalue > 1e-6
