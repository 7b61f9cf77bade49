import math

import numpy as np
import pytest
from scipy.integrate import quad

from filiation.numerics.combining.evalues import e_bh, log_e_from_log_p, log_p_of_log_e
from filiation.numerics.rng import stream


def test_calibrator_against_the_integral_over_all_k() -> None:
    for p in (1e-12, 1e-4, 0.01, 0.3, 0.9, 0.99999):
        mixture, _ = quad(lambda k, p=p: k * p ** (k - 1), 0, 1)
        assert math.isclose(math.exp(log_e_from_log_p(math.log(p))), mixture, rel_tol=1e-6)


def test_calibrator_has_expectation_one_under_the_null() -> None:
    whole, _ = quad(lambda t: math.exp(log_e_from_log_p(t) + t), -np.inf, 0)  # p = exp(t)
    assert math.isclose(whole, 1.0, rel_tol=0.02)  # its tail decays as 1/t: quad stops early
    assert whole <= 1.0


def test_a_p_that_underflows_is_still_evidence() -> None:
    assert 9_900 < log_e_from_log_p(-10_000.0) < 10_000


def test_the_p_of_an_e_value_is_the_largest_that_reaches_it() -> None:
    for log_e in (-0.5, 0.0, math.log(100.0), 30.0, 9_000.0):
        log_p = log_p_of_log_e(log_e)
        assert log_e_from_log_p(log_p) >= log_e
        assert log_e_from_log_p(log_p * (1 - 1e-9)) < log_e or log_p > -1e-3


def test_calibrator_falls_with_p() -> None:
    logs = np.linspace(-50.0, 0.0, 4001)
    assert (np.diff([log_e_from_log_p(x) for x in logs]) < 0).all()


def test_a_positive_log_p_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 0"):
        log_e_from_log_p(0.1)


def test_e_bh_against_its_definition() -> None:
    rng = stream(1, "e-bh")
    for _ in range(200):
        es = rng.exponential(8.0, size=12)
        level = 0.2
        largest = 0
        for k in range(1, 13):
            if np.sort(es)[::-1][k - 1] >= 12 / (k * level):
                largest = k
        rejected = e_bh(np.log(es).tolist(), level)
        assert rejected.sum() == largest
        assert largest == 0 or es[rejected].min() >= np.max(es[~rejected], initial=0.0)


def test_e_bh_keeps_its_false_discovery_rate_under_dependence() -> None:
    rng = stream(2, "e-bh")
    false = []
    for _ in range(2000):
        shared = rng.random()
        p = np.where(rng.random(40) < 0.7, shared, rng.random(40))  # nulls that fall together
        p[:4] = 1e-7
        rejected = e_bh([log_e_from_log_p(math.log(x)) for x in p], 0.1)
        false.append(rejected[4:].sum() / max(1, rejected.sum()))
        assert rejected[:4].all()
    assert np.mean(false) <= 0.1


def test_what_was_not_tested_is_never_rejected() -> None:
    assert e_bh([-math.inf, 30.0, -math.inf], 0.01).tolist() == [False, True, False]
    assert not e_bh([], 0.05).size
