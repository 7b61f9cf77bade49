"""Checkpoints of torch.save, without torch and without unpickling.

Two containers. Since 1.6 a zip archive that compresses nothing: `<top>/data.pkl` describes, and
`<top>/data/<key>` are the storages, mapped where they stand. Before, and still on request, a chain
of pickles (magic number, version, system, the description, the keys) and then each storage after
its length. Source: https://github.com/pytorch/pytorch (torch/serialization.py).
"""

import mmap
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import HeldBytes, MappedFile, Source, StoredTensor, map_file
from filiation.readers.bytes.opened import Opened
from filiation.readers.bytes.recognise import HEAD, something_else
from filiation.readers.bytes.torch_pickle import read_pickle
from filiation.readers.bytes.torch_records import Inert, StorageRef, TensorRef
from filiation.readers.bytes.torch_tensors import ArrayRef, find_tensors
from filiation.readers.bytes.zipped import zip_members

__all__ = ["open_pickle", "open_torch", "torch_tensors"]

PICKLE_LIMIT: Final = 1 << 28  # bytes of a description
MAGIC: Final = 0x1950A86A20F9469CFC6C
VERSION: Final = 1001

Places = Mapping[str, tuple[int, int]]  # storage key to where it begins and ends in the file


def open_torch(path: Path) -> Opened:
    """Map `path` and read its description.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or asks for more than a state dict needs.
    """
    mapped = map_file(path, expected="a torch archive")
    return torch_tensors(path, mapped, 0, len(mapped), str(path))


def torch_tensors(path: Path, mapped: mmap.mmap, begin: int, end: int, what: str) -> Opened:
    """The tensors of an archive that stands at `begin` to `end` of a mapped file.

    Raises:
        UnreadableError: It is something else, damaged, or asks for more than a state dict needs.
    """
    whole = memoryview(mapped)[begin:end]
    if bytes(whole[:4]) == b"PK\x03\x04":
        described, storages = _zip(whole, what)
    elif bytes(whole[:1]) == b"\x80":
        described, storages = _chain(whole, what)
    else:
        raise something_else(bytes(whole[:HEAD]), what=what, expected="a torch archive")
    return described_tensors(path, mapped, begin, described, storages, what)


def open_pickle(path: Path) -> Opened:
    """Map a pickle of plain arrays, as paddle.save writes it.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or asks for more than a state dict needs.
    """
    mapped = map_file(path, expected="a pickle of arrays")
    whole, what = memoryview(mapped), str(path)
    if bytes(whole[:1]) != b"\x80":
        raise something_else(bytes(whole[:HEAD]), what=what, expected="a pickle of arrays")
    described, used = read_pickle(whole, what=what)
    if used != whole.nbytes:
        raise UnreadableError(
            f"{what}: {whole.nbytes - used} bytes follow the pickle, expected none; damaged"
        )
    return described_tensors(path, mapped, 0, described, {}, what)


def described_tensors(
    path: Path, mapped: mmap.mmap, begin: int, described: Any, storages: Places, what: str
) -> Opened:
    """The tensors of a description, where they stand in the file."""
    file = MappedFile(path=path, entries=(), mapped=mapped)
    transposed, unexamined = set(), {}
    places: dict[str, tuple[Source, StoredTensor]] = {}
    tensors, aside = find_tensors(described, what=what)
    for name, tensor in tensors.items():
        if isinstance(tensor, ArrayRef):
            source, entry = _array(name, tensor, file)
            swapped, reason = tensor.swapped and len(tensor.shape) == 2, None
            if tensor.swapped and not swapped:
                reason = "more than two axes, in reverse order"
        else:
            entry, swapped, reason = _entry(name, tensor, storages, what)
            source, entry = file, StoredTensor(info=entry.info, start=begin + entry.start)
        places[name] = source, entry
        if swapped:
            transposed.add(name)
        if reason:
            unexamined[name] = reason
    return Opened(
        path=path,
        places=places,
        transposed=frozenset(transposed),
        unexamined=unexamined,
        aside=aside,
        said=_settings(described),
    )


def _settings(described: Any) -> Mapping[str, int]:
    """Whole numbers of the namespace that Megatron keeps as `args`."""
    args = described.get("args") if isinstance(described, dict) else None
    state = dict(args.items()) if isinstance(args, Inert) else {}
    return {key: n for key, n in state.items() if isinstance(key, str) and type(n) is int}


def _array(name: str, array: ArrayRef, file: MappedFile) -> tuple[Source, StoredTensor]:
    """An array that stands in the pickle: many bytes are a view of the file, few were copied."""
    nbytes = len(array.held)
    info = TensorInfo(name=name, dtype=array.dtype, shape=array.shape, nbytes=nbytes)
    if isinstance(array.held, bytes):
        return HeldBytes(path=file.path, held=array.held), StoredTensor(info=info, start=0)
    return file, StoredTensor(info=info, start=_address(array.held) - _address(file.mapped))


def _address(held: Any) -> int:
    found = np.frombuffer(held, dtype=np.uint8).__array_interface__["data"][0]
    return int(found)


def _entry(
    name: str, tensor: TensorRef, storages: Places, what: str
) -> tuple[StoredTensor, bool, str | None]:
    """Where a tensor's bytes are, whether its axes are swapped, and why it is not read."""
    here = f"{what}: tensor {name!r}"
    if tensor.storage.key not in storages:
        raise UnreadableError(
            f"{here}: storage {tensor.storage.key!a:.40} is missing; the file is damaged"
        )
    begin, end = storages[tensor.storage.key]
    size = stored_bits(tensor.dtype, 1) // 8
    count = prod(tensor.shape)
    extents = zip(tensor.shape, tensor.stride, strict=True)
    span = 1 + sum((n - 1) * step for n, step in extents) if count else 0
    if (tensor.offset + span) * size > end - begin:
        raise UnreadableError(
            f"{here}: ends {tensor.offset + span} values into a storage of {(end - begin) // size};"
            " the description contradicts the file"
        )
    shape, swapped, reason = tensor.shape, False, None
    if span != count or not _is_dense(tensor.shape, tensor.stride):
        swapped = len(shape) == 2 and span == count and _is_dense(shape[::-1], tensor.stride[::-1])
        shape = shape[::-1] if swapped else (span,)
        reason = None if swapped else f"a view with strides {list(tensor.stride)} of its storage"
    nbytes = prod(shape) * size
    info = TensorInfo(name=name, dtype=tensor.dtype, shape=shape, nbytes=nbytes)
    return StoredTensor(info=info, start=begin + tensor.offset * size), swapped, reason


def _is_dense(shape: Sequence[int], stride: Sequence[int]) -> bool:
    """Whether values stand one after another in the order of their indices."""
    step = 1
    for size, found in zip(reversed(shape), reversed(stride), strict=True):
        if size == 0:
            return True
        if size > 1 and found != step:
            return False
        step *= size
    return True


def _zip(whole: memoryview, what: str) -> tuple[Any, Places]:
    members = _members(whole, what)
    tops = [name.removesuffix("data.pkl") for name in members if name.endswith("/data.pkl")]
    if len(tops) != 1:
        raise UnreadableError(
            f"{what}: a zip archive with {len(tops)} data.pkl, expected one; it is no checkpoint "
            "of torch.save"
        )
    order = members.get(tops[0] + "byteorder")
    if order is not None and bytes(whole[order[0] : order[1]]).strip() != b"little":
        raise UnreadableError(f"{what}: was written big-endian, which is not read")
    begin, end = members[tops[0] + "data.pkl"]
    if end - begin > PICKLE_LIMIT:
        raise UnreadableError(
            f"{what}: data.pkl has {end - begin} bytes, expected at most {PICKLE_LIMIT}; "
            "no checkpoint needs that"
        )
    described, _ = read_pickle(whole[begin:end], what=f"{what}: data.pkl")
    data = tops[0] + "data/"
    return described, {n.removeprefix(data): p for n, p in members.items() if n.startswith(data)}


def _members(whole: memoryview, what: str) -> dict[str, tuple[int, int]]:
    """Name to place of every member; none compressed, none over another."""
    members = zip_members(whole, what)
    for member in members.values():
        if member.deflated:
            raise UnreadableError(
                f"{what}: member {member.name!a} is compressed, torch.save never does that; "
                "it is refused, as it could grow without bound"
            )
    return {member.name: (member.begin, member.end) for member in members.values()}


def _chain(whole: memoryview, what: str) -> tuple[Any, Places]:
    """The old container: five pickles, then the storages in the order of their keys."""
    at, read = 0, []
    for part in ("magic number", "version", "system", "description", "keys"):
        bound = whole[at : at + PICKLE_LIMIT]
        described, used = read_pickle(bound, what=f"{what}: {part}")
        read.append(described)
        at += used
        if part == "magic number" and described != MAGIC:
            raise UnreadableError(
                f"{what}: a Python pickle that torch.save did not write; opening it could run "
                "code, so it is refused"
            )
    _, version, system, description, keys = read
    if version != VERSION or not isinstance(system, dict) or not system.get("little_endian"):
        raise UnreadableError(f"{what}: version {version!a:.20} or big-endian, which is not read")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise UnreadableError(f"{what}: no list of storages after the description; damaged")
    dtypes = _storages(description, what)
    places: dict[str, tuple[int, int]] = {}
    for key in keys:
        if key in places or key not in dtypes:
            raise UnreadableError(f"{what}: storage {key!a:.40} is listed twice or used by none")
        count = int.from_bytes(whole[at : at + 8], "little")
        size = stored_bits(dtypes[key].dtype, count) // 8
        at += 8
        if count != dtypes[key].count or size > whole.nbytes - at:
            raise UnreadableError(
                f"{what}: storage {key!a:.40} has {count} values, expected "
                f"{dtypes[key].count}, and {whole.nbytes - at} bytes follow; the file is truncated"
            )
        places[key] = (at, at + size)
        at += size
    return description, places


def _storages(described: Any, what: str) -> dict[str, StorageRef]:
    """Every storage that a tensor of the description uses."""
    found: dict[str, StorageRef] = {}
    waiting, seen = [described], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > PICKLE_LIMIT // 16:
            raise UnreadableError(f"{what}: the description refers to itself without end")
        if isinstance(node, TensorRef):
            node = node.storage
        if isinstance(node, StorageRef):
            found[node.key] = node
        elif isinstance(node, dict):
            waiting.extend(node.values())
        elif isinstance(node, list | tuple):
            waiting.extend(node)
        elif isinstance(node, Inert):
            waiting.extend(node.parts)
    return found
