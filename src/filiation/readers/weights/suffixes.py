"""How files of weights are called, and which container each name stands for: the one list of them.

What a name says is a first guess. The readers look at the bytes.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

__all__ = ["CONTAINERS", "WEIGHTS", "Container", "is_weights"]

Container: TypeAlias = Literal[
    "safetensors", "torch", "gguf", "onnx", "ctranslate2", "msgpack", "hdf5", "keras", "npz",
    "paddle", "distributed", "megatron", "meta",
]  # fmt: skip

CONTAINERS: Final[Mapping[str, Container]] = {
    ".safetensors": "safetensors", ".gguf": "gguf", ".onnx": "onnx",
    ".bin": "torch", ".pt": "torch", ".pth": "torch", ".ckpt": "torch",
    ".msgpack": "msgpack", ".h5": "hdf5", ".hdf5": "hdf5", ".keras": "keras", ".npz": "npz",
    ".pdparams": "paddle", ".distcp": "distributed",
}  # fmt: skip
WEIGHTS: Final = tuple(CONTAINERS)


def is_weights(name: str) -> bool:
    """Whether a file of this name may hold weights that are read."""
    return name.lower().endswith(WEIGHTS)
