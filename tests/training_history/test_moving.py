"""Lengths, turns, bends and spikes, against what is known of simple ways."""

import numpy as np
import pytest

from filiation.numerics.paths.moving import bend, edge_ratio, lengths, turns, unevenness


def test_a_straight_line_neither_turns_nor_bends() -> None:
    path = 1.0 + np.outer(np.arange(9.0), np.arange(1.0, 6.0))
    assert turns(path) == pytest.approx(1.0)
    assert bend(path) == pytest.approx(1.0)


def test_a_way_and_back_bends_all_the_way() -> None:
    path = np.abs(np.arange(-4.0, 5.0))[:, None] * np.ones(4)
    assert bend(path[:9]) == pytest.approx(-1.0)
    assert turns(path).min() == pytest.approx(-1.0)


def test_a_length_is_of_the_size_of_the_weights() -> None:
    path = np.array([[3.0, 4.0], [3.0, 4.0], [-3.0, -4.0]])
    assert lengths(path) == pytest.approx([0.0, 2.0])
    assert lengths(7.0 * path) == pytest.approx([0.0, 2.0])


def test_no_way_has_no_bend() -> None:
    assert bend(np.ones((9, 3))) == 0.0
    assert turns(np.ones((4, 3))) == pytest.approx(0.0)


def test_a_tenth_that_goes_farther_is_seen_and_less_is_not() -> None:
    change = np.ones((40, 3))
    assert unevenness(change) == 1.0
    change[:10] *= 7.0
    assert unevenness(change) == pytest.approx(7.0)
    change[3:10] = 1.0
    assert unevenness(change) == 1.0
    assert unevenness(np.zeros((4, 2))) == 1.0
    assert unevenness(np.vstack([np.zeros((9, 2)), np.ones((9, 2))])) == 2.0
    assert unevenness(np.vstack([np.zeros((10, 2)), np.ones((9, 2))])) == 1e6


def test_noise_ends_at_the_edge_and_rank_one_far_above() -> None:
    rng = np.random.default_rng(0)
    assert edge_ratio(rng.standard_normal((400, 200))) == pytest.approx(1.0, abs=0.03)
    one = np.outer(rng.standard_normal(64), rng.standard_normal(32))
    assert edge_ratio(one) == pytest.approx(np.sqrt(64 * 32) / (8 + np.sqrt(32)))
    assert edge_ratio(np.zeros((3, 3))) == 0.0
