"""ONNX: names and axes found again, scales applied, and nothing outside of the folder read."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import builders
import containers
from filiation.errors import FiliationError, UnreadableError
from filiation.readers.bytes.protobuf import Message
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.onnx_graph import read_graph


def toy() -> dict[str, np.ndarray]:
    return {n: a for n, (_, a) in builders.llama(layers=2).items()}


def saved(path: Path, nodes: list[Any], initials: list[Any]) -> Path:
    graph = helper.make_graph(nodes, "g", [], [], initials)
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


def matrix(name: str, *shape: int, seed: int = 0) -> onnx.TensorProto:
    values = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return numpy_helper.from_array(values, name)


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        open_model(path)
    return str(caught.value)


@pytest.mark.parametrize("external", ["", "m.onnx_data", "parts/m.bin"])
def test_folded_weights_get_their_names_and_axes_back(tmp_path: Path, external: str) -> None:
    weights = toy()
    path = containers.write_onnx(tmp_path / "m.onnx", weights, external=external)
    model = open_model(path)
    layers = model.layout.layers

    assert model.layout.family == "llama" and len(layers) == 2 and not model.layout.guessed
    assert [m.role for m in layers[0].matrices] == ["mlp.gate", "mlp.up", "mlp.down"]
    for layer, number in zip(layers, range(2), strict=True):
        for found in layer.matrices:
            origin = weights[f"model.layers.{number}.{found.role}_proj.weight"]
            stored = np.concatenate(
                [model.decode(found.tensor, *block) for block in model.blocks(found.tensor)]
            )
            assert np.array_equal(stored, origin.T)
            assert found.unit_axis == (0 if found.side == "writes" else 1)
    assert model.layout.unembed in model.layout.transposed
    unembed = weights["lm_head.weight"]
    assert np.array_equal(model.rows(str(model.layout.unembed), [3, 0]), unembed[[3, 0]])
    with pytest.raises(IndexError, match="column 32, expected 0 to 31"):
        model.rows(str(model.layout.unembed), [32])


@pytest.mark.parametrize("op", ["MatMul", "Gemm", "MatMulInteger"])
def test_the_name_of_a_bias_names_its_matrix(tmp_path: Path, op: str) -> None:
    """As torch's dynamo exporter writes: `val_7`, and only the bias keeps its name."""
    bias = matrix("encoder.layer.0.intermediate.dense.bias", 6)
    inputs = ["x", "val_7", bias.name] if op == "Gemm" else ["x", "val_7"]
    nodes = [helper.make_node(op, inputs, ["y"], "node_MatMul_1")]
    if op != "Gemm":
        nodes += [
            helper.make_node("Cast", ["y"], ["y2"], to=1),
            helper.make_node("Add", [bias.name, "y2"], ["z"]),
        ]
    path = saved(tmp_path / "m.onnx", nodes, [matrix("val_7", 4, 6), bias])
    graph = open_model(path)

    assert graph.layout.transposed == {"val_7"}
    from filiation.readers.weights.onnx_model import onnx_contents
    from filiation.readers.weights.settings import Settings

    contents = onnx_contents(path, Settings(), None)
    assert contents.names["val_7"] == "encoder.layer.0.intermediate.dense.weight"


@pytest.mark.parametrize(
    ("nodes", "transposed"),
    [
        ([("Gemm", ["x", "onnx::Gemm_1"], {"transB": 1})], False),
        ([("Gemm", ["x", "onnx::Gemm_1"], {})], True),
        ([("Transpose", ["onnx::Gemm_1"], {}), ("MatMul", ["x", "y0"], {})], False),
        ([("Gather", ["onnx::Gemm_1", "x"], {})], False),
        ([("MatMul", ["onnx::Gemm_1", "x"], {})], False),
    ],
)
def test_which_way_a_matrix_lies(tmp_path: Path, nodes: list[Any], transposed: bool) -> None:
    made = [
        helper.make_node(op, inputs, [f"y{n}"], f"/a/b/{op}", **attributes)
        for n, (op, inputs, attributes) in enumerate(nodes)
    ]
    path = saved(tmp_path / "m.onnx", made, [matrix("onnx::Gemm_1", 4, 6)])

    assert bool(open_model(path).layout.transposed) is transposed


def test_a_matrix_that_kept_its_name_keeps_its_axes(tmp_path: Path) -> None:
    """Conv1D of GPT-2 is stored [in, out] and its role file says so."""
    node = helper.make_node("Gemm", ["x", "h.0.mlp.c_fc.weight"], ["y"], "/h.0/mlp/c_fc/Gemm")
    path = saved(tmp_path / "m.onnx", [node], [matrix("h.0.mlp.c_fc.weight", 4, 16)])
    assert not open_model(path).layout.transposed


def integers(word: str, *shape: int) -> np.ndarray:
    low, high = (0, 256) if word == "u1" else (-128, 128)
    return np.random.default_rng(5).integers(low, high, shape).astype(word)


@pytest.mark.parametrize("word", ["u1", "i1"])
@pytest.mark.parametrize(
    ("way", "scale", "attributes"),
    [
        ("dequantize", (), {}), ("dequantize", (6,), {"axis": 1}),
        ("dequantize", (4,), {"axis": 0}),
        ("dequantize", (4, 2), {"axis": 1, "block_size": 3}), ("multiply", (4, 1), {}),
        ("multiply", (6,), {}), ("multiply", (1, 6), {}), ("names", (), {}), ("names", (6,), {}),
    ],
)  # fmt: skip
def test_integers_become_weights(
    tmp_path: Path, word: str, way: str, scale: tuple[int, ...], attributes: dict[str, int]
) -> None:
    rng = np.random.default_rng(1)
    stored, steps = integers(word, 4, 6), rng.uniform(0.1, 1, scale).astype(np.float32)
    zeros = integers(word, *scale)
    names = {"dequantize": "w", "multiply": "w_q", "names": "w_quantized"}
    given_names = [names[way], "w_scale", "w_zero_point"]
    initials = [
        numpy_helper.from_array(values, name)
        for name, values in zip(given_names, (stored, steps, zeros), strict=True)
    ]
    if way == "dequantize":
        nodes = [helper.make_node("DequantizeLinear", given_names, ["f"], **attributes)]
    elif way == "multiply":
        zeros = np.zeros_like(zeros)
        initials.pop()
        nodes = [
            helper.make_node("Cast", ["w_q"], ["c"], to=1),
            helper.make_node("Mul", ["w_scale", "c"], ["f"]),
        ]
    else:
        inputs = ["x", "w_quantized", "xz", "w_zero_point"]
        nodes = [helper.make_node("MatMulInteger", inputs, ["f"])]
    model = open_model(saved(tmp_path / "m.onnx", nodes, initials))

    def spread(values: np.ndarray) -> np.ndarray:
        if values.ndim == 1 and attributes.get("axis") == 0:
            values = values[:, None]
        return np.repeat(values, 3, axis=1) if values.shape == (4, 2) else values

    expected = (stored.astype(np.float32) - spread(zeros).astype(np.float32)) * spread(steps)
    assert np.allclose(model.rows(names[way], range(4)), expected, atol=1e-5)
    reasons = {s.tensor: s.reason for s in model.layout.skipped}
    assert reasons["w_scale"] == f"scale of {names[way]}"


def test_unsigned_bytes_without_a_scale_are_not_weights(tmp_path: Path) -> None:
    """Raw bytes with a zero point have a cosine of .998 between unrelated models."""
    bare = numpy_helper.from_array(integers("u1", 4, 6), "w")
    odd = numpy_helper.from_array(integers("u1", 4, 6), "v_quantized")
    scale = numpy_helper.from_array(np.ones(5, np.float32), "v_scale")
    model = open_model(saved(tmp_path / "m.onnx", [], [bare, odd, scale]))

    assert {"w", "v_quantized"} <= model.layout.unreadable


def test_values_that_are_written_as_lists(tmp_path: Path) -> None:
    made = [
        helper.make_tensor("f", TensorProto.FLOAT, (3,), [1.5, -2, 3]),
        helper.make_tensor("h", TensorProto.FLOAT16, (2,), [0.5, -1.25]),
        helper.make_tensor("b", TensorProto.INT8, (3,), [-128, 0, 127]),
        helper.make_tensor("d", TensorProto.DOUBLE, (2,), [1.0, 2.5]),
        helper.make_tensor("n", TensorProto.INT64, (2,), [-5, 7]),
    ]
    constant = helper.make_node("Constant", [], ["c"], value=matrix("ignored", 2, 2, seed=4))
    model = open_model(saved(tmp_path / "m.onnx", [constant], made))
    read = {t.name: model.rows(t.name, [0])[0].tolist() for t in model.tensors if t.dtype != "I64"}

    assert read["f"] == [1.5, -2, 3] and read["h"] == [0.5, -1.25] and read["b"] == [-128, 0, 127]
    assert read["d"] == [1.0, 2.5] and "ignored" in read
    (_, raw), *_ = model.blocks("n")
    assert np.frombuffer(raw, "<i8").tolist() == [-5, 7]


def test_graphs_inside_of_nodes(tmp_path: Path) -> None:
    inner = helper.make_graph([], "then", [], [], [matrix("w", 2, 3, seed=1), matrix("v", 2, 3)])
    node = helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)
    model = open_model(saved(tmp_path / "m.onnx", [node], [matrix("w", 2, 3, seed=2)]))

    assert {t.name for t in model.tensors} == {"w", "w@2", "w@3", "v", "v@2"}


def test_the_companions_of_an_export_stand_one_level_up(tmp_path: Path) -> None:
    from command import CASEBOOK

    containers.companions(CASEBOOK / "parent", tmp_path)
    (tmp_path / "config.json").unlink()  # it is of a deeper model
    (tmp_path / "onnx").mkdir()
    containers.write_onnx(tmp_path / "onnx" / "model.onnx", toy())
    assert open_model(tmp_path / "onnx" / "model.onnx").tokens is not None


@pytest.mark.parametrize(
    "location",
    ["../x.bin", "/etc/passwd", "a/../../x.bin", "..", "", ".\\..\\x", "C:\\x", "a//b", "x\n"],
)
def test_external_data_may_not_leave_the_folder(tmp_path: Path, location: str) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(96))
    folder = tmp_path / "m"
    folder.mkdir()
    tensor = matrix("w", 4, 6)
    tensor.ClearField("raw_data")
    containers.outside(tensor, location=location)
    assert "must not reach elsewhere" in refusal(saved(folder / "m.onnx", [], [tensor]))


def test_a_link_out_of_the_folder_is_refused_but_not_the_cache(tmp_path: Path) -> None:
    tensor = matrix("w", 4, 6)
    raw = tensor.raw_data
    tensor.ClearField("raw_data")
    containers.outside(tensor, location="w.bin")
    for name in ("blobs", "snapshot", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "elsewhere" / "secret").write_bytes(raw)
    (tmp_path / "snapshot" / "w.bin").symlink_to(tmp_path / "elsewhere" / "secret")
    path = saved(tmp_path / "snapshot" / "m.onnx", [], [tensor])
    assert "is a link out of the model's folder" in refusal(path)

    (tmp_path / "snapshot" / "w.bin").unlink()
    (tmp_path / "blobs" / "0a").write_bytes(raw)
    (tmp_path / "snapshot" / "w.bin").symlink_to("../blobs/0a")
    path.rename(tmp_path / "blobs" / "1b")
    path.symlink_to("../blobs/1b")
    assert open_model(path).tensors[0].shape == (4, 6)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"location": "w.bin", "offset": 10**9}, "ends at 1000000096 of 96 bytes"),
        ({"location": "w.bin", "offset": -4}, "external offset is '-4'"),
        ({"location": "w.bin", "length": 95}, "95 are said to be in w.bin"),
        ({"location": "gone.bin"}, "gone.bin: missing"),
    ],
)
def test_external_data_that_contradicts_itself(
    tmp_path: Path, entries: dict[str, object], words: str
) -> None:
    tensor = matrix("w", 4, 6)
    (tmp_path / "w.bin").write_bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    containers.outside(tensor, **entries)
    assert words in refusal(saved(tmp_path / "m.onnx", [], [tensor]))


def changed(**fields: Any) -> onnx.TensorProto:
    tensor = matrix("w", 4, 6)
    for name, value in fields.items():
        if isinstance(value, list):
            tensor.ClearField(name)
            getattr(tensor, name).extend(value)
        else:
            setattr(tensor, name, value)
    return tensor


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (changed(dims=[4, 7]), "takes 112 bytes, 96 are there"),
        (changed(dims=[2**62, 2**62]), "takes"),
        (changed(dims=[-1]), "a negative size"),
        (changed(dims=[1] * 99), "99 axes"),
        (changed(name=""), "its name is empty"),
        (changed(name="a\x00"), "cannot be printed"),
        (changed(float_data=[1.0]), "has 2 sets of values"),
        (changed(raw_data=b""), "has 0 sets of values"),
        (changed(raw_data=b"", int32_data=[1, 2], data_type=3), "2 values, expected 24"),
    ],
)
def test_tensors_that_contradict_themselves(
    tmp_path: Path, tensor: onnx.TensorProto, words: str
) -> None:
    assert words in refusal(saved(tmp_path / "m.onnx", [], [tensor]))


def test_other_impossible_files(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.onnx", [], [matrix("w", 2, 2), matrix("w", 2, 2)])
    assert "'w' stands twice" in refusal(path)
    graph = helper.make_graph([], "g", [], [], [matrix("w", 2, 2)])
    for _ in range(12):
        graph = helper.make_graph([helper.make_node("If", [], [], then_branch=graph)], "g", [], [])
    path.write_bytes(helper.make_model(graph).SerializeToString())
    assert "nested more than 8 deep" in refusal(path)
    path.write_bytes(b"\x08\x07")
    assert "0 graphs, expected one" in refusal(path)
    path.write_bytes(b"\x3a\xff\xff\xff\xff\x0f" + bytes(9))
    assert "takes 4294967295 bytes, only 9 follow" in refusal(path)
    path.write_bytes(b"\x08" + b"\xff" * 12)
    assert "a number of more than 10 bytes" in refusal(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    _read_or_refuse(raw)
    _read_or_refuse(b"\x3a" + bytes([len(raw)]) + raw if len(raw) < 128 else raw)


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    node = helper.make_node("MatMul", ["x", "w"], ["y"], "/a/MatMul")
    graph = helper.make_graph([node], "g", [], [], [matrix("w", 2, 3)])
    raw = helper.make_model(graph).SerializeToString()
    at = data.draw(st.integers(0, len(raw) - 1))
    change = data.draw(st.binary(max_size=6))
    _read_or_refuse(raw[:at] + change + raw[at + len(change) :])
    _read_or_refuse(raw[:at])


def _read_or_refuse(raw: bytes) -> None:
    try:
        graph = read_graph(memoryview(raw), what="m")
    except FiliationError:
        return
    for initial in graph.initials.values():
        assert initial.start + initial.info.nbytes <= len(raw) or initial.external or initial.held


@given(st.lists(st.integers(0, 2**64 - 1), max_size=5), st.binary(max_size=9))
def test_protobuf_fields_against_the_onnx_package(numbers: list[int], raw: bytes) -> None:
    tensor = TensorProto(dims=[n - (1 << 63) for n in numbers], raw_data=raw, name="n")
    text = tensor.SerializeToString()
    message = Message(whole=memoryview(text), begin=0, end=len(text), what="m")
    fields = list(message.fields())
    dims = [n for f in fields if f.number == 1 for n in message.varints(f, 9)]

    assert [n - (1 << 64) if n >= 1 << 63 else n for n in dims] == list(tensor.dims)
    assert b"".join(text[f.begin : f.end] for f in fields if f.number == 9) == raw
