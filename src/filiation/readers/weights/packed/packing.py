"""A matrix that lies packed in another tensor, and what unpacks it block by block.

A packed tensor keeps its stored name and its bytes, by which it is digested; its shape is that of
the matrix in it, as it lies, and its dtype says the way of packing. So a sketch sees it as it sees
a packed type of ggml. Whole runs of bytes hold whole rows; nothing is held but one block.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Final, Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.blocks import BLOCK_VALUES
from filiation.readers.bytes.dtypes import values
from filiation.readers.bytes.mapped import Source, StoredTensor

__all__ = [
    "FLOATS",
    "WHOLE",
    "Decoder",
    "Held",
    "MisfitError",
    "Packing",
    "along",
    "checked",
    "unpacked",
]

Float32: TypeAlias = NDArray[np.float32]
Words: TypeAlias = NDArray[np.uint32]
Codes: TypeAlias = NDArray[np.uint8]

TOGETHER: Final = 64  # rows after which the pages that held them are given back
FLOATS: Final = ("F32", "F16", "BF16")
WHOLE: Final = frozenset({"I32", "U32", "U8"})  # one of which every packed matrix lies in


class MisfitError(Exception):
    """What looked like a way of packing contradicts itself; the sentence says where."""


class Decoder(Protocol):
    """What turns stored bytes into rows."""

    def rows(self, first: int, stored: memoryview) -> Float32:
        """The rows from `first` on that these bytes hold, [n, columns]."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A stored tensor that belongs to a packed one."""

    source: Source
    entry: StoredTensor

    @property
    def info(self) -> TensorInfo:
        return self.entry.info

    def raw(self, low: int, high: int) -> memoryview:
        """The bytes of rows `low` to `high`; of a vector or a number, of values."""
        count = self.info.shape[0] if self.info.shape else 1
        each = self.info.nbytes // max(1, count)
        return self.source.view(self.entry.start + low * each, self.entry.start + high * each)

    def words(self, low: int, high: int) -> Words:
        """The same as uint32 [high - low, columns]."""
        return np.frombuffer(self.raw(low, high), dtype="<u4").reshape(high - low, -1)

    def floats(self, low: int, high: int) -> Float32:
        """The same as float32 [high - low, columns]; of a vector, one column."""
        return values(self.info.dtype, self.raw(low, high)).reshape(high - low, -1)

    def whole(self) -> Float32:
        """All values, float32 [n]."""
        return values(self.info.dtype, self.raw(0, self.info.shape[0] if self.info.shape else 1))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """One packed matrix.

    Attributes:
        held: The stored tensor.
        word: Its way of packing, which stands for its dtype.
        shape: Rows and columns of the matrix in it, as it lies.
        role: The name that the matrix had before.
        decoder: What unpacks it.
        companions: Names of the tensors that belong to it.
        transposed: Whether it lies [in, out].
        together: Rows that no cut may part.
        passes: How often the bytes go by until all rows have come; each time they hold as many
            rows more.
    """

    held: Held
    word: str
    shape: tuple[int, int]
    role: str
    decoder: Decoder
    companions: tuple[str, ...]
    transposed: bool = False
    together: int = 1
    passes: int = 1

    def __post_init__(self) -> None:
        rows, columns = self.shape
        checked(rows > 0 and columns > 0, f"it is {rows} by {columns}")
        checked(
            rows % (self.together * self.passes) == 0,
            f"its {rows} rows do not lie in whole runs of {self.together * self.passes}",
        )
        runs = rows // self.passes // self.together
        checked(self.held.info.nbytes % runs == 0, f"its bytes do not part into {runs} runs")
        most = BLOCK_VALUES // self.together
        checked(columns <= most, f"a row has {columns} values, more than {most}")

    @property
    def info(self) -> TensorInfo:
        """The tensor as a sketch sees it."""
        stored = self.held.info
        return TensorInfo(name=stored.name, dtype=self.word, shape=self.shape, nbytes=stored.nbytes)

    def cuts(self) -> Iterator[tuple[int, int, int]]:
        """Yield (first row, begin, end) of each block, in bytes from the start of the tensor.

        Blocks of a later pass have no bytes of their own: they went by in the first.
        """
        rows, each = self._pass, self._run_bytes
        step = max(1, BLOCK_VALUES // self.shape[1] // self.together) * self.together
        for n in range(self.passes):
            for row in range(0, rows, step):
                end = min(row + step, rows)
                begin = row // self.together * each
                yield n * rows + row, begin, begin if n else end // self.together * each

    def decode(self, first: int, raw: memoryview) -> Float32:
        """The rows of one block.

        Raises:
            UnreadableError: They hold NaN or infinity.
        """
        if not raw.nbytes:
            step = max(1, BLOCK_VALUES // self.shape[1] // self.together) * self.together
            place = first % self._pass
            raw = self._bytes(place, min(place + step, self._pass))
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.decoder.rows(first, raw)
        if not np.isfinite(found).all():
            raise UnreadableError(
                f"{self.held.info.name}: not finite once unpacked ({self.word}), expected finite "
                "weights; a scale is damaged or was exported wrongly"
            )
        return found

    def rows(self, indices: Sequence[int]) -> Float32:
        """Chosen rows, [len(indices), columns]."""
        found = np.empty((len(indices), self.shape[1]), dtype=np.float32)
        for place, row in enumerate(indices):
            if not 0 <= row < self.shape[0]:
                raise IndexError(
                    f"{self.held.info.name}: row {row}, expected 0 to {self.shape[0] - 1}"
                )
            first = row - row % self.together
            at = first % self._pass
            found[place] = self.decode(first, self._bytes(at, at + self.together))[row - first]
            if place % TOGETHER == TOGETHER - 1 or place == len(indices) - 1:
                start = self.held.entry.start
                self.held.source.drop(start, start + self.held.info.nbytes)
        return found

    def between(self, low: int, high: int) -> Float32:
        """The rows from `low` to `high`, [high - low, columns]."""
        row, found = low - low % self.together, []
        while row < high:
            place = row % self._pass
            run = min(high - row + -(high - row) % self.together, self._pass - place)
            found.append(self.decode(row, self._bytes(place, place + run)))
            row += run
        start = self.held.entry.start
        self.held.source.drop(start, start + self.held.info.nbytes)
        begin = low % self.together
        return np.concatenate(found)[begin : begin + high - low]

    @property
    def _pass(self) -> int:
        return self.shape[0] // self.passes

    @property
    def _run_bytes(self) -> int:
        return self.held.info.nbytes // (self._pass // self.together)

    def _bytes(self, low: int, high: int) -> memoryview:
        start, each = self.held.entry.start, self._run_bytes
        return self.held.source.view(
            start + low // self.together * each, start + high // self.together * each
        )


def checked(holds: bool, otherwise: str) -> None:
    """Refuse a packing that contradicts itself.

    Raises:
        MisfitError: `holds` is false.
    """
    if not holds:
        raise MisfitError(otherwise)


def unpacked(words: Words, bits: int, count: int, *, axis: int = 1) -> Codes:
    """Whole numbers of so many bits, lowest first and without gaps, along an axis.

    Args:
        words: uint32 [rows, columns].
        bits: 1 to 8; a number may lie across two words.
        count: Numbers along the axis; what the words hold beyond is padding.
        axis: Along which they are packed.
    """
    held = words.shape[axis] * 32 // bits
    shape = (len(words), held) if axis else (held, words.shape[1])
    found = np.empty(shape, dtype=np.uint8)
    mask = np.uint32((1 << bits) - 1)
    period = 32 // int(np.gcd(bits, 32))  # numbers after which one begins a word again
    step = period * bits // 32

    def every(of: NDArray[Any], first: int, each: int) -> NDArray[Any]:
        return of[:, first::each] if axis else of[first::each]

    for n in range(period):
        word, shift = divmod(n * bits, 32)
        target = every(found, n, period)
        part = every(words, word, step) >> np.uint32(shift)
        if shift + bits > 32:
            rest = every(words, word + 1, step) << np.uint32(32 - shift)
            whole = every(part, 0, 1)[:, : rest.shape[1]] if axis else part[: len(rest)]
            whole |= rest
        target[...] = (part & mask)[: len(target), : target.shape[1]]
    return found[:, :count] if axis else found[:count]


def along(held: Held, shape: Sequence[tuple[int, ...]], dtypes: Sequence[str]) -> Held:
    """The same tensor, if it has one of these shapes and dtypes.

    Raises:
        MisfitError: It has not.
    """
    info = held.info
    expected = " or ".join(str(list(one)) for one in shape)
    checked(
        info.shape in shape and prod(info.shape) > 0,
        f"{info.name} is {list(info.shape)}, expected {expected}",
    )
    checked(info.dtype in dtypes, f"{info.name} is {info.dtype}, expected {' or '.join(dtypes)}")
    return held
