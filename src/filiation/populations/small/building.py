"""Train the small models, change them, and write them down with what is known of each."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np

from filiation.errors import UsageError
from filiation.files import put
from filiation.libraries.executor import Executor
from filiation.numerics.rng import stream
from filiation.populations.small.network import Float32, Weights, initial
from filiation.populations.small.recipes import Recipe
from filiation.populations.small.training import train

__all__ = ["build"]

TRUTH: Final = "truth.toml"
STEPS: Final = 400  # updates of an original
RATE: Final = 8e-3
TUNING: Final[Mapping[str, tuple[int, float]]] = {  # updates, rate
    "fine-tuned": (60, 1e-3),
    "fine-tuned, heavy": (300, 4e-3),
    "merged 50 %, healed": (60, 1e-3),
}
NOISE: Final = 0.05
LEVELS: Final = 7.0  # of 4 bits, on either side of 0
MLP: Final = (("gate", 0), ("up", 0), ("down", 1))  # which axis holds the units


def build(
    folder: Path,
    recipes: Sequence[Recipe],
    executor: Executor,
    step: Callable[[int, int], None],
) -> None:
    """Make every model that is not there yet, and truth.toml last.

    Args:
        folder: Of the population; made if it is not there.
        recipes: All of its models.
        executor: Where they are trained.
        step: Told (models done, of all).

    Raises:
        UsageError: The folder cannot be written.
    """
    wanted = hashlib.sha256(json.dumps([_told(r) for r in recipes]).encode()).hexdigest()
    truth = folder / TRUTH
    if truth.is_file() and truth.read_text(encoding="utf-8").startswith(f"# {wanted}\n"):
        step(len(recipes), len(recipes))
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}") from error
    step(0, len(recipes))
    made: dict[int, str] = {}
    by_name = {recipe.name: recipe for recipe in recipes}
    tasks = [(str(folder), recipe, by_name) for recipe in recipes]
    for place, digest in executor.run(_write, tasks):
        made[place] = digest
        step(len(made), len(recipes))
    tables = [_table(recipe, made[place]) for place, recipe in enumerate(recipes)]
    put(truth, "\n".join([f"# {wanted}", *tables]).encode())


def _told(recipe: Recipe) -> list[object]:
    return [asdict(recipe), STEPS, RATE, TUNING, NOISE, LEVELS]


def _write(folder: str, recipe: Recipe, by_name: Mapping[str, Recipe]) -> str:
    """Make one model and write its folder; the digest of its weights' file."""
    raw = _safetensors(_made(recipe, by_name))
    target = Path(folder) / recipe.name
    target.mkdir(exist_ok=True)
    shape = recipe.shape
    config = {
        "model_type": "llama",
        "hidden_size": shape.width,
        "intermediate_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "vocab_size": shape.vocabulary,
        "tie_word_embeddings": False,
    }
    put(target / "config.json", json.dumps(config, indent=1).encode())
    put(target / "model.safetensors", raw)
    return hashlib.sha256(raw).hexdigest()


def _made(recipe: Recipe, by_name: Mapping[str, Recipe]) -> Weights:
    """The weights of a model; its parents are trained again, which costs less than to wait."""
    rng = stream(recipe.seed, "small population", recipe.operation, str(recipe.shape))
    if not recipe.parents:
        return _trained(initial(recipe.shape, rng), recipe, (STEPS, RATE))
    parents = [_made(by_name[name], by_name) for name in recipe.parents]
    changed = {name: np.mean([p[name] for p in parents], axis=0) for name in parents[0]}
    if recipe.operation in TUNING:
        return _trained(changed, recipe, TUNING[recipe.operation])
    match recipe.operation:
        case "quantised to 4 bits":
            return {name: _rounded(array) for name, array in changed.items()}
        case "noise of 5 %":
            return {name: _noisy(array, rng) for name, array in changed.items()}
        case "units permuted":
            return _permuted(changed, recipe, rng)
        case other:
            raise ValueError(f"{recipe.name}: no operation is called {other!r}")


def _trained(weights: Weights, recipe: Recipe, how: tuple[int, float]) -> Weights:
    rng = stream(recipe.seed, "small population", "order", recipe.name)
    return train(
        weights,
        language=recipe.language,
        vocabulary=recipe.shape.vocabulary,
        heads=recipe.shape.heads,
        steps=how[0],
        rate=how[1],
        rng=rng,
    )[0]


def _rounded(array: Float32) -> Float32:
    if array.ndim < 2:
        return array
    scale = np.abs(array).max(axis=1, keepdims=True) / np.float32(LEVELS)
    return np.asarray(np.round(array / scale) * scale, dtype=np.float32)


def _noisy(array: Float32, rng: np.random.Generator) -> Float32:
    noise = NOISE * float(array.std()) * rng.standard_normal(array.shape)
    return np.asarray(array + noise, dtype=np.float32)


def _permuted(weights: Weights, recipe: Recipe, rng: np.random.Generator) -> Weights:
    """Another order of units in every layer: the same function."""
    found = dict(weights)
    for layer in range(recipe.shape.layers):
        order = rng.permutation(recipe.shape.hidden)
        for name, axis in MLP:
            whole = f"model.layers.{layer}.mlp.{name}_proj.weight"
            found[whole] = np.take(found[whole], order, axis=axis)
    return found


def _safetensors(weights: Weights) -> bytes:
    """One file of the format of https://github.com/huggingface/safetensors, in float32."""
    header, parts, at = {}, [], 0
    for name, array in weights.items():
        raw = np.ascontiguousarray(array, dtype="<f4").tobytes()
        header[name] = {
            "dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + len(raw)]
        }  # fmt: skip
        parts.append(raw)
        at += len(raw)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    return b"".join([len(head).to_bytes(8, "little"), head, *parts])


def _table(recipe: Recipe, digest: str) -> str:
    fields: dict[str, object] = {
        "name": recipe.name,
        "sha256": digest,
        "architecture": "llama",
        "shape": str(recipe.shape),
        "tokenizer": "invented",
        "parents": list(recipe.parents),
        "operation": recipe.operation,
        "weights_shared": bool(recipe.parents),
        "data": [recipe.language],
        "seed": recipe.seed,
    }
    if not recipe.parents:
        fields["init_seed"] = recipe.seed
    lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
    return "\n".join(["[[model]]", *lines, ""])
