"""A shared training is told from shared initial weights by whole rows, or it is said that it cannot be."""  # noqa: E501

import numpy as np
import pytest

import toys
from filiation.examining.weights.kinship.contact import find_contact
from filiation.examining.weights.kinship.training import Shared, held, in_common, shared
from filiation.examining.weights.relation import relate
from filiation.model.relation import Relation

BIG = {"units": 96, "width": 64}
DIRECTIONS = 6


def learned(toy: toys.Toy, seed: int, size: float = 1.0, noise: float = 0.1) -> toys.Toy:
    """A training: every matrix grows along a few directions of its own, and drifts a little."""
    rng = np.random.default_rng(seed)
    arrays = dict(toy.arrays)
    for name, array in toy.arrays.items():
        if name.startswith("layers"):
            rows, columns = array.shape
            along = rng.normal(size=(rows, DIRECTIONS)) @ rng.normal(size=(DIRECTIONS, columns))
            drift = size * along / np.sqrt(DIRECTIONS) + noise * rng.normal(size=array.shape)
            arrays[name] = (array + drift).astype(np.float32)
    return toys.changed(toy, f"{toy.name}>{seed}", arrays)


def typed(one: toys.Toy, two: toys.Toy) -> Relation:
    return relate(toys.sketch(one), toys.sketch(two), supported=True, seed=0)


START = toys.born(1, **BIG)  # type: ignore[arg-type]
PARENT = learned(START, 2)


def test_two_that_began_alike_and_learned_apart() -> None:
    relation = typed(PARENT, learned(START, 3))
    assert relation.in_common == "initial-weights" and relation.kind == "shared-initialisation"
    assert "no more than initial weights was seen" in relation.because


@pytest.mark.parametrize("size", [0.0, 0.2])
def test_a_child_holds_what_its_parent_learned(size: float) -> None:
    relation = typed(PARENT, learned(PARENT, 4, size))
    assert relation.in_common == "training" and relation.kind == "fine-tuned"
    assert "a training was shared" in relation.because


def test_drift_of_any_kind_does_not_hide_a_shared_training() -> None:
    """Noise as large as the weights: less is kept, but of the leading directions the most."""
    relation = typed(PARENT, toys.tuned(PARENT, 5, drift=1.5))
    assert relation.in_common == "training"


def test_what_was_hardly_trained_shares_nothing_but_what_was_drawn() -> None:
    relation = typed(START, toys.tuned(START, 6, drift=0.05))
    assert relation.in_common == "initial-weights" and relation.kind == "fine-tuned"


def test_siblings_far_apart_cannot_be_told_and_the_report_says_so() -> None:
    relation = typed(learned(PARENT, 7, 0.6), learned(PARENT, 8, 0.6))
    assert relation.in_common == "cannot-be-told"
    assert "may share no more than their initial weights" in relation.because


def test_without_rows_along_the_same_axes_it_is_not_told() -> None:
    relation = typed(PARENT, toys.rotated(learned(PARENT, 4, 0.2), 9))
    assert relation.in_common == "cannot-be-told"
    assert "may share no more than their initial weights" in relation.because
    assert in_common(None)[0] == "cannot-be-told"


def test_scale_has_no_say() -> None:
    """Half the size everywhere: the better of both ways is asked for, and slopes cancel."""
    half = toys.changed(PARENT, "half", {n: a * np.float32(0.5) for n, a in PARENT.arrays.items()})
    one, two = toys.sketch(PARENT), toys.sketch(half)
    contact = find_contact(one, two, seed=0)
    assert contact is not None
    found = shared(contact, one, two)
    assert found is not None and found.leading == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("kept", "leading", "uneven", "answer"),
    [
        (1.0, 1.0, 1.3, "training"),
        (0.7, 1.05, 1.3, "training"),
        (0.7, 0.95, 1.3, "cannot-be-told"),
        (1.0, 1.0, 1.10, "cannot-be-told"),
        (1.0, 1.0, 1.05, "initial-weights"),
        (0.6, 0.75, 1.3, "initial-weights"),
    ],
)
def test_the_bounds(kept: float, leading: float, uneven: float, answer: str) -> None:
    assert in_common(Shared(kept=kept, leading=leading, uneven=uneven))[0] == answer


@pytest.mark.parametrize("shape", [(96, 64), (64, 96), (40, 40), (12, 300)])
def test_slopes_against_a_singular_value_decomposition(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    one = rng.normal(size=(shape[0], 9)) @ rng.normal(size=(9, shape[1])) + rng.normal(size=shape)
    two = 0.7 * one + rng.normal(size=shape)
    directions = np.linalg.svd(one, full_matrices=False)[2].T
    x, y = one @ directions, two @ directions
    first = len(x[0]) // 8
    slopes = [(x[:, p] * y[:, p]).sum() / np.square(x[:, p]).sum() for p in _halves(first)]
    assert held(one, two) == pytest.approx(slopes, rel=1e-9)


def _halves(first: int) -> tuple[slice, slice]:
    return slice(None, first), slice(first, None)
