"""Calibrators and bounds: against other reckonings, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.bounding import Bounds, bound, elub, source_bounds
from filiation.numerics.likelihoods.calibration import Logistic, Pav, nearer_to_one
from filiation.numerics.likelihoods.likelihood import cllr

Float64 = NDArray[np.float64]

values = st.lists(st.floats(-50, 50), min_size=1, max_size=30).map(np.array)


def drawn(seed: int, related: int, unrelated: int) -> tuple[Float64, Float64]:
    rng = np.random.default_rng(seed)
    return rng.normal(1.0, 1.0, related), rng.normal(-1.0, 1.0, unrelated)


def test_both_find_the_true_ratio_of_two_normals() -> None:
    """Unit normals at +1 and -1: ln LR = 2 x, however unequal the numbers of pairs."""
    sides = drawn(1, 2_000, 40_000)
    at = np.linspace(-1.0, 1.0, 9)
    true = 2.0 * at / math.log(10)

    assert np.allclose(Logistic.fit(*sides).log10_lr(at), true, atol=0.06)
    assert np.allclose(Pav.fit(*sides).log10_lr(at), true, atol=0.25)


def test_logistic_against_a_general_optimiser() -> None:
    related, unrelated = drawn(2, 30, 80)
    t1, t0 = 31 / 32, 1 / 82

    def cost(at: Float64) -> float:
        one, none = (at[0] * side + at[1] for side in (related, unrelated))
        return float(
            np.mean(np.logaddexp(0, one) - t1 * one) + np.mean(np.logaddexp(0, none) - t0 * none)
        )

    found, other = Logistic.fit(related, unrelated), minimize(cost, np.zeros(2), tol=1e-12).x

    assert math.isclose(found.slope, other[0], rel_tol=1e-4)
    assert math.isclose(found.intercept, other[1], abs_tol=1e-4)


@pytest.mark.parametrize("calibrator", [Pav, Logistic])
def test_perfect_separation_stays_finite_and_grows_with_the_pairs(
    calibrator: type[Pav] | type[Logistic],
) -> None:
    found = [
        float(calibrator.fit(np.full(n, 40.0), np.full(n, 1.0)).log10_lr(np.array([40.0]))[0])
        for n in (3, 30, 300)
    ]

    assert 0.0 < found[0] < found[1] < found[2] < 3.0
    assert all(x <= math.log10(n + 1) + 1e-6 for x, n in zip(found, (3, 30, 300), strict=True))


def test_pav_between_and_beyond_its_knots() -> None:
    fitted = Pav.fit(np.array([3.0, 4.0, 5.0]), np.array([0.0, 1.0, 2.0]))
    low, middle, high = fitted.log10_lr(np.array([-1e9, 2.5, 1e9]))

    assert math.isclose(high, math.log10(3)), "three of four to one of four"
    assert math.isclose(low, -math.log10(3))
    assert math.isclose(middle, 0.0, abs_tol=1e-12)


def test_values_closer_than_a_line_can_be_steep() -> None:
    found = Pav.fit(np.array([1.0, 2e-311]), np.array([-2e-313])).log10_lr(np.array([0.0, 2.0]))
    assert np.isfinite(found).all() and found[0] <= found[1]


@given(values, values)
def test_monotone_and_finite(related: Float64, unrelated: Float64) -> None:
    at = np.linspace(-80, 80, 161)
    for calibrator in (Pav, Logistic):
        found = calibrator.fit(related, unrelated).log10_lr(at)
        assert np.isfinite(found).all()
        assert (np.diff(found) >= -1e-9).all()


@pytest.mark.parametrize("calibrator", [Pav, Logistic])
def test_values_that_say_nothing_give_one(calibrator: type[Pav] | type[Logistic]) -> None:
    same = np.full(10, 2.0)
    backwards = (np.arange(20.0), np.arange(20.0) + 100)

    assert np.allclose(calibrator.fit(same, same).log10_lr(np.array([-5.0, 2.0, 9.0])), 0.0)
    assert np.allclose(calibrator.fit(*backwards).log10_lr(np.array([10.0, 60.0, 110.0])), 0.0)


@pytest.mark.parametrize("calibrator", [Pav, Logistic])
def test_a_pair_that_weighs_two_is_two_pairs(calibrator: type[Pav] | type[Logistic]) -> None:
    related, unrelated = drawn(3, 12, 20)
    weights = np.arange(20.0) % 3
    weighed = calibrator.fit(related, unrelated, unrelated_weights=weights)
    repeated = calibrator.fit(related, np.repeat(unrelated, weights.astype(int)))
    at = np.linspace(-2, 2, 9)

    assert np.allclose(weighed.log10_lr(at), repeated.log10_lr(at), atol=1e-6)


@pytest.mark.parametrize("calibrator", [Pav, Logistic])
def test_many_weighings_at_once_are_each_by_itself(
    calibrator: type[Pav] | type[Logistic],
) -> None:
    """Rows that settle early or late, lose values, or point the other way move no other row."""
    related, unrelated = drawn(7, 15, 40)
    copies = np.random.default_rng(8).poisson(0.7, (30, 55)).astype(float)
    copies[0, :15], copies[0, 15:] = np.argmin(related) == np.arange(15), unrelated > 0.0
    copies[1, :15], copies[1, 15:] = 99.0 * (related > 1.0), 99.0 * (unrelated < -1.0)
    one, none = copies[:, :15], copies[:, 15:]
    at = np.linspace(-6, 6, 25)
    found = calibrator.fit(related, unrelated, related_weights=one, unrelated_weights=none)
    single = [
        calibrator.fit(np.repeat(related, a.astype(int)), np.repeat(unrelated, b.astype(int)))
        for a, b in zip(one, none, strict=True)
    ]

    assert np.allclose(found.log10_lr(at), [each.log10_lr(at) for each in single], atol=1e-8)


def test_of_two_calibrations_the_weaker_is_stated() -> None:
    first, second = np.array([2.0, -0.5, 1.0, 0.0]), np.array([1.0, -2.0, -1.0, 3.0])

    assert nearer_to_one(first, second).tolist() == [1.0, -0.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("related", "unrelated", "weights", "said"),
    [
        (np.array([]), np.ones(2), None, "related pairs: found an array of shape [0]"),
        (np.ones(2), np.array([math.inf]), None, "infinite value"),
        (np.ones(2), np.ones(2), np.ones(3), "2 values with weights of shape [3]"),
        (np.ones(2), np.ones(2), np.array([1.0, -1.0]), "at least 0"),
        (np.ones(2), np.ones(2), np.zeros(2), "weigh nothing"),
    ],
)
def test_what_cannot_be_learnt_from_is_named(
    related: Float64, unrelated: Float64, weights: Float64 | None, said: str
) -> None:
    for calibrator in (Pav, Logistic):
        with pytest.raises(PopulationError) as caught:
            calibrator.fit(related, unrelated, unrelated_weights=weights)
        assert said in str(caught.value)


def test_a_calibration_that_breaks_its_law_cannot_be_built() -> None:
    with pytest.raises(PopulationError, match="slope"):
        Logistic(slope=np.array(-1.0), intercept=np.array(0.0))
    with pytest.raises(PopulationError, match="shares"):
        Pav(knots=np.array([0.0, 1.0]), shares=np.array([0.6, 0.4]))
    with pytest.raises(PopulationError, match="shares"):
        Pav(knots=np.array([0.0]), shares=np.array([1.0]))


def test_source_bounds_are_thirds_of_independent_pairs_and_families() -> None:
    assert source_bounds(independent=60, families=30) == (-1.0, 1.0)
    assert source_bounds(independent=6, families=3) == (0.0, 0.0)
    assert source_bounds(independent=0, families=0) == (0.0, 0.0)
    with pytest.raises(PopulationError):
        source_bounds(independent=-1, families=0)


def test_the_stricter_bound_holds_and_is_named() -> None:
    good = (np.full(500, 5.0), np.full(500, -5.0))
    few = bound(*good, independent=60, families=30)
    many = bound(*good, independent=60_000, families=30_000)
    useless = bound(np.full(50, 5.0), np.full(50, 5.0), independent=6_000, families=30)

    assert (few.low, few.high, few.low_by, few.high_by) == (-1.0, 1.0, "sources", "sources")
    assert many.high_by == many.low_by == "expected-utility" and 2.6 < many.high < 2.71
    assert useless.high == 0.0 and useless.high_by == "expected-utility"
    with pytest.raises(PopulationError, match="about 0"):
        Bounds(low=0.1, high=1.0, low_by="sources", high_by="sources")


def test_elub_by_brute_force() -> None:
    related, unrelated = drawn(4, 40, 90)
    low, high = elub(related, unrelated)

    def harms(threshold: float) -> bool:
        missed = (np.sum(related <= threshold) + 1) / (related.size + 1)
        alarmed = (np.sum(unrelated > threshold) + 1) / (unrelated.size + 1)
        return bool(missed + 10**threshold * alarmed > min(1.0, 10**threshold))

    assert not any(harms(t) for t in np.arange(low, high, 0.01) + 1e-9)
    assert harms(high + 0.011) or high >= related.max() - 0.02
    assert harms(low - 0.011) or low <= unrelated.min() + 0.02


def test_elub_leaves_its_input_alone_and_takes_infinities() -> None:
    related, unrelated = np.array([math.inf, 2.0, 3.0]), np.array([-math.inf, -2.0, -1.0])
    low, high = elub(related, unrelated)

    assert -1.0 < low <= 0.0 <= high < 1.0
    assert related[0] == math.inf and unrelated[0] == -math.inf


def test_held_out_calibration_of_normals_costs_what_it_must() -> None:
    """Cllr of the true LR of N(1,1) against N(-1,1) is 0.50 bits; learnt ones come close."""
    fit, test = drawn(5, 200, 1_000), drawn(6, 5_000, 5_000)
    true = cllr(*(2 * side / math.log(10) for side in test))
    learnt = Logistic.fit(*fit)

    assert cllr(*(learnt.log10_lr(side) for side in test)) < true + 0.02
