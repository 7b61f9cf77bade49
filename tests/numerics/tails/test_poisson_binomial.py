import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import binom, poisson_binom

from filiation.numerics.tails.poisson_binomial import poisson_binomial_log_p


def enumerated(successes: int, p: list[float]) -> float:
    return math.fsum(
        math.prod(q if hit else 1.0 - q for q, hit in zip(p, hits, strict=True))
        for hits in itertools.product((False, True), repeat=len(p))
        if sum(hits) >= successes
    )


@given(st.lists(st.floats(0.0, 1.0), max_size=8), st.integers(0, 8))
def test_tail_against_enumeration(p: list[float], successes: int) -> None:
    found = math.exp(poisson_binomial_log_p(successes, np.array(p)))
    assert found == pytest.approx(enumerated(successes, p), rel=1e-9, abs=1e-300)


def test_tail_against_the_binomial_far_out() -> None:
    found = poisson_binomial_log_p(900, np.full(1000, 0.01))
    masses = binom.logpmf(np.arange(900, 1001), 1000, 0.01)
    assert found == pytest.approx(logsumexp(masses), rel=1e-9)
    assert found < -3000


def test_tail_against_scipy() -> None:
    p = np.random.default_rng(0).uniform(0.05, 0.6, 200)
    assert poisson_binomial_log_p(90, p) == pytest.approx(
        math.log(poisson_binom.sf(89, p)), rel=1e-6
    )


def test_all_and_none() -> None:
    p = np.array([0.5, 0.25, 1.0, 0.0])
    assert poisson_binomial_log_p(1, p) == 0.0
    assert poisson_binomial_log_p(3, p) == pytest.approx(math.log(0.125))
    assert poisson_binomial_log_p(4, p) == -math.inf


def test_probabilities_outside_are_refused() -> None:
    with pytest.raises(ValueError, match="expected within 0 and 1"):
        poisson_binomial_log_p(1, np.array([1.5]))
