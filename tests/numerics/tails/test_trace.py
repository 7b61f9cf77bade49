"""The trace against enumeration, against the full permutation group, and its block subgroup."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

from filiation.numerics.tails.tail import sequential_log_p
from filiation.numerics.tails.trace import Moments, block_draws, trace, trace_z


def rows(
    seed: int, units: int, columns: int = 8
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(seed).normal(size=(units, columns)).astype(np.float32)


def test_z_against_enumeration() -> None:
    a, b = rows(1, 7), rows(2, 7)
    every = [trace(a[list(order)], b) for order in itertools.permutations(range(7))]
    expected = (trace(a, b) - np.mean(every)) / np.std(every)

    assert math.isclose(trace_z(a, b, Moments.of(a), Moments.of(b)), expected, rel_tol=1e-4)


@pytest.mark.parametrize("columns", [80, 81, 200])
def test_z_of_long_rows_is_that_of_the_moments(columns: int) -> None:
    """On both sides of where the Gram matrix is given up, against Hoeffding's formula."""
    a, b = rows(1, 40, columns), rows(2, 40, columns)
    s = a.astype(np.float64) @ b.T.astype(np.float64)
    d = s - s.mean(axis=0) - s.mean(axis=1)[:, None] + s.mean()
    expected = (np.trace(s) - s.sum() / 40) / math.sqrt(np.sum(d**2) / 39)
    moments = Moments.of(a)

    assert (moments.gram is None) == (columns > 80)
    assert math.isclose(trace_z(a, b, moments, Moments.of(b)), expected, rel_tol=1e-4)


def test_one_unit_has_no_order() -> None:
    a = rows(1, 1)

    assert trace_z(a, a, Moments.of(a), Moments.of(a)) == 0.0


def test_equal_rows_have_no_order() -> None:
    a = np.ones((20, 4), dtype=np.float32)

    assert trace_z(a, a, Moments.of(a), Moments.of(a)) == 0.0


@pytest.mark.parametrize("units", [3, 100, 512, 513, 700, 1500])
def test_draws_are_of_the_same_statistic(units: int) -> None:
    """A model against itself: the observation is the largest value that any permutation gives."""
    a = rows(3, units)
    observed, batches = block_draws(a, a, np.random.default_rng(0))
    draws = next(iter(batches))

    assert observed >= draws.max() - 1e-6 * abs(observed)
    assert observed == pytest.approx(trace(a, a), rel=0.02)  # fewer than h/m units left out


@pytest.mark.parametrize("units", [64, 1100])
def test_p_is_uniform_under_the_null(units: int) -> None:
    """Also in blocks. False alarm of the test itself: once in a million re-seedings."""
    ps = []
    for seed in range(300):
        observed, batches = block_draws(
            rows(2 * seed, units), rows(2 * seed + 1, units), np.random.default_rng(seed)
        )
        ps.append(math.exp(sequential_log_p(observed, batches, draws=999)))

    assert kstest(ps, "uniform").pvalue > 1e-6


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_power_grows_with_the_share_inherited(share: float) -> None:
    """Units inherited at cosine 0.7 among 1,100: 2 % are found sometimes, 10 % always."""
    found = 0
    for seed in range(40):
        a, b = rows(2 * seed, 1100, 64), rows(2 * seed + 1, 1100, 64)
        kept = np.random.default_rng(seed).choice(1100, int(share * 1100), replace=False)
        b[kept] = 0.7 * a[kept] + math.sqrt(1 - 0.7**2) * b[kept]
        observed, batches = block_draws(a, b, np.random.default_rng(seed))
        found += sequential_log_p(observed, batches, draws=999) <= math.log(0.01)

    expected = {0.02: (8, 40), 0.1: (40, 40)}[share]
    assert expected[0] <= found <= expected[1]
    assert binomtest(found, 40, 0.01, alternative="greater").pvalue < 1e-6
