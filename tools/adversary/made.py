"""A model in an adversary's hands, in numpy: its weights, what is said of it, and how it is stored.

Attacks are written on the names of a Llama. `stored` is what goes to disk where that differs: other
names, fused matrices, other types.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, final

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from casebook.operations import Weights, layer_count

__all__ = ["CASEBOOK", "Made", "casebook_model", "stream", "write"]

CASEBOOK: Final = Path(__file__).resolve().parents[2] / "examples" / "casebook"


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """One model.

    Attributes:
        weights: Names of a Llama to F32 arrays.
        config: What `config.json` says; empty for none.
        tokenizer: The text of `tokenizer.json`; empty for none.
        stored: What is written instead of `weights`; empty where that is the same.
    """

    weights: Weights
    config: Mapping[str, Any]
    tokenizer: str = ""
    stored: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def layers(self) -> int:
        """How many layers it has."""
        return layer_count(self.weights)

    @property
    def width(self) -> int:
        """Of the residual stream."""
        return int(self.weights["model.embed_tokens.weight"].shape[1])

    def with_weights(self, weights: Weights, **said: Any) -> "Made":
        """The same with other weights, and a config that says what they are."""
        changed = replace(self, weights=weights, stored={})
        up = weights.get("model.layers.0.mlp.up_proj.weight")
        facts = {
            "hidden_size": changed.width,
            "num_hidden_layers": changed.layers,
            "vocab_size": len(weights["model.embed_tokens.weight"]),
            **({} if up is None else {"intermediate_size": len(up)}),
            **said,
        }
        return replace(changed, config={**self.config, **facts} if self.config else {})

    def heads(self) -> tuple[int, int, int]:
        """Query heads, key heads, and rows of one head."""
        queries = int(self.config["num_attention_heads"])
        keys = int(self.config["num_key_value_heads"])
        return queries, keys, len(self.weights["model.layers.0.self_attn.k_proj.weight"]) // keys


def casebook_model(name: str) -> Made:
    """One of the casebook's models, F32."""
    folder = CASEBOOK / name
    raw = safetensors.numpy.load_file(folder / "model.safetensors")
    return Made(
        weights={n: x.astype(np.float32) for n, x in raw.items()},
        config=json.loads((folder / "config.json").read_text("utf-8")),
        tokenizer=(folder / "tokenizer.json").read_text("utf-8"),
    )


def stream(name: str, level: int = 0) -> np.random.Generator:
    """Random numbers of an attack at one strength: the same every time."""
    return np.random.default_rng([zlib.crc32(name.encode()), level])


def write(made: Made, folder: Path) -> Path:
    """Write a model as it would be published."""
    folder.mkdir(parents=True)
    arrays = made.stored or made.weights
    safetensors.numpy.save_file(
        {name: np.ascontiguousarray(value) for name, value in arrays.items()},
        folder / "model.safetensors",
    )
    if made.config:
        (folder / "config.json").write_text(json.dumps(dict(made.config)), "utf-8")
    if made.tokenizer:
        (folder / "tokenizer.json").write_text(made.tokenizer, "utf-8")
    return folder
