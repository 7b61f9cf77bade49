"""Models that processes saved apart, each its part of every tensor: Meta's and Megatron's.

Whether a part holds rows or columns is known by the tensor's name. What lies in several files and
has no known name is unread, unless all files hold the same. Sources:
https://github.com/meta-llama/llama (llama/model.py), https://github.com/NVIDIA/Megatron-LM
(megatron/core/transformer, megatron/training/checkpointing.py).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Final, Literal, Protocol, TypeAlias

from filiation.errors import UnreadableError
from filiation.model.layout import UNREAD, TensorInfo
from filiation.readers.bytes.assembled import Piece, assembled
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.bytes.opened import Opened
from filiation.readers.bytes.parsing import read_object
from filiation.readers.bytes.torch_archive import open_torch
from filiation.readers.weights.ranks import rank_of
from filiation.readers.weights.settings import CONFIG_LIMIT, Settings

__all__ = ["open_megatron", "open_meta"]

STEP: Final = 1 << 20  # bytes that are compared at once

Way: TypeAlias = Literal["rows", "columns", "halves", "same"]

_META: Final[tuple[tuple[str, Way], ...]] = (
    (r"(?:.*\.)?(?:wq|wk|wv|w1|w3|output)\.weight", "rows"),
    (r"(?:.*\.)?(?:wo|w2)\.weight", "columns"),
    (r"(?:.*\.)?(?:\w*norm|rope)\.\w+", "same"),
)
_MEGATRON: Final[tuple[tuple[str, Way], ...]] = (
    (r".*\.(?:word_embeddings|output_layer|query_key_value|linear_qkv|lm_head)\.(?:weight|bias)",
     "rows"),
    (r"(?:.*\.)?(?:output_layer|word_embeddings)\.weight", "rows"),
    (r".*\.(?:dense_h_to_4h|linear_fc1)\.(?:weight|bias)", "halves"),
    (r".*\.(?:self_attention\.dense|dense_4h_to_h|linear_proj|linear_fc2)\.weight", "columns"),
    (r".*(?:norm\w*|position_embeddings|self_attention\.dense|dense_4h_to_h|linear_proj|linear_fc2"
     r"|rotary_pos_emb|pooler\.dense)\.(?:weight|bias|inv_freq)", "same"),
    (r".*\.layer_norm_(?:weight|bias)", "same"),
)  # fmt: skip
_TURNED: Final = re.compile(r"(?:.*\.)?layers\.\d+\.attention\.w([qk])\.weight")
_MLP: Final = re.compile(r".*\.(linear_fc1|dense_h_to_4h|linear_fc2|dense_4h_to_h)\.weight")
_VIRTUAL: Final = re.compile(r"model\d+\.")
_NUMBER: Final = re.compile(r"(.*\blayers\.)(\d{1,5})(\..*)")


def open_meta(parts: Sequence[Opened], params: Path | None) -> tuple[Opened, Settings | None]:
    """Meta's and Mistral's own layout: parts by number, and what params.json says.

    Its queries and keys stand in pairs of rows, as their rotary positions turn them.

    Raises:
        UnreadableError: The parts are not of one model.
    """
    said = {} if params is None else read_object(params, limit=CONFIG_LIMIT)

    def number(key: str) -> int:
        found = said.get(key)
        return found if type(found) is int and found > 0 else 0

    final = parts[0].places.get("norm.weight")  # as wide as the stream
    width = number("dim") or (final[1].info.shape[0] if final and final[1].info.shape else 0)
    heads = number("n_heads")
    groups = number("n_kv_heads") or heads

    def way(name: str, info: TensorInfo) -> Way | None:
        if name == "tok_embeddings.weight" and len(info.shape) == 2:
            return "rows" if info.shape[1] == width else "columns"
        return _known(_META, name)

    opened = _joined(parts, way)
    pairs: dict[str, int] = {}
    for name, (_, entry) in opened.places.items():
        found, shape = _TURNED.fullmatch(name), entry.info.shape
        count = 0 if found is None else heads if found[1] == "q" else groups
        if count and len(shape) == 2 and shape[0] % (2 * count) == 0:
            pairs[name] = shape[0] // count
    told = Settings(heads=heads, groups=groups, layers=number("n_layers")) if heads else None
    return replace(opened, interleaved=pairs), told


def open_megatron(files: Sequence[Path]) -> tuple[Opened, Settings | None]:
    """Every rank's part, put together within each stage of the pipeline, and stage after stage.

    Raises:
        UnreadableError: The parts are not of one model, or hold several models each.
    """
    by_stage: dict[int, list[Opened]] = defaultdict(list)
    for file in files:
        part = open_torch(file)
        split = sorted({found[0] for name in part.places if (found := _VIRTUAL.match(name))})
        if split:
            raise UnreadableError(
                f"{file}: holds {len(split)} runs of layers ({', '.join(split[:3])}), which an "
                "interleaved pipeline mixes; that is not read, convert the checkpoint first"
            )
        by_stage[rank_of(file.parent)[1]].append(part)
    joined = [_joined(parts, _megatron_way(parts)) for _, parts in sorted(by_stage.items())]
    said = joined[0].said
    heads = max(0, said.get("num_attention_heads", 0))
    told = Settings(
        model_types=frozenset({"megatron"}),
        heads=heads,
        groups=max(0, said.get("num_query_groups", 0)) or heads,
        layers=max(0, said.get("num_layers", 0)),
    )
    return _stages(joined), told


def _megatron_way(parts: Sequence[Opened]) -> "_Way":
    """How Megatron cuts, where the first matrix of an MLP holds gate and up or not."""
    rows: dict[str, int] = defaultdict(int)
    for part in parts:
        for name, (_, entry) in part.places.items():
            if len(entry.info.shape) == 2 and (found := _MLP.fullmatch(name)):
                first = found[1] in ("linear_fc1", "dense_h_to_4h")
                rows["first" if first else "second"] += entry.info.shape[0 if first else 1]
    gated = rows["first"] == 2 * rows["second"]

    def way(name: str, info: TensorInfo) -> Way | None:
        known = _known(_MEGATRON, name)
        return "rows" if known == "halves" and not gated else known

    return way


def _stages(parts: Sequence[Opened]) -> Opened:
    """The stages of a pipeline, each of which counts its layers from nought."""
    if len(parts) == 1:
        return parts[0]
    places: dict[str, tuple[Source, StoredTensor]] = {}
    reasons: dict[str, str] = {}
    aside: dict[str, str] = {}
    before = 0
    for part in parts:
        numbers = [int(found[2]) for name in part.places if (found := _NUMBER.fullmatch(name))]
        for name, (source, entry) in part.places.items():
            found = _NUMBER.fullmatch(name)
            told = name if found is None else f"{found[1]}{int(found[2]) + before}{found[3]}"
            if told in places:  # the table of tokens stands at both ends where it is tied
                aside[told] = f"stands also in {part.path.parent.name}, which holds a later stage"
                continue
            places[told] = source, _called(entry, told)
            if name in part.unexamined:
                reasons[told] = part.unexamined[name]
        before += max(numbers, default=-1) + 1
        aside |= part.aside
    return Opened(path=parts[0].path, places=places, unexamined=reasons, aside=aside)


def _known(names: Sequence[tuple[str, Way]], name: str) -> Way | None:
    return next((way for pattern, way in names if re.fullmatch(pattern, name)), None)


def _joined(parts: Sequence[Opened], way: "_Way") -> Opened:
    first = parts[0]
    if len(parts) == 1:
        return first
    _same_names(parts)
    places: dict[str, tuple[Source, StoredTensor]] = {}
    reasons: dict[str, str] = {}
    for name, (source, entry) in first.places.items():
        every = [part.places[name] for part in parts]
        infos = [one.info for _, one in every]
        known = way(name, entry.info)
        turned = {name in part.transposed for part in parts}
        if known == "same" or (known is None and len(entry.info.shape) < 2):
            places[name] = source, entry
            if not _equal(every):
                reasons[name] = f"{UNREAD}its {len(parts)} copies differ; which counts is not known"
        elif known is None or len({info.dtype for info in infos}) > 1 or turned != {False}:
            places[name] = source, entry
            reasons[name] = f"{UNREAD}one of {len(parts)} parts: no name says how they were cut"
        else:
            places[name] = _put(first.path, name, every, known)
    for part in parts:
        reasons |= {n: why for n, why in part.unexamined.items() if n not in reasons}
    return Opened(
        path=first.path,
        places=places,
        transposed=first.transposed,
        unexamined=reasons,
        aside=first.aside,
        said=first.said,
    )


class _Way(Protocol):
    """How the parts of a tensor were cut; None if its name does not say."""

    def __call__(self, name: str, info: TensorInfo) -> Way | None: ...


def _same_names(parts: Sequence[Opened]) -> None:
    first = parts[0]
    for part in parts[1:]:
        other = sorted(first.places.keys() ^ part.places.keys())
        if other:
            raise UnreadableError(
                f"{part.path}: {other[0]!a:.80} is in it or in {first.path.name} and not in both, "
                "expected the same tensors in every part; the files are not of one model"
            )


def _equal(every: Sequence[tuple[Source, StoredTensor]]) -> bool:
    """Whether all parts hold the same."""
    source, first = every[0]
    for other, one in every[1:]:
        if replace(one.info, name=first.info.name) != first.info:
            return False
        for at in range(0, first.info.nbytes, STEP):
            size = min(STEP, first.info.nbytes - at)
            mine = source.view(first.start + at, first.start + at + size)
            if mine != other.view(one.start + at, one.start + at + size):
                return False
    return True


def _put(
    path: Path, name: str, every: Sequence[tuple[Source, StoredTensor]], way: Way
) -> tuple[Source, StoredTensor]:
    """The whole of a tensor: parts below each other, beside each other, or half by half."""
    here = f"{path}: tensor {name!a:.80}"
    word = every[0][1].info.dtype
    each = stored_bits(word, 1) // 8
    halves = 2 if way == "halves" else 1
    shapes = [one.info.shape for _, one in every]
    if way == "columns":
        fits = all(len(shape) == 2 and shape[0] == shapes[0][0] for shape in shapes)
    else:
        fits = all(shape and shape[1:] == shapes[0][1:] for shape in shapes)
        fits &= all(shape[0] % halves == 0 for shape in shapes if shape)
    if not fits:
        raise UnreadableError(f"{here}: its parts are {shapes[:4]}, which do not fit; damaged")
    if way == "columns":
        shape: tuple[int, ...] = (shapes[0][0], sum(shape[1] for shape in shapes))
    else:
        shape = (sum(shape[0] for shape in shapes), *shapes[0][1:])
    row = prod(shape[1:]) * each
    pieces, reached = [], 0
    for half in range(halves):
        for source, one in every:
            rows = one.info.shape[0] // halves
            width = prod(one.info.shape[1:]) * each
            start = one.start + half * rows * width
            top, left = (0, reached) if way == "columns" else (reached, 0)
            pieces.append(
                Piece(source=source, start=start, top=top, rows=rows, left=left, width=width)
            )
            reached += width if way == "columns" else rows
    whole = assembled(path, pieces, rows=shape[0], row_bytes=row, what=here)
    info = TensorInfo(name=name, dtype=word, shape=shape, nbytes=shape[0] * row)
    return whole, StoredTensor(info=info, start=0)


def _called(entry: StoredTensor, name: str) -> StoredTensor:
    info = entry.info
    called = TensorInfo(name=name, dtype=info.dtype, shape=info.shape, nbytes=info.nbytes)
    return StoredTensor(info=called, start=entry.start)
