"""A model in GGUF files: one, or several that say which part each is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.gguf import GgufFile, open_gguf
from filiation.readers.weights.settings import Settings
from filiation.readers.weights.tokens import spell_tokens

__all__ = ["gguf_contents"]

# Architectures whose converter interleaves the rows of q and k, so that rotary pairs stand side by
# side: those that call `LlamaModel.permute` or inherit from LlamaModel with `undo_permute`.
# Source: https://github.com/ggml-org/llama.cpp (convert_hf_to_gguf.py).
_INTERLEAVED: Final = frozenset({
    "arcee", "baichuan", "bailingmoe", "deci", "deepseek", "granite", "granitehybrid",
    "granitemoe", "internlm2", "llama", "minicpm", "mistral3", "olmo", "smollm3", "xverse",
})  # fmt: skip
_ROTARY: Final = re.compile(r"blk\.(\d{1,9})\.attn_([qk])\.(?:weight|bias)")
_STACKED: Final = re.compile(r"blk\.\d{1,9}\.ffn_(?:gate|up|down)_exps\.weight")
_HEAD_LIMIT = 1024  # rows of one head that are held together


def gguf_contents(files: Sequence[Path]) -> Contents:
    """Open the parts of a model, in their order.

    Raises:
        UnreadableError: A part is damaged, missing, or of another model.
    """
    parts = [open_gguf(path) for path in files]
    _check_parts(files, parts)
    places: dict[str, tuple[Source, StoredTensor]] = {}
    for part in parts:
        for entry in (one for stacked in part.file.entries for one in _experts(stacked)):
            if entry.info.name in places:
                raise UnreadableError(
                    f"{part.file.path}: tensor {entry.info.name!r} is also in "
                    f"{places[entry.info.name][0].path.name}, expected it once; "
                    "which one the model uses cannot be known"
                )
            places[entry.info.name] = part.file, entry
    metadata, what = parts[0].metadata, str(files[0])
    architecture = str(metadata.get("general.architecture", ""))
    tokens = _tokens(metadata, what)
    interleaved, unexamined = {}, {}
    for name, rows in _rotary(architecture, metadata, places):
        if rows is None:
            unexamined[name] = "rows of q and k are interleaved by heads, and heads are not known"
        else:
            interleaved[name] = rows
    return Contents(
        places=places,
        settings=_settings(metadata, architecture, tokens),
        tokens=tokens,
        interleaved=interleaved,
        unexamined=unexamined,
    )


def _settings(
    metadata: Mapping[str, Any], architecture: str, tokens: tuple[bytes, ...] | None
) -> Settings:
    heads = _count(metadata, f"{architecture}.attention.head_count")
    return Settings(
        model_types=frozenset({architecture}),
        vocabulary=0 if tokens is None else len(tokens),
        heads=heads,
        groups=_count(metadata, f"{architecture}.attention.head_count_kv") or heads,
        layers=_count(metadata, f"{architecture}.block_count"),
    )


def _experts(entry: StoredTensor) -> Iterator[StoredTensor]:
    """The matrices of a mixture's experts one by one; llama.cpp stacks them along a third axis."""
    info = entry.info
    if _STACKED.fullmatch(info.name) is None or len(info.shape) != 3 or not info.nbytes:
        yield entry
        return
    nbytes = info.nbytes // info.shape[0]
    for n in range(info.shape[0]):
        yield StoredTensor(
            info=TensorInfo(
                name=f"{info.name.removesuffix('.weight')}.{n}.weight",
                dtype=info.dtype,
                shape=info.shape[1:],
                nbytes=nbytes,
            ),
            start=entry.start + n * nbytes,
        )


def _check_parts(files: Sequence[Path], parts: Sequence[GgufFile]) -> None:
    """Each part must say that it is the one its name says."""
    for number, (path, part) in enumerate(zip(files, parts, strict=True)):
        count = part.metadata.get("split.count", 0) or 1
        place = part.metadata.get("split.no", 0)
        if count != len(files) or place != number:
            raise UnreadableError(
                f"{path}: says it is part {place} (from 0) of {count}, expected part {number} of "
                f"{len(files)}; the files are not of one model, or one was replaced"
            )


def _count(metadata: Mapping[str, Any], key: str) -> int:
    """A number that holds for every layer; 0 if unsaid, or said for each layer by itself."""
    found = metadata.get(key)
    return found if type(found) is int and found > 0 else 0


def _rotary(
    architecture: str,
    metadata: Mapping[str, Any],
    places: Mapping[str, tuple[Source, StoredTensor]],
) -> Iterator[tuple[str, int | None]]:
    """The interleaved tensors and their rows per head, None if that cannot be known."""
    if architecture not in _INTERLEAVED:
        return
    for name, (_, entry) in places.items():
        found = _ROTARY.fullmatch(name)
        if found is None or not entry.info.shape:
            continue
        key = f"{architecture}.attention.head_count"
        heads = metadata.get(key + "_kv" if found[2] == "k" else key, metadata.get(key))
        if isinstance(heads, list):
            heads = heads[int(found[1])] if int(found[1]) < len(heads) else None
        rows = entry.info.shape[0]
        known = type(heads) is int and 0 < heads <= rows and rows % (2 * heads) == 0
        yield name, rows // heads if known and rows // heads <= _HEAD_LIMIT else None


def _tokens(metadata: Mapping[str, Any], what: str) -> tuple[bytes, ...] | None:
    kind, texts = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.tokens")
    if not isinstance(texts, list):
        return None
    types = metadata.get("tokenizer.ggml.token_type")
    if not all(isinstance(text, bytes) for text in texts) or (
        isinstance(types, list) and len(types) != len(texts)
    ):
        raise UnreadableError(
            f"{what}: tokenizer.ggml.tokens is no list of texts, or has another length than their "
            "types; the tokenizer is damaged"
        )
    return spell_tokens(str(kind), texts, types if isinstance(types, list) else None)
