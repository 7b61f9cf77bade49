import numpy as np
import pytest
from scipy.stats import t

from filiation.numerics.pairs.pair_model import blocks_of, fit_pairs, held_out
from filiation.numerics.robust import huber, mad, winsorised
from filiation.numerics.tails.student import t_log_p


def population(
    n: int, rng: np.random.Generator, trait: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    level, ability, taste = rng.normal(0, 3, n), rng.random(n), rng.normal(0, 1, n)
    x = np.outer(ability, ability)
    noise = np.triu(rng.normal(0, 1, (n, n)), 1)
    y = level[:, None] + level + 5 * x + trait * np.outer(taste, taste) + noise + noise.T
    return y, x


def test_levels_and_slope_against_least_squares() -> None:
    y, x = population(9, np.random.default_rng(0))
    weights = 1.0 - np.eye(9)
    up = np.triu_indices(9, 1)
    design = np.zeros((36, 10))
    design[np.arange(36), up[0]] = 1
    design[np.arange(36), up[1]] += 1
    design[:, 9] = x[up]
    beta, *_ = np.linalg.lstsq(design, y[up], rcond=None)
    assert fit_pairs(y, weights, x, traits=0)[up] == pytest.approx(design @ beta, abs=1e-5)


def test_a_trait_is_found_and_kept_only_if_there_is_one() -> None:
    nowhere, family = np.zeros((30, 30), dtype=bool), np.arange(30)
    for strength, kept in ((0.0, 0), (4.0, 1)):
        y, x = population(30, np.random.default_rng(1), strength)
        found = held_out(y, ~nowhere, family, x, np.random.default_rng(2), aside=nowhere)
        assert found.traits == kept
        assert found.scatter < 2.0


def test_three_traits_are_found_where_three_are_allowed() -> None:
    rng = np.random.default_rng(7)
    y, x = population(40, rng)
    taste = rng.normal(0, 1, (40, 3))
    y += 4.0 * taste @ taste.T
    nowhere, family = np.zeros((40, 40), dtype=bool), np.arange(40)
    scatters = [
        held_out(
            y, ~nowhere, family, x, np.random.default_rng(2), aside=nowhere, traits=most
        ).scatter
        for most in (1, 2, 3)
    ]
    assert scatters[0] > 1.5 * scatters[2] and scatters[1] > 1.2 * scatters[2]
    assert scatters[2] < 2.0


def test_a_pair_cannot_explain_itself() -> None:
    """Moving one block of y moves no prediction of that block."""
    y, x = population(12, np.random.default_rng(3), 2.0)
    family = np.array([0, 0, 1, 1, *range(2, 10)])
    aside = np.zeros((12, 12), dtype=bool)
    aside[0, 2] = aside[2, 0] = True
    known = np.ones((12, 12), dtype=bool)
    before = held_out(y, known, family, x, np.random.default_rng(4), aside=aside)
    y[0, 2] += 50.0
    y[2, 0] += 50.0
    after = held_out(y, known, family, x, np.random.default_rng(4), aside=aside)
    assert after.rest[0, 2] - before.rest[0, 2] == pytest.approx(50.0)
    assert after.scatter == pytest.approx(before.scatter)


def test_blocks_are_symmetric() -> None:
    block = blocks_of(np.array([0, 0, 1]))
    assert (block == block.T).all() and block[0, 2] == block[1, 2] != block[0, 1]


def test_few_relatives_hardly_move_the_scatter() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(0, 1, 400)
    dirty = np.concatenate([x, np.full(20, 40.0)])
    assert winsorised(dirty)[1] < 1.4 * winsorised(x)[1]
    assert mad(dirty) == pytest.approx(1.0, abs=0.15)
    assert huber(np.array([0.0, -1.5, -3.0, 1.0, 2.0]), 1.0).tolist() == [1.0, 1.0, 0.5, 1.0, 0.5]
    assert huber(np.array([0.0, 1.0]), 0.0).tolist() == [1.0, 0.0]
    assert winsorised(np.zeros(5)) == (0.0, 0.0)


def test_t_tail_against_scipy_and_never_zero() -> None:
    for freedom in (1, 3, 25, 300):
        for z in (-3.0, 0.0, 2.5, 12.0):
            assert float(t_log_p(np.asarray(z), freedom)) == pytest.approx(
                t.logsf(z, freedom), rel=1e-6, abs=1e-12
            )
    far = t_log_p(np.array([40.0, 1e3, np.nan]), 300)
    assert far[1] < far[0] < -200 and np.isfinite(far[1]) and np.isnan(far[2])


def test_where_there_is_nothing_to_learn_from_nothing_is_predicted_or_found() -> None:
    y = np.arange(36.0).reshape(6, 6)
    y = y + y.T
    assert not fit_pairs(y, np.zeros((6, 6)), np.ones((6, 6)), traits=1).any()
    one = np.zeros(6, dtype=np.int64)
    known = np.ones((6, 6), dtype=bool)
    found = held_out(y, known, one, np.ones((6, 6)), np.random.default_rng(0), aside=~known)
    assert found.scatter == 0.0 and not np.nan_to_num(found.z).any()
