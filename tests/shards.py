"""One Llama in the parts that several processes leave, and in archives, written by hand."""

import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from builders import write_folder
from containers import torch_pickle, write_torch
from foreign import GROUPS, HEADS, Array, Weights, layers


def write_distributed(folder: Path, weights: Weights, *, processes: int = 2) -> Path:
    """Pieces of rows and columns, as FSDP with tensor parallelism leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {n: bytearray() for n in range(processes)}
    tensors, stored = b"", b""
    for number, (name, array) in enumerate(weights.items()):
        axis = number % 2 if array.ndim == 2 and array.shape[1] % processes == 0 else 0
        chunks = b""
        for n, part in enumerate(np.split(array, processes, axis=axis)):
            offset = tuple(n * part.shape[axis] if one == axis else 0 for one in range(array.ndim))
            raw = torch_bytes(np.ascontiguousarray(part))
            begin = len(files[n])
            files[n] += raw
            chunks += _record(
                "ChunkStorageMetadata", offsets=_size(offset), sizes=_size(part.shape)
            )
            stored += _record(
                "MetadataIndex", fqn=_said(name), offset=_size(offset), index=_said(n)
            )
            stored += _record(
                "_StorageInfo", relative_path=_said(f"__{n}_0.distcp"), offset=_said(begin),
                length=_said(len(raw)), room="filesystem",
            )  # fmt: skip
        tensors += _said(name) + _record(
            "TensorStorageMetadata", size=_size(array.shape), chunks=b"](" + chunks + b"e"
        )
    whole = _record(
        "Metadata", state_dict_metadata=b"}(" + tensors + b"u", storage_data=b"}(" + stored + b"u"
    )
    (folder / ".metadata").write_bytes(b"\x80\x02" + whole + b".")
    for n, held in files.items():
        (folder / f"__{n}_0.distcp").write_bytes(bytes(held))
    return folder


def torch_bytes(array: Array) -> bytes:
    """torch.save of one tensor."""
    described = torch_pickle({"t": array})
    bare = b"\x80\x02" + described[described.index(b"ctorch._utils") : -2] + b"."
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", bare)
        archive.writestr("archive/data/t", array.tobytes())
    return held.getvalue()


def _record(name: str, room: str = "metadata", **state: bytes) -> bytes:
    items = b"".join(_said(key) + value for key, value in state.items())
    made = f"ctorch.distributed.checkpoint.{room}\n{name}\n".encode() + b")\x81"
    return made + b"}(" + items + b"ub"


def _size(shape: tuple[int, ...]) -> bytes:
    return b"ctorch\nSize\n((" + b"".join(map(_said, shape)) + b"ttR"


def _said(value: str | int) -> bytes:
    if isinstance(value, int):
        return b"J" + struct.pack("<i", value)
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def in_pairs(array: Array, heads: int) -> Array:
    """Rows of queries or keys as Meta's rotary positions have them."""
    return array.reshape(heads, 2, -1, array.shape[1]).swapaxes(1, 2).reshape(array.shape)


def meta_names(weights: Weights) -> dict[str, Array]:
    """As Meta and Mistral call them."""
    ends = {"model.embed_tokens": "tok_embeddings", "model.norm": "norm", "lm_head": "output"}
    inner = {
        "self_attn.q_proj": "attention.wq", "self_attn.k_proj": "attention.wk",
        "self_attn.v_proj": "attention.wv", "self_attn.o_proj": "attention.wo",
        "mlp.gate_proj": "feed_forward.w1", "mlp.down_proj": "feed_forward.w2",
        "mlp.up_proj": "feed_forward.w3", "input_layernorm": "attention_norm",
        "post_attention_layernorm": "ffn_norm",
    }  # fmt: skip
    found = {}
    for name, array in weights.items():
        module = name.removesuffix(".weight")
        if module in ends:
            found[ends[module] + ".weight"] = array
            continue
        _, _, n, rest = module.split(".", 3)
        heads = {"self_attn.q_proj": HEADS, "self_attn.k_proj": GROUPS}.get(rest)
        found[f"layers.{n}.{inner[rest]}.weight"] = (
            array if heads is None else in_pairs(array, heads)
        )
    return found


def params(folder: Path, weights: Weights) -> None:
    said = {
        "dim": weights["model.norm.weight"].shape[0], "n_layers": layers(weights),
        "n_heads": HEADS, "n_kv_heads": GROUPS,
    }  # fmt: skip
    (folder / "params.json").write_text(json.dumps(said))


def write_meta(folder: Path, weights: Weights, *, parts: int = 2) -> Path:
    """`consolidated.NN.pth` and params.json; tokens cut along the width, as Llama 2 has them."""
    folder.mkdir(parents=True, exist_ok=True)
    named = meta_names(weights)
    for n in range(parts):
        part = {}
        for name, array in named.items():
            columns = name.split(".")[-2] in ("wo", "w2", "tok_embeddings")
            cut = array if array.ndim < 2 else np.split(array, parts, axis=int(columns))[n]
            part[name] = np.ascontiguousarray(cut)
        write_torch(folder / f"consolidated.{n:02}.pth", part)
    params(folder, weights)
    return folder


def write_mistral(folder: Path, weights: Weights) -> Path:
    """consolidated.safetensors and params.json."""
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(folder, {name: ("F32", array) for name, array in meta_names(weights).items()})
    (folder / "model.safetensors").rename(folder / "consolidated.safetensors")
    params(folder, weights)
    return folder


# A namespace of argparse, as Megatron keeps its settings, and a state of an optimizer.
_ARGS = (
    b"X\x04\x00\x00\x00argsccopy_reg\n_reconstructor\n"
    + b"(cargparse\nNamespace\nc__builtin__\nobject\nNtR}("
    + b"".join(_said(key) + _said(n) for key, n in (
        ("num_attention_heads", HEADS), ("num_query_groups", GROUPS), ("num_layers", 2)))
    + b"ub"
)  # fmt: skip


def write_megatron(folder: Path, weights: Weights, *, tensor: int = 2, stages: int = 2) -> Path:
    """`iter_0000007/mp_rank_TT_SSS`, each rank with its part and its optimizer's state."""
    each = layers(weights) // stages
    for t in range(tensor):
        for s in range(stages):
            part: dict[str, Array] = {}
            for local in range(each):
                part |= _megatron_layer(weights, s * each + local, local, t, tensor)
            if s == 0:
                table = weights["model.embed_tokens.weight"]
                part["embedding.word_embeddings.weight"] = np.split(table, tensor)[t]
            if s == stages - 1:
                part["decoder.final_layernorm.weight"] = weights["model.norm.weight"]
                part["output_layer.weight"] = np.split(weights["lm_head.weight"], tensor)[t]
            home = folder / "iter_0000007" / f"mp_rank_{t:02}_{s:03}"
            home.mkdir(parents=True)
            whole = {name: np.ascontiguousarray(one) for name, one in part.items()}
            write_torch(home / "model_optim_rng.pt", whole, wrapper="model", beside=_ARGS)
    (folder / "latest_checkpointed_iteration.txt").write_text("7")
    return folder


def _megatron_layer(weights: Weights, n: int, local: int, t: int, tensor: int) -> dict[str, Array]:
    at, to = f"model.layers.{n}.", f"decoder.layers.{local}."
    size = weights[at + "self_attn.q_proj.weight"].shape[0] // HEADS
    q, k, v = (weights[f"{at}self_attn.{one}_proj.weight"] for one in "qkv")
    width = q.shape[1]
    grouped = np.concatenate(
        [
            q.reshape(GROUPS, -1, width),
            k.reshape(GROUPS, size, width),
            v.reshape(GROUPS, size, width),
        ],
        axis=1,
    ).reshape(-1, width)
    gate, up = (
        np.split(weights[f"{at}mlp.{one}_proj.weight"], tensor)[t] for one in ("gate", "up")
    )
    return {
        to + "self_attention.linear_qkv.weight": np.split(grouped, tensor)[t],
        to + "self_attention.linear_qkv.layer_norm_weight": weights[at + "input_layernorm.weight"],
        to + "self_attention.linear_proj.weight": np.split(
            weights[at + "self_attn.o_proj.weight"], tensor, axis=1
        )[t],
        to + "mlp.linear_fc1.weight": np.concatenate([gate, up]),
        to + "mlp.linear_fc1.layer_norm_weight": weights[at + "post_attention_layernorm.weight"],
        to + "mlp.linear_fc2.weight": np.split(
            weights[at + "mlp.down_proj.weight"], tensor, axis=1
        )[t],
    }  # fmt: skip


def write_zip(path: Path, files: Mapping[str, bytes], *, deflated: bool = True) -> Path:
    how = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return path


def write_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, raw in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return path
