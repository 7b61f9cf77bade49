"""Tiny models with towers, under the true names of their families: drawn, not trained."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from builders import Array, write_safetensors
from filiation.model.sketch import Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

Tensors: TypeAlias = dict[str, Array]

LLAVA: Final = "language_model.model."
CLIP: Final = "vision_tower.vision_model."
PROJECTOR: Final = "multi_modal_projector."
WORDS: Final = 300
CONFIG: Final[dict[str, Any]] = {
    "model_type": "llava",
    "text_config": {"model_type": "llama", "num_attention_heads": 4, "vocab_size": WORDS},
    "vision_config": {"model_type": "clip_vision_model", "num_attention_heads": 6},
}


def body(
    seed: int, *, width: int = 64, units: int = 160, layers: int = 4, at: str = LLAVA
) -> Tensors:
    """A language body with Llama's names, its table and its head."""
    shapes: dict[str, tuple[int, ...]] = {f"{at}embed_tokens.weight": (WORDS, width)}
    for n in range(layers):
        layer = f"{at}layers.{n}."
        shapes |= {f"{layer}self_attn.{x}_proj.weight": (width, width) for x in "qkvo"}
        shapes |= {f"{layer}mlp.{x}_proj.weight": (units, width) for x in ("gate", "up")}
        shapes[f"{layer}mlp.down_proj.weight"] = (width, units)
    shapes[f"{at.removesuffix('model.')}lm_head.weight"] = (WORDS, width)
    return _drawn(shapes, seed)


def tower(
    seed: int, *, width: int = 96, units: int = 192, layers: int = 6, at: str = CLIP
) -> Tensors:
    """An encoder of pictures with CLIP's names."""
    shapes: dict[str, tuple[int, ...]] = {}
    for n in range(layers):
        layer = f"{at}encoder.layers.{n}."
        shapes |= {f"{layer}self_attn.{x}_proj.weight": (width, width) for x in "qkv"}
        shapes |= {
            f"{layer}self_attn.out_proj.weight": (width, width),
            f"{layer}mlp.fc1.weight": (units, width),
            f"{layer}mlp.fc2.weight": (width, units),
        }
    return _drawn(shapes, seed)


def projector(seed: int, *, reads: int = 96, writes: int = 64, units: int = 64) -> Tensors:
    """Two matrices between tower and body, as LLaVA calls them."""
    shapes = {
        f"{PROJECTOR}linear_1.weight": (units, reads),
        f"{PROJECTOR}linear_2.weight": (writes, units),
    }
    return _drawn(shapes, seed)


def tuned(tensors: Mapping[str, Array], seed: int, drift: float = 0.1) -> Tensors:
    """Every value moved a little."""
    rng = np.random.default_rng([seed, 3])
    return {
        name: (x + drift * x.std() * rng.standard_normal(x.shape)).astype(np.float32)
        for name, x in tensors.items()
    }


def turned(tensors: Mapping[str, Array], seed: int) -> Tensors:
    """The axes of a body's stream rotated, in tables and layers alike."""
    width = next(x.shape[1] for name, x in tensors.items() if name.endswith("embed_tokens.weight"))
    q = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))[0]
    return {
        name: (q.T @ x if "down" in name or "o_proj" in name else x @ q).astype(np.float32)
        for name, x in tensors.items()
    }


def permuted(tensors: Mapping[str, Array], seed: int) -> Tensors:
    """The units of every layer of a body in another order."""
    found = dict(tensors)
    for name in [name for name in tensors if name.endswith("mlp.up_proj.weight")]:
        order = np.random.default_rng([seed, len(name)]).permutation(len(tensors[name]))
        for role in ("up", "gate"):
            at = name.replace("up_proj", f"{role}_proj")
            found[at] = tensors[at][order]
        down = name.replace("up_proj", "down_proj")
        found[down] = tensors[down][:, order]
    return found


def renamed(tensors: Mapping[str, Array], old: str, new: str) -> Tensors:
    """The same under another prefix."""
    return {
        f"{new}{n.removeprefix(old)}" if n.startswith(old) else n: x for n, x in tensors.items()
    }


def written(folder: Path, tensors: Mapping[str, Array], config: Mapping[str, Any] = CONFIG) -> Path:
    """A checkpoint on disk."""
    folder.mkdir(parents=True)
    write_safetensors(folder / "model.safetensors", {n: ("F32", x) for n, x in tensors.items()})
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def sketched(
    folder: Path, tensors: Mapping[str, Array], config: Mapping[str, Any] = CONFIG
) -> Sketch:
    """Its sketch, through the files."""
    model = open_model(written(folder, tensors, config))
    take_sketch(model, folder / f"{folder.name}.sketch", workers=1)
    return read_sketch(folder / f"{folder.name}.sketch")


def _drawn(shapes: Mapping[str, tuple[int, ...]], seed: int) -> Tensors:
    rng = np.random.default_rng([seed, len(shapes)])
    return {n: rng.standard_normal(s).astype(np.float32) * 0.02 for n, s in shapes.items()}
