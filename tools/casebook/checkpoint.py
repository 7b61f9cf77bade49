"""A model as a directory: how its weights are encoded, written whole or not at all, read back."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, final

import ml_dtypes
import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from casebook.operations import Array, Weights

Stored = dict[str, npt.NDArray[Any]]
WRITTEN = ("config.json", "tokenizer.json", "model.safetensors", "truth.toml", "README.md")
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_DTYPES: Mapping[str, npt.DTypeLike] = {
    "F32": np.float32,
    "F16": np.float16,
    "BF16": ml_dtypes.bfloat16,
    "I8": np.int8,
}


class Encoding(Protocol):
    """How F32 weights are stored."""

    @property
    def dtype(self) -> str: ...
    def store(self, weights: Mapping[str, Array]) -> Stored: ...
    def config(self) -> dict[str, Any]: ...


@final
@dataclass(frozen=True, slots=True)
class Half:
    """Every tensor rounded to F16."""

    @property
    def dtype(self) -> str:
        return "float16"

    def store(self, weights: Mapping[str, Array]) -> Stored:
        with np.errstate(over="ignore"):  # an overflow is refused below, by name
            stored: Stored = {name: value.astype(np.float16) for name, value in weights.items()}
        for name, value in stored.items():
            if not np.all(np.isfinite(value)):
                raise ValueError(f"{name}: found values beyond F16, expected at most 65504")
        return stored

    def config(self) -> dict[str, Any]:
        return {}


@final
@dataclass(frozen=True, slots=True)
class EightBit:
    """Projections as I8 with one F32 scale per output row in `<name>_scale`; the rest F16."""

    @property
    def dtype(self) -> str:
        return "float16"

    def store(self, weights: Mapping[str, Array]) -> Stored:
        stored = Half().store(weights)
        for name, value in weights.items():
            if is_projection(name):
                scale = np.abs(value).max(axis=1, keepdims=True) / np.float32(127)
                scale[scale == 0] = 1  # a row of zeros stays one
                stored[name] = np.rint(value / scale).astype(np.int8)
                stored[f"{name}_scale"] = scale.astype(np.float32)
        return stored

    def config(self) -> dict[str, Any]:
        weights = {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel"}
        group = {"format": "int-quantized", "targets": ["Linear"], "weights": weights}
        return {
            "quantization_config": {
                "quant_method": "compressed-tensors",
                "format": "int-quantized",
                "quantization_status": "compressed",
                "ignore": ["lm_head"],
                "config_groups": {"group_0": group},
            }
        }


@final
@dataclass(frozen=True, slots=True)
class FourBit:
    """Projections on a symmetric 4-bit lattice, one BF16 step per group of a row; stored as BF16.

    A value is k times its group's step, k from -7 to 7, rounded to BF16.
    """

    group: int = 16

    @property
    def dtype(self) -> str:
        return "bfloat16"

    def store(self, weights: Mapping[str, Array]) -> Stored:
        near = {
            name: self._lattice(value) if is_projection(name) else value
            for name, value in weights.items()
        }
        return {name: value.astype(ml_dtypes.bfloat16) for name, value in near.items()}

    def _lattice(self, value: Array) -> Array:
        rows, columns = value.shape
        groups = value.reshape(rows, columns // self.group, self.group)
        step = np.abs(groups).max(axis=2, keepdims=True) / np.float32(7)
        step = step.astype(ml_dtypes.bfloat16).astype(np.float32)
        step[step == 0] = 1
        lattice: Array = (np.clip(np.rint(groups / step), -7, 7) * step).reshape(rows, columns)
        return lattice

    def config(self) -> dict[str, Any]:
        return {
            "dequantised_from": {
                "bits": 4,
                "group_size": self.group,
                "symmetric": True,
                "ignore": ["lm_head", "model.embed_tokens"],
            }
        }


def is_projection(name: str) -> bool:
    """Is this the matrix of an attention or MLP projection? Those are what quantisers round."""
    return name.endswith(tuple(f".{projection}.weight" for projection in PROJECTIONS))


def decode(stored: Stored) -> Weights:
    """The F32 weights that a stored model stands for."""
    weights: Weights = {}
    for name, value in stored.items():
        if not name.endswith("_scale"):
            scale = stored.get(f"{name}_scale")
            wide = value.astype(np.float32)
            weights[name] = wide if scale is None else wide * scale
    return weights


def read_stored(path: Path) -> Stored:
    """The tensors of a safetensors file as they are stored, by name.

    The library lists them in another order each time; a draw per tensor must not depend on it.
    """
    views: list[tuple[str, Any]] = safetensors.deserialize(path.read_bytes())  # type: ignore[no-untyped-call]
    return {
        name: np.frombuffer(view["data"], dtype=_DTYPES[view["dtype"]]).reshape(view["shape"])
        for name, view in sorted(views, key=lambda named: named[0])
    }


def write_model(folder: Path, stored: Stored, config: Mapping[str, Any], tokenizer: str) -> str:
    """Write config.json, tokenizer.json, then model.safetensors; return the sha256 of the last."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = safetensors.numpy.save(
        {name: np.ascontiguousarray(value) for name, value in sorted(stored.items())},
        metadata={"format": "pt"},
    )
    write_config(folder, config)
    write_whole(folder / "tokenizer.json", tokenizer.encode())
    write_whole(folder / "model.safetensors", weights)
    return hashlib.sha256(weights).hexdigest()


def write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """Write config.json."""
    said = json.dumps(config, indent=2, sort_keys=True) + "\n"
    write_whole(folder / "config.json", said.encode())


def write_whole(path: Path, content: bytes) -> None:
    """The file is the old one or the new one, never a part: temporary file, fsync, rename."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def clear_partial(folder: Path) -> None:
    """Remove what `write_whole` had begun, here and in the models' folders, when it was killed."""
    for path in (*folder.glob(".*"), *folder.glob("*/.*")):
        if path.is_file() and path.name.startswith(tuple(f".{name}." for name in WRITTEN)):
            path.unlink()


def digest_of(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
