"""Pairing units: optimal against brute force, mutual neighbours, and ties."""

import itertools

import numpy as np
import pytest

from filiation.numerics.frames.assignment import pair_units


def test_optimal_against_enumeration() -> None:
    rng = np.random.default_rng(4)
    a, b = (rng.normal(size=(6, 3)).astype(np.float32) for _ in range(2))
    best = max(
        itertools.permutations(range(6)), key=lambda p: sum(float(a[p[i]] @ b[i]) for i in range(6))
    )

    assert pair_units(a, b, rng, exact_to=6).tolist() == list(best)


@pytest.mark.parametrize("exact_to", [0, 2048])
def test_a_shuffled_copy_is_paired_rightly(exact_to: int) -> None:
    rng = np.random.default_rng(5)
    a = rng.normal(size=(1500, 32)).astype(np.float32)
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    order = rng.permutation(1500)

    assert np.array_equal(pair_units(a, a[order], rng, exact_to=exact_to), order)


def test_mutual_neighbours_are_one_to_one_and_partial() -> None:
    rng = np.random.default_rng(6)
    a, b = (rng.normal(size=(500, 16)).astype(np.float32) for _ in range(2))
    partner = pair_units(a, b, rng, exact_to=0)
    paired = partner[partner >= 0]

    assert 0 < paired.size < 500
    assert np.unique(paired).size == paired.size


@pytest.mark.parametrize("exact_to", [0, 2048])
def test_ties_are_not_broken_by_index(exact_to: int) -> None:
    """All rows equal: by index, all 300 would stay in place; at random, about one does."""
    a = np.ones((300, 4), dtype=np.float32)
    partner = pair_units(a, a, np.random.default_rng(7), exact_to=exact_to)

    assert np.count_nonzero(partner == np.arange(300)) <= 10  # P(more) < 1e-7
