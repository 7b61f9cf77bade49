"""Few bits in ONNX: MatMulNBits as ONNX Runtime reads it, INT4 as onnx's own evaluator does."""

import base64
import json
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from builders import Array
from filiation.readers.weights.checkpoint import Checkpoint, open_model

# Small models that ONNX Runtime multiplied by the identity: what it decodes.
GOLDENS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("nbits_goldens.json").read_text()
)
WHERE = "/model/layers.0/mlp/up_proj/MatMul"
ROLE = "model.layers.0.mlp.up_proj.weight"


def model(path: Path, nodes: list[Any], initials: list[Any]) -> onnx.ModelProto:
    shape = helper.make_tensor_value_info("x", TensorProto.FLOAT, None)
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    made = helper.make_model(
        helper.make_graph(nodes, "g", [shape], [out], initials), opset_imports=opsets
    )
    path.write_bytes(made.SerializeToString())
    return made


def unread(found: Checkpoint) -> dict[str, str]:
    return {skip.tensor: skip.reason for skip in found.layout.skipped if skip.unread}


@pytest.mark.parametrize("made", GOLDENS)
def test_few_bits_against_onnxruntime(tmp_path: Path, made: str) -> None:
    golden = GOLDENS[made]
    path = tmp_path / "m.onnx"
    path.write_bytes(base64.b64decode(golden["model"]))
    found = open_model(path)
    rows, columns = golden["shape"]
    (info,) = (t for t in found.tensors if t.name == "B")
    assert info.shape == (rows, columns) and not unread(found)
    read = found.rows("B", range(rows)).reshape(-1)
    for place, value in golden["values"]:
        assert read[place] == pytest.approx(value, rel=1e-6, abs=1e-6)
    total = np.square(read.astype(np.float64)).sum()
    assert total == pytest.approx(golden["sum_of_squares"], rel=1e-5)


def four_bits(kind: str, values: Array, name: str) -> onnx.TensorProto:
    dtype = ml_dtypes.int4 if kind == "INT4" else ml_dtypes.uint4
    return numpy_helper.from_array(values.astype(dtype), name)


@pytest.mark.parametrize("kind", ["INT4", "UINT4"])
@pytest.mark.parametrize("zeros", [False, True])
@pytest.mark.parametrize(
    ("scale", "axis", "size"),
    [((), 1, 0), ((96,), 1, 0), ((64,), 0, 0), ((4, 96), 0, 16), ((64, 6), 1, 16)],
)
def test_four_bits_against_the_evaluator_of_onnx(
    tmp_path: Path, kind: str, zeros: bool, scale: tuple[int, ...], axis: int, size: int
) -> None:
    rng = np.random.default_rng(1)
    low = -8 if kind == "INT4" else 0
    initials = [
        four_bits(kind, rng.integers(low, low + 16, (64, 96)), "onnx::MatMul_1"),
        numpy_helper.from_array((rng.random(scale) + 0.1).astype(np.float32), "s"),
    ]
    names = ["onnx::MatMul_1", "s"]
    if zeros:
        initials.append(four_bits(kind, np.asarray(rng.integers(low, low + 16, scale)), "z"))
        names.append("z")
    stated: dict[str, Any] = {"axis": axis} | ({"block_size": size} if size else {})
    decode = helper.make_node("DequantizeLinear", names, ["w"], **stated)
    product = helper.make_node("MatMul", ["x", "w"], ["y"], WHERE)
    whole = model(tmp_path / "m.onnx", [decode, product], initials)
    out = helper.make_tensor_value_info("w", TensorProto.FLOAT, None)
    only = helper.make_model(
        helper.make_graph([decode], "g", [], [out], initials), opset_imports=whole.opset_import
    )
    (expected,) = list[Any](ReferenceEvaluator(only).run(None, {}))
    found = open_model(tmp_path / "m.onnx")
    assert not unread(found)
    held = [found.decode(names[0], row, raw) for row, raw in found.blocks(names[0])]
    np.testing.assert_allclose(np.concatenate(held), expected, rtol=1e-6, atol=1e-6)
    (layer,) = found.layout.layers
    assert (layer.matrices[0].role, layer.units, layer.matrices[0].width) == ("mlp.up", 96, 64)


def test_the_node_says_what_a_matrix_of_few_bits_was_called(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    initials = [
        numpy_helper.from_array(rng.integers(0, 256, (96, 4, 8)).astype(np.uint8), "val_7"),
        numpy_helper.from_array(np.ones(96 * 4, np.float32), "s"),
    ]
    node = helper.make_node(
        "MatMulNBits", ["x", "val_7", "s"], ["y"], WHERE,
        domain="com.microsoft", K=64, N=96, bits=4, block_size=16,
    )  # fmt: skip
    model(tmp_path / "m.onnx", [node], initials)
    (layer,) = open_model(tmp_path / "m.onnx").layout.layers
    assert (layer.matrices[0].role, layer.units, layer.matrices[0].width) == ("mlp.up", 96, 64)


@pytest.mark.parametrize("name", [f"{ROLE}_Q4", ROLE.replace("weight", "MatMul.weight_Q4G16")])
def test_the_suffix_of_the_quantiser_is_no_part_of_the_name(tmp_path: Path, name: str) -> None:
    initials = [
        numpy_helper.from_array(np.ones((96, 4, 8), np.uint8), name),
        numpy_helper.from_array(np.ones(96 * 4, np.float32), "s"),
    ]
    node = helper.make_node(
        "MatMulNBits", ["x", name, "s"], ["y"], "n",
        domain="com.microsoft", K=64, N=96, bits=4, block_size=16,
    )  # fmt: skip
    model(tmp_path / "m.onnx", [node], initials)
    (layer,) = open_model(tmp_path / "m.onnx").layout.layers
    assert (layer.matrices[0].tensor, layer.units) == (name, 96)


@pytest.mark.parametrize(
    ("op", "inputs"),
    [
        ("QLinearMatMul", ["x", "xs", "xz", "b", "s", "z", "ys", "yz"]),
        ("QGemm", ["x", "xs", "xz", "b", "s", "z"]),
        ("DynamicQuantizeMatMul", ["x", "b", "s", "z"]),
        ("MatMulIntegerToFloat", ["x", "b", "xs", "s", "xz", "z"]),
    ],
)
def test_operators_that_scale_themselves(tmp_path: Path, op: str, inputs: list[str]) -> None:
    rng = np.random.default_rng(3)
    stored = rng.integers(0, 256, (64, 96)).astype(np.uint8)
    scale, zero = rng.random(96).astype(np.float32), rng.integers(0, 256, 96).astype(np.uint8)
    held: dict[str, Array] = {"b": stored, "s": scale, "z": zero}
    names = {"b": "onnx::MatMul_3"}
    initials = [numpy_helper.from_array(x, names.get(n, n)) for n, x in held.items()]
    inputs = [names.get(n, n) for n in inputs]
    model(tmp_path / "m.onnx", [helper.make_node(op, inputs, ["y"], WHERE)], initials)
    found = open_model(tmp_path / "m.onnx")
    blocks = [found.decode(names["b"], row, raw) for row, raw in found.blocks(names["b"])]
    expected = (stored.astype(np.float32) - zero) * scale
    np.testing.assert_allclose(np.concatenate(blocks), expected, rtol=1e-6)
    (layer,) = found.layout.layers
    assert (layer.units, layer.matrices[0].width) == (96, 64)


BLOB = np.ones((96, 4, 8), np.uint8)
IMPOSSIBLE: dict[str, tuple[dict[str, Any], Array, list[str], str]] = {
    "another K": ({"K": 65, "N": 96, "bits": 4, "block_size": 16}, BLOB, ["s"], "expected [96, 5"),
    "no N": ({"K": 64, "bits": 4, "block_size": 16}, BLOB, ["s"], "0 by 64"),
    "no blocks": ({"K": 64, "N": 96, "bits": 4, "block_size": 0}, BLOB, ["s"], "blocks of 0"),
    "three bits": ({"K": 64, "N": 96, "bits": 3, "block_size": 16}, BLOB, ["s"], "3 bits"),
    "huge": ({"K": 1 << 40, "N": 96, "bits": 4, "block_size": 16}, BLOB, ["s"], "expected [96,"),
    "scales from a node": ({"K": 64, "N": 96, "bits": 4, "block_size": 16}, BLOB, ["no"], "scales"),
    "zeros from a node": (
        {"K": 64, "N": 96, "bits": 4, "block_size": 16}, BLOB, ["s", "no"], "zero points",
    ),
    "an order of its own": (
        {"K": 64, "N": 96, "bits": 4, "block_size": 16}, BLOB, ["s", "", "g"], "g_idx",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", IMPOSSIBLE)
def test_a_node_that_contradicts_its_matrix_leaves_it_unread(tmp_path: Path, damage: str) -> None:
    stated, blob, others, said = IMPOSSIBLE[damage]
    initials = [
        numpy_helper.from_array(blob, "w"),
        numpy_helper.from_array(np.ones(96 * 4, np.float32), "s"),
    ]
    node = helper.make_node(
        "MatMulNBits", ["x", "w", *others], ["y"], WHERE, domain="com.microsoft", **stated
    )
    model(tmp_path / "m.onnx", [node], initials)
    (reason,) = unread(open_model(tmp_path / "m.onnx")).values()
    assert said in reason


def test_blocks_longer_than_their_axis_are_refused(tmp_path: Path) -> None:
    """A block of 2^40 values would be spread over as much memory."""
    initials = [
        four_bits("INT4", np.ones((64, 96)), "w"),
        numpy_helper.from_array(np.ones((64, 2), np.float32), "s"),
    ]
    decode = helper.make_node("DequantizeLinear", ["w", "s"], ["v"], axis=1, block_size=1 << 40)
    model(tmp_path / "m.onnx", [decode, helper.make_node("MatMul", ["x", "v"], ["y"])], initials)
    (reason,) = unread(open_model(tmp_path / "m.onnx")).values()
    assert "blocks of 1099511627776 along 96 values" in reason
