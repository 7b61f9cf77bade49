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

    likeness, items, _ = habit_likeness(x)

    assert likeness[0, 1] > 0.5
    assert abs(likeness[2, 3]) < 0.3
    assert (items == 60).all()


def test_what_the_prompt_asks_for_does_not_count() -> None:
    rng = np.random.default_rng(1)
    x = departures(rng, 200, 20, 5)

    moved, _, chance = habit_likeness(x + 9.0 * rng.normal(size=(200, 1, 5)))

    others = ~np.eye(20, dtype=bool)
    assert np.abs(moved - chance)[others].max() < 0.2
    assert np.allclose(chance[others], -1 / 19, atol=0.01)


@pytest.mark.parametrize("odd", ["flat", "other", "wild"])
def test_two_that_do_not_go_along_with_the_crowd_are_not_alike(odd: str) -> None:
    """Without the others' mean each had the crowd in it with its sign turned: r was .2 to .9."""
    rng = np.random.default_rng(4)
    asked = rng.normal(size=(200, 1, 5))
    x = departures(rng, 200, 20, 5) + 2.0 * asked
    if odd == "flat":
        x[:, :2] = 0.3 * departures(rng, 200, 2, 5)
    elif odd == "other":
        x[:, 0], x[:, 1] = x[rng.permutation(200), 0], x[rng.permutation(200), 1]
    else:
        x[:, :2] = 20.0 * departures(rng, 200, 2, 5)

    likeness, _, chance = habit_likeness(x)

    assert abs(likeness[0, 1]) < 0.1
    assert -0.02 < chance[0, 1] <= 0.0


def test_what_follows_the_crowd_in_another_feature_does_not_count() -> None:
    """Who sets no paragraphs has one as long as the text, which is as long as others' texts."""
    rng = np.random.default_rng(5)
    asked = rng.normal(size=(200, 1, 6))
    asked[:, :, 1] = 0.0
    x = departures(rng, 200, 20, 6) + 3.0 * asked
    x[:, :2, 1] += 3.0 * asked[:, :, 0]

    likeness, _, _ = habit_likeness(x)

    assert abs(likeness[0, 1]) < 0.1


def test_missing_answers_count_nothing() -> None:
    rng = np.random.default_rng(2)
    x = departures(rng, 40, 5, 4)
    x[:30, 4] = np.nan
    x[30:, 3] = np.nan

    likeness, items, _ = habit_likeness(x)

    assert items[4, 3] == 0 and np.isnan(likeness[4, 3])
    assert items[4, 0] == 10 and np.isfinite(likeness[4, 0])


@pytest.mark.parametrize("x", [np.zeros((3, 4, 2)), np.full((3, 4, 2), np.nan)])
def test_nothing_to_tell_apart(x: np.ndarray) -> None:
    likeness, _, _ = habit_likeness(x)

    assert not np.isinf(likeness).any()
    assert np.allclose(np.nan_to_num(likeness)[~np.eye(4, dtype=bool)], 0.0)
