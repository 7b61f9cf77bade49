"""Checkpoints of torch.save, without torch and without unpickling.

Two containers. Since 1.6 a zip archive that compresses nothing: `<top>/data.pkl` describes, and
`<top>/data/<key>` are the storages, mapped where they stand. Before, and still on request, a chain
of pickles (magic number, version, system, the description, the keys) and then each storage after
its length. Source: https://github.com/pytorch/pytorch (torch/serialization.py).
"""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import MappedFile, StoredTensor, Whole, map_file, whole_of
from filiation.readers.bytes.recognise import HEAD, something_else
from filiation.readers.bytes.torch_pickle import read_pickle
from filiation.readers.bytes.torch_records import Inert, StorageRef, TensorRef, find_tensors

__all__ = ["TorchFile", "open_torch"]

PICKLE_LIMIT: Final = 1 << 28  # bytes of a description
DIRECTORY_LIMIT: Final = 1 << 27  # bytes of a zip's directory
END: Final = 22 + 20 + 56  # bytes of the records that follow a zip's directory
LONGEST_END: Final = 22 + (1 << 16)  # with the longest comment, within which zipfile looks for them
MAGIC: Final = 0x1950A86A20F9469CFC6C
VERSION: Final = 1001

Places = Mapping[str, tuple[int, int]]  # storage key to where it begins and ends in the file


class TorchFile:
    """A mapped checkpoint: its tensors, which of them are transposed, and which are not read."""

    __slots__ = ("file", "transposed", "unexamined")

    def __init__(
        self, file: MappedFile, transposed: frozenset[str], unexamined: Mapping[str, str]
    ) -> None:
        self.file, self.transposed, self.unexamined = file, transposed, unexamined


def open_torch(path: Path) -> TorchFile:
    """Map `path` and read its description.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or asks for more than a state dict needs.
    """
    mapped = map_file(path, expected="a torch archive")
    whole, what = whole_of(mapped), str(path)
    if bytes(whole[:4]) == b"PK\x03\x04":
        described, storages = _zip(path, whole)
    elif bytes(whole[:1]) == b"\x80":
        described, storages = _chain(whole, what)
    else:
        raise something_else(bytes(whole[:HEAD]), what=what, expected="a torch archive")
    transposed, unexamined, entries = set(), {}, []
    for name, tensor in find_tensors(described, what=what).items():
        entry, swapped, reason = _entry(name, tensor, storages, what)
        entries.append(entry)
        if swapped:
            transposed.add(name)
        if reason:
            unexamined[name] = reason
    file = MappedFile(path=path, entries=tuple(entries), mapped=mapped)
    return TorchFile(file, frozenset(transposed), unexamined)


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


def _zip(path: Path, whole: Whole) -> tuple[Any, Places]:
    what = str(path)
    members = _members(path, whole)
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


def _members(path: Path, whole: Whole) -> dict[str, tuple[int, int]]:
    """Name to place of every member; none compressed, none over another."""
    what = str(path)
    directory = _check_directory(whole, what)
    _ = whole[-max(directory + END, LONGEST_END) :]  # zipfile opens the file itself
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise UnreadableError(f"{what}: not a readable zip archive: {error}") from error
    places: dict[str, tuple[int, int]] = {}
    for member in found:
        name = member.filename
        if name in places:
            raise UnreadableError(f"{what}: member {name!a} stands twice, expected once")
        if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
            raise UnreadableError(
                f"{what}: member {name!a} is compressed or encrypted, torch.save never does that; "
                "it is refused, as it could grow without bound"
            )
        if member.file_size != member.compress_size:
            raise UnreadableError(f"{what}: member {name!a} has two sizes; the archive is damaged")
        places[name] = _place(whole, member, what)
    reached = 0
    for name, (begin, end) in sorted(places.items(), key=lambda item: item[1]):
        if begin < reached:
            raise UnreadableError(f"{what}: member {name!a} overlaps another; it is refused")
        reached = end
    return places


def _place(whole: Whole, member: zipfile.ZipInfo, what: str) -> tuple[int, int]:
    """Where a member's bytes are, as its own header says; it must agree with the directory."""
    at = member.header_offset
    head = bytes(whole[at : at + 30]) if at >= 0 else b""
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise UnreadableError(f"{what}: member {member.filename!a} has no header; damaged")
    length, extra = struct.unpack("<HH", head[26:30])
    name = bytes(whole[at + 30 : at + 30 + length])
    if name not in _spellings(member):
        raise UnreadableError(
            f"{what}: member {member.filename!a} is called {name!a:.60} in its own header; "
            "two readers could see two different files"
        )
    begin = at + 30 + length + extra
    if begin + member.file_size > whole.nbytes:
        raise UnreadableError(f"{what}: member {member.filename!a} ends outside the file; damaged")
    return begin, begin + member.file_size


def _spellings(member: zipfile.ZipInfo) -> set[bytes]:
    """A name's bytes as zipfile may have read them: UTF-8, or the old code page."""
    return {
        member.orig_filename.encode("utf-8", "replace"),
        member.orig_filename.encode("cp437", "replace"),
    }


def _check_directory(whole: Whole, what: str) -> int:
    """Bytes of the directory: of bearable size, and its end record the last bytes."""
    end = bytes(whole[-22:])
    if len(end) < 22 or end[:4] != b"PK\x05\x06":
        raise UnreadableError(
            f"{what}: no end record in the last bytes of the zip archive; the file is truncated"
        )
    size = int.from_bytes(end[12:16], "little")
    if size == 0xFFFFFFFF:
        record = bytes(whole[-22 - 20 - 56 : -22 - 20])
        size = int.from_bytes(record[40:48], "little") if record[:4] == b"PK\x06\x06" else 1 << 63
    if size > min(DIRECTORY_LIMIT, whole.nbytes):
        raise UnreadableError(
            f"{what}: the archive claims a directory of {size} bytes, expected at most "
            f"{min(DIRECTORY_LIMIT, whole.nbytes)}; it is damaged or made to exhaust memory"
        )
    return size


def _chain(whole: Whole, what: str) -> tuple[Any, Places]:
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
