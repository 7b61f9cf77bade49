"""What containers of weights say of themselves: GGUF, safetensors, ONNX."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.declared import About
from filiation.readers.bytes.protobuf import Field, Message
from filiation.readers.bytes.safetensors import parse_metadata as safetensors_metadata
from filiation.readers.weights.declared.saying import Said, says
from filiation.readers.weights.gguf import parse_metadata as gguf_metadata

__all__ = ["gguf_says", "onnx_says", "safetensors_says"]

# Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (general metadata).
GENERAL: Final[tuple[tuple[str, About], ...]] = (
    (r"base_model\.\d{1,3}\.(?:name|repo_url|url)", "base"),
    (r"base_model\.\d{1,3}\.(?:organization|author|version)", "maker"),
    (r"source\.(?:url|repo_url|(?:url|huggingface)\.repository|hf\.repo)", "base"),
    (r"license(?:\.name|\.link)?", "licence"),
    (r"name|basename|finetune|version|size_label|url|repo_url", "name"),
    (r"author|organization|quantized_by", "maker"),
    (r"architecture", "architecture"),
    (r"dataset\.\d{1,3}\.(?:name|repo_url)|datasets", "data"),
    (r"tags", "tag"),
    (r"type", "architecture"),
)
KEYS: Final = 300  # of the metadata that are looked at
# Keys of safetensors' `__metadata__` and of ONNX' `metadata_props`, wherever they come from:
# kohya's sd-scripts, Stability's ModelSpec, Hugging Face, exporters.
KNOWN: Final[Mapping[str, About]] = {
    "ss_sd_model_name": "base",
    "ss_sd_model_hash": "tag",
    "ss_new_sd_model_hash": "tag",
    "modelspec.merged_from": "base",
    "base_model": "base",
    "base_model_name_or_path": "base",
    "base_model_name": "base",
    "_name_or_path": "loaded-from",
    "ss_base_model_version": "architecture",
    "modelspec.architecture": "architecture",
    "modelspec.title": "name",
    "model_name": "name",
    "name": "name",
    "ss_output_name": "name",
    "modelspec.author": "maker",
    "author": "maker",
    "modelspec.license": "licence",
    "license": "licence",
    "licence": "licence",
    "modelspec.implementation": "tool",
    "format": "tool",
    "framework": "tool",
}
ONNX: Final[Mapping[int, tuple[str, About]]] = {
    2: ("producer_name", "tool"),
    3: ("producer_version", "tool"),
    4: ("domain", "maker"),
    6: ("doc_string", "tag"),
}
GRAPH, PROPERTIES = 7, 14
TEXT_LIMIT: Final = 1 << 16  # bytes of one text
TOP_FIELDS: Final = 10_000  # of an ONNX model that are looked at


def gguf_says(whole: memoryview, what: str) -> Iterator[Said]:
    """The metadata under `general.`, in order."""
    metadata = gguf_metadata(whole, what=what)
    for key in [key for key in metadata if key.startswith("general.")][:KEYS]:
        for pattern, about in GENERAL:
            if re.fullmatch(rf"general\.(?:{pattern})", key):
                yield from says(about, key, metadata[key])
                break


def safetensors_says(whole: memoryview, what: str) -> Iterator[Said]:
    """What stands in `__metadata__`; keys that are not known are told as tags."""
    return _keyed(safetensors_metadata(whole, what=what), "__metadata__")


def onnx_says(whole: memoryview, what: str) -> Iterator[Said]:
    """Who produced an ONNX model, and its further properties."""
    model = Message(whole=whole, begin=0, end=whole.nbytes, what=what)
    properties: dict[str, str] = {}
    for count, field in enumerate(model.fields()):
        if count > TOP_FIELDS:
            raise UnreadableError(f"{what}: more than {TOP_FIELDS} fields, no exporter writes so")
        if field.scalar:
            continue
        if field.number in ONNX:
            called, about = ONNX[field.number]
            yield from says(about, called, _text(model, field))
        elif field.number == GRAPH:
            yield from _graph_name(model.inner(field))
        elif field.number == PROPERTIES:
            key, value = _property(model.inner(field))
            properties.setdefault(key, value)
    yield from _keyed(properties, "metadata_props")


def _keyed(found: Mapping[str, Any], where: str) -> Iterator[Said]:
    for key in sorted(found, key=lambda key: (key not in KNOWN, key))[:KEYS]:
        yield from says(KNOWN.get(key, "tag"), f"{where}.{key}", found[key])


def _graph_name(graph: Message) -> Iterator[Said]:
    for count, field in enumerate(graph.fields()):
        if field.number == 2 and not field.scalar:
            yield "name", "graph.name", _text(graph, field)
            return
        if count > TOP_FIELDS:  # exporters write thousands of nodes before the name
            return


def _property(entry: Message) -> tuple[str, str]:
    parts = {field.number: _text(entry, field) for field in entry.fields() if not field.scalar}
    return parts.get(1, ""), parts.get(2, "")


def _text(message: Message, field: Field) -> str:
    size = min(field.end - field.begin, TEXT_LIMIT)
    return bytes(message.whole[field.begin : field.begin + size]).decode("utf-8", "replace")
