"""Scores of several channels added pair by pair: against scipy, at the edges, and what they buy."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm, t

from filiation.numerics.combining.agreement import (
    agreement_log_p,
    agreement_z,
    least_log_p,
    normal_scores,
)
from filiation.numerics.combining.combine import harmonic_mean_log_p
from filiation.numerics.pairs.among_controls import log_floor, log_p_beside

CONTROLS = 12


def channels(seed: int, *, pair: float, count: int = 4) -> list[NDArray[np.float64]]:
    """Tables of z among strangers; the pair in question has the same z in each."""
    found = []
    for number in range(count):
        z = np.random.default_rng([seed, number]).normal(size=(CONTROLS + 2, CONTROLS + 2))
        z = np.tril(z, -1)
        z[1, 0] = pair
        found.append(z + z.T)
    return found


def test_scores_against_scipy() -> None:
    z = np.array([-2.5, -0.3, 0.0, 1.1, 2.9])
    assert np.allclose(normal_scores(z, 7), norm.isf(t.sf(z, 7)), rtol=1e-9, atol=1e-12)


def test_no_score_goes_beyond_what_was_checked() -> None:
    far = normal_scores(np.array([1e6, -1e6, np.nan]), 10)
    assert far[0] == -far[1] == pytest.approx(norm.isf(1e-3)) and np.isnan(far[2])


def test_what_all_channels_agree_on_is_found_though_none_finds_it_alone() -> None:
    tables = channels(1, pair=2.4)
    alone = [log_p_beside(2.4, CONTROLS)] * len(tables)
    together = agreement_log_p(tables, CONTROLS)
    assert together is not None and together <= math.log(0.003)
    assert harmonic_mean_log_p(alone) > math.log(0.03)


def test_a_channel_that_repeats_another_adds_nothing() -> None:
    """Dependence is paid for: the sums of strangers scatter as far as the pair's own sum."""
    (table,) = channels(2, pair=2.4, count=1)
    once, thrice = (agreement_z([table] * n, CONTROLS) for n in (1, 3))
    assert once == pytest.approx(thrice)


def test_the_pair_never_enters_its_own_null() -> None:
    near, far = (channels(3, pair=z) for z in (1.0, 1e9))
    scatters = []
    for tables in (near, far):
        z = agreement_z(tables, CONTROLS)
        total = sum(float(normal_scores(table, 10)[1, 0]) for table in tables)
        assert z is not None
        scatters.append((total, z))
    slope = (scatters[1][1] - scatters[0][1]) / (scatters[1][0] - scatters[0][0])
    assert scatters[0][1] == pytest.approx(slope * scatters[0][0] + _offset(near, slope))


def _offset(tables: list[NDArray[np.float64]], slope: float) -> float:
    """Minus the strangers' mean, in their root mean squares."""
    sums = np.sum([normal_scores(table, 10) for table in tables], axis=0)
    below = np.tri(len(sums), k=-1, dtype=bool)
    below[1, 0] = False
    assert slope == pytest.approx(1.0 / sums[below].std())
    return -slope * float(sums[below].mean())


def test_pairs_that_were_not_measured_do_not_count() -> None:
    tables = channels(4, pair=2.0)
    whole = agreement_z(tables, CONTROLS)
    tables[0][5, 4] = tables[0][4, 5] = np.nan
    assert agreement_z(tables, CONTROLS) != whole
    tables[0][1, 0] = np.nan
    assert agreement_z(tables, CONTROLS) is None


def test_too_few_strangers_have_no_scatter() -> None:
    few = [table[:4, :4] for table in channels(5, pair=9.0)]
    assert agreement_log_p(few, 2) is None


def test_the_least_p_is_one_over_both_ways() -> None:
    floors = [-math.log(13), log_floor(12), log_floor(12)]
    assert least_log_p(floors) == harmonic_mean_log_p(floors) > math.log(0.002)
    assert least_log_p(floors, line_ups=3, controls=12) == math.log(2.0) + log_floor(12)
    assert least_log_p(floors, line_ups=3, controls=4) == harmonic_mean_log_p(floors)
    assert least_log_p([-0.1, -0.1], line_ups=0) == 0.0


def test_no_agreement_goes_below_the_least() -> None:
    found = agreement_log_p(channels(6, pair=1e9), CONTROLS)
    assert found is not None and found >= log_floor(CONTROLS)
