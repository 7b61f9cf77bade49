"""One model in other containers: written with gguf-py and onnx, and by hand where torch would."""

import io
import json
import pickle
import shutil
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import gguf
import ml_dtypes
import numpy as np
import numpy.typing as npt
import onnx
from gguf.quants import quantize
from onnx import TensorProto, helper, numpy_helper

Array: TypeAlias = npt.NDArray[Any]
Weights: TypeAlias = Mapping[str, Array]

_GGUF = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
_GGUF_LAYER = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}  # fmt: skip


def read_weights(folder: Path) -> dict[str, Array]:
    """Every tensor of a safetensors folder in half or single precision."""
    from safetensors.numpy import load_file

    return dict(load_file(folder / "model.safetensors"))


def gguf_name(name: str) -> str:
    """llama.cpp's name for a Llama tensor."""
    if name in _GGUF:
        return _GGUF[name]
    _, _, number, rest = name.split(".", 3)
    return f"blk.{number}.{_GGUF_LAYER[rest.removesuffix('.weight')]}.weight"


def interleave(weights: Array, heads: int) -> Array:
    """What llama.cpp's converter does to q and k."""
    apart = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
    return apart.swapaxes(1, 2).reshape(weights.shape)


def q4_k(weights: Array) -> Array:
    """ggml's Q4_K, which gguf-py reads and does not write: 6-bit scales for 8 groups of 32."""
    blocks = weights.reshape(-1, 8, 32).astype(np.float32)
    low = np.minimum(blocks.min(axis=2), 0)
    scale = np.maximum((blocks.max(axis=2) - low) / 15, 1e-12)
    d = (scale.max(axis=1) / 63).astype(np.float16)
    m = np.maximum(-low.min(axis=1) / 63, 1e-7).astype(np.float16)
    sc = np.clip(np.rint(scale / d[:, None].astype(np.float32)), 1, 63).astype(np.uint8)
    mn = np.clip(np.rint(-low / m[:, None].astype(np.float32)), 0, 63).astype(np.uint8)
    step = d[:, None].astype(np.float32) * sc
    offset = m[:, None].astype(np.float32) * mn
    q = np.clip(np.rint((blocks + offset[..., None]) / step[..., None]), 0, 15).astype(np.uint8)
    packed = np.zeros((len(blocks), 144), dtype=np.uint8)
    packed[:, 0:2] = d.view(np.uint8).reshape(-1, 2)
    packed[:, 2:4] = m.view(np.uint8).reshape(-1, 2)
    packed[:, 4:8] = sc[:, :4] | (sc[:, 4:] >> 4 << 6)
    packed[:, 8:12] = mn[:, :4] | (mn[:, 4:] >> 4 << 6)
    packed[:, 12:16] = (sc[:, 4:] & 15) | (mn[:, 4:] & 15) << 4
    packed[:, 16:] = (q[:, 0::2] | q[:, 1::2] << 4).reshape(-1, 128)
    return packed.reshape(weights.shape[0], -1)


def write_gguf(
    path: Path,
    weights: Weights,
    *,
    heads: int,
    kv_heads: int,
    kind: str = "F16",
    tokenizer: Path | None = None,
    split: int = 0,
) -> Path:
    """A Llama as llama.cpp's converter writes it; rows that do not fit a packed type stay F16."""
    writer = gguf.GGUFWriter(path, "llama", split_max_tensors=split)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    if tokenizer is not None:
        _add_tokens(writer, tokenizer)
    for name, array in weights.items():
        turned = array
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            turned = interleave(array, heads if name.endswith("q_proj.weight") else kv_heads)
        _add(writer, gguf_name(name), turned, kind)
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add(writer: gguf.GGUFWriter, name: str, array: Array, kind: str) -> None:
    if array.ndim < 2:
        writer.add_tensor(name, array.astype(np.float32))
        return
    word = gguf.GGMLQuantizationType[kind]
    if array.shape[-1] % gguf.GGML_QUANT_SIZES[word][0]:
        writer.add_tensor(name, array.astype(np.float16))
    elif kind in ("F16", "F32"):
        writer.add_tensor(name, array.astype({"F16": np.float16, "F32": np.float32}[kind]))
    else:
        wide = array.astype(np.float32)
        packed = q4_k(wide) if kind == "Q4_K" else quantize(wide, word)
        writer.add_tensor(name, packed, raw_dtype=word)


def _add_tokens(writer: gguf.GGUFWriter, tokenizer: Path) -> None:
    found = json.loads(tokenizer.read_text())
    added = {item["id"]: item["content"] for item in found["added_tokens"]}
    texts = {number: text for text, number in found["model"]["vocab"].items()} | added
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([texts[n] for n in range(len(texts))])
    writer.add_token_types([3 if n in added else 1 for n in range(len(texts))])


def write_torch(path: Path, weights: Weights, *, wrapper: str = "", beside: bytes = b"") -> Path:
    """A zip archive as torch.save writes it, made without torch."""
    found = torch_pickle(weights, wrapper=wrapper, beside=beside)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", found)
        archive.writestr("archive/byteorder", "little")
        for name, array in weights.items():
            archive.writestr(f"archive/data/{name}", np.ascontiguousarray(array).tobytes())
        archive.writestr("archive/version", "3\n")
    return path


_STORAGES = {"float16": "HalfStorage", "float32": "FloatStorage", "int64": "LongStorage"}


def torch_pickle(weights: Weights, *, wrapper: str = "", beside: bytes = b"") -> bytes:
    """Protocol 2: {name: _rebuild_tensor_v2(storage, 0, shape, stride, False, OrderedDict())}.

    With a wrapper, opcodes of a key and a value that stand `beside` it.
    """
    parts = [b"\x80\x02"]
    if wrapper:
        parts.append(b"}" + _text(wrapper))
    parts.append(b"}(")
    for name, array in weights.items():
        stride = [s // array.itemsize for s in np.ascontiguousarray(array).strides]
        parts += [
            _text(name), b"ctorch._utils\n_rebuild_tensor_v2\n((", _text("storage"),
            b"ctorch\n" + _STORAGES[array.dtype.name].encode() + b"\n", _text(name), _text("cpu"),
            _number(array.size), b"tQK\x00(", *map(_number, array.shape), b"t(",
            *map(_number, stride), b"t\x89ccollections\nOrderedDict\n)RtR",
        ]  # fmt: skip
    parts.append(b"u" + (b"s" if wrapper else b"") + (beside + b"s" if beside else b"") + b".")
    return b"".join(parts)


def _text(text: str) -> bytes:
    raw = text.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def _number(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def write_legacy_torch(path: Path, weights: Weights) -> Path:
    """The chain of pickles that torch wrote before 1.6."""
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}
    with path.open("wb") as file:
        for part in (0x1950A86A20F9469CFC6C, 1001, system):
            pickle.dump(part, file, protocol=2)
        file.write(torch_pickle(weights))
        pickle.dump(list(weights), file, protocol=2)
        for array in weights.values():
            file.write(struct.pack("<q", array.size) + np.ascontiguousarray(array).tobytes())
    return path


def write_onnx(
    path: Path,
    weights: Weights,
    *,
    int8: bool = False,
    external: str = "",
    anonymous: bool = True,
    four: str = "",
) -> Path:
    """A Llama's matrices as torch.onnx folds them: [in, out], without their names.

    With `int8`, per column with a zero point (uint8), through DequantizeLinear; with `four`, in
    blocks of 16 inputs, through DequantizeLinear (`int4`) or MatMulNBits (`nbits`).
    """
    initials, nodes, graph_inputs = [], [], []
    for n, (name, array) in enumerate(weights.items()):
        module = name.removesuffix(".weight")
        if array.ndim < 2 or "embed" in name:
            initials.append(_initial(array, name, external, path))
            op = "Gather" if array.ndim == 2 else "Mul"
            nodes.append(helper.make_node(op, [name, f"x{n}"], [f"y{n}"], f"/{name}/{op}"))
            continue
        stored = f"onnx::MatMul_{n}" if anonymous else f"w{n}"
        where = "/" + module.replace(".", "/").replace("layers/", "layers.") + "/MatMul"
        turned = np.ascontiguousarray(array.T)
        if int8 or four:
            initials += _quantised(array.astype(np.float32), stored, four or "int8")
            nodes += _decoded(n, stored, four or "int8", array.shape, where)
            continue
        initials.append(_initial(turned, stored, external, path))
        nodes.append(helper.make_node("MatMul", [f"x{n}", stored], [f"y{n}"], where))
    graph_inputs = [
        helper.make_tensor_value_info(f"x{n}", TensorProto.FLOAT, None) for n in range(len(weights))
    ]
    graph = helper.make_graph(nodes, "toy", graph_inputs, [], initials)
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


def _quantised(matrix: Array, name: str, how: str) -> list[onnx.TensorProto]:
    if how == "nbits":
        return _nbits(matrix, name)
    turned = np.ascontiguousarray(matrix.T)
    return _int4(turned, name) if how == "int4" else _int8(turned, name)


def _decoded(
    n: int, name: str, how: str, shape: tuple[int, ...], where: str
) -> list[onnx.NodeProto]:
    """What multiplies by a quantised matrix, and what decodes it before."""
    if how == "nbits":
        inputs = [f"x{n}", name, f"{name}_scales", f"{name}_zeros"]
        sizes: dict[str, Any] = {"N": shape[0], "K": shape[1], "bits": 4, "block_size": 16}
        return [helper.make_node("MatMulNBits", inputs, [f"y{n}"], where, **sizes)]
    parts, said = [name, f"{name}_scale"], {"axis": 0, "block_size": 16}
    if how == "int8":
        parts, said = [f"{name}_quantized", f"{name}_scale", f"{name}_zero_point"], {"axis": 1}
    stated: dict[str, Any] = dict(said)
    return [
        helper.make_node("DequantizeLinear", parts, [f"{name}_f"], **stated),
        helper.make_node("MatMul", [f"x{n}", f"{name}_f"], [f"y{n}"], where),
    ]


def _initial(array: Array, name: str, external: str, path: Path) -> onnx.TensorProto:
    tensor = numpy_helper.from_array(np.ascontiguousarray(array), name)
    if external:
        beside = path.parent / external
        beside.parent.mkdir(exist_ok=True)
        raw = tensor.raw_data
        offset = beside.stat().st_size if beside.exists() else 0
        with beside.open("ab") as file:
            file.write(raw)
        tensor.ClearField("raw_data")
        outside(tensor, location=external, offset=offset, length=len(raw))
    return tensor


def outside(tensor: onnx.TensorProto, **entries: object) -> None:
    """Say that a tensor's bytes are in another file."""
    tensor.data_location = TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, value in entries.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, str(value)


def _nbits(matrix: Array, name: str) -> list[onnx.TensorProto]:
    """[out, in] in blocks of 16 inputs, each with a scale and a zero point of four bits."""
    out, columns = matrix.shape
    parts = matrix.reshape(out, columns // 16, 16)
    low = np.minimum(parts.min(-1), 0)
    scale = ((np.maximum(parts.max(-1), 0) - low) / 15).astype(np.float32)
    zero = np.clip(np.rint(-low / scale), 0, 15).astype(np.uint8)
    codes = np.clip(np.rint(parts / scale[..., None]) + zero[..., None], 0, 15).astype(np.uint8)
    zero = np.pad(zero, [(0, 0), (0, zero.shape[1] % 2)])
    return [
        numpy_helper.from_array(codes[..., 0::2] | codes[..., 1::2] << 4, name),
        numpy_helper.from_array(scale.reshape(-1), f"{name}_scales"),
        numpy_helper.from_array((zero[:, 0::2] | zero[:, 1::2] << 4).reshape(-1), f"{name}_zeros"),
    ]


def _int4(matrix: Array, name: str) -> list[onnx.TensorProto]:
    """[in, out] as INT4 in blocks of 16 inputs."""
    columns, out = matrix.shape
    parts = matrix.reshape(columns // 16, 16, out)
    scale = (np.abs(parts).max(1) / 7).astype(np.float32)
    codes = np.clip(np.rint(parts / scale[:, None]), -8, 7).reshape(columns, out)
    return [
        numpy_helper.from_array(codes.astype(ml_dtypes.int4), name),
        numpy_helper.from_array(scale, f"{name}_scale"),
    ]


def _int8(matrix: Array, name: str) -> list[onnx.TensorProto]:
    low, high = np.minimum(matrix.min(axis=0), 0), np.maximum(matrix.max(axis=0), 0)
    scale = ((high - low) / 255).astype(np.float32)
    zero = np.rint(-low / scale).astype(np.uint8)
    stored = np.clip(np.rint(matrix / scale) + zero, 0, 255).astype(np.uint8)
    return [
        numpy_helper.from_array(stored, f"{name}_quantized"),
        helper.make_tensor(f"{name}_scale", TensorProto.FLOAT, scale.shape, scale.tolist()),
        helper.make_tensor(f"{name}_zero_point", TensorProto.UINT8, zero.shape, zero.tolist()),
    ]


def companions(origin: Path, folder: Path) -> Path:
    """A folder with the tokenizer and config of another."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        if (origin / name).exists():
            shutil.copyfile(origin / name, folder / name)
    return folder


def zip_bytes(members: Mapping[str, bytes], *, deflated: bool = False) -> bytes:
    """A zip archive in memory."""
    file = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return file.getvalue()
