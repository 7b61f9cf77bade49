"""What no rounding of the containers explains, found under a rotation, an order and a rescaling."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import toys
from filiation.examining.weights.kinship.unmoved import Placed, what_moved
from filiation.examining.weights.relation import relate
from filiation.model.sketch import Sketch

PARENT = toys.born(1, units=96, width=64)


def placed(one: Sketch, two: Sketch) -> list[Placed]:
    return [
        (a, np.arange(a.units), b, np.arange(b.units))
        for a, b in zip(one.layers, two.layers, strict=True)
    ]


def rescaled(toy: toys.Toy, seed: int) -> toys.Toy:
    rng, arrays = np.random.default_rng(seed), dict(toy.arrays)
    for layer in range(len(toy.layout.layers)):
        by = np.exp(rng.normal(size=toy.layout.layers[layer].units)).astype(np.float32)
        arrays[f"layers.{layer}.up"] = arrays[f"layers.{layer}.up"] * by[:, None]
        arrays[f"layers.{layer}.down"] = arrays[f"layers.{layer}.down"] / by
    return toys.changed(toy, f"{toy.name}-rescaled", arrays)


def disguised(toy: toys.Toy) -> toys.Toy:
    return rescaled(toys.rotated(toys.permuted(toy, 3), 4), 5)


def embedded(toy: toys.Toy, drift: float) -> toys.Toy:
    table = toy.arrays["embed"]
    moved = table + drift * np.random.default_rng(6).normal(size=table.shape)
    return toys.changed(toy, "embedded", {"embed": moved.astype(np.float32)})


def test_a_disguise_alone_moves_nothing() -> None:
    relation = relate(toys.sketch(PARENT), toys.sketch(disguised(PARENT)), supported=True, seed=0)
    assert relation.kind == "re-exported"
    assert {"permuted", "rotated", "rescaled"} <= {*relation.disguises}


@pytest.mark.parametrize("drift", [0.003, 0.03])
def test_a_fine_tuning_under_a_disguise_is_no_re_export(drift: float) -> None:
    child = disguised(toys.tuned(PARENT, 2, drift))
    relation = relate(toys.sketch(PARENT), toys.sketch(child), supported=True, seed=0)
    assert relation.kind == "fine-tuned" and "norms of units differ" in relation.because


@pytest.mark.parametrize("hide", [toys.rotated, rescaled])
def test_nor_where_units_stand_in_place(hide: Callable[[toys.Toy, int], toys.Toy]) -> None:
    child = hide(toys.tuned(PARENT, 2, 0.005), 4)
    relation = relate(toys.sketch(PARENT), toys.sketch(child), supported=True, seed=0)
    assert relation.kind == "fine-tuned" and "norms of units differ" in relation.because


def test_embeddings_alone_tell() -> None:
    child = disguised(embedded(PARENT, 0.05))
    relation = relate(toys.sketch(PARENT), toys.sketch(child), supported=True, seed=0)
    assert relation.kind == "fine-tuned" and "angles between embeddings" in relation.because


def test_half_precision_explains_what_it_rounds_and_no_more() -> None:
    """The container's word says what its values can be off by."""
    half = toys.changed(
        PARENT, "half", {n: a.astype(np.float16).astype("f4") for n, a in PARENT.arrays.items()}
    )
    one, two = toys.sketch(PARENT), toys.sketch(half)
    assert "norms" in what_moved(one, two, placed(one, two))
    stored = [replace(info, dtype="F16") for info in two.tensors]
    assert what_moved(one, replace(two, tensors=stored), placed(one, two)) == ""


def test_norms_may_differ_by_twice_what_the_rounding_moves_and_no_more() -> None:
    """With 64 columns of halves on both sides: sqrt(2) 2^-11 sqrt(3 / 64), times two."""
    stored = replace(
        toys.sketch(PARENT),
        tensors=[replace(info, dtype="F16") for info in toys.sketch(PARENT).tensors],
    )
    rounding = math.sqrt(2.0) * 2.0**-11 * math.sqrt(3.0 / 64)
    explained, not_explained = (larger(stored, by * rounding) for by in (1.7, 2.5))

    assert what_moved(stored, explained, placed(stored, explained)) == ""
    assert "norms" in what_moved(stored, not_explained, placed(stored, not_explained))


def larger(sketch: Sketch, by: float) -> Sketch:
    """The same with the norms of one matrix in each layer larger by exp(`by`)."""
    layers = []
    for layer in sketch.layers:
        role = next(role for role in layer.roles if role not in ("mlp.up", "mlp.down"))
        rows = layer.roles[role]
        grown = replace(rows, norms=rows.norms.astype(np.float64) * math.exp(by))
        layers.append(replace(layer, roles={**layer.roles, role: grown}))
    return replace(sketch, layers=tuple(layers))
