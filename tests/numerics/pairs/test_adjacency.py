"""Neighbours kept in two orders: against enumeration, and never below the truth."""

import math
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import binom

from filiation.numerics.pairs.adjacency import (
    bounded_log_p,
    kept_neighbours,
    longest_true_run,
    per_block,
    shuffled_blocks,
)


def test_kept_and_runs() -> None:
    kept = kept_neighbours(np.array([4, 5, 6, 0, 1, 3, 2]))
    assert kept.tolist() == [True, True, False, True, False, False]
    assert longest_true_run(kept) == 3
    assert longest_true_run(np.array([False, False])) == 1
    assert longest_true_run(np.zeros(0, dtype=bool)) == 1
    assert per_block(kept, 3).tolist() == [2, 1]  # pairs across blocks are left out


@pytest.mark.parametrize("places", [[0, 1, 2, 3, 4, 5], [1, 2, 0, 9, 7, 8], [0, 2, 4, 6, 8, 9]])
def test_one_block_against_all_orders(places: list[int]) -> None:
    """Mean, spread and tail of one block, by every order of its things."""
    counts = np.array([int((np.diff(order) == 1).sum()) for order in permutations(places)])
    for order in (places, places[::-1], sorted(places)):
        given = np.array(order)
        kept = int((np.diff(given) == 1).sum())
        z, log_p = shuffled_blocks(given, len(places))
        spread = counts.std()
        assert z == pytest.approx((kept - counts.mean()) / spread if spread else 0.0)
        truth = float((counts >= kept).mean())
        assert math.log(truth) <= log_p + 1e-9
    assert shuffled_blocks(np.array(places), len(places) + 1) == (0.0, 0.0)


def test_bound_is_above_the_binomial_tail() -> None:
    """Blocks of one pair each are coins: their tail is known, and the bound is not below it."""
    one = np.ones(60, dtype=np.int64)
    for kept in (20, 30, 45, 60):
        given = (np.arange(60) < kept).astype(np.int64)
        truth = float(binom.logsf(kept - 1, 60, 0.4))
        found = bounded_log_p(given, one, 0.4)
        assert truth - 1e-9 <= found <= 0.0
    assert found == pytest.approx(60 * math.log(0.4), rel=0.01)  # all kept: nearly exact


def test_nothing_is_shown_at_or_below_the_share() -> None:
    pairs = np.full(40, 15, dtype=np.int64)
    assert bounded_log_p(np.full(40, 6, dtype=np.int64), pairs, 0.4) == 0.0
    assert bounded_log_p(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0.4) == 0.0
    assert bounded_log_p(np.full(40, 15, dtype=np.int64), pairs, 0.4) < -30.0
