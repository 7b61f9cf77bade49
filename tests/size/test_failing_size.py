"""Failing at the same items: nothing under ability and difficulty alone, much for a copy."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from validate_outputs.failing import failing_alike, rasch

MODELS, ITEMS = 20, 500


def drawn(seed: int, copied: float = 0.0) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Successes by ability and difficulty, every 30th answer missing; the second model may copy."""
    rng = np.random.default_rng(seed)
    ability, difficulty = rng.normal(0.5, 1.0, MODELS), rng.normal(0.0, 1.5, ITEMS)
    right = rng.random((MODELS, ITEMS)) < 1.0 / (1.0 + np.exp(difficulty - ability[:, None]))
    right[1] = np.where(rng.random(ITEMS) < copied, right[0], right[1])
    answered = rng.random(right.shape) >= 1.0 / 30.0
    return right & answered, answered


def likeness(seed: int, copied: float = 0.0) -> NDArray[np.float64]:
    right, answered = drawn(seed, copied)
    return failing_alike(right, answered, rasch(right, answered))


def test_where_only_ability_and_difficulty_matter_units_are_those_of_chance() -> None:
    found = np.concatenate([likeness(seed)[np.triu_indices(MODELS, 1)] for seed in range(5)])
    below = found.mean() / (-math.sqrt(ITEMS) / (MODELS - 1))  # each is in its own difficulty
    assert 0.6 < below < 1.2
    assert 0.8 < found.std() < 1.1
    assert np.mean(found - found.mean() > 2.326) <= 0.015


@pytest.mark.parametrize("seed", range(3))
def test_a_copy_of_a_third_of_the_answers_stands_above_all_others(seed: int) -> None:
    found = likeness(seed, copied=1.0 / 3.0)
    pairs = found[np.triu_indices(MODELS, 1)]
    assert found[0, 1] == pairs.max() and found[0, 1] > 4.0


def test_missing_answers_take_no_part() -> None:
    right, answered = drawn(0)
    chance = rasch(right, answered)
    same = rasch(right | ~answered, answered)
    assert np.array_equal(chance, same)
    assert np.array_equal(
        failing_alike(right, answered, chance), failing_alike(right | ~answered, answered, same)
    )


def test_who_fails_nowhere_or_everywhere_is_like_nobody() -> None:
    right, answered = drawn(0)
    answered[:] = True
    right[0], right[1] = True, False
    found = failing_alike(right, answered, rasch(right, answered))
    assert np.isfinite(found).all()
    assert np.abs(found[:2]).max() < 1.0


@pytest.mark.parametrize("items", [0, 1])
def test_few_items_are_no_error(items: int) -> None:
    right = np.ones((4, items), dtype=bool)
    assert np.isfinite(failing_alike(right, right, rasch(right, right))).all()
