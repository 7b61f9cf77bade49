"""Four bits in ONNX: the operator MatMulNBits, and INT4 or UINT4 before a DequantizeLinear.

Layouts (https://github.com/microsoft/onnxruntime, docs/ContribOperators.md, "MatMulNBits";
https://github.com/onnx/onnx, docs/Operators.md, "DequantizeLinear"):
    MatMulNBits(A, B, scales, zero_points), N = out, K = in:
        B            U8 [N, blocks, block_size * bits / 8], lowest bits first
        scales       [N * blocks]
        zero_points  optional: U8, `bits` each, every row from a byte on; or as the scales;
                     2^(bits - 1) if there are none
    DequantizeLinear(x, scale, zero): two values to a byte, the first in the low four bits, row by
        row; one scale, one for each place along `axis`, or one for `block_size` along it
    weight = (q - zero) * scale
"""

from dataclasses import dataclass
from math import prod
from typing import Final, final

import numpy as np

from filiation.readers.bytes.dtypes import values
from filiation.readers.weights.packed.packing import (
    FLOATS,
    Float32,
    Held,
    Packing,
    along,
    checked,
    unpacked,
)

__all__ = ["few_bits", "nibbles"]

_SIZES: Final = (16, 32, 64, 128, 256)


def few_bits(
    held: Held, scales: Held, zeros: Held | None, *, sizes: tuple[int, int, int, int], role: str
) -> Packing:
    """The matrix of a MatMulNBits.

    Args:
        held: B.
        scales: Its scales.
        zeros: Its zero points, if any.
        sizes: N, K, bits and block_size, as the node states them.
        role: What the matrix is called.

    Raises:
        MisfitError: They contradict each other.
    """
    rows, columns, bits, size = sizes
    checked(bits in (2, 4, 8), f"{bits} bits, expected 2, 4 or 8")
    checked(size in _SIZES and rows > 0 and columns > 0, f"{rows} by {columns} in blocks of {size}")
    blocks = -(-columns // size)
    along(held, [(rows, blocks, size * bits // 8)], ("U8",))
    along(scales, [(rows * blocks,), (rows, blocks), (rows, blocks, 1)], FLOATS)
    each = -(-blocks * bits // 8)
    if zeros is not None and zeros.info.dtype == "U8":
        along(zeros, [(rows * each,), (rows, each)], ("U8",))
    elif zeros is not None:
        along(zeros, [(rows * blocks,), (rows, blocks)], FLOATS)
    return Packing(
        held=held,
        word=f"NBITS{bits}",
        shape=(rows, columns),
        role=role,
        decoder=_FewBits(
            bits=bits, columns=columns, size=size, blocks=blocks, scales=scales, zeros=zeros
        ),
        companions=tuple(one.info.name for one in (scales, zeros) if one is not None),
    )


def nibbles(
    held: Held, scale: Held, zero: Held | None, *, axis: int | None, size: int, role: str
) -> Packing:
    """The matrix of an INT4 or UINT4 initialiser that is dequantised.

    Args:
        held: The initialiser.
        scale: Its scale.
        zero: Its zero point, if any.
        axis: Along which scales run; the second if it is not said.
        size: Values along it that share one; 0 if each place has its own.
        role: What the matrix is called.

    Raises:
        MisfitError: They contradict each other.
    """
    info, along_axis = held.info, 1 if axis is None else axis % 2
    checked(len(info.shape) == 2 and info.shape[1] % 2 == 0, f"it is {list(info.shape)}")
    rows, columns = info.shape
    block = _block((rows, columns), scale, along_axis, size)
    grid = -(-rows // block[0]), -(-columns // block[1])
    shapes = [grid, (prod(grid),)] if 1 in grid else [grid]
    along(scale, [*shapes, ()] if grid == (1, 1) else shapes, FLOATS)
    if zero is not None:
        along(zero, [scale.info.shape], (info.dtype, *FLOATS))
    return Packing(
        held=held,
        word="INT4" if info.dtype == "I4" else "UINT4",
        shape=(rows, columns),
        role=role,
        decoder=_Nibbles(
            columns=columns, signed=info.dtype == "I4", block=block, grid=grid, scale=scale,
            zero=zero,
        ),
        companions=tuple(one.info.name for one in (scale, zero) if one is not None),
    )  # fmt: skip


def _block(shape: tuple[int, int], scale: Held, axis: int, size: int) -> tuple[int, int]:
    """Rows and columns that share one scale."""
    rows, columns = shape
    if prod(scale.info.shape) == 1:
        return shape
    checked(0 <= size <= shape[axis], f"blocks of {size} along {shape[axis]} values")
    if size:
        return (size, 1) if axis == 0 else (1, size)
    return (1, columns) if axis == 0 else (rows, 1)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _FewBits:
    bits: int
    columns: int
    size: int
    blocks: int
    scales: Held
    zeros: Held | None

    def rows(self, first: int, stored: memoryview) -> Float32:
        across = self.blocks * self.size
        packed = np.frombuffer(stored, dtype="<u4").reshape(-1, across * self.bits // 32)
        last = first + len(packed)
        codes = unpacked(packed, self.bits, across).reshape(len(packed), self.blocks, self.size)
        zero = self._zeros(first, last)
        scaled = (codes - zero[:, :, None]) * self._each(self.scales, first, last)[:, :, None]
        return scaled.reshape(len(packed), across)[:, : self.columns]

    def _each(self, held: Held, low: int, high: int) -> Float32:
        """What each block of these rows has, float32 [high - low, blocks]."""
        return _part(held, low * self.blocks, high * self.blocks).reshape(high - low, self.blocks)

    def _zeros(self, low: int, high: int) -> Float32:
        if self.zeros is None:
            return np.full((high - low, self.blocks), 1 << (self.bits - 1), dtype=np.float32)
        if self.zeros.info.dtype != "U8":
            return self._each(self.zeros, low, high)
        each = -(-self.blocks * self.bits // 8)
        start = self.zeros.entry.start
        raw = self.zeros.source.view(start + low * each, start + high * each)
        held = np.frombuffer(raw, dtype=np.uint8).reshape(high - low, each)
        spread = np.unpackbits(held, axis=1, bitorder="little").reshape(high - low, -1, self.bits)
        weights = (1 << np.arange(self.bits)).astype(np.float32)
        return np.asarray(spread[:, : self.blocks] @ weights, dtype=np.float32)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Nibbles:
    columns: int
    signed: bool
    block: tuple[int, int]
    grid: tuple[int, int]
    scale: Held
    zero: Held | None

    def rows(self, first: int, stored: memoryview) -> Float32:
        codes = _halved(np.frombuffer(stored, dtype=np.uint8), signed=self.signed)
        codes = codes.reshape(-1, self.columns)
        lines = (first + np.arange(len(codes))) // self.block[0]
        low, high = int(lines[0]), int(lines[-1]) + 1
        if self.zero is not None:
            codes = codes - self._spread(self._grid(self.zero, low, high)[lines - low])
        return codes * self._spread(self._grid(self.scale, low, high)[lines - low])

    def _grid(self, held: Held, low: int, high: int) -> Float32:
        """Of rows of blocks `low` to `high`, float32 [high - low, blocks across]."""
        across = self.grid[1]
        if held.info.dtype not in ("I4", "U4"):
            return _part(held, low * across, high * across).reshape(-1, across)
        begin, end = low * across, high * across
        start = held.entry.start
        raw = held.source.view(start + begin // 2, start + -(-end // 2))
        found = _halved(np.frombuffer(raw, dtype=np.uint8), signed=self.signed)
        return found[begin % 2 : begin % 2 + end - begin].reshape(-1, across)

    def _spread(self, found: Float32) -> Float32:
        return np.repeat(found, self.block[1], axis=1)[:, : self.columns]


def _halved(packed: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", *, signed: bool) -> Float32:
    """Two numbers of each byte, the low four bits first; float32 [n]."""
    found = np.empty(2 * len(packed), dtype=np.float32)
    found[0::2], found[1::2] = packed & 15, packed >> 4
    return np.where(found > 7, found - 16, found).astype(np.float32) if signed else found


def _part(held: Held, low: int, high: int) -> Float32:
    """Values `low` to `high` of a tensor, counted row by row; float32 [n]."""
    each = held.info.nbytes // max(1, prod(held.info.shape))
    start = held.entry.start
    return values(held.info.dtype, held.source.view(start + low * each, start + high * each))
