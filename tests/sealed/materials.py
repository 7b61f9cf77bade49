"""A folder with a model, files of any length, and a seal of it."""

import os
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from filiation.proceedings.sealing import Sealed, Wanted, seal, unseal


def folder(at: Path, *, seed: int = 0) -> Path:
    at.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    tensors = {
        "wide": rng.normal(size=(1500, 500)).astype(np.float32),  # three blocks
        "narrow": rng.normal(size=(7, 3)).astype(np.float16),
        "none": np.zeros((0, 4), np.float32),
    }
    save_file(tensors, at / "model.safetensors")
    (at / "config.json").write_text('{"hidden_size": 8}')
    (at / "empty").touch()
    (at / "deeper").mkdir()
    (at / "deeper" / "text.bin").write_bytes(rng.bytes((1 << 20) + 5))
    return at


def sealed(at: Path, **given: str) -> tuple[Path, Path, Sealed]:
    """The folder, its seal, and what was made."""
    material, out = folder(at / "material"), at / "it.seal"
    return material, out, seal(material, out, **given)  # type: ignore[arg-type]


def opening(at: Path, material: Path, made: Sealed, wanted: Wanted) -> Path:
    out = at / f"{os.urandom(4).hex()}.opening"
    unseal(material, made.secret, wanted, out)
    return out
