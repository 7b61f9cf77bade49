"""Tails of the Poisson law against scipy's."""

import math

import numpy as np
from scipy.stats import poisson

from filiation.numerics.tails.poisson import at_least_log_p, at_most, exceeded_with

COUNTS = np.arange(60)[:, None]
EXPECTED = np.array([0.01, 0.5, 1.0, 3.7, 20.0])


def test_as_scipy_has_them() -> None:
    assert np.allclose(at_most(COUNTS, EXPECTED), poisson.cdf(COUNTS, EXPECTED), rtol=1e-12)
    tails = poisson.logsf(COUNTS - 1, EXPECTED)
    assert np.allclose(at_least_log_p(COUNTS, EXPECTED), tails, rtol=1e-12)
    for p in (0.5, 0.01, 1e-6, 1e-12):
        assert np.array_equal(exceeded_with(p, EXPECTED), poisson.isf(p, EXPECTED))


def test_by_hand() -> None:
    assert at_least_log_p(np.array(0), 2.0) == 0.0
    assert math.isclose(float(at_least_log_p(np.array(1), 2.0)), math.log(1.0 - math.exp(-2.0)))
    assert at_least_log_p(np.array(400), 0.01) == -math.inf
