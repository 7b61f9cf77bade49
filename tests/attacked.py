"""True copies of the casebook's parent, as somebody would make them who wants to be called a stranger.

After `../shared/prototypes/attacks`: every change but noise keeps what the model computes.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import ml_dtypes  # noqa: F401  (numpy knows bfloat16 by it)
import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.model.examination import Conclusion
from filiation.model.exhibit import Exhibit
from filiation.model.sketch import Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

Weights: TypeAlias = Mapping[str, NDArray[np.float32]]

CASEBOOK = Path(__file__).parent.parent / "examples" / "casebook"
TABLES = ("model.embed_tokens.weight", "lm_head.weight")
READING = ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj")
WRITING = ("o_proj", "down_proj")


def load(name: str) -> Weights:
    found = safetensors.numpy.load_file(CASEBOOK / name / "model.safetensors")
    return {key: value.astype(np.float32) for key, value in found.items()}


def layers(weights: Weights) -> int:
    return 1 + max(int(name.split(".")[2]) for name in weights if ".layers." in name)


def folded(weights: Weights) -> Weights:
    """Norm gains moved into the matrices that read them."""
    found = dict(weights)
    for n in range(layers(weights)):
        at = f"model.layers.{n}."
        for gain, readers in (
            ("input_layernorm", READING[:3]),
            ("post_attention_layernorm", READING[3:]),
        ):
            size = found[f"{at}{gain}.weight"]
            for name in [x for x in found if x.startswith(at) and any(r in x for r in readers)]:
                found[name] = found[name] * size
            found[f"{at}{gain}.weight"] = np.ones_like(size)
    found["lm_head.weight"] = found["lm_head.weight"] * found["model.norm.weight"]
    found["model.norm.weight"] = np.ones_like(found["model.norm.weight"])
    return found


def rotated(weights: Weights, seed: int = 32) -> Weights:
    found = dict(folded(weights))
    width = found["model.norm.weight"].size
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((width, width)))[0]
    turn = turn.astype(np.float32)
    for name, value in found.items():
        if name in TABLES or any(role in name for role in READING):
            found[name] = value @ turn
        elif any(role in name for role in WRITING):
            found[name] = turn.T @ value
    return found


def shuffled(weights: Weights, *, signs: bool, seed: int = 31) -> Weights:
    """Units of every MLP in another order, some with other signs."""
    rng, found = np.random.default_rng(seed), dict(weights)
    for n in range(layers(weights)):
        gate, up, down = (f"model.layers.{n}.mlp.{x}_proj.weight" for x in ("gate", "up", "down"))
        order = rng.permutation(len(found[gate]))
        sign = rng.choice(np.float32([-1, 1]), len(order)) if signs else np.ones(len(order), "f4")
        found[gate] = found[gate][order]
        found[up] = found[up][order] * sign[:, None]
        found[down] = found[down][:, order] * sign
    return found


def silent(weights: Weights, before: int, after: int, seed: int = 5) -> Weights:
    """New layers at both ends that write next to nothing."""
    rng = np.random.default_rng(seed)
    count = layers(weights)
    found = {name: value for name, value in weights.items() if ".layers." not in name}
    for n in range(before + count + after):
        own = before <= n < before + count
        at = f"model.layers.{n - before if own else 0}."
        for name, value in weights.items():
            if name.startswith(at):
                new = value
                if not own:
                    small = 1e-6 if any(role in name for role in WRITING) else 1.0
                    drawn = rng.standard_normal(value.shape) * value.std() * small
                    new = np.ones_like(value) if "norm" in name else drawn.astype(np.float32)
                found[name.replace(at, f"model.layers.{n}.")] = new
    return found


def decoys(weights: Weights, pairs: int, seed: int = 9) -> Weights:
    """Pairs of large units that cancel each other."""
    rng, found = np.random.default_rng(seed), dict(weights)
    for n in range(layers(weights)):
        gate, up, down = (f"model.layers.{n}.mlp.{x}_proj.weight" for x in ("gate", "up", "down"))
        width = found[gate].shape[1]
        g, u = (
            (rng.standard_normal((pairs, width)) * found[x].std() * 2).astype(np.float32)
            for x in (gate, up)
        )
        d = (rng.standard_normal((width, pairs)) * found[down].std() * 8).astype(np.float32)
        found[gate], found[up] = np.vstack([found[gate], g, g]), np.vstack([found[up], u, u])
        found[down] = np.hstack([found[down], d, -d])
    return found


def noisy(weights: Weights, relative: float, seed: int = 36) -> Weights:
    rng = np.random.default_rng(seed)
    return {
        name: (
            value + relative * value.std() * rng.standard_normal(value.shape)
            if value.ndim == 2
            else value
        ).astype(np.float32)
        for name, value in weights.items()
    }


def part_copied(copied: Weights, other: Weights, words: tuple[str, ...]) -> Weights:
    """The other model, with those tensors of the copied one whose names hold one of the words."""
    return {
        name: copied[name] if any(word in name for word in words) else value
        for name, value in other.items()
    }


def taken(
    name: str, weights: Weights | None = None, *, tokenizer: bool = True, respelt: bool = False
) -> Sketch:
    """A sketch of a casebook model, or of these weights in its folder."""
    if weights is None:
        return _sketch(CASEBOOK / name, name)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "model"
        folder.mkdir()
        whole = {key: np.ascontiguousarray(value) for key, value in weights.items()}
        safetensors.numpy.save_file(whole, folder / "model.safetensors")
        config = json.loads((CASEBOOK / "parent" / "config.json").read_text())
        config["num_hidden_layers"] = layers(weights)
        (folder / "config.json").write_text(json.dumps(config))
        if tokenizer:
            told = json.loads((CASEBOOK / "parent" / "tokenizer.json").read_text())
            spelt = _respelt(told) if respelt else told
            (folder / "tokenizer.json").write_text(json.dumps(spelt))
        return _sketch(folder, name)


def _respelt(told: dict[str, object]) -> dict[str, object]:
    model = dict(told["model"])  # type: ignore[call-overload]
    model["vocab"] = {f"\u2581{token}": number for token, number in model["vocab"].items()}
    model["merges"] = []
    return {**told, "model": model}


def _sketch(path: Path, name: str) -> Sketch:
    with tempfile.TemporaryDirectory() as made:
        take_sketch(open_model(path), Path(made) / "s")
        return replace(read_sketch(Path(made) / "s"), name=name)


def concluded(source: Sketch, subject: Sketch, **fields: object) -> Conclusion:
    """The conclusion about weights under a default plan, or one with these fields."""
    one, two = (Exhibit(name=s.name, materials=(weights_material(s),)) for s in (subject, source))
    plan = fix_plan(subject=one, source=two, given={"weights": fields} if fields else None)
    return examine(plan, subject=one, source=two).conclusions[0]
