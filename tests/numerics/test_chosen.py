"""What p survives a choice of items: the bound holds for every choice, and is reached."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from filiation.numerics.tails.chosen import held_back_to_explain, log_p_needed


@settings(deadline=None)
@given(
    st.lists(st.floats(-50, 50), min_size=3, max_size=40),
    st.data(),
)
def test_no_choice_gains_more_than_the_root_of_what_it_holds_back(
    numbers: list[float], data: st.DataObject
) -> None:
    """z of any n of N numbers, in scatters of all, is at most that of all of them + sqrt(N - n)."""
    x = np.asarray(numbers)
    scale = x.std()
    if scale < 1e-6:
        return
    keep = data.draw(st.integers(1, x.size - 1))
    best = np.sort(x)[-keep:]  # whoever chooses can do no better
    whole = x.sum() / (scale * math.sqrt(x.size))
    assert (
        best.sum() / (scale * math.sqrt(keep)) <= max(whole, 0.0) + math.sqrt(x.size - keep) + 1e-9
    )


def test_the_bound_is_reached() -> None:
    keep, back = 400, 25
    x = np.repeat([1.0, -keep / back], [keep, back])  # mean 0
    assert x[:keep].sum() / (x.std() * math.sqrt(keep)) == pytest.approx(math.sqrt(back))


@pytest.mark.parametrize("back", [0, 1, 9, 400])
def test_p_needed_against_the_normal_tail(back: int) -> None:
    expected = norm.logsf(norm.isf(0.01) + math.sqrt(back))
    assert log_p_needed(0.01, back) == pytest.approx(expected)


def test_what_explains_a_p_is_the_least_that_it_does_not_survive() -> None:
    for log_p in (-5.0, -20.0, -400.0):
        count = held_back_to_explain(log_p, 0.01)
        assert log_p >= log_p_needed(0.01, count)
        assert count == 1 or log_p <= log_p_needed(0.01, count - 1)
    assert held_back_to_explain(math.log(0.02), 0.01) == 0


@pytest.mark.parametrize("kind", ["coin", "rare", "normal", "heavy"])
def test_size_under_the_most_damning_choice(kind: str) -> None:
    """Innocents at a nominal 1 %: an accuser who keeps the most damning n of N, 2,000 trials.

    Stated: at most 1 % survive (allowed: 1 % and three standard errors); else two in five or more.
    """
    rng = np.random.default_rng(7)
    trials, whole, back = 2_000, 500, 50
    draws = {
        "coin": lambda: rng.integers(0, 2, (trials, whole)) - 0.5,
        "rare": lambda: (rng.random((trials, whole)) < 0.9) - 0.9,
        "normal": lambda: rng.standard_normal((trials, whole)),
        "heavy": lambda: rng.standard_t(5, (trials, whole)),
    }[kind]()
    kept = np.sort(draws, axis=1)[:, back:]
    z = kept.sum(axis=1) / (draws.std() * math.sqrt(whole - back))
    log_p = norm.logsf(z)

    assert (log_p <= math.log(0.01)).mean() > 0.4
    assert (log_p <= log_p_needed(0.01, back)).mean() <= 0.01 + 3 * math.sqrt(0.01 * 0.99 / trials)
