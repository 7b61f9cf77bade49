"""What `config.json` and `adapter_config.json` say of descent."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from filiation.readers.weights.declared.saying import ITEMS, Said, says

__all__ = ["adapter_says", "config_says"]

PLAIN: Final[Mapping[str, Any]] = {
    "_name_or_path": "loaded-from",
    "name_or_path": "loaded-from",
    "base_model": "base",
    "base_model_name_or_path": "base",
    "model_type": "architecture",
    "architectures": "architecture",
    "license": "licence",
    "transformers_version": "tool",
    "unsloth_version": "tool",
    "torch_dtype": "precision",
    "dtype": "precision",
}
QUANTISED: Final = ("quantization_config", "compression_config", "quantization")
HOW: Final = ("quant_method", "quant_algo", "format", "bits", "group_size", "checkpoint_format")
BASE_CLASS: Final = "base_model_class"
CODE: Final = "--"  # stands between a repository and the file of its code


def config_says(config: Mapping[str, Any]) -> Iterator[Said]:
    """What a configuration says, of the model and of its parts."""
    yield from _part(config, "")
    for key in sorted(config)[:ITEMS]:
        if isinstance(config[key], dict) and key not in (*QUANTISED, "auto_map"):
            yield from _part(config[key], f"{key}.")


def adapter_says(config: Mapping[str, Any]) -> Iterator[Said]:
    """What an adapter says of the model that it changes."""
    yield from says("base", "base_model_name_or_path", config.get("base_model_name_or_path"))
    if isinstance(kind := config.get("peft_type"), str):
        yield "relation", "peft_type", f"adapter ({kind})"
    mapped = config.get("auto_mapping")
    if isinstance(mapped, dict):
        yield from says("architecture", "auto_mapping.base_model_class", mapped.get(BASE_CLASS))


def _part(part: Mapping[str, Any], before: str) -> Iterator[Said]:
    for key, about in PLAIN.items():
        yield from says(about, before + key, part.get(key))
    for key in QUANTISED:
        if isinstance(stated := part.get(key), dict):
            for how in HOW:
                yield from says("precision", f"{before}{key}.{how}", stated.get(how))
    if isinstance(mapped := part.get("auto_map"), dict):
        for name in sorted(mapped)[:ITEMS]:
            if isinstance(at := mapped[name], str) and CODE in at:
                yield "loaded-from", f"{before}auto_map.{name}", at.partition(CODE)[0]
