"""Measures of likelihood ratios: against their definitions, by brute force, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.isotonic import pav_log10_lr
from filiation.numerics.likelihoods.likelihood import (
    cllr,
    cllr_cal,
    cllr_min,
    dev_pav,
    ece,
    misleading,
    reliability,
    tippett,
)

Float64 = NDArray[np.float64]

llrs = st.lists(st.floats(-4, 4).map(lambda x: round(x, 2)), min_size=1, max_size=25).map(np.array)


def drawn(seed: int, related: int = 60, unrelated: int = 200) -> tuple[Float64, Float64]:
    rng = np.random.default_rng(seed)
    return rng.normal(1.0, 1.0, related), rng.normal(-1.0, 1.0, unrelated)


def slow_pav(values: Float64, labels: Float64, weights: Float64) -> Float64:
    """min-max formula: at each value the max over starts of the min over ends of block means."""
    knots = np.unique(values)
    fitted = np.empty(knots.size)
    for k in range(knots.size):
        best = -math.inf
        for start in knots[: k + 1]:
            means = []
            for end in knots[k:]:
                block = (values >= start) & (values <= end)
                means.append(np.average(labels[block], weights=weights[block]))
            best = max(best, min(means))
        fitted[k] = best
    return np.asarray([fitted[np.flatnonzero(knots == v)[0]] for v in values])


def test_cllr_against_its_definition() -> None:
    related, unrelated = drawn(1)
    lr1, lr0 = 10.0**related, 10.0**unrelated
    by_hand = 0.5 * (np.mean(np.log2(1 + 1 / lr1)) + np.mean(np.log2(1 + lr0)))

    assert math.isclose(cllr(related, unrelated), by_hand, rel_tol=1e-12)


def test_cllr_of_nothing_is_one_and_of_perfection_zero() -> None:
    assert cllr(np.zeros(3), np.zeros(5)) == 1.0
    assert cllr(np.array([math.inf]), np.array([-math.inf])) == 0.0
    assert cllr(np.array([-math.inf]), np.array([-1.0])) == math.inf
    assert cllr(np.array([400.0]), np.array([-400.0])) == 0.0, "no overflow"
    assert math.isclose(cllr(np.array([-400.0]), np.zeros(1)), (400 * math.log2(10) + 1) / 2)


@given(llrs, llrs)
def test_pav_against_the_min_max_formula(related: Float64, unrelated: Float64) -> None:
    fitted = np.concatenate(pav_log10_lr(related, unrelated))
    values = np.concatenate([related, unrelated])
    labels = np.repeat([1.0, 0.0], [related.size, unrelated.size])
    weights = np.where(labels == 1.0, 1.0 / related.size, 1.0 / unrelated.size)
    share = slow_pav(values, labels, weights)
    with np.errstate(divide="ignore"):
        slow = np.log10(share) - np.log10(np.maximum(1.0 - share, 0.0))
    slow = np.where(share > 1 - 1e-12, math.inf, slow)

    assert np.allclose(fitted, slow, atol=1e-9)


@given(llrs, llrs)
def test_calibrating_by_order_never_costs(related: Float64, unrelated: Float64) -> None:
    assert cllr_cal(related, unrelated) >= -1e-12
    assert 0.0 <= cllr_min(related, unrelated) <= 1.0 + 1e-12


@given(llrs, llrs, st.floats(0.1, 5.0), st.floats(-3.0, 3.0))
def test_cllr_min_depends_on_order_alone(
    related: Float64, unrelated: Float64, scale: float, shift: float
) -> None:
    moved = (np.exp(related * scale / 5) + shift, np.exp(unrelated * scale / 5) + shift)

    if (
        np.unique(np.concatenate(moved)).size
        == np.unique(np.concatenate([related, unrelated])).size
    ):
        assert math.isclose(cllr_min(*moved), cllr_min(related, unrelated), abs_tol=1e-9)


def test_ties_share_one_lr() -> None:
    related, unrelated = pav_log10_lr(np.array([1.0, 1.0, 1.0]), np.array([1.0]))

    assert related.tolist() == [0.0, 0.0, 0.0] and unrelated.tolist() == [0.0]


def test_dev_pav_against_a_fine_integral() -> None:
    related, unrelated = drawn(2, 40, 40)
    x = np.concatenate([related, unrelated])
    y = np.concatenate(pav_log10_lr(related, unrelated))
    order = np.argsort(x)
    x, y = x[order][np.isfinite(y[order])], y[order][np.isfinite(y[order])]
    fine = np.linspace(x[0], x[-1], 2_000_001)
    area = trapezoid(np.abs(np.interp(fine, x, y) - fine), fine)

    assert math.isclose(dev_pav(related, unrelated), area / (x[-1] - x[0]), rel_tol=1e-5)


def test_dev_pav_of_a_shift_is_the_shift() -> None:
    """LRs that PAV would leave alone, all multiplied by ten."""
    related, unrelated = drawn(3)
    fitted = pav_log10_lr(related, unrelated)
    inner = [side[np.isfinite(side)] for side in fitted]
    as_they_are = pav_log10_lr(*inner)
    kept = [side[np.isfinite(side)] for side in as_they_are]

    assert dev_pav(*kept) < 0.2
    assert math.isclose(dev_pav(np.array([1.0, 1.0]), np.array([1.0, 1.0])), 1.0)


def test_dev_pav_where_it_is_not_defined() -> None:
    assert math.isnan(dev_pav(np.array([2.0]), np.array([-2.0])))
    assert dev_pav(np.array([math.inf, 0.0]), np.array([math.inf, 0.0])) == math.inf


def test_ece_at_even_odds_is_cllr_and_the_reference_is_the_entropy_of_the_prior() -> None:
    related, unrelated = drawn(4)
    curves = ece(related, unrelated, np.array([-2.0, 0.0, 1.0]))

    assert math.isclose(curves.observed[1], cllr(related, unrelated), rel_tol=1e-12)
    assert math.isclose(curves.calibrated[1], cllr_min(related, unrelated), rel_tol=1e-12)
    for odds, found in zip((0.01, 1.0, 10.0), curves.reference, strict=True):
        p = odds / (1 + odds)
        assert math.isclose(found, -p * math.log2(p) - (1 - p) * math.log2(1 - p), rel_tol=1e-12)
    assert (curves.calibrated <= curves.reference + 1e-12).all()


def test_ece_by_hand() -> None:
    curves = ece(np.array([1.0, -0.5]), np.array([0.3]), np.array([math.log10(0.25)]))
    posterior = [0.25 * lr / (1 + 0.25 * lr) for lr in (10**1.0, 10**-0.5, 10**0.3)]
    by_hand = -0.2 * np.mean(np.log2(posterior[:2])) - 0.8 * math.log2(1 - posterior[2])

    assert math.isclose(curves.observed[0], by_hand, rel_tol=1e-12)


def test_tippett_counts_pairs_at_or_above() -> None:
    related, unrelated = np.array([0.5, 2.0, math.inf]), np.array([-math.inf, -1.0, 0.5, 0.5])
    curves = tippett(related, unrelated)

    assert curves.log10_lr.tolist() == [-1.0, 0.0, 0.5, 2.0]
    assert np.allclose(curves.related, [1.0, 1.0, 1.0, 2 / 3])
    assert np.allclose(curves.unrelated, [0.75, 0.5, 0.5, 0.0])


def test_misleading_evidence_in_both_directions() -> None:
    found = misleading(np.array([3.0, -0.7, 0.0]), np.array([-2.0, 0.4, 0.0, -1.0]))

    assert (found.related, found.related_pairs, found.strongest_against) == (1, 3, -0.7)
    assert (found.unrelated, found.unrelated_pairs, found.strongest_for) == (1, 4, 0.4)
    clean = misleading(np.array([3.0]), np.array([-2.0]))
    assert (clean.strongest_against, clean.strongest_for) == (0.0, 0.0)


def test_reliable_lrs_are_found_reliable_and_overstated_ones_are_not() -> None:
    rng = np.random.default_rng(5)
    delta = 2.0  # N(+-delta/2 * ..): ln LR of unit normals at +-1 is 2x
    related, unrelated = rng.normal(1, 1, 20_000), rng.normal(-1, 1, 20_000)
    honest = [delta * side / math.log(10) for side in (related, unrelated)]

    assert all(abs(b.stated - b.found) < 0.03 for b in reliability(*honest))
    assert sum(b.pairs for b in reliability(*honest)) == 40_000
    assert any(abs(b.stated - b.found) > 0.1 for b in reliability(3 * honest[0], 3 * honest[1]))


@pytest.mark.parametrize(
    ("related", "unrelated", "said"),
    [
        (np.array([]), np.array([1.0]), "related pairs: found an array of shape [0]"),
        (np.array([1.0]), np.array([]), "unrelated pairs: found an array"),
        (np.array([math.nan]), np.array([1.0]), "1 of 1 are not numbers"),
        (np.ones((2, 2)), np.array([1.0]), "shape [2, 2]"),
    ],
)
def test_a_side_that_is_none_is_named(related: Float64, unrelated: Float64, said: str) -> None:
    for measure in (cllr, cllr_min, dev_pav, misleading, tippett, reliability):
        with pytest.raises(PopulationError) as caught:
            measure(related, unrelated)
        assert said in str(caught.value)
