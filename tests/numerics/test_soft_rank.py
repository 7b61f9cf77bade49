"""The e-value from permutations, and the urn's bound."""

import math

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from filiation.numerics.combining.soft_rank import rank_log_p, soft_rank_log_e
from filiation.numerics.tails.urn import urn_log_p


def test_e_averages_to_one_whichever_value_was_observed() -> None:
    values = np.random.default_rng(0).standard_t(2, 200)
    e = [math.exp(soft_rank_log_e(values[i], np.delete(values, i))) for i in range(200)]
    assert np.mean(e) == pytest.approx(1.0)


def test_e_of_an_outlier_is_almost_the_number_of_draws() -> None:
    draws = np.random.default_rng(1).normal(size=9_999)
    assert soft_rank_log_e(12.0, draws) > math.log(9_000)
    assert soft_rank_log_e(0.0, draws) < 0.0


def test_e_of_values_all_alike_is_one() -> None:
    assert soft_rank_log_e(3.0, np.full(99, 3.0)) == 0.0


def test_ties_count_against_the_accusation() -> None:
    assert rank_log_p(1.0, np.asarray([1.0, 0.0, 0.0])) == pytest.approx(math.log(2 / 4))


def test_a_value_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        soft_rank_log_e(math.nan, np.zeros(3))


@pytest.mark.parametrize("marked", [3, 10, 20])
def test_urn_bounds_the_hypergeometric_and_the_binomial_tail(marked: int) -> None:
    bound = urn_log_p(np.asarray([marked]), np.asarray([20]), 0.1)[0]
    assert bound >= hypergeom.logsf(marked - 1, 1000, 100, 20) - 1e-9
    assert bound >= binom.logsf(marked - 1, 20, 0.1) - 1e-9


def test_urn_says_nothing_of_what_is_expected() -> None:
    assert urn_log_p(np.asarray([2]), np.asarray([20]), 0.1)[0] == 0.0


def test_urn_refuses_more_marked_than_drawn() -> None:
    with pytest.raises(ValueError, match="out of range"):
        urn_log_p(np.asarray([21]), np.asarray([20]), 0.1)
