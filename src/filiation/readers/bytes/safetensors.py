"""The safetensors format: a header that is believed only where it can be checked, and mapped bytes.

Layout: 8 bytes little-endian length n, n bytes of JSON, then the tensors without gaps. Source:
https://github.com/huggingface/safetensors (README, "Format"). Stricter than the format: no bytes
may follow the last tensor, since a second format could hide there.
"""

import re
from collections.abc import Iterable, Mapping
from math import prod
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.files import opened
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import DTYPES
from filiation.readers.bytes.mapped import MappedFile, StoredTensor, Whole, map_file, whole_of
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.bytes.recognise import HEAD, recognise, something_else

__all__ = ["metadata_of", "open_file", "open_weights", "own_kind", "parse_head", "parse_header",
           "parse_metadata"]  # fmt: skip

HEADER_LIMIT = 100_000_000  # bytes; the limit of the format's own implementation
AXES_LIMIT = 16
PREFIX = 8
LARGEST = 2**63 - 1
# What is written here names its kind first.
OURS: Final = re.compile(
    rb'.{8}\s*\{\s*"__metadata__"\s*:\s*\{\s*"filiation\.([a-z]{1,32})"\s*:', re.DOTALL
)
OWN: Final = 128  # bytes that show it
KINDS: Final[Mapping[str, str]] = {
    "requests": "a reduced log, which `filiation log campaigns` examines",
    "sketch": "a sketch, which is not taken of again",
}


def open_file(path: Path) -> MappedFile:
    """Map `path` and read its header.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, or contradicts itself.
    """
    mapped = map_file(path, expected="safetensors")
    whole = whole_of(mapped)
    return MappedFile(path=path, entries=parse_header(whole, what=str(path)), mapped=mapped)


def open_weights(path: Path) -> MappedFile:
    """As `open_file`, of what is to be a model's: our own files are none, whatever they are called.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, damaged, contradicts itself, or was written here.
    """
    if kind := own_kind(path):
        found = KINDS.get(kind, f"a file of ours of the kind {kind!r}")
        raise UnreadableError(f"{path}: this is {found}, expected the weights of a model")
    return open_file(path)


def own_kind(path: Path) -> str:
    """Which kind of our files it says it is (`filiation.KIND`), by its first bytes; else empty."""
    if not path.is_file():
        return ""
    try:
        with opened(path, follow=True) as file:
            said = OURS.match(file.read(OWN))
    except UnreadableError:
        return ""
    return said[1].decode() if said else ""


def metadata_of(path: Path) -> Mapping[str, str]:
    """What a file says of itself beside its tensors (`__metadata__`), already opened once.

    Raises:
        UnreadableError: As `open_file`.
    """
    return parse_metadata(whole_of(map_file(path, expected="safetensors")), what=str(path))


def parse_header(whole: Whole, *, what: str) -> tuple[StoredTensor, ...]:
    """Check everything the header says against the file, in file order.

    Args:
        whole: The file, or at least its header followed by the right number of bytes.
        what: Opens each sentence, usually the path.
    """
    return _entries(whole, whole.nbytes, what=what)


def parse_head(head: bytes, size: int, *, what: str) -> tuple[StoredTensor, ...]:
    """As `parse_header`, of a file of which only what stands before the tensors is at hand.

    Args:
        head: Its bytes up to the first tensor.
        size: How many bytes the whole file has.
        what: Opens each sentence.
    """
    return _entries(memoryview(head), size, what=what)


def _entries(whole: Whole, size: int, *, what: str) -> tuple[StoredTensor, ...]:
    header, begin = _header(whole, what=what)
    _checked_metadata(header.pop("__metadata__", None), what=what)
    room = size - begin
    entries = [_entry(name, entry, begin, what=what) for name, entry in header.items()]
    entries.sort(key=lambda entry: (entry.start, entry.start + entry.info.nbytes))
    _check_cover(entries, begin, room, what=what)
    return tuple(entries)


def parse_metadata(whole: Whole, *, what: str) -> Mapping[str, str]:
    """What a file says of itself beside its tensors, as `parse_header` checks it."""
    return _checked_metadata(_header(whole, what=what)[0].get("__metadata__"), what=what)


def _header(whole: Whole, *, what: str) -> tuple[dict[str, Any], int]:
    """The header as it stands, and where the tensors begin."""
    length = _header_length(whole, what=what)
    header = parse_object(bytes(whole[PREFIX : PREFIX + length]), what=f"{what}: header")
    return header, PREFIX + length


def _header_length(whole: Whole, *, what: str) -> int:
    head = bytes(whole[:HEAD])
    length = int.from_bytes(head[:PREFIX], "little")
    room = whole.nbytes - PREFIX
    # A header of 640 bytes begins with 80 02, as a pickle does: ask what else it is only then.
    claims = head[4:9] == b"\0\0\0\0{"
    if claims and length <= min(room, HEADER_LIMIT):
        return length
    other = None if claims else recognise(head)
    if other is not None:
        raise something_else(head, what=what, expected="safetensors")
    if room < 0:
        raise UnreadableError(
            f"{what}: {whole.nbytes} bytes, expected at least {PREFIX}; the file is truncated"
        )
    if length > room:
        raise UnreadableError(
            f"{what}: the header claims {length} bytes, only {room} follow; "
            "the file is truncated or not safetensors"
        )
    if length > HEADER_LIMIT:
        raise UnreadableError(
            f"{what}: the header claims {length} bytes, expected at most {HEADER_LIMIT}; "
            "no real model needs that"
        )
    raise UnreadableError(
        f"{what}: the header does not begin with '{{', expected safetensors; it is something else"
    )


def _checked_metadata(metadata: object, *, what: str) -> Mapping[str, str]:
    if metadata is None:  # mlx writes null where there is none
        return {}
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise UnreadableError(f"{what}: __metadata__ is not a map from text to text; damaged")
    return metadata


def _entry(name: str, entry: Any, begin: int, *, what: str) -> StoredTensor:
    if not name.isprintable():
        raise UnreadableError(
            f"{what}: the tensor name {name!a} holds characters that cannot be printed"
        )
    here = f"{what}: tensor {name!r}"
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise UnreadableError(f"{here}: expected dtype, shape and data_offsets, nothing else")
    word = entry["dtype"]
    if not isinstance(word, str) or word not in DTYPES:
        raise UnreadableError(f"{here}: dtype is {word!a:.40}, which is not known; size unknown")
    shape = _naturals(entry["shape"], what=f"{here}: shape")
    offsets = _naturals(entry["data_offsets"], what=f"{here}: data_offsets")
    if len(shape) > AXES_LIMIT:
        raise UnreadableError(f"{here}: {len(shape)} axes, expected at most {AXES_LIMIT}")
    if len(offsets) != 2 or offsets[0] > offsets[1]:
        raise UnreadableError(f"{here}: data_offsets are {list(offsets[:4])}, expected begin, end")
    bits = prod(shape) * DTYPES[word].bits
    nbytes = offsets[1] - offsets[0]
    if bits != nbytes * 8:
        raise UnreadableError(
            f"{here}: {word} {list(shape)} takes {-(-bits // 8)} bytes, data_offsets give "
            f"{nbytes}; the header contradicts itself"
        )
    info = TensorInfo(name=name, dtype=word, shape=shape, nbytes=nbytes)
    return StoredTensor(info=info, start=begin + offsets[0])


def _naturals(found: object, *, what: str) -> tuple[int, ...]:
    if not isinstance(found, list):
        raise UnreadableError(f"{what} is not a list")
    for item in found:
        if type(item) is not int or not 0 <= item <= LARGEST:  # a bool is an int elsewhere
            raise UnreadableError(f"{what} holds {item!a:.40}, expected whole numbers from 0")
    return tuple(found)


def _check_cover(entries: Iterable[StoredTensor], begin: int, room: int, *, what: str) -> None:
    """The tensors must fill the file from `begin` on exactly, each byte once."""
    reached, last = begin, ""
    for entry in entries:
        name = entry.info.name
        if entry.start < reached:
            raise UnreadableError(
                f"{what}: tensors {last!r} and {name!r} overlap; the same bytes cannot be both"
            )
        if entry.start > reached:
            raise UnreadableError(
                f"{what}: {entry.start - reached} bytes before tensor {name!r} belong to none; "
                "expected no gaps, something could hide there"
            )
        reached, last = entry.start + entry.info.nbytes, name
    described = reached - begin
    if described > room:
        raise UnreadableError(
            f"{what}: the header describes {described} bytes of tensors, the file holds {room}; "
            "the file is truncated"
        )
    if described < room:
        raise UnreadableError(
            f"{what}: {room - described} bytes follow the last tensor, expected none; "
            "a second format could hide there"
        )
