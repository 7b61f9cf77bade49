"""What config.json says, as far as tensor roles depend on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from filiation.model.layout import Tower
from filiation.readers.bytes.parsing import read_object

__all__ = ["Quantised", "Section", "Settings", "read_settings"]

CONFIG_LIMIT = 1 << 24  # bytes
# How families call the number of their heads (GPT-2, DistilBERT, GPT-Neo and T5, BART, XGLM and
# Kosmos, ProphetNet).
HEADS = (
    "num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads",
    "attention_heads", "num_encoder_attention_heads",
)  # fmt: skip
# And of the heads that keys and values have of their own (Falcon, MPT and DBRX, ChatGLM 2 and 3).
GROUPS = ("num_key_value_heads", "num_kv_heads", "n_head_kv", "kv_n_heads", "multi_query_group_num")

# And of the layers (GPT-2, DistilBERT, T5, BART).
LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers")
TEXT = ("text_config", "llm_config", "language_config", "decoder")  # the part that speaks
ANY_NUMBER = ("block_configs", "no_op_blocks")  # where a layer may hold nothing
# The sub-sections that speak of towers, and how they call width and depth.
TOWERS: Final[Mapping[str, Tower]] = {
    "vision_config": "vision", "vision_tower_config": "vision", "image_config": "vision",
    "audio_config": "audio", "audio_encoder_config": "audio", "speech_config": "audio",
}  # fmt: skip
WIDTHS = ("hidden_size", "embed_dim", "d_model", "width")
DEPTHS = ("num_hidden_layers", "depth", "encoder_layers", "num_layers", "layers")


class Section(NamedTuple):
    """Width and number of layers of one tower, and its heads; 0 for what is not said."""

    width: int
    layers: int
    heads: int = 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Quantised:
    """What config.json says of how the weights were quantised, as far as tensors do not.

    Attributes:
        bits: Of each weight; 0 if not said.
        group: Weights that share a scale; 0 if not said.
        format: `checkpoint_format`, or `format`; empty if not said.
        groups: The same as `group` of the modules that have another.
    """

    bits: int = 0
    group: int = 0
    format: str = ""
    groups: Mapping[str, int] = field(default_factory=dict)

    def group_of(self, module: str) -> int:
        """Weights that share a scale in one module."""
        return self.groups.get(module, self.group)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Facts from config.json; what is absent or of the wrong type counts as not said.

    Attributes:
        model_types: `model_type` of the model and of its parts (`text_config` and the like).
        tied: `tie_word_embeddings`, if said.
        vocabulary: `vocab_size`, 0 if not said.
        block: `quantization_config.weight_block_size`, if said.
        heads: `num_attention_heads`, or as `HEADS` calls it; 0 if not said.
        quantised: `quantization_config`, or `quantization` of MLX.
        groups: `num_key_value_heads`, or as `GROUPS` calls it; one where `multi_query` is true
            (which Falcon's newer shape ignores); as many as heads if not said.
        layers: `num_hidden_layers`, or as `LAYERS` calls it, of the model or of its part for text;
            0 if not said, or if a layer may hold nothing.
        towers: Of each tower what a sub-section of its own says.
    """

    model_types: frozenset[str] = frozenset()
    tied: bool | None = None
    vocabulary: int = 0
    block: tuple[int, int] | None = None
    heads: int = 0
    groups: int = 0
    quantised: Quantised = field(default_factory=Quantised)
    layers: int = 0
    towers: Mapping[Tower, Section] = field(default_factory=dict)


def read_settings(path: Path | None) -> Settings:
    """Read config.json; everything unsaid if there is none."""
    if path is None:
        return Settings()
    config = read_object(path, limit=CONFIG_LIMIT)
    keys = sorted((key for key, part in config.items() if isinstance(part, dict)), key=_speaks_last)
    parts = [config, *(config[key] for key in keys)]
    types = [part.get("model_type") for part in parts]
    ties = [tie for part in parts if isinstance(tie := part.get("tie_word_embeddings"), bool)]
    sizes = [size for part in parts if _natural(size := part.get("vocab_size"))]
    heads = [n for part in parts for key in HEADS if _natural(n := part.get(key))]
    groups = [n for part in parts for key in GROUPS if _natural(n := part.get(key))]
    if any(part.get("multi_query") is True for part in parts):
        groups = groups if config.get("new_decoder_architecture") is True else [1]
    return Settings(
        heads=heads[0] if heads else 0,
        groups=(groups or heads or [0])[0],
        layers=_layers(config),
        model_types=frozenset(word for word in types if isinstance(word, str)),
        tied=ties[0] if ties else None,
        vocabulary=sizes[0] if sizes else 0,
        block=_block(config.get("quantization_config")),
        quantised=_quantised(_stated(parts)),
        towers=_towers(config),
    )


def _speaks_last(key: str) -> tuple[bool, str]:
    """The part that speaks before all others: heads and sizes of a tower are not the body's."""
    return key not in TEXT, key


def _towers(config: Mapping[str, Any]) -> dict[Tower, Section]:
    found: dict[Tower, Section] = {}
    for key, tower in TOWERS.items():
        part = config.get(key)
        if isinstance(part, dict):
            found.setdefault(tower, Section(*(_first(part, of) for of in (WIDTHS, DEPTHS, HEADS))))
    return found


def _first(part: Mapping[str, Any], words: tuple[str, ...]) -> int:
    """The first of these that is a number of things; 0 if none is."""
    found = (part.get(word) for word in words)
    return next((n for n in found if isinstance(n, int) and _natural(n)), 0)


def _stated(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """How the weights were quantised, in the model's own part or in one of its parts."""
    keys = ("quantization", "quantization_config")
    found = (part[key] for part in parts for key in keys if isinstance(part.get(key), dict))
    return next(found, {})


def _quantised(stated: dict[str, Any]) -> Quantised:
    def number(of: dict[str, Any], *keys: str) -> int:
        found = (of.get(key) for key in keys)
        return next((n for n in found if isinstance(n, int) and _natural(n)), 0)

    words = [stated.get(key) for key in ("checkpoint_format", "format")]
    return Quantised(
        bits=number(stated, "bits", "nbits"),
        group=number(stated, "group_size"),
        format=next((word for word in words if isinstance(word, str)), ""),
        groups={
            key: number(one, "group_size") for key, one in stated.items() if isinstance(one, dict)
        },
    )


def _layers(config: Mapping[str, Any]) -> int:
    parts = [config, *(config[key] for key in TEXT if isinstance(config.get(key), dict))]
    if any(key in part for part in parts for key in ANY_NUMBER):
        return 0
    return next((n for part in parts for key in LAYERS if _natural(n := part.get(key))), 0)


def _block(quantization: Any) -> tuple[int, int] | None:
    if not isinstance(quantization, dict):
        return None
    block = quantization.get("weight_block_size")
    if not isinstance(block, list) or len(block) != 2 or not all(_natural(size) for size in block):
        return None
    return block[0], block[1]


def _natural(found: object) -> bool:
    return type(found) is int and found > 0
