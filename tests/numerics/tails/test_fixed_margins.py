import itertools
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from scipy.stats import chisquare

from filiation.numerics.tails.fixed_margins import Within, fixed_margin_draws, trade


def all_with_margins(rows: tuple[int, ...], columns: tuple[int, ...]) -> list[bytes]:
    """Every binary matrix with these sums, by enumeration."""
    choices = [
        [c for c in itertools.product((0, 1), repeat=len(columns)) if sum(c) == total]
        for total in rows
    ]
    found = []
    for lines in itertools.product(*choices):
        matrix = np.array(lines, dtype=bool)
        if tuple(matrix.sum(axis=0)) == columns:
            found.append(matrix.tobytes())
    return found


MATRIX = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0]], dtype=bool)


def test_every_matrix_is_reached_equally_often_against_enumeration() -> None:
    every = all_with_margins(tuple(MATRIX.sum(axis=1)), tuple(MATRIX.sum(axis=0)))
    _, draws = fixed_margin_draws(MATRIX, np.random.default_rng(0))
    hub_far = np.random.default_rng(1)
    seen = Counter()
    walker = MATRIX.copy()
    for _ in range(6000):
        trade(walker, 12, hub_far)
        seen[walker.tobytes()] += 1
    assert set(seen) == set(every)
    assert chisquare([seen[m] for m in every]).pvalue > 1e-3
    assert {m.tobytes() for m in islice(draws, 400)} <= set(every)


def test_margins_never_change() -> None:
    matrix = np.random.default_rng(2).random((8, 60)) < 0.4
    mixing, draws = fixed_margin_draws(matrix, np.random.default_rng(3))
    for draw in islice(draws, 5):
        assert (draw.sum(axis=0) == matrix.sum(axis=0)).all()
        assert (draw.sum(axis=1) == matrix.sum(axis=1)).all()
    assert mixing.trades >= 8 and 0.0 < mixing.distance < 1.0


def test_joint_failures_have_the_right_mean_against_enumeration() -> None:
    every = [
        np.frombuffer(m, dtype=bool).reshape(MATRIX.shape)
        for m in all_with_margins(tuple(MATRIX.sum(axis=1)), tuple(MATRIX.sum(axis=0)))
    ]
    exact = np.mean([np.count_nonzero(m[0] & m[1]) for m in every])
    rng = np.random.default_rng(4)
    walker, total = MATRIX.copy(), 0
    for _ in range(4000):
        trade(walker, 10, rng)
        total += np.count_nonzero(walker[0] & walker[1])
    assert total / 4000 == pytest.approx(exact, abs=0.05)


def test_a_matrix_alone_with_its_margins_stays() -> None:
    full = np.ones((3, 4), dtype=bool)
    mixing, draws = fixed_margin_draws(full, np.random.default_rng(5))
    assert (next(draws) == full).all() and mixing.distance == 0.0


HOLED = np.array([[1, 0, 0, 1, 1], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]], dtype=bool)
PRESENT = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]], dtype=bool)
STRATA = np.array([0, 0, 0, 1, 1])


def all_within() -> list[bytes]:
    """Every table with these holes and these margins in each stratum, by enumeration."""
    found = []
    ones = HOLED & PRESENT
    for cells in itertools.product((0, 1), repeat=int(PRESENT.sum())):
        table = np.zeros(PRESENT.shape, dtype=bool)
        table[PRESENT] = cells
        same = (table.sum(axis=0) == ones.sum(axis=0)).all() and all(
            (table[:, k == STRATA].sum(axis=1) == ones[:, k == STRATA].sum(axis=1)).all()
            for k in (0, 1)
        )
        if same:
            found.append(table.tobytes())
    return found


def test_strata_and_holes_are_kept_and_all_else_is_equally_likely_against_enumeration() -> None:
    every = all_within()
    walker, rng = HOLED & PRESENT, np.random.default_rng(5)
    within = Within(present=PRESENT, strata=STRATA)
    seen: Counter[bytes] = Counter()
    for _ in range(6000):
        trade(walker, 12, rng, within)
        seen[walker.tobytes()] += 1
    assert len(every) > 3 and set(seen) == set(every)
    assert chisquare([seen[m] for m in every]).pvalue > 1e-3
