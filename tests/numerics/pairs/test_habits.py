import numpy as np
import pytest

from filiation.numerics.pairs.habits import habit_likeness


def departures(rng: np.random.Generator, prompts: int, models: int, features: int) -> np.ndarray:
    return rng.normal(size=(prompts, models, features))


def test_shared_departures_are_alike_and_habits_are_not() -> None:
    rng = np.random.default_rng(0)
    x = departures(rng, 60, 8, 6)
    x[:, 1] += 1.5 * x[:, 0]
    x[:, 2] += 5.0  # models 2 and 3 share a strong habit and nothing else
    x[:, 3] += 5.0

    likeness, items = habit_likeness(x)

    assert likeness[0, 1] > 0.5
    assert abs(likeness[2, 3]) < 0.3
    assert (items == 60).all()


def test_what_the_prompt_asks_for_does_not_count() -> None:
    rng = np.random.default_rng(1)
    x = departures(rng, 50, 6, 5)

    moved, _ = habit_likeness(x + 9.0 * rng.normal(size=(50, 1, 5)))

    assert np.allclose(moved, habit_likeness(x)[0], atol=1e-8)


def test_missing_answers_count_nothing() -> None:
    rng = np.random.default_rng(2)
    x = departures(rng, 40, 5, 4)
    x[:30, 4] = np.nan
    x[30:, 3] = np.nan

    likeness, items = habit_likeness(x)

    assert items[4, 3] == 0 and np.isnan(likeness[4, 3])
    assert items[4, 0] == 10 and np.isfinite(likeness[4, 0])


@pytest.mark.parametrize("x", [np.zeros((3, 4, 2)), np.full((3, 4, 2), np.nan)])
def test_nothing_to_tell_apart(x: np.ndarray) -> None:
    likeness, _ = habit_likeness(x)

    assert not np.isinf(likeness).any()
    assert np.allclose(np.nan_to_num(likeness)[~np.eye(4, dtype=bool)], 0.0)
