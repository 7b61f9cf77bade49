"""CTranslate2's `model.bin`: named variables one after another, mapped where they stand.

Version of the format, name and revision of the model's specification, the variables (name, shape,
type, bytes), and aliases, which are further names of variables. Source:
https://github.com/OpenNMT/CTranslate2 (python/ctranslate2/specs/model_spec.py,
src/models/model.cc).
"""

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import stored_bits
from filiation.readers.bytes.mapped import MappedFile, StoredTensor, map_file

__all__ = ["Variables", "is_ctranslate2", "open_ctranslate2"]

VERSIONS: Final = range(4, 7)  # before 4 a variable said no type
VARIABLES_LIMIT: Final = 1_000_000
AXES_LIMIT: Final = 16
TYPES: Final = ("F32", "I8", "I16", "I32", "F16", "BF16")
HEAD: Final = 64


@final
class Variables:
    """A mapped model: its variables, and which further names they have."""

    __slots__ = ("aliases", "file")

    def __init__(self, file: MappedFile, aliases: Mapping[str, str]) -> None:
        self.file, self.aliases = file, aliases


def is_ctranslate2(path: Path) -> bool:
    """Whether a file begins as `model.bin` does: a small version, and a text that ends with 0."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    length = int.from_bytes(head[4:6], "little")
    name = head[6 : 6 + length]
    return (
        int.from_bytes(head[:4], "little") in range(2, 16)
        and 1 < length <= HEAD - 6
        and name[-1:] == b"\0"
        and name[:-1].isalnum()
    )


def open_ctranslate2(path: Path) -> Variables:
    """Map `path` and read what stands before each variable.

    Raises:
        UsageError: There is no such file.
        UnreadableError: It is something else, of a version that is not read, or damaged.
    """
    mapped = map_file(path, expected="a CTranslate2 model")
    tape = _Tape(memoryview(mapped), str(path))
    version = tape.number(4)
    if version not in VERSIONS:
        raise tape.refused(f"version {version} of the format, expected 4 to 6")
    tape.text()
    tape.number(4)
    count = tape.number(4)
    if count > VARIABLES_LIMIT:
        raise tape.refused(f"claims {count} variables")
    entries: dict[str, StoredTensor] = {}
    for _ in range(count):
        entry = tape.variable()
        if entry.info.name in entries:
            raise tape.refused(f"variable {entry.info.name!a:.80} stands twice")
        entries[entry.info.name] = entry
    aliases: dict[str, str] = {}
    for _ in range(tape.number(4)):
        alias, name = tape.text(), tape.text()
        if name not in entries or alias in entries or alias in aliases:
            raise tape.refused(f"{alias!a:.80} is another name of {name!a:.80}, which is not there")
        aliases[alias] = name
    if tape.at != len(mapped):
        raise tape.refused(f"{len(mapped) - tape.at} bytes follow, expected none")
    return Variables(MappedFile(path=path, entries=tuple(entries.values()), mapped=mapped), aliases)


@final
class _Tape:
    """Numbers and texts one after another, never beyond the end."""

    def __init__(self, whole: memoryview, what: str) -> None:
        self._whole, self._what, self.at = whole, what, 0

    def refused(self, why: str) -> UnreadableError:
        return UnreadableError(f"{self._what}: {why}; damaged, or no CTranslate2 model")

    def number(self, size: int) -> int:
        begin = self.skip(size)
        return int.from_bytes(self._whole[begin : self.at], "little")

    def text(self) -> str:
        size = self.number(2)
        begin = self.skip(size)
        raw = bytes(self._whole[begin : self.at])
        try:
            found = raw.removesuffix(b"\0").decode()
        except UnicodeDecodeError as error:
            raise self.refused("a name is not UTF-8") from error
        if raw[-1:] != b"\0" or not found.isprintable():
            raise self.refused(f"the name {found!a:.80} has no end, or cannot be printed")
        return found

    def variable(self) -> StoredTensor:
        name = self.text()
        axes = self.number(1)
        if axes > AXES_LIMIT:
            raise self.refused(f"variable {name!a:.80} has {axes} axes")
        shape = tuple(self.number(4) for _ in range(axes))
        kind, nbytes = self.number(1), self.number(4)
        if kind >= len(TYPES):
            raise self.refused(f"variable {name!a:.80} is of type {kind}, which is not known")
        size = prod(shape) * stored_bits(TYPES[kind], 1) // 8
        if size != nbytes:
            raise self.refused(f"variable {name!a:.80} takes {size} bytes, {nbytes} are said")
        start = self.skip(size)
        info = TensorInfo(name=name, dtype=TYPES[kind], shape=shape, nbytes=size)
        return StoredTensor(info=info, start=start)

    def skip(self, size: int) -> int:
        begin = self.at
        if size > self._whole.nbytes - begin:
            raise self.refused(f"{size} bytes are said to follow at {begin}, the file ends before")
        self.at += size
        return begin
