"""Adapters, pruning to zeros, merges with an unknown model, and what only looks like them."""

import re
from collections.abc import Callable

import numpy as np
import pytest

import toys
from filiation.examining.weights.relation import relate
from filiation.model.relation import Relation
from filiation.numerics.rng import stream

BORN = toys.with_heads(toys.born(1, units=96, width=64), size=8)
OTHER = toys.with_heads(toys.born(2, units=96, width=64), size=8)
Array = np.ndarray


def related(source: toys.Toy, subject: toys.Toy, *candidates: toys.Toy) -> Relation:
    return relate(
        toys.sketch(source),
        toys.sketch(subject),
        [toys.sketch(toy) for toy in candidates],
        supported=True,
        seed=0,
    )


MLP, ATTENTION = ("up", "gate", "down"), ("q", "k", "v", "o")
LAYERS = (*MLP, *ATTENTION)


def child(
    change: Callable[[str, Array], Array], only: tuple[str, ...] = (*LAYERS, "embed", "unembed")
) -> toys.Toy:
    """The toy with some of its matrices changed."""
    return toys.changed(
        BORN,
        "child",
        {
            name: change(name, array).astype(np.float32)
            for name, array in BORN.arrays.items()
            if name.rpartition(".")[2] in only
        },
    )


def adapter(rank: int, size: float) -> Callable[[str, Array], Array]:
    def change(name: str, array: Array) -> Array:
        rng = stream(0, "adapter", name)
        added = rng.normal(size=(len(array), rank)) @ rng.normal(size=(rank, array.shape[1]))
        return array + added * size * np.linalg.norm(array) / np.linalg.norm(added)

    return change


@pytest.mark.parametrize("rank", [1, 4, 8])
@pytest.mark.parametrize("size", [0.05, 0.4])
def test_an_adapter_is_told_with_its_rank(rank: int, size: float) -> None:
    found = related(BORN, child(adapter(rank, size), LAYERS))
    assert found.kind == "low-rank" and found.direction == "not-determined"
    assert f"each by a change of rank {rank};" in found.because
    assert "21 of 21 matrices differ" in found.because


def test_an_adapter_of_the_attention_alone_is_told() -> None:
    found = related(BORN, child(adapter(4, 0.3), ATTENTION))
    assert found.kind == "low-rank"
    assert "12 of 21 matrices differ (attn.k, attn.o, attn.q, attn.v)" in found.because


@pytest.mark.parametrize("size", [0.002, 0.02, 0.1, 0.4])
def test_a_change_in_all_directions_is_no_adapter(size: float) -> None:
    assert related(BORN, child(adapter(64, size), LAYERS)).kind == "fine-tuned"
    assert related(BORN, child(adapter(64, size), ATTENTION)).kind == "fine-tuned"


def smallest(array: Array, share: float) -> Array:
    return np.where(np.abs(array) < np.quantile(np.abs(array), share), 0.0, array)


def half_of_four(array: Array) -> Array:
    groups = np.abs(array).reshape(-1, 4)
    keep = np.argsort(np.argsort(groups, axis=1), axis=1) >= 2
    return np.where(keep.reshape(array.shape), array, 0.0)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_pruning_by_magnitude_is_told(share: float) -> None:
    found = related(BORN, child(lambda _, a: smallest(a, share), LAYERS))
    assert found.kind == "sparse-pruned" and found.direction == "source-to-subject"
    assert "the smallest, as by magnitude" in found.because
    assert "those that are left are unchanged" in found.because


def test_pruning_in_groups_of_four_is_told() -> None:
    assert related(BORN, child(lambda _, a: half_of_four(a), LAYERS)).kind == "sparse-pruned"


def test_pruning_at_random_and_training_on_are_told() -> None:
    def change(name: str, array: Array) -> Array:
        rng = stream(0, "pruned", name)
        moved = array + 0.1 * array.std() * rng.normal(size=array.shape)
        return np.where(rng.random(array.shape) < 0.4, 0.0, moved)

    found = related(BORN, child(change, LAYERS))
    assert found.kind == "sparse-pruned" and found.direction == "not-determined"
    assert "not simply the smallest" in found.because and "have changed" in found.because


def test_a_parent_of_a_pruned_child_is_not_pruned() -> None:
    pruned = child(lambda _, a: smallest(a, 0.5), LAYERS)
    assert related(pruned, BORN).kind in ("fine-tuned", "continued")


def test_rounding_to_few_levels_is_not_pruning() -> None:
    """As of a quantiser whose code is not known: many zeros, and few values beside them."""

    def change(_: str, array: Array) -> Array:
        step = np.abs(array).max(axis=1, keepdims=True) / 3
        return np.sign(array) * step * np.rint(np.sqrt(np.abs(array) / step)) ** 2

    assert related(BORN, child(change, LAYERS)).kind != "sparse-pruned"


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.7])
def test_a_merge_with_a_model_that_was_not_exhibited_is_told(weight: float) -> None:
    merged = child(lambda name, a: weight * a + (1 - weight) * OTHER.arrays[name])
    found = related(BORN, merged)
    assert (found.kind, found.mixture, found.direction) == ("merged", (), "not-determined")
    told = re.search(r"the same part of the source, ([0-9.]+) ", found.because)
    assert told is not None and float(told[1]) == pytest.approx(weight, abs=0.02)
    both = related(BORN, merged, OTHER)
    assert (both.kind, len(both.mixture)) == ("merged", 2)
    assert both.direction == "source-to-subject"


def test_decay_of_the_weights_is_no_merge() -> None:
    for drift in (0.0, 0.1, 0.3):
        assert related(BORN, child(lambda _, a: 0.7 * a)).kind != "merged"
        tuned = toys.tuned(BORN, 5, drift)
        shrunk = {n: (0.8 * a if a.ndim == 2 else a) for n, a in tuned.arrays.items()}
        assert related(BORN, toys.changed(BORN, "s", shrunk)).kind != "merged"
