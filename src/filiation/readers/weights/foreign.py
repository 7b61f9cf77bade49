"""What a tensor is called by torch that Flax, TensorFlow or Keras calls otherwise.

These keep a dense layer's matrix as [in, out], and some of them its attention's with an axis for
the heads; role files say [out, in] and know torch's names. Sources:
https://github.com/huggingface/transformers v4 (modeling_flax_pytorch_utils.py,
modeling_tf_pytorch_utils.py), https://github.com/keras-team/keras-hub (layers, models).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Final, final

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.assembled import Piece, assembled
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.bytes.opened import Places

__all__ = ["Renamed", "flax_names", "hdf5_names", "keras_names"]

_LEAVES: Final = {
    "kernel": "weight", "scale": "weight", "gamma": "weight", "beta": "bias",
    "embedding": "weight", "embeddings": "weight",
}  # fmt: skip
_TURNED: Final = frozenset({"kernel", "pointwise_kernel", "depthwise_kernel"})
# The parts of a Keras path that count its layers, which begin without a number.
_BLOCK: Final = re.compile(
    r"(?:\w+_)?(transformer_(?:decoder|encoder)|decoder_block)(?:_(\d{1,5}))?"
)
_VARIABLE: Final = {"0": "weight", "1": "bias"}
_TABLES: Final = re.compile(r"(?:\w*_)?(?:embedding|embeddings|embed)(?:_\d+)?")
_HEADS: Final = 3  # axes of a matrix whose heads have an axis of their own


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """All tensors, stored name to torch's, and which lie as their transpose."""

    places: Places
    names: Mapping[str, str]
    transposed: frozenset[str]


def flax_names(places: Places) -> Renamed:
    """Flax and TensorFlow: `kernel` is a transposed weight, `scale` and `gamma` are gains."""
    found: dict[str, tuple[Source, StoredTensor]] = {}
    names: dict[str, str] = {}
    transposed = set()
    levels = 2 if any("_._" in name for name in places) else 0  # TensorFlow's group and model
    for name, (source, entry) in places.items():
        parts = _parts(name)
        parts = parts[levels:] if len(parts) > levels + 1 else parts
        matrix = parts[-1] in _TURNED
        folded = _folded(entry, writes=_writes(parts[:-1])) if matrix else entry
        found[name] = source, folded
        if matrix and len(folded.info.shape) == 2:
            transposed.add(name)
        names[name] = ".".join((*parts[:-1], _LEAVES.get(parts[-1], parts[-1])))
    return Renamed(places=found, names=_free(names), transposed=frozenset(transposed))


def keras_names(places: Places) -> Renamed:
    """Keras 3: variables are numbered in their layer, the first is its matrix or its gain."""
    found: dict[str, tuple[Source, StoredTensor]] = {}
    names: dict[str, str] = {}
    transposed = set()
    for name, (source, entry) in places.items():
        parts = name.split("/")
        if len(parts) < 3 or parts[-2] != "vars":
            found[name] = source, entry
            continue
        layer, number = parts[-3], parts[-1]
        table = _TABLES.fullmatch(layer) is not None
        role = [*(_counted(part) for part in parts[:-2]), _VARIABLE.get(number, number)]
        if table and number == "1":  # a head that is not tied: [width, vocabulary]
            role = ["lm_head", "weight"]
        by_head = (
            "decoder_block" in name
            and "attention" in parts
            and layer in ("query_dense", "key_dense", "value_dense")
        )
        source, entry = _beside(source, entry) if by_head else (source, entry)
        entry = _folded(entry, writes="output" in layer) if number == "0" else entry
        found[name] = source, entry
        if len(entry.info.shape) == 2 and (not table or number == "1"):
            transposed.add(name)
        names[name] = ".".join(role)
    return Renamed(places=found, names=_free(names), transposed=frozenset(transposed))


def hdf5_names(places: Places) -> Renamed:
    """HDF5 of Keras 3, whose variables have numbers, or of TensorFlow, whose have names."""
    numbered = any("/vars/" in name for name in places)
    return keras_names(places) if numbered else flax_names(places)


def _parts(name: str) -> list[str]:
    """The parts of a path; TensorFlow marks levels by `_._` and repeats names before `___`."""
    plain = re.sub(r":\d+$", "", name).replace("_._", "/")
    plain = re.sub(r"/[^/]*___([^/]*)/", r"/\1/", plain)
    return [part for part in re.split(r"[/.]", plain) if part] or [name]


def _writes(path: list[str]) -> bool:
    """Whether a dense layer puts heads together, by its name."""
    return (
        bool(path) and re.fullmatch(r"(?:\w*_)?(?:out|output|o|wo)(?:_\w+)?", path[-1]) is not None
    )


def _folded(entry: StoredTensor, *, writes: bool) -> StoredTensor:
    """A matrix whose heads have an axis of their own, as [in, out]."""
    info = entry.info
    if len(info.shape) != _HEADS or not info.nbytes:
        return entry
    first, middle, last = info.shape
    shape = (first * middle, last) if writes else (first, middle * last)
    folded = TensorInfo(name=info.name, dtype=info.dtype, shape=shape, nbytes=info.nbytes)
    return StoredTensor(info=folded, start=entry.start)


def _beside(source: Source, entry: StoredTensor) -> tuple[Source, StoredTensor]:
    """The heads of a matrix [heads, in, size] side by side, as [in, heads * size]."""
    info = entry.info
    if len(info.shape) != _HEADS or not info.nbytes:
        return source, entry
    heads, width, size = info.shape
    each = info.nbytes // prod(info.shape)
    pieces = [
        Piece(
            source=source, start=entry.start + n * width * size * each, top=0, rows=width,
            left=n * size * each, width=size * each,
        )
        for n in range(heads)
    ]  # fmt: skip
    turned = TensorInfo(
        name=info.name, dtype=info.dtype, shape=(width, heads * size), nbytes=info.nbytes
    )
    whole = assembled(
        source.path, pieces, rows=width, row_bytes=heads * size * each, what=info.name
    )
    return whole, StoredTensor(info=turned, start=0)


def _counted(part: str) -> str:
    """`llama_transformer_decoder_3` as `transformer_decoder.3`; the first has no number."""
    found = _BLOCK.fullmatch(part)
    return part if found is None else f"{found[1]}.{found[2] or 0}"


def _free(names: Mapping[str, str]) -> dict[str, str]:
    """Those names that no two tensors would share."""
    counts: dict[str, int] = {}
    for name, role in names.items():
        counts[role] = counts.get(role, 0) + 1
        counts.setdefault(name, 0)
    return {
        name: role
        for name, role in names.items()
        if role != name and counts[role] == 1 and role not in names
    }
