"""The tails that came with frames: a fair coin, and orders re-drawn within strata."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from filiation.numerics.tails.tail import fair_coin_log_p, strata_log_p
from filiation.numerics.tails.trace import run_draws, trace


@pytest.mark.parametrize(("heads", "tosses"), [(0, 5), (3, 5), (5, 5), (300, 448), (0, 0)])
def test_coin_against_scipy(heads: int, tosses: int) -> None:
    assert math.isclose(
        fair_coin_log_p(heads, tosses=tosses),
        min(0.0, float(binom.logsf(heads - 1, tosses, 0.5))),
        rel_tol=1e-9,
        abs_tol=1e-12,
    )


def test_coin_is_never_zero() -> None:
    assert math.isclose(fair_coin_log_p(20_000, tosses=20_000), -20_000 * math.log(2))
    with pytest.raises(ValueError, match="expected 0 to 3"):
        fair_coin_log_p(4, tosses=3)


def test_strata_bound_against_enumeration() -> None:
    """Two strata of three: every pair of orders."""
    counts = [
        sum(i == j for order in orders for i, j in enumerate(order))
        for orders in itertools.product(itertools.permutations(range(3)), repeat=2)
    ]
    for m in range(7):
        exact = sum(count >= m for count in counts) / len(counts)
        assert math.exp(strata_log_p(m, strata=2)) >= exact - 1e-12


def test_one_stratum_is_the_plain_bound() -> None:
    assert math.isclose(strata_log_p(9, strata=1), -math.lgamma(10))


def test_draws_within_runs_keep_each_unit_in_its_run() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(12, 5)).astype(np.float32) for _ in range(2))
    observed, batches = run_draws(a, b, 4, np.random.default_rng(1))
    draws = next(batches)

    assert math.isclose(observed, trace(a, b), rel_tol=1e-6)
    everything = {
        round(sum(float(a[4 * r + i] @ b[4 * r + j]) for r, p in enumerate(ps)
                  for j, i in enumerate(p)), 4)
        for ps in itertools.product(itertools.permutations(range(4)), repeat=3)
    }  # fmt: skip
    assert {round(float(d), 4) for d in draws} <= {
        x + e for x in everything for e in (-1e-4, 0, 1e-4)
    } | everything
