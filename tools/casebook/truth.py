"""truth.toml: what is known of each model because we made it. Read with `tomllib`.

A file holds `schema_version`, the digest of the text, the versions of Python and torch, and one
`[[model]]` table for each model, parents before children. Fields without a value are left out.

| field | always | meaning |
|---|---|---|
| `name` | yes | the folder of the model |
| `sha256` | yes | of `model.safetensors` |
| `architecture` | yes | `model_type` of config.json: llama, qwen2, gpt2, mixtral |
| `shape` | | equal exactly when architecture and all sizes are: `llama-64x4-160-v512` |
| `parameters` | | how many numbers the weights are |
| `tokenizer` | | equal exactly when the tokenizer is: `bpe-512-prose+code` |
| `parents` | yes | names of what it was made from, teachers too; empty: an original |
| `operation` | yes | what was done: `trained` for originals, one phrase for each kind of descent |
| `weights_shared` | yes | does any of its weights descend from a parent's? false for students |
| `shares` | | the parents' shares of the weights it starts from, in their order |
| `layers_from` | | for each layer, which layer of the first parent it began as; -1: a fresh one |
| `seed` | yes | of its initialisation, or of what was random in the operation |
| `init_seed` | | of its own initialisation; absent where weights are inherited |
| `data` | yes | what it was trained on last: domains of the text, or `sampled:TEACHER` |
| `order_seed`, `steps` | | which windows of the text in which order, how many updates |
| `repeats` | | the model trained before from the same seed on the same data, rounded otherwise |
| `loss`, `loss_untrained`, `loss_parent` | but the last | see `ModelTruth` |
| `note`, `recipe`, `seconds` | yes | for people; for the builder; of one worker's clock |

What a study derives, for any two models:

- *Roots* of a model: itself if `weights_shared` is false, else the roots of all its parents.
- *Related by weights*: they have a root in common.
- *Shared initialisation*: two roots of equal `shape` and `init_seed`, `repeats` not between them.
  No two initialisations share a seed otherwise.
- *Duplicates by design*: `repeats` names the other.
- *Regime* of two unrelated models: same architecture and data (equal `shape`, `tokenizer` and
  `data`, with that of those whose weights it holds), same architecture (equal
  `architecture`), other architecture.
- *Ancestor*: follow `parents`; where `weights_shared` is false the edge carries behaviour only.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

SCHEMA_VERSION = 1


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTruth:
    """One `[[model]]`; what is not defined for a model is left out of the file.

    Losses are nats per token on held-out text of `loss_domains`. `loss_untrained` is that of the
    initialisation its weights began from; `loss_parent` that of its first parent, same text.
    `median_row_cosine` compares up and gate rows with the first parent's rows of the same index.
    The other fields are described above. `loss_parent` is absent under another tokenizer.
    """

    name: str
    architecture: str
    shape: str | None = None
    parameters: int | None = None
    tokenizer: str | None = None
    parents: tuple[str, ...]
    operation: str
    shares: tuple[float, ...] | None = None
    layers_from: tuple[int, ...] | None = None
    seed: int
    init_seed: int | None = None
    data: tuple[str, ...]
    order_seed: int | None = None
    steps: int | None = None
    repeats: str | None = None
    loss_domains: tuple[str, ...]
    weights_shared: bool
    function_preserving: bool
    loss: float
    loss_untrained: float
    sha256: str
    recipe: str
    seconds: float
    loss_parent: float | None = None
    median_row_cosine: float | None = None
    max_logit_difference: float | None = None
    max_logit_difference_unrounded: float | None = None
    note: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The whole file."""

    corpus_digest: str
    python_version: str
    torch_version: str
    models: Mapping[str, ModelTruth]


def write_truth(truth: Truth) -> str:
    """The text of truth.toml."""
    lines = [
        "# Written by `python -m casebook.build`; do not edit.",
        f"schema_version = {SCHEMA_VERSION}",
        f"corpus_digest = {json.dumps(truth.corpus_digest)}",
        f"python_version = {json.dumps(truth.python_version)}",
        f"torch_version = {json.dumps(truth.torch_version)}",
    ]
    for model in truth.models.values():
        lines += ["", "[[model]]"]
        for field in fields(model):
            value = getattr(model, field.name)
            if value is not None:
                lines.append(f"{field.name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, float):
        return repr(float(f"{value:.6g}"))
    return json.dumps(value, ensure_ascii=False)  # a JSON string is a TOML basic string


def read_truth(path: Path) -> Truth:
    """The file as written before; `TypeError` if it has other fields."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    if found.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(
            f"{path.name}: schema_version is {found.get('schema_version')}, "
            f"expected {SCHEMA_VERSION}; the file is of another time"
        )
    models = [_model(entry) for entry in found.get("model", [])]
    return Truth(
        corpus_digest=found["corpus_digest"],
        python_version=found["python_version"],
        torch_version=found["torch_version"],
        models=MappingProxyType({model.name: model for model in models}),
    )


def _model(entry: Mapping[str, Any]) -> ModelTruth:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    return ModelTruth(**values)
