"""Combination against scipy, against theory, under dependence, and where doubles end."""

import math

import numpy as np
import pytest
from scipy import stats

from filiation.numerics.combining.combine import fisher_log_p, harmonic_factor, harmonic_mean_log_p


@pytest.mark.parametrize("ps", [[0.5], [0.03, 0.2], [1e-4, 0.9, 0.2, 1.0], [1e-20, 1e-30]])
def test_fisher_against_scipy(ps: list[float]) -> None:
    expected = stats.combine_pvalues(ps, method="fisher").pvalue

    assert math.isclose(math.exp(fisher_log_p([math.log(p) for p in ps])), expected, rel_tol=1e-9)


def test_fisher_does_not_underflow() -> None:
    log_p = fisher_log_p([-50_000.0, -1.0])

    assert -50_001.0 < log_p < -49_980.0


def test_fisher_of_certainties_is_a_certainty() -> None:
    assert fisher_log_p([0.0, 0.0, 0.0]) == 0.0


def test_harmonic_mean_of_one_is_itself() -> None:
    assert harmonic_mean_log_p([-7.5]) == -7.5


def test_harmonic_factor_against_the_published_limit() -> None:
    """Vovk and Wang 2020: the factor is asymptotically log n, and never more than e log n."""
    factors = [harmonic_factor(n) for n in (3, 10, 100, 10_000)]

    assert all(
        1 < factor <= math.e * math.log(n)
        for factor, n in zip(factors, (3, 10, 100, 10_000), strict=True)
    )
    assert math.isclose(harmonic_factor(10**7) / math.log(10**7), 1.0, abs_tol=0.25)


def test_harmonic_mean_does_not_underflow() -> None:
    assert math.isclose(
        harmonic_mean_log_p([-90_000.0, 0.0, 0.0]),
        -90_000.0 + math.log(3) + math.log(harmonic_factor(3)),
        rel_tol=1e-12,
    )


@pytest.mark.parametrize("empty", [fisher_log_p, harmonic_mean_log_p])
def test_nothing_to_combine_is_our_bug(empty: object) -> None:
    with pytest.raises(ValueError, match="no p-value"):
        empty([])  # type: ignore[operator]


@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.05])
@pytest.mark.parametrize("kind", ["independent", "equal", "antithetic", "one-at-a-time"])
def test_harmonic_mean_size_under_dependence(kind: str, alpha: float) -> None:
    """False alarm of the test itself: once in a million re-seedings."""
    rng = np.random.default_rng(5)
    trials, n = 100_000, 4
    u = rng.random((trials, n))
    if kind == "equal":
        u = np.repeat(u[:, :1], n, axis=1)
    elif kind == "antithetic":
        u = np.stack([u[:, 0], 1 - u[:, 0], u[:, 1], 1 - u[:, 1]], axis=1)
    elif kind == "one-at-a-time":  # the small values never fall together: the worst for a minimum
        u = (u[:, :1] + np.arange(n) / n) % 1.0
    factor = harmonic_factor(n)
    p = factor * n / np.sum(1 / u, axis=1)
    sample = [harmonic_mean_log_p(np.log(row).tolist()) for row in u[:50]]

    assert np.allclose(np.exp(sample), np.minimum(1.0, p[:50]))
    hits = int(np.count_nonzero(p <= alpha))
    assert stats.binomtest(hits, trials, alpha, alternative="greater").pvalue > 1e-6
