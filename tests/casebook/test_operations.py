"""What an operation preserves, and what it must not leave in place."""

from collections.abc import Sequence

import numpy as np
import pytest

from casebook.operations import (
    DropLayers,
    FoldGains,
    Operation,
    PermuteUnits,
    PruneWidth,
    RescaleUnits,
    RotateResidual,
    Weights,
    kept_units,
    layer_count,
    mix,
    orthogonal,
)
from casebook.shapes import LlamaShape

TOKENS = np.array([3, 1, 4, 1, 5, 9, 2, 6, 39, 0])
UP = "model.layers.1.mlp.up_proj.weight"
PRESERVING: dict[str, Sequence[Operation]] = {
    "permuted": (PermuteUnits(seed=1),),
    "rescaled": (RescaleUnits(seed=2, spread=0.7),),
    "folded": (FoldGains(),),
    "rotated": (FoldGains(), RotateResidual(seed=3)),
    "all": (
        RescaleUnits(seed=5, spread=0.7),
        FoldGains(),
        PermuteUnits(seed=4),
        RotateResidual(seed=6),
    ),
}


def apply(operations: Sequence[Operation], weights: Weights) -> Weights:
    for operation in operations:
        weights = operation(weights)
    return weights


@pytest.mark.parametrize("name", PRESERVING)
def test_function_is_preserved(name, tiny, tiny_weights, numpy_logits):
    before = numpy_logits(tiny, tiny_weights, TOKENS)
    changed = apply(PRESERVING[name], tiny_weights)
    np.testing.assert_allclose(numpy_logits(tiny, changed, TOKENS), before, rtol=0, atol=2e-4)
    assert np.abs(before).max() > 1  # else the tolerance would say nothing


@pytest.mark.parametrize("name", PRESERVING)
def test_operation_moves_weights_of_every_layer(name, tiny, tiny_weights):
    changed = apply(PRESERVING[name], tiny_weights)
    for layer in range(tiny.layers):
        up = f"model.layers.{layer}.mlp.up_proj.weight"
        assert np.abs(changed[up] - tiny_weights[up]).max() > 0.01


@pytest.mark.parametrize(
    "operation",
    [
        PermuteUnits(seed=1),
        RescaleUnits(seed=2, spread=0.7),
        FoldGains(),
        PruneWidth(keep=30),
        DropLayers(layers=(1,)),
    ],
)
def test_argument_is_left_as_it_was(operation, tiny_weights):
    copies = {name: value.copy() for name, value in tiny_weights.items()}
    operation(tiny_weights)
    assert tiny_weights.keys() == copies.keys()
    for name, value in copies.items():
        np.testing.assert_array_equal(tiny_weights[name], value)


def test_forward_pass_sees_a_broken_permutation(tiny, tiny_weights, numpy_logits):
    broken = dict(tiny_weights)
    broken[UP] = broken[UP][::-1]  # gate and down stay: the function must change
    difference = numpy_logits(tiny, broken, TOKENS) - numpy_logits(tiny, tiny_weights, TOKENS)
    assert np.abs(difference).max() > 0.01


def test_permuted_rows_are_the_parents_rows(tiny_weights):
    changed = PermuteUnits(seed=1)(tiny_weights)
    rows = {row.tobytes() for row in tiny_weights[UP]}
    assert {row.tobytes() for row in changed[UP]} == rows
    first, second = (
        np.argmax(changed[name] @ tiny_weights[name].T, axis=1)
        for name in (UP, "model.layers.0.mlp.up_proj.weight")
    )
    assert not np.array_equal(first, second)  # layers are permuted apart


def test_rescaling_keeps_row_directions(tiny_weights):
    changed = RescaleUnits(seed=2, spread=0.7)(tiny_weights)
    lengths = np.linalg.norm(changed[UP], axis=1) / np.linalg.norm(tiny_weights[UP], axis=1)
    np.testing.assert_allclose(changed[UP], tiny_weights[UP] * lengths[:, None], rtol=1e-4)
    assert 0.4 < np.std(np.log(lengths)) < 1.0


def test_rotation_keeps_products_across_the_residual_stream(tiny_weights):
    folded = FoldGains()(tiny_weights)
    turned = RotateResidual(seed=3)(folded)
    embedding, down = "model.embed_tokens.weight", "model.layers.0.mlp.down_proj.weight"
    for reader in (UP, "lm_head.weight", "model.layers.2.self_attn.k_proj.weight"):
        for left, right in ((folded, turned),):
            np.testing.assert_allclose(
                left[embedding] @ left[reader].T, right[embedding] @ right[reader].T, atol=1e-5
            )
            np.testing.assert_allclose(
                left[reader] @ left[down], right[reader] @ right[down], atol=1e-5
            )


def test_rotation_refuses_gains(tiny_weights):
    with pytest.raises(ValueError, match="fold them first"):
        RotateResidual(seed=3)(tiny_weights)


def test_random_rotation_is_orthogonal_and_seeded():
    turn = orthogonal(24, seed=3)
    np.testing.assert_allclose(turn @ turn.T, np.eye(24), atol=1e-12)
    np.testing.assert_array_equal(turn, orthogonal(24, seed=3))
    assert np.abs(turn - orthogonal(24, seed=4)).max() > 0.1
    assert np.abs(turn).max() < 0.9  # a permutation of axes would be no rotation of them


def test_pruning_keeps_the_largest_in_their_order(tiny_weights):
    loud = dict(tiny_weights)
    loud[UP] = loud[UP].copy()
    loud[UP][[40, 3, 17]] *= 1000
    assert kept_units(loud, 1, 3).tolist() == [3, 17, 40]
    pruned = PruneWidth(keep=3)(loud)
    np.testing.assert_array_equal(pruned[UP], loud[UP][[3, 17, 40]])
    down = "model.layers.1.mlp.down_proj.weight"
    np.testing.assert_array_equal(pruned[down], loud[down][:, [3, 17, 40]])


@pytest.mark.parametrize("keep", [0, 49])
def test_pruning_refuses_a_width_out_of_range(keep, tiny_weights):
    with pytest.raises(ValueError, match="expected 1 to 48"):
        PruneWidth(keep=keep)(tiny_weights)


def test_dropping_renumbers_what_is_above(tiny: LlamaShape, tiny_weights):
    short = DropLayers(layers=(1,))(tiny_weights)
    assert layer_count(short) == tiny.layers - 1
    np.testing.assert_array_equal(short[UP], tiny_weights["model.layers.2.mlp.up_proj.weight"])
    first = "model.layers.0.mlp.up_proj.weight"
    np.testing.assert_array_equal(short[first], tiny_weights[first])


def test_mix_is_the_weighted_sum(tiny_weights):
    other = {name: value + 1 for name, value in tiny_weights.items()}
    mixed = mix([tiny_weights, other], [0.75, 0.25])
    np.testing.assert_allclose(mixed[UP], tiny_weights[UP] + 0.25, rtol=1e-6)
    with pytest.raises(ValueError, match="expected 2"):
        mix([tiny_weights, other], [1.0])
