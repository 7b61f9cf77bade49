"""Orders that are random only within runs: tails against enumeration, and never zero."""

import itertools
import math
import time

import numpy as np
import pytest

from filiation.numerics.tails.runs import (
    kept_in_runs,
    rising_in_runs,
    rising_log_p,
    runs_log_p,
    runs_of,
)
from filiation.numerics.tails.subsequence import longest_increasing
from filiation.numerics.tails.tail import fixed_points_log_p, sequential_log_p
from filiation.numerics.tails.trace import run_draws, trace


def orders_within(runs: np.ndarray) -> list[np.ndarray]:
    """Every order of the places that keeps each in its run."""
    groups = [np.flatnonzero(runs == run).tolist() for run in np.unique(runs)]
    return [
        np.array(list(itertools.chain(*parts)))
        for parts in itertools.product(*(itertools.permutations(group) for group in groups))
    ]


PAIRINGS = [[2, 1, 0, 4, 3, 5, 6], [1, 0, -1, 3, 5, 4, -1], [4, 1, 2, 3, 0, 6, 5]]


@pytest.mark.parametrize("partner", PAIRINGS)
def test_kept_pairs_against_enumeration(partner: list[int]) -> None:
    """Complete pairings and partial ones, two runs of three and one of one: every order."""
    pairing, runs = np.array(partner), runs_of(np.arange(7), length=3)
    counts = []
    for order in orders_within(runs):
        moved = np.where(pairing >= 0, order[pairing], -1)
        kept, within = kept_in_runs(moved, runs)
        counts.append(kept)
        assert within == kept_in_runs(pairing, runs)[1]  # no order within runs moves what is given
    for m in range(max(counts) + 1):
        exact = sum(count >= m for count in counts) / len(counts)
        assert math.isclose(math.exp(runs_log_p(m, within)), exact, rel_tol=1e-9)


def test_one_run_is_rencontres() -> None:
    for m in (0, 1, 5, 14, 16):
        expected = fixed_points_log_p(m, paired=16, units=16)
        assert math.isclose(runs_log_p(m, [(16, 16)]), expected, rel_tol=1e-9, abs_tol=1e-12)


def test_all_kept_in_a_wide_layer_is_never_zero_and_quick() -> None:
    began = time.process_time()
    whole = runs_log_p(11_008, [(16, 16)] * 688)
    some = [runs_log_p(m, [(16, 16)] * 688) for m in range(700, 11_000, 1000)]

    assert math.isclose(whole, -688 * math.lgamma(17), rel_tol=1e-12)
    assert some == sorted(some, reverse=True) and some[-1] > whole
    assert time.process_time() - began < 2.0


def test_against_counted_draws() -> None:
    """Thirty runs in part paired, where enumeration is out of reach."""
    rng = np.random.default_rng(0)
    runs = runs_of(np.arange(470))
    near = np.argsort(np.arange(470) + rng.uniform(0, 12, size=470))
    partner = np.where(rng.random(470) < 0.7, near, -1)
    _, within = kept_in_runs(partner, runs)
    kept = []
    for _ in range(4000):
        order = np.concatenate([rng.permutation(np.flatnonzero(runs == r)) for r in range(30)])
        kept.append(kept_in_runs(np.where(partner >= 0, order[partner], -1), runs)[0])
    for m in (5, 10, 15, 20):
        share = np.mean(np.array(kept) >= m)
        assert abs(share - math.exp(runs_log_p(m, within))) < 5 * math.sqrt(0.25 / 4000)


def test_runs_never_cross_a_block() -> None:
    assert runs_of(np.arange(40), block=20).tolist() == [0] * 10 + [1] * 10 + [2] * 10 + [3] * 10
    assert runs_of(np.array([0, 1, 5, 21, 22, 23, 44]), block=20).tolist() == [0] * 3 + [1] * 3 + [
        2
    ]
    assert runs_of(np.arange(35)).tolist() == [0] * 16 + [1] * 16 + [2] * 3


@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_rising_against_enumeration(n: int) -> None:
    lengths = [longest_increasing(order) for order in itertools.permutations(range(n))]
    for m in range(n + 1):
        exact = sum(length >= m for length in lengths) / len(lengths)
        assert math.isclose(math.exp(rising_log_p(m, [n])), exact, rel_tol=1e-9)


def test_what_is_left_out_of_a_rising_order_does_not_look_inside_runs() -> None:
    runs = runs_of(np.arange(8), length=4)
    order = np.array([5, 0, 3, 1, 6, 2, 7])
    sizes = {rising_in_runs(within[order], runs)[1] for within in orders_within(runs)}
    assert len(sizes) == 1


def test_rising_in_a_narrowed_order_and_of_nothing() -> None:
    runs = runs_of(np.arange(40))
    kept = np.sort(np.random.default_rng(0).choice(40, 30, replace=False))
    rising, sizes = rising_in_runs(kept, runs)

    assert rising == sum(sizes) == 30
    assert rising_log_p(rising, sizes) < -30
    assert rising_in_runs(np.zeros(0, dtype=np.int64), runs) == (0, ())
    assert rising_log_p(0, ()) == 0.0


def test_counts_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 0 to 3"):
        runs_log_p(4, [(5, 3)])


def test_draws_within_runs_keep_each_unit_in_its_run() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(11, 5)).astype(np.float32) for _ in range(2))
    runs = runs_of(np.arange(11), length=4)
    observed, batches = run_draws(a, b, runs, np.random.default_rng(1))
    every = np.array([trace(a[order], b) for order in orders_within(runs)])

    assert math.isclose(observed, trace(a, b), rel_tol=1e-6)
    for drawn in next(batches)[:50]:
        assert np.abs(every - drawn).min() < 1e-4


def test_draws_within_runs_give_a_uniform_p_in_groups_too() -> None:
    """Sixty-nine runs in 32 groups, and a shorter one."""
    ps = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        a, b = (rng.normal(size=(1100, 8)).astype(np.float32) for _ in range(2))
        observed, batches = run_draws(a, b, runs_of(np.arange(1100)), rng)
        ps.append(math.exp(sequential_log_p(observed, batches, draws=499)))
    counts = np.histogram(ps, bins=5, range=(0, 1))[0]
    assert np.sum((counts - 40) ** 2 / 40) < 30  # chi-square of four degrees: about 5e-6
