"""A family counts once, however many of it stand there."""

import numpy as np
import pytest

from filiation.numerics.pairs.alike import families_alike


def table(sizes: tuple[int, ...], *, apart: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Strangers around zero; models of one family `apart` higher. Two parties stand first."""
    rng = np.random.default_rng(seed)
    family = np.repeat(np.arange(2 + len(sizes)), (1, 1, *sizes))
    base = rng.normal(size=(len(sizes) + 2,) * 2)[np.ix_(family, family)]
    values = base + 0.2 * rng.normal(size=base.shape)
    values = np.triu(values, 1) + np.triu(values, 1).T + apart * (family[:, None] == family)
    np.fill_diagonal(values, np.nan)
    return values, family


def found(values: np.ndarray, family: np.ndarray | None = None) -> np.ndarray:
    declared = np.arange(len(values)) if family is None else family
    return families_alike(values, np.zeros_like(values), declared, parties=2)


@pytest.mark.parametrize("sizes", [(25, 1, 1, 1, 1, 1), (14,) + (1,) * 12, (10,) * 3, (5,) * 6])
def test_copies_are_one_family_though_they_are_the_majority(sizes: tuple[int, ...]) -> None:
    for seed in range(5):
        values, family = table(sizes, apart=20.0, seed=seed)
        joined = found(values)
        assert np.array_equal(joined[:, None] == joined, family[:, None] == family)


@pytest.mark.parametrize("controls", [5, 6, 12, 30])
def test_strangers_are_not_joined(controls: int) -> None:
    joins = [
        np.unique(found(table((1,) * controls, apart=0.0, seed=seed)[0])).size < controls + 2
        for seed in range(40)
    ]
    assert sum(joins) <= 2


@pytest.mark.parametrize("controls", [15, 30])
def test_those_who_go_along_with_everybody_are_no_family(controls: int) -> None:
    """Likeness itself joined strangers in 27 and 77 of 100 such tables."""
    joins = 0
    for seed in range(30):
        values, family = table((1,) * controls, apart=0.0, seed=seed)
        level = np.random.default_rng(seed).exponential(2.0, len(values))
        joined = found(values + level[:, None] + level)
        joins += np.unique(joined).size < np.unique(family).size
    assert joins <= 2


def test_a_family_completed_among_unfinished_ones_is_found_at_the_second_look() -> None:
    """The closest of three families is complete while the others are still many strangers."""
    values, family = table((10, 10, 10), apart=20.0, seed=0)
    closest = (family[:, None] == 4) & (family == 4)
    joined = found(np.where(closest, values + 2.0, values))
    assert np.array_equal(joined[:, None] == joined, family[:, None] == family)


def test_parties_are_never_joined_to_anything() -> None:
    values, family = table((6, 1, 1, 1, 1, 1), apart=20.0, seed=1)
    values[0, 1] = values[1, 0] = values[0, 2] = values[2, 0] = 40.0
    joined = found(values)
    assert np.count_nonzero(joined == joined[0]) == np.count_nonzero(joined == joined[1]) == 1
    assert np.unique(joined).size == np.unique(family).size


def test_what_was_declared_stays_joined_and_nothing_measured_joins_nobody() -> None:
    values, family = table((3, 1, 1, 1, 1, 1), apart=0.0, seed=2)
    assert np.array_equal(found(values, family), family)
    blank = np.full_like(values, np.nan)
    assert np.array_equal(found(blank), np.arange(len(blank)))


def test_noise_of_few_items_is_no_likeness() -> None:
    values, _ = table((4, 1, 1, 1, 1, 1, 1), apart=20.0, seed=3)
    alone = np.arange(len(values))
    noisy = families_alike(values, np.full_like(values, 100.0), alone, parties=2)
    assert np.array_equal(noisy, alone)
