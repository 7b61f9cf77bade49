import numpy as np
import pytest

from filiation.numerics.pairs.conditional import correlation, least_squares, partial, residual
from filiation.numerics.rng import stream


def test_partial_correlation_against_regression() -> None:
    rng = stream(1, "conditional")
    b = rng.normal(size=500)
    a, c = 0.7 * b + rng.normal(size=500), -0.4 * b + rng.normal(size=500)
    a += 0.5 * c
    left = [x - (x @ b) / (b @ b) * b for x in (a, c)]
    expected = left[0] @ left[1] / np.linalg.norm(left[0]) / np.linalg.norm(left[1])
    gram = np.array([a, b, c]) @ np.array([a, b, c]).T
    size = np.diag(gram)
    r = correlation(gram, size[:, None], size[None, :])
    assert float(partial(r[0, 2], r[0, 1], r[1, 2])) == pytest.approx(expected)
    rest = residual(gram, [1])
    again = correlation(rest[0, 2], rest[0, 0], rest[2, 2])
    assert float(again) == pytest.approx(expected)


def test_nothing_is_left_where_the_third_explains_all() -> None:
    one = np.array([1.0, 0.5])
    assert np.array_equal(
        partial(np.array([0.9, 0.2]), one, np.array([0.9, 0.5])) == 0, [True, False]
    )


def test_weights_of_a_sum_and_what_it_explains() -> None:
    rng = stream(2, "conditional")
    one, other, beside = rng.normal(size=(3, 4000))
    rows = np.array([one, other, 0.3 * one + 0.7 * other + 0.1 * beside])
    weights, explained = least_squares(rows @ rows.T, 2, [0, 1])
    assert weights == pytest.approx([0.3, 0.7], abs=0.01)
    assert explained == pytest.approx(0.58 / 0.59, abs=0.005)


def test_what_is_nothing_correlates_with_nothing() -> None:
    assert float(correlation(np.float64(0), np.float64(0), np.float64(3))) == 0.0
