"""Small checkpoints, written byte by byte so that a test may write wrong ones too."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Stored: TypeAlias = tuple[str, Array]


def safetensors_bytes(
    tensors: Mapping[str, Stored], *, metadata: dict[str, str] | None = None
) -> bytes:
    """The file that holds `tensors`: name to (dtype word, array whose bytes are stored as is)."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    parts: list[bytes] = []
    reached = 0
    for name, (word, array) in tensors.items():
        parts.append(np.ascontiguousarray(array).tobytes())
        end = reached + len(parts[-1])
        header[name] = {"dtype": word, "shape": list(array.shape), "data_offsets": [reached, end]}
        reached = end
    return with_header(header, b"".join(parts))


def with_header(header: object, rest: bytes = b"") -> bytes:
    """A file with this header, right or wrong: bytes as they are, anything else as JSON."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + rest


def write_safetensors(path: Path, tensors: Mapping[str, Stored]) -> Path:
    """Write `tensors` to `path`, e.g. {"w": ("F32", array)}; BF16 and F8 as their raw integers."""
    path.write_bytes(safetensors_bytes(tensors))
    return path


def write_folder(
    folder: Path, tensors: Mapping[str, Stored], *, config: dict[str, Any] | None = None
) -> Path:
    """A Hugging Face directory with one model.safetensors."""
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", tensors)
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config))
    return folder


def write_shards(
    folder: Path,
    shards: Mapping[str, Mapping[str, Stored]],
    *,
    index: Mapping[str, str] | None = None,
) -> Path:
    """A sharded directory; the index says the truth unless given."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, tensors in shards.items():
        write_safetensors(folder / file, tensors)
    told = index if index is not None else {n: f for f, tensors in shards.items() for n in tensors}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": dict(told)}))
    return folder


def f32(*shape: int, seed: int = 0) -> Stored:
    """Normal float32 values."""
    return "F32", np.random.default_rng([seed, *shape]).standard_normal(shape).astype(np.float32)


def bfloat16(values: Array) -> Stored:
    """`values` cut to bfloat16."""
    return "BF16", (np.asarray(values, dtype="<f4").view("<u4") >> 16).astype("<u2")


def llama(
    *,
    layers: int = 3,
    width: int = 8,
    hidden: int = 20,
    vocabulary: int = 32,
    prefix: str = "model.",
    tied: bool = False,
    seed: int = 0,
) -> dict[str, Stored]:
    """A toy with Llama's names: grouped-query attention, gated MLP."""
    kv = width // 2
    shapes: dict[str, tuple[int, ...]] = {f"{prefix}embed_tokens.weight": (vocabulary, width)}
    for n in range(layers):
        at = f"{prefix}layers.{n}."
        shapes |= {
            at + "input_layernorm.weight": (width,),
            at + "self_attn.q_proj.weight": (width, width),
            at + "self_attn.k_proj.weight": (kv, width),
            at + "self_attn.v_proj.weight": (kv, width),
            at + "self_attn.o_proj.weight": (width, width),
            at + "post_attention_layernorm.weight": (width,),
            at + "mlp.gate_proj.weight": (hidden, width),
            at + "mlp.up_proj.weight": (hidden, width),
            at + "mlp.down_proj.weight": (width, hidden),
        }
    shapes[f"{prefix}norm.weight"] = (width,)
    if not tied:
        shapes[f"{prefix.removesuffix('model.')}lm_head.weight"] = (vocabulary, width)
    return {name: f32(*shape, seed=seed + n) for n, (name, shape) in enumerate(shapes.items())}
