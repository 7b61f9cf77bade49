"""One Llama in further containers, written by hand as the libraries that own them write it."""

import pickle
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Weights: TypeAlias = Mapping[str, Array]
HEADS, GROUPS = 4, 2
CONFIG = {
    "model_type": "llama", "num_attention_heads": HEADS, "num_key_value_heads": GROUPS,
    "vocab_size": 256,
}  # fmt: skip


def layers(weights: Weights) -> int:
    return 1 + max(int(name.split(".")[2]) for name in weights if ".layers." in name)


def fused(weights: Weights, n: int) -> Array:
    """Queries, keys and values one after another."""
    at = f"model.layers.{n}.self_attn."
    return np.concatenate([weights[f"{at}{one}_proj.weight"] for one in "qkv"])


def write_ctranslate2(path: Path, weights: Weights, *, int8: bool = False) -> Path:
    """`model.bin` of CTranslate2, version 6; with `int8` each row by its own scale."""
    found: dict[str, Array] = {
        "decoder/embeddings/weight": weights["model.embed_tokens.weight"],
        "decoder/layer_norm/gamma": weights["model.norm.weight"],
        "decoder/projection/weight": weights["lm_head.weight"],
        "decoder/num_heads": np.array(HEADS, dtype=np.int16),
        "decoder/pre_norm": np.array(1, dtype=np.int8),
        "decoder/layer_0/self_attention/num_heads_kv": np.array(GROUPS, dtype=np.int32),
    }
    for n in range(layers(weights)):
        at, to = f"model.layers.{n}.", f"decoder/layer_{n}/"
        found |= {
            to + "self_attention/layer_norm/gamma": weights[at + "input_layernorm.weight"],
            to + "self_attention/linear_0/weight": fused(weights, n),
            to + "self_attention/linear_1/weight": weights[at + "self_attn.o_proj.weight"],
            to + "ffn/layer_norm/gamma": weights[at + "post_attention_layernorm.weight"],
            to + "ffn/linear_0/weight": weights[at + "mlp.gate_proj.weight"],
            to + "ffn/linear_0_noact/weight": weights[at + "mlp.up_proj.weight"],
            to + "ffn/linear_1/weight": weights[at + "mlp.down_proj.weight"],
        }
    if int8:
        for name in [name for name, one in found.items() if np.ndim(one) == 2]:
            scale = (127 / np.abs(found[name]).max(axis=1)).astype(np.float32)
            found[name + "_scale"] = scale
            found[name] = np.rint(found[name] * scale[:, None]).astype(np.int8)
    path.write_bytes(ctranslate2_bytes(found, {"decoder/tied/weight": "decoder/embeddings/weight"}))
    return path


def ctranslate2_bytes(found: Mapping[str, Array], aliases: Mapping[str, str]) -> bytes:
    kinds = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}

    def text(words: str) -> bytes:
        return struct.pack("<H", len(words) + 1) + words.encode() + b"\0"

    parts = [
        struct.pack("<I", 6),
        text("TransformerDecoderSpec"),
        struct.pack("<II", 8, len(found)),
    ]
    for name, array in sorted(found.items()):
        raw, axes = np.asarray(array).tobytes(), np.ndim(array)
        kind = kinds[np.asarray(array).dtype.name]
        parts += [text(name), struct.pack(f"<B{axes}I", axes, *np.shape(array))]
        parts += [struct.pack("<BI", kind, len(raw)), raw]
    parts.append(struct.pack("<I", len(aliases)))
    parts += [text(one) + text(other) for one, other in aliases.items()]
    return b"".join(parts)


def write_flax(path: Path, weights: Weights, *, chunk: int = 0) -> Path:
    """`flax_model.msgpack`; with `chunk` arrays of more bytes stand in chunks of so many."""
    tree: dict[str, Any] = {}
    for name, array in weights.items():
        parts = name.split(".")
        leaf, value = parts[-1], array
        if array.ndim == 2:
            leaf, value = ("embedding", array) if "embed" in name else ("kernel", array.T)
        node = tree
        for part in parts[:-1]:
            node = node.setdefault(part, {})
        node[leaf] = np.ascontiguousarray(value)
    path.write_bytes(msgpack(tree, chunk))
    return path


def msgpack(value: Any, chunk: int = 0) -> bytes:
    """As `flax.serialization` packs: arrays as extensions of type 1."""
    if isinstance(value, np.ndarray):
        if chunk and value.nbytes > chunk:
            step = chunk // value.itemsize
            flat = value.reshape(-1)
            runs = [flat[at : at + step] for at in range(0, flat.size, step)]
            return msgpack({
                "__msgpack_chunked_array__": True,
                "shape": {str(n): size for n, size in enumerate(value.shape)},
                "chunks": {str(n): run for n, run in enumerate(runs)},
            })  # fmt: skip
        raw = value.tobytes()
        inner = b"\x93" + msgpack(list(value.shape)) + msgpack(value.dtype.name)
        inner += b"\xc6" + struct.pack(">I", len(raw)) + raw
        return b"\xc9" + struct.pack(">IB", len(inner), 1) + inner
    if isinstance(value, dict):
        items = [msgpack(key) + msgpack(one, chunk) for key, one in value.items()]
        return b"\xdf" + struct.pack(">I", len(items)) + b"".join(items)
    if isinstance(value, list):
        return b"\xdc" + struct.pack(">H", len(value)) + b"".join(map(msgpack, value))
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return b"\xce" + struct.pack(">I", value)
    raw = str(value).encode()
    return b"\xd9" + bytes([len(raw)]) + raw


def hdf5(arrays: Mapping[str, Array]) -> bytes:
    """A file as h5py writes it by default: superblock 0, groups as trees of names."""
    tree: dict[str, Any] = {}
    for name, array in arrays.items():
        *parts, leaf = name.split("/")
        node = tree
        for part in parts:
            node = node.setdefault(part, {})
        node[leaf] = array
    out = bytearray(96)
    root = _object(out, tree)
    most = max(16, max(_widths(tree)))
    head = b"\x89HDF\r\n\x1a\n" + bytes([0, 0, 0, 0, 0, 8, 8, 0])
    head += struct.pack("<HHI", (most + 1) // 2, 16, 0)
    head += struct.pack("<QQQQ", 0, 2**64 - 1, len(out), 2**64 - 1)
    head += struct.pack("<QQII16x", 0, root, 0, 0)
    out[: len(head)] = head
    return bytes(out)


def _widths(node: Any) -> list[int]:
    if not isinstance(node, dict):
        return [0]
    return [len(node), *(n for one in node.values() for n in _widths(one))]


def _object(out: bytearray, node: Any) -> int:
    """Append a group or a dataset and say where its header stands."""
    if isinstance(node, dict):
        entries = sorted((name, _object(out, one)) for name, one in node.items())
        texts, offsets = bytearray(8), []
        for name, _ in entries:
            offsets.append(len(texts))
            texts += name.encode() + b"\0" * (8 - len(name.encode()) % 8)
        names = _put(out, bytes(texts))
        heap = _put(out, b"HEAP" + bytes(4) + struct.pack("<QQQ", len(texts), 2**64 - 1, names))
        table = b"SNOD" + struct.pack("<BBH", 1, 0, len(entries))
        for offset, (_, address) in zip(offsets, entries, strict=True):
            table += struct.pack("<QQII16x", offset, address, 0, 0)
        snod = _put(out, table)
        keys = struct.pack("<QQQ", 0, snod, offsets[-1] if offsets else 0)
        used = 1 if entries else 0
        tree = _put(out, b"TREE" + struct.pack("<BBHQQ", 0, 0, used, *(2 * [2**64 - 1])) + keys)
        return _put(out, _header([(0x11, struct.pack("<QQ", tree, heap))]))
    array = np.ascontiguousarray(node)
    data = _put(out, array.tobytes())
    space = struct.pack("<BBB5x", 1, array.ndim, 0) + struct.pack(f"<{array.ndim}Q", *array.shape)
    layout = struct.pack("<BBQQ", 3, 1, data, array.nbytes) + bytes(6)
    return _put(out, _header([(1, space), (3, _type(array.dtype)), (8, layout)]))


def _type(dtype: Any) -> bytes:
    size = dtype.itemsize
    if dtype.kind == "V":
        return struct.pack("<B3sI", 0x15, bytes([8, 0, 0]), size) + bytes(8)
    if dtype.kind in "iu":
        signed = 8 if dtype.kind == "i" else 0
        return struct.pack("<B3sIHH", 0x10, bytes([signed, 0, 0]), size, 0, 8 * size) + bytes(4)
    exponent, mantissa, bias = {2: (5, 10, 15), 4: (8, 23, 127), 8: (11, 52, 1023)}[size]
    bits = bytes([0x20, 8 * size - 1, 0])
    return struct.pack("<B3sIHH", 0x11, bits, size, 0, 8 * size) + struct.pack(
        "<BBBBI", mantissa, exponent, 0, mantissa, bias
    )


def _header(messages: list[tuple[int, bytes]]) -> bytes:
    body = b""
    for kind, raw in messages:
        padded = raw + b"\0" * (-len(raw) % 8)
        body += struct.pack("<HHB3x", kind, len(padded), 0) + padded
    return struct.pack("<BBHII4x", 1, 0, len(messages), 1, len(body)) + body


def _put(out: bytearray, raw: bytes) -> int:
    out += b"\0" * (-len(out) % 8)
    at = len(out)
    out += raw
    return at


def tensorflow_names(weights: Weights) -> dict[str, Array]:
    """As transformers' TFMistral calls them in `tf_model.h5`."""
    found = {}
    for name, array in weights.items():
        matrix = array.ndim == 2 and "embed" not in name
        leaf = "kernel:0" if matrix else "weight:0"
        path = name.replace("weight", leaf).replace(".", "/").replace("layers/", "layers_._")
        group = path.partition("/")[0]
        found[f"{group}/tf_mistral_for_causal_lm/{path}"] = array.T if matrix else array
    return found


def keras_names(weights: Weights) -> dict[str, Array]:
    """As Keras Hub's Llama calls them, heads with an axis of their own."""
    width = weights["model.norm.weight"].shape[0]
    found = {
        "layers/llama_layer_norm/vars/0": weights["model.norm.weight"],
        "layers/reversible_embedding/vars/0": weights["model.embed_tokens.weight"],
        "layers/reversible_embedding/vars/1": weights["lm_head.weight"].T,
    }
    for n in range(layers(weights)):
        at = f"model.layers.{n}."
        to = "layers/llama_transformer_decoder" + (f"_{n}" if n else "") + "/"
        for ours, theirs in (("gate", "gate"), ("up", "intermediate"), ("down", "output")):
            array = weights[f"{at}mlp.{ours}_proj.weight"].T
            found[f"{to}_feedforward_{theirs}_dense/vars/0"] = array
        for ours, theirs, heads in (
            ("q", "query", HEADS),
            ("k", "key", GROUPS),
            ("v", "value", GROUPS),
        ):
            array = weights[f"{at}self_attn.{ours}_proj.weight"].T.reshape(width, heads, -1)
            found[f"{to}_self_attention_layer/_{theirs}_dense/vars/0"] = array
        out = weights[f"{at}self_attn.o_proj.weight"].T.reshape(HEADS, -1, width)
        found[f"{to}_self_attention_layer/_output_dense/vars/0"] = out
        found[f"{to}_self_attention_layernorm/vars/0"] = weights[at + "input_layernorm.weight"]
        found[f"{to}_feedforward_layernorm/vars/0"] = weights[
            at + "post_attention_layernorm.weight"
        ]
    return found


def write_keras(path: Path, weights: Weights, *, deflated: bool = False) -> Path:
    how = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", hdf5(keras_names(weights)))
    return path


def write_paddle(path: Path, weights: Weights) -> Path:
    """As PaddleNLP saves a Llama: every matrix but the table lies [in, out]."""
    found: dict[str, Any] = {
        name.replace("model.", "llama."): np.ascontiguousarray(
            array.T if array.ndim == 2 and "embed" not in name else array
        )
        for name, array in weights.items()
    }
    found["StructuredToParameterName@@"] = {name: f"param_{n}" for n, name in enumerate(found)}
    path.write_bytes(pickle.dumps(found, protocol=4))
    return path


def write_npz(path: Path, weights: Weights, *, packed: bool = False) -> Path:
    """As `mx.savez` or `np.savez` writes; a file's name is as given."""
    with path.open("wb") as file:
        save: Any = np.savez_compressed if packed else np.savez
        save(file, **weights)
    return path
