"""What is lost and grown, and which layer came from which."""

from dataclasses import replace

import numpy as np
import pytest

from casebook.operations import DropLayers, FoldGains, PermuteUnits, RescaleUnits, RotateResidual
from casebook.shapes import Gpt2Shape, LlamaShape, mlp_names, parameter_count, shape_name
from casebook.surgery import (
    AddNoise,
    ReinitialiseLayers,
    ReplaceEmbeddings,
    StackLayers,
    Upcycle,
    layer_origins,
)

UP = "model.layers.{}.mlp.up_proj.weight"
GAIN = "model.layers.{}.input_layernorm.weight"
TOKENS = np.array([3, 1, 4, 1, 5, 9, 2, 6, 39, 0])
SURGERY = [
    AddNoise(seed=1, relative=0.1),
    ReinitialiseLayers(layers=(0, 2), seed=2, spread=0.05),
    ReplaceEmbeddings(vocabulary=50, seed=3, spread=0.05),
    StackLayers(order=(0, 1, 1, 2)),
    Upcycle(experts=4, seed=4, spread=0.05),
]


@pytest.mark.parametrize("operation", SURGERY)
def test_argument_is_left_and_the_outcome_repeats(operation, tiny_weights):
    copies = {name: value.copy() for name, value in tiny_weights.items()}
    first, again = operation(tiny_weights), operation(tiny_weights)
    assert tiny_weights.keys() == copies.keys()
    assert all(np.array_equal(tiny_weights[name], value) for name, value in copies.items())
    assert first.keys() == again.keys()
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert all(value.dtype == np.float32 for value in first.values())
    assert first.keys() != copies.keys() or any(
        not np.array_equal(first[name], copies[name]) for name in copies
    )


@pytest.mark.parametrize("relative", [0.05, 0.2])
def test_noise_is_as_large_as_said(relative, tiny_weights):
    noisy = AddNoise(seed=1, relative=relative)(tiny_weights)
    for name, value in tiny_weights.items():
        noise = noisy[name] - value
        if value.ndim == 1:
            assert not noise.any()
        else:
            level = np.linalg.norm(noise) / np.linalg.norm(value)
            assert level == pytest.approx(relative, rel=4 / np.sqrt(2 * value.size))
            overlap = np.sum(noise * value) / np.linalg.norm(noise) / np.linalg.norm(value)
            assert abs(overlap) < 5 / np.sqrt(value.size)


def test_fresh_layers_are_fresh_and_the_others_stay(tiny: LlamaShape, tiny_weights):
    found = ReinitialiseLayers(layers=(0, 2), seed=2, spread=0.05)(tiny_weights)
    for name, value in tiny_weights.items():
        inside = name.startswith(("model.layers.0.", "model.layers.2."))
        assert np.array_equal(found[name], value) != inside
    for layer in (0, 2):
        old, new = tiny_weights[UP.format(layer)], found[UP.format(layer)]
        assert new.std() == pytest.approx(0.05, rel=0.15)
        assert abs(np.corrcoef(old.ravel(), new.ravel())[0, 1]) < 5 / np.sqrt(old.size)
        np.testing.assert_array_equal(found[GAIN.format(layer)], 1)
    assert not np.array_equal(found[UP.format(0)], found[UP.format(2)])


def test_new_embeddings_have_the_new_vocabulary(tiny: LlamaShape, tiny_weights):
    found = ReplaceEmbeddings(vocabulary=50, seed=3, spread=0.05)(tiny_weights)
    shapes = {name: value.shape for name, value in found.items()}
    assert shapes == replace(tiny, vocabulary=50).parameters()
    ends = ("model.embed_tokens.weight", "lm_head.weight")
    for name, value in tiny_weights.items():
        assert name in ends or np.array_equal(found[name], value)
    assert not np.array_equal(found[ends[0]], found[ends[1]])


def test_stacked_layers_are_copies_in_order(tiny: LlamaShape, tiny_weights, numpy_logits):
    order = (0, 1, 2, 1, 2)
    found = StackLayers(order=order)(tiny_weights)
    assert {name: value.shape for name, value in found.items()} == replace(
        tiny, layers=5
    ).parameters()
    for place, layer in enumerate(order):
        np.testing.assert_array_equal(found[UP.format(place)], tiny_weights[UP.format(layer)])
    deeper = numpy_logits(replace(tiny, layers=5), found, TOKENS)
    before = numpy_logits(tiny, tiny_weights, TOKENS)
    assert np.abs(deeper - before).max() > 0.01  # no identity: that is why it is healed
    same = StackLayers(order=(0, 1, 2))(tiny_weights)
    np.testing.assert_array_equal(numpy_logits(tiny, same, TOKENS), before)


@pytest.mark.parametrize("order", [(), (0, 3), (-1, 0)])
def test_stacking_refuses_layers_that_are_not_there(order, tiny_weights):
    with pytest.raises(ValueError, match="expected some of 0 to 2"):
        StackLayers(order=order)(tiny_weights)


def test_upcycled_experts_are_the_parents_mlp(tiny: LlamaShape, tiny_weights):
    found = Upcycle(experts=4, seed=4, spread=0.05)(tiny_weights)
    grown = replace(tiny, experts=4)
    assert {name: value.shape for name, value in found.items()} == grown.parameters()
    for layer in range(tiny.layers):
        parent = mlp_names(tiny, layer)[0]
        for expert in mlp_names(grown, layer):
            np.testing.assert_array_equal(found[expert.gate], tiny_weights[parent.gate])
            np.testing.assert_array_equal(found[expert.up], tiny_weights[parent.up])
            np.testing.assert_array_equal(found[expert.down], tiny_weights[parent.down])


def test_layers_are_followed_through_several_operations():
    assert layer_origins((), 4) == (0, 1, 2, 3)
    assert layer_origins((PermuteUnits(seed=1), FoldGains()), 2) == (0, 1)
    assert layer_origins((DropLayers(layers=(1,)),), 4) == (0, 2, 3)
    stack, forget = (
        StackLayers(order=(0, 1, 1, 2)),
        ReinitialiseLayers(layers=(0, 3), seed=1, spread=1),
    )
    assert layer_origins((DropLayers(layers=(1,)), stack), 4) == (0, 2, 2, 3)
    assert layer_origins((stack, forget), 3) == (-1, 1, 1, -1)
    assert layer_origins((forget, stack), 3) == (-1, 1, 1, 2)


def test_disguise_keeps_the_function(tiny: LlamaShape, tiny_weights, numpy_logits):
    moved = tiny_weights
    for operation in (
        RescaleUnits(seed=1, spread=0.7),
        FoldGains(),
        PermuteUnits(seed=2),
        RotateResidual(seed=3),
    ):
        moved = operation(moved)
    before = numpy_logits(tiny, tiny_weights, TOKENS)
    np.testing.assert_allclose(numpy_logits(tiny, moved, TOKENS), before, rtol=0, atol=2e-4)


def test_shapes_have_names_apart():
    shapes = [
        LlamaShape(),
        LlamaShape(tied=True),
        LlamaShape(query_biases=True),
        LlamaShape(experts=4),
        LlamaShape(experts=8),
        LlamaShape(kv_heads=4),
        LlamaShape(layers=3),
        Gpt2Shape(),
    ]
    assert len({shape_name(shape) for shape in shapes}) == len(shapes)
    assert shape_name(LlamaShape()) == "llama-80x4-224-a4/2-v768"
    assert parameter_count(LlamaShape()) == 415_440


def test_shape_refuses_an_architecture_that_does_not_exist():
    with pytest.raises(ValueError, match="no such architecture"):
        LlamaShape(experts=4, query_biases=True)
