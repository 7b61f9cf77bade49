import math

import numpy as np
import pytest
from scipy.stats import t as student

from filiation.numerics.pairs.two_way import CUT, SHRINK, alike_from, fit_two_way, student_log_p


def table(rng: np.random.Generator, n: int, spread: float = 1.0) -> np.ndarray:
    effects, rest = rng.normal(size=n) * 3, np.triu(rng.normal(size=(n, n)) * spread, 1)
    return effects[:, None] + effects + rest + rest.T


def everything(n: int) -> np.ndarray:
    return np.ones((n, n), dtype=bool)


def test_shrink_against_integration() -> None:
    u = np.linspace(-12, 12, 400_001)
    density = np.exp(-(u**2) / 2)
    weight = np.minimum(1, CUT / np.maximum(np.abs(u), CUT))

    assert (
        pytest.approx(SHRINK, abs=1e-5)
        == (weight * u**2 * density).sum() / (weight * density).sum()
    )


def test_deleted_rest_against_least_squares_without_the_cell() -> None:
    """With no outlier all weights are 1, and the deleted rest is that of a second fit."""
    rng = np.random.default_rng(0)
    n = 6
    y = table(rng, n, spread=0.1)
    noise = np.full((n, n), 100.0)  # so wide a spread that no cell is far
    fit = fit_two_way(y, everything(n), noise)
    cells = [(a, b) for a in range(n) for b in range(a)]
    for left_out in cells:
        kept = [cell for cell in cells if cell != left_out]
        design = np.zeros((len(kept), n))
        for row, (a, b) in enumerate(kept):
            design[row, [a, b]] = 1.0
        effect, *_ = np.linalg.lstsq(design, np.array([y[c] for c in kept]))
        expected = y[left_out] - effect[left_out[0]] - effect[left_out[1]]
        assert fit.rest[left_out] == pytest.approx(expected, abs=1e-6)


def test_a_cell_not_used_is_judged_like_a_deleted_one() -> None:
    y = table(np.random.default_rng(1), 8, spread=0.1)
    noise = np.full((8, 8), 100.0)
    use = everything(8)
    use[0, 1] = use[1, 0] = False

    masked, whole = fit_two_way(y, use, noise), fit_two_way(y, everything(8), noise)

    assert masked.rest[0, 1] == pytest.approx(whole.rest[0, 1], abs=1e-6)
    assert masked.z[0, 1] == pytest.approx(whole.z[0, 1], abs=1e-6)


def test_effects_and_order_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    y, effect, order = table(rng, 9), rng.normal(size=9) * 50, rng.permutation(9)
    zero = np.zeros((9, 9))
    z = fit_two_way(y, everything(9), zero).z

    shifted = fit_two_way(y + effect[:, None] + effect, everything(9), zero).z
    turned = fit_two_way(y[np.ix_(order, order)], everything(9), zero).z

    assert np.allclose(z, shifted, atol=1e-6)
    assert np.allclose(z[np.ix_(order, order)], turned, atol=1e-9)


def test_relatives_nobody_named_do_not_hide_the_pair() -> None:
    y = table(np.random.default_rng(3), 20)
    for a, b in ((0, 1), (2, 3), (4, 5), (4, 6), (5, 6)):
        y[a, b] = y[b, a] = y[a, b] + 15.0

    z = fit_two_way(y, everything(20), np.zeros((20, 20))).z

    assert z[0, 1] > 6 and z[2, 3] > 6
    assert np.abs(np.median(z[np.triu_indices(20, 1)])) < 0.3


@pytest.mark.parametrize("controls", [5, 12, 40])
def test_size_of_the_masked_cell(controls: int) -> None:
    rng = np.random.default_rng(controls)
    n, draws = controls + 2, 400
    use = everything(n)
    use[0, 1] = use[1, 0] = False
    z = [fit_two_way(table(rng, n), use, np.zeros((n, n))).z[0, 1] for _ in range(draws)]

    for alpha in (0.01, 0.05):
        hits = np.count_nonzero(np.array(z) > student.isf(alpha, min(controls - 2, 10)))
        assert hits <= draws * alpha + 5 * math.sqrt(draws * alpha)


@pytest.mark.parametrize(
    "values",
    [np.zeros((7, 7)), np.full((7, 7), np.nan), np.full((2, 2), 1.0), np.zeros((1, 1))],
    ids=["all equal", "nothing measured", "one pair", "one model"],
)
def test_degenerate_tables_give_finite_z(values: np.ndarray) -> None:
    fit = fit_two_way(values, everything(len(values)), np.full(values.shape, 1e-6))

    assert np.isfinite(fit.z).all()
    assert np.abs(fit.z).max() < 1.0


def test_student_tail_against_scipy_and_its_floor() -> None:
    assert student_log_p(3.0, 7, floor=-50.0) == pytest.approx(student.logsf(3.0, 7))
    assert student_log_p(1e200, 10, floor=-7.0) == -7.0
    assert -1e-9 < student_log_p(-1e9, 10, floor=-7.0) <= 0.0


def test_what_has_nothing_in_common_stands_above_nothing() -> None:
    """Two models that are like nobody are predicted below the end of the scale."""
    rng = np.random.default_rng(3)
    y = table(rng, 12, spread=0.1)
    y[:2] = y[:, :2] = -9.0  # rows at the end of the scale, their pair too
    least = np.full(y.shape, -9.0)
    noise = np.full(y.shape, 0.01)
    free, bound = (fit_two_way(y, everything(12), noise, end) for end in (None, least))
    assert free.z[0, 1] > 2.0 and bound.z[0, 1] == 0.0
    below = (free.rest <= y - least) | np.eye(12, dtype=bool)
    assert np.array_equal(bound.z[below], free.z[below])
    assert (bound.z[~below] < free.z[~below]).all()


def test_two_that_go_along_with_nobody_are_not_alike() -> None:
    """Each is as far from the crowd as from the other, and the sum of their levels is farther."""
    rng = np.random.default_rng(8)
    follows = np.concatenate(([0.3, 0.3], rng.uniform(0.9, 1.1, 12)))
    spread = rng.normal(size=(14, 14)) * 0.02
    y = np.outer(follows, follows) + np.triu(spread, 1) + np.triu(spread, 1).T
    np.fill_diagonal(y, np.nan)
    noise, chance = np.full(y.shape, 1e-4), np.zeros(y.shape)

    end = alike_from(y, chance)
    free, bound = (fit_two_way(y, everything(14), noise, e) for e in (None, end))

    assert free.z[0, 1] > 3.0 and bound.z[0, 1] < 0.0
    assert bound.free[0, 1] == free.z[0, 1]
    y[0, 1] = y[1, 0] = 1.2  # one is made from the other
    assert fit_two_way(y, everything(14), noise, alike_from(y, chance)).z[0, 1] > 6.0


def test_alike_from_where_nothing_was_measured() -> None:
    assert np.array_equal(alike_from(np.full((3, 3), np.nan), np.zeros((3, 3))), np.zeros((3, 3)))
