"""A model as torch.distributed.checkpoint leaves it: records in `.metadata`, pieces in `.distcp`.

`.metadata` is a pickle, read as a description and never run. Each piece is a small torch archive
at a place of a file that the records name. Source: https://github.com/pytorch/pytorch
(torch/distributed/checkpoint/metadata.py, filesystem.py).
"""

import mmap
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.assembled import Piece, assembled
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import Source, StoredTensor, map_file
from filiation.readers.bytes.opened import Opened
from filiation.readers.bytes.torch_pickle import read_pickle
from filiation.readers.bytes.torch_records import ChunkKey, Inert
from filiation.readers.bytes.torch_tensors import no_model

__all__ = ["METADATA", "open_distributed"]

METADATA: Final = ".metadata"
METADATA_LIMIT: Final = 1 << 28  # bytes
SUFFIX: Final = ".distcp"
LAYERS_LIMIT: Final = 10_000
# Megatron keeps its layers as one tensor of each kind, with an axis more.
STACKED: Final = re.compile(r"((?:.*\.)?(?:decoder|encoder)\.layers\.)(?!\d)(.+)")
WRAPPERS: Final = ("app.", "state_dict.", "model.")  # before names, in that order


def open_distributed(folder: Path) -> Opened:
    """Put every tensor of a folder together.

    Raises:
        UsageError: There are no records.
        UnreadableError: Records or pieces are damaged, missing, or contradict each other.
    """
    path = folder / METADATA
    mapped = map_file(path, expected="the records of torch.distributed.checkpoint")
    if len(mapped) > METADATA_LIMIT:
        raise UnreadableError(f"{path}: {len(mapped)} bytes, expected at most {METADATA_LIMIT}")
    described, _ = read_pickle(memoryview(mapped), what=str(path))
    records = _said(described)
    tensors, stored = records.get("state_dict_metadata"), records.get("storage_data")
    if not isinstance(tensors, dict) or not isinstance(stored, dict):
        raise UnreadableError(f"{path}: does not say which tensors there are and where; damaged")
    files: dict[str, mmap.mmap] = {}
    places: dict[str, tuple[Source, StoredTensor]] = {}
    trained: list[str] = []
    by_name: dict[str, dict[tuple[int, ...], Any]] = defaultdict(dict)
    for key, info in stored.items():
        if isinstance(key, ChunkKey) and key.offset is not None:
            by_name[key.name][key.offset] = _said(info)
    for name, described in tensors.items():
        chunks = _said(described).get("chunks")
        if not isinstance(name, str) or not name.isprintable() or not isinstance(chunks, list):
            continue  # what is no tensor: a step, a list of settings
        if _training(name):
            trained.append(name)
            continue
        places[name] = _tensor(folder, name, _said(described), by_name.get(name, {}), files)
    return Opened(path=path, places=dict(_layers(_unwrapped(places))), aside=_told(trained))


def _training(name: str) -> bool:
    parts = name.split(".")
    return no_model(name) or (parts[0] in ("app", "state") and no_model(".".join(parts[1:])))


def _told(trained: Sequence[str]) -> dict[str, str]:
    counts = Counter(name.partition(".")[0] for name in trained)
    return {
        first: f"{count} tensors that are the state of a training, no part of the model"
        for first, count in sorted(counts.items())
    }


def _unwrapped(
    places: Mapping[str, tuple[Source, StoredTensor]],
) -> Mapping[str, tuple[Source, StoredTensor]]:
    """Without what stands before all names."""
    for wrapper in WRAPPERS:
        if places and all(name.startswith(wrapper) for name in places):
            places = {name.removeprefix(wrapper): place for name, place in places.items()}
    return {
        name: (
            source,
            StoredTensor(
                info=TensorInfo(
                    name=name, dtype=one.info.dtype, shape=one.info.shape, nbytes=one.info.nbytes
                ),
                start=one.start,
            ),
        )
        for name, (source, one) in places.items()
    }


def _tensor(
    folder: Path,
    name: str,
    said: Mapping[Any, Any],
    stored: Mapping[tuple[int, ...], Mapping[Any, Any]],
    files: dict[str, mmap.mmap],
) -> tuple[Source, StoredTensor]:
    here = f"{folder / METADATA}: tensor {name!a:.120}"
    shape = _naturals(said.get("size"), here)
    found: list[tuple[tuple[int, ...], tuple[int, ...], Source, StoredTensor]] = []
    for chunk in said["chunks"]:
        piece = _said(chunk)
        offset, size = _naturals(piece.get("offsets"), here), _naturals(piece.get("sizes"), here)
        inside = len(offset) == len(size) == len(shape) and all(
            low + extent <= high for low, extent, high in zip(offset, size, shape, strict=True)
        )
        if not inside:
            raise UnreadableError(f"{here}: a piece at {list(offset)} reaches beyond; damaged")
        source, entry = _stored(folder, here, stored.get(offset), files)
        if entry.info.shape != size:
            raise UnreadableError(
                f"{here}: the piece at {list(offset)} is {list(entry.info.shape)}, the records say "
                f"{list(size)}; the files are not of one checkpoint"
            )
        found.append((offset, size, source, entry))
    words = {entry.info.dtype for *_, entry in found}
    if len(words) != 1:
        raise UnreadableError(f"{here}: its pieces are of {sorted(words) or 'no'} type; damaged")
    word = words.pop()
    each = stored_bits(word, 1) // 8
    info = TensorInfo(name=name, dtype=word, shape=shape, nbytes=prod(shape) * each)
    if len(found) == 1 and found[0][1] == shape:
        return found[0][2], StoredTensor(info=info, start=found[0][3].start)
    inner = prod(shape[2:]) * each if len(shape) < 3 else prod(shape[3:]) * each
    pieces = [part for one in found if one[3].info.nbytes for part in _pieces(one, shape, inner)]
    row = info.nbytes // max(1, _rows(shape))
    whole = assembled(folder, pieces, rows=_rows(shape), row_bytes=row, what=here)
    return whole, StoredTensor(info=info, start=0)


def _rows(shape: tuple[int, ...]) -> int:
    """Rows of a tensor as pieces see it: those of all its matrices, where it is a stack of them."""
    return prod(shape[:2]) if len(shape) > 2 else (shape[0] if shape else 1)


def _pieces(
    one: tuple[tuple[int, ...], tuple[int, ...], Source, StoredTensor],
    shape: tuple[int, ...],
    inner: int,
) -> Iterator[Piece]:
    """A piece as rectangles: one for each matrix of a stack.

    What is cut beyond the third axis is told as a gap.
    """
    offset, size, source, entry = one
    stack = len(shape) > 2
    low, rows = (
        (offset[1], size[1]) if stack else (offset[0] if size else 0, size[0] if size else 1)
    )
    left, wide = (offset[-1], size[-1]) if len(size) in (2, 3) else (0, 1)
    width = wide * inner if len(size) in (2, 3) else entry.info.nbytes // max(1, _rows(size))
    for n in range(size[0] if stack else 1):
        top = (offset[0] + n) * shape[1] + low if stack else low
        yield Piece(
            source=source, start=entry.start + n * rows * width, top=top, rows=rows,
            left=left * inner, width=width,
        )  # fmt: skip


def _layers(
    places: Mapping[str, tuple[Source, StoredTensor]],
) -> Iterator[tuple[str, tuple[Source, StoredTensor]]]:
    """Tensors by name; what Megatron stacks of all layers, layer by layer."""
    for name, (source, entry) in places.items():
        info, stacked = entry.info, STACKED.fullmatch(name)
        if stacked is None or len(info.shape) < 2 or not 0 < info.shape[0] <= LAYERS_LIMIT:
            yield name, (source, entry)
            continue
        each = info.nbytes // info.shape[0]
        for n in range(info.shape[0]):
            told = f"{stacked[1]}{n}.{stacked[2]}"
            part = TensorInfo(name=told, dtype=info.dtype, shape=info.shape[1:], nbytes=each)
            yield told, (source, StoredTensor(info=part, start=entry.start + n * each))


def _stored(
    folder: Path, here: str, said: Mapping[Any, Any] | None, files: dict[str, mmap.mmap]
) -> tuple[Source, StoredTensor]:
    """A piece, which is an archive of one tensor at a place of a file beside the records."""
    if said is None:
        raise UnreadableError(f"{here}: the records do not say where a piece of it is; damaged")
    file, at, length = said.get("relative_path"), said.get("offset"), said.get("length")
    plain = isinstance(file, str) and file.isprintable() and not set(file) & set("/\\:")
    if not isinstance(file, str) or not plain or not file.endswith(SUFFIX):
        raise UnreadableError(
            f"{here}: is placed in {file!a:.80}, expected the plain name of a .distcp beside it; "
            "records must not reach elsewhere"
        )
    if file not in files:
        if not (folder / file).is_file():
            raise UnreadableError(f"{folder / file}: missing, the records name it")
        files[file] = map_file(folder / file, expected="pieces of tensors")
    mapped = files[file]
    if not (type(at) is int and type(length) is int and 0 <= at <= at + length <= len(mapped)):
        raise UnreadableError(f"{here}: its piece ends outside of {file}; the file was cut")
    from filiation.readers.bytes.torch_archive import torch_tensors  # for such files alone

    opened = torch_tensors(folder / file, mapped, at, at + length, here)
    if len(opened.places) != 1 or opened.transposed or opened.unexamined:
        raise UnreadableError(f"{here}: its piece in {file} is no plain tensor; damaged")
    return next(iter(opened.places.values()))


def _said(record: Any) -> Mapping[Any, Any]:
    """What the state of a record says; nothing if it is none."""
    if not isinstance(record, Inert):
        return record if isinstance(record, dict) else {}
    return next((part for part in reversed(record.parts) if isinstance(part, dict)), {})


def _naturals(found: Any, here: str) -> tuple[int, ...]:
    if not isinstance(found, tuple) or not all(type(n) is int and n >= 0 for n in found):
        raise UnreadableError(f"{here}: a shape or a place in it is {found!a:.40}; damaged")
    return found
