"""truth.toml: what is known of each model because we made it. Read with `tomllib`."""

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
    """

    name: str
    architecture: str
    parents: tuple[str, ...]
    operation: str
    seed: int
    data: tuple[str, ...]
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
