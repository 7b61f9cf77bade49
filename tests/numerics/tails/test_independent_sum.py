"""Tails of sums of independent scores."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from filiation.numerics.tails.independent_sum import independent_sum_log_p, signs_log_p


def ranks(places: int) -> np.ndarray:
    return -np.log(np.arange(1, places + 1) / places)


@pytest.mark.parametrize("places", [(2,), (5,), (3, 3, 3), (2, 4, 7), (1, 6, 6)])
def test_tail_against_enumeration(places: tuple[int, ...]) -> None:
    lists = [ranks(n) for n in places]
    sums = np.array([math.fsum(draw) for draw in itertools.product(*lists)])
    for observed in np.unique(sums.round(9)):
        exact = math.log(np.mean(sums >= observed - 1e-9))
        found = independent_sum_log_p(float(observed), lists)
        assert exact - 1e-9 <= found <= exact + 0.02


def test_tail_against_binomial_far_beyond_underflow() -> None:
    lists = [np.array([0.0, 1.0])] * 4000
    for heads in (2000, 2200, 3000, 3999, 4000):
        found = independent_sum_log_p(float(heads), lists)
        expected = (
            binom.logsf(heads - 1, 4000, 0.5)
            if heads <= 2200
            else np.logaddexp.reduce(binom.logpmf(np.arange(heads, 4001), 4000, 0.5))
        )
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-3)
        assert found >= expected - 1e-6 * abs(expected)


def test_p_is_never_zero_and_never_above_one() -> None:
    lists = [ranks(1000)] * 300
    assert independent_sum_log_p(300 * math.log(1000), lists) == pytest.approx(
        -300 * math.log(1000)
    )
    assert independent_sum_log_p(0.0, lists) == 0.0
    assert independent_sum_log_p(-5.0, lists) == 0.0
    assert independent_sum_log_p(1.0, [np.zeros(3)]) == 0.0


def test_unequal_lists_of_many_kinds_stay_finite() -> None:
    rng = np.random.default_rng(0)
    lists = [ranks(int(n)) for n in rng.integers(2, 40, 60)]
    top = math.fsum(float(values.max()) for values in lists)
    found = [independent_sum_log_p(share * top, lists) for share in (0.1, 0.3, 0.6, 0.9, 1.0)]
    assert found == sorted(found, reverse=True)
    assert all(math.isfinite(log_p) for log_p in found)


def test_size_of_the_sum() -> None:
    rng = np.random.default_rng(1)
    lists = [ranks(8)] * 5
    found = np.array(
        [
            independent_sum_log_p(math.fsum(rng.choice(values) for values in lists), lists)
            for _ in range(150)
        ]
    )
    for alpha in (0.05, 0.2, 0.5):
        assert abs(np.mean(found <= math.log(alpha)) - alpha) < 0.13


def test_signs_bound_is_above_the_tail_and_close_to_it() -> None:
    rng = np.random.default_rng(2)
    sizes = rng.uniform(0.1, 2.0, 14)
    signs = np.array(list(itertools.product((-1, 1), repeat=14)))
    sums = signs @ sizes
    for observed in np.quantile(sums, (0.5, 0.9, 0.99, 0.9999, 1.0)):
        exact = math.log(np.mean(sums >= observed - 1e-9))
        found = signs_log_p(float(observed), sizes)
        assert exact - 1e-9 <= found <= exact + 2.5


def test_signs_edges() -> None:
    sizes = np.array([1.0, 2.0, 0.0])
    assert signs_log_p(3.0, sizes) == pytest.approx(2 * math.log(0.5))
    assert signs_log_p(0.0, sizes) == signs_log_p(-1.0, sizes) == 0.0
    assert signs_log_p(1.0, np.zeros(2)) == 0.0
    assert math.isfinite(signs_log_p(9e4, np.ones(100_000)))
