import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from filiation.numerics.neighbour_joining import Branch, neighbour_joining, split_of
from filiation.numerics.rng import stream


def path_lengths(branches: tuple[Branch, ...], leaves: int) -> NDArray[np.float64]:
    """Distances between leaves along the tree: the branches that separate them."""
    found = np.zeros((leaves, leaves))
    for branch in branches:
        low = np.isin(np.arange(leaves), list(branch.below))
        found += branch.length * (low[:, None] != low[None, :])
    return found


def random_tree(leaves: int, seed: int) -> tuple[Branch, ...]:
    rng = stream(seed, "tree")
    parts = [frozenset([leaf]) for leaf in range(leaves)]
    branches = [
        Branch(upper=-1, lower=-1, length=float(rng.uniform(0.1, 2)), below=p) for p in parts
    ]
    while len(parts) > 3:
        i, j = rng.choice(len(parts), size=2, replace=False)
        grown = parts[i] | parts[j]
        parts = [p for k, p in enumerate(parts) if k not in (i, j)] + [grown]
        branches.append(Branch(upper=-1, lower=-1, length=float(rng.uniform(0.1, 2)), below=grown))
    return tuple(branches)


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 12), st.integers(0, 10_000))
def test_distances_of_a_tree_give_back_the_tree(leaves: int, seed: int) -> None:
    truth = random_tree(leaves, seed)
    distances = path_lengths(truth, leaves)
    found = neighbour_joining(distances)
    assert len(found) == 2 * leaves - 3
    assert {split_of(b, leaves) for b in found} == {split_of(b, leaves) for b in truth}
    np.testing.assert_allclose(path_lengths(found, leaves), distances, atol=1e-9)


def test_one_and_two_leaves() -> None:
    assert neighbour_joining(np.zeros((1, 1))) == ()
    (only,) = neighbour_joining(np.array([[0.0, 0.7], [0.7, 0.0]]))
    assert (only.length, only.below) == (0.7, frozenset([1]))


def test_wikipedias_worked_example() -> None:
    d = np.array(
        [[0, 5, 9, 9, 8], [5, 0, 10, 10, 9], [9, 10, 0, 8, 7], [9, 10, 8, 0, 3], [8, 9, 7, 3, 0]],
        dtype=np.float64,
    )
    lengths = {tuple(sorted(b.below)): b.length for b in neighbour_joining(d)}
    assert lengths[(0,)] == 2 and lengths[(1,)] == 3 and lengths[(2,)] == 4
    assert lengths[(3,)] == 2 and lengths[(4,)] == 1


def test_no_branch_has_negative_length() -> None:
    rng = stream(5, "nj")
    noise = np.abs(rng.normal(size=(9, 9)))
    branches = neighbour_joining(np.triu(noise, 1) + np.triu(noise, 1).T)
    assert min(branch.length for branch in branches) >= 0.0


@pytest.mark.parametrize(
    "bad", [np.zeros((2, 3)), np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[0.0, np.nan]] * 2)]
)
def test_what_is_no_distance_matrix_is_refused(bad: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="distances"):
        neighbour_joining(bad)
