"""The weights of a history. Whoever learns is really trained; an adapter is drawn, of rank four."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

import ml_dtypes
import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from casebook.checkpoint import EightBit, FourBit, decode
from casebook.operations import PermuteUnits, mix
from histories.history import LAYERS, Birth
from size.shape import EMBED, Shape, Weights, at
from size.starts import plain
from size.store import Course

__all__ = ["SHAPE", "Train", "grow", "put"]

Train: TypeAlias = Callable[[Shape, Weights, int, Course], Weights]
"""(shape, start, language, course) to the weights after it."""

SHAPE: Final = Shape(hidden=96, layers=LAYERS)
SPREAD: Final = 0.03  # of an adapter's change, of the matrix's norm
RANK: Final = 4
COURSES: Final[dict[str, Course]] = {
    "original": Course(steps=80, rate=2e-2),
    "light": Course(steps=12, rate=1e-3),
    "tuned": Course(steps=30, rate=3e-3),
    "heavy": Course(steps=70, rate=1e-2),
    "parts": Course(steps=40, rate=5e-3),
    "cut": Course(steps=25, rate=2e-3),
}
TYPES: Final[dict[str, Any]] = {"half": np.float16, "brain": ml_dtypes.bfloat16}


def grow(births: Sequence[Birth], train: Train, shape: Shape = SHAPE) -> dict[str, Weights]:
    """All models of a history, shown or not, as F32."""
    made: dict[str, Weights] = {}
    for birth in births:
        made[birth.name] = _made(birth, [made[name] for name in birth.parents], train, shape)
    return made


def put(birth: Birth, weights: Weights, folder: Path) -> Path:
    """Write one model as it would be published: casts in their type, all else as F32."""
    folder.mkdir(parents=True, exist_ok=True)
    dtype = TYPES.get(birth.operation, np.float32)
    (folder / "config.json").write_text(json.dumps(_config(weights)), encoding="utf-8")
    stored = {name: np.ascontiguousarray(x.astype(dtype)) for name, x in weights.items()}
    if birth.operation == "half":  # another container: other names, in two files
        names = sorted(stored)
        for part, chosen in enumerate((names[::2], names[1::2]), start=1):
            safetensors.numpy.save_file(
                {f"base.{n}": stored[n] for n in chosen},
                folder / f"model-{part:05d}-of-00002.safetensors",
            )
        return folder
    safetensors.numpy.save_file(stored, folder / "model.safetensors")
    return folder


def _config(weights: Weights) -> dict[str, object]:
    tokens, width = weights[EMBED].shape
    return {
        "model_type": "llama",
        "hidden_size": width,
        "intermediate_size": len(weights[at(0, "mlp.up_proj")]),
        "num_attention_heads": SHAPE.heads,
        "num_key_value_heads": SHAPE.groups,
        "num_hidden_layers": sum("up_proj" in name for name in weights),
        "vocab_size": tokens,
    }


def _made(birth: Birth, parents: Sequence[Weights], train: Train, whole: Shape) -> Weights:
    shape = replace(whole, layers=len(birth.kept))
    rng = np.random.default_rng([43, birth.seed])
    match birth.operation:
        case "original":
            return _taught(train, shape, plain(shape, birth.seed), birth, order=0)
        case "light" | "tuned" | "heavy":
            return _taught(train, shape, parents[0], birth, order=birth.seed)
        case "adapter":
            return {n: x + _low_rank(x, rng) if "proj" in n else x for n, x in parents[0].items()}
        case "merge":
            return mix(parents, (birth.share, 1.0 - birth.share))
        case "eight-bit":
            return decode(EightBit().store(parents[0]))
        case "four-bit":
            return decode(FourBit(group=16).store(parents[0]))
        case "pruned":
            return {n: _pruned(x, birth.share) if "proj" in n else x for n, x in parents[0].items()}
        case "permuted":
            return PermuteUnits(seed=birth.seed)(parents[0])
        case "parts" | "cut":
            return _parts(birth, parents[0], train, shape)
        case "half" | "brain":
            cast = TYPES[birth.operation]
            return {n: x.astype(cast).astype(np.float32) for n, x in parents[0].items()}
        case _:
            return dict(parents[0])


def _taught(
    train: Train,
    shape: Shape,
    start: Weights,
    birth: Birth,
    *,
    order: int,
    frozen: Collection[str] = (),
) -> Weights:
    course = replace(COURSES[birth.operation], order=order, frozen=frozenset(frozen))
    return train(shape, start, birth.language, course)


def _parts(birth: Birth, parent: Weights, train: Train, shape: Shape) -> Weights:
    """Layers moved or made new, then trained: all, or all but what was kept."""
    start = plain(shape, birth.seed)
    inherited = [name for name in start if not name.startswith("model.layers.")]
    start |= {name: parent[name] for name in inherited}
    for to, source in enumerate(birth.kept):
        if source is not None:
            names = [n for n in start if n.startswith(f"model.layers.{to}.")]
            start |= {n: parent[n.replace(f".{to}.", f".{source}.", 1)] for n in names}
            inherited += names
    frozen = inherited if birth.share else ()
    if birth.operation == "cut" and birth.share:
        return start
    return _taught(train, shape, start, birth, order=birth.seed, frozen=frozen)


def _low_rank(x: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    change = rng.normal(size=(len(x), RANK)) @ rng.normal(size=(RANK, x.shape[1]))
    size = SPREAD * np.linalg.norm(x) / np.linalg.norm(change)
    return np.asarray(size * change, dtype=np.float32)


def _pruned(x: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Without the smallest values of the matrix."""
    return np.where(np.abs(x) < np.quantile(np.abs(x), share), np.float32(0), x)
