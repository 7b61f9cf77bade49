"""HQQ: whole numbers of which the halves of the matrix (or quarters) share a byte.

Layout of X (https://github.com/mobiusml/hqq, hqq/core/quantize.py: Quantizer.dequantize;
hqq/core/bitpack.py):
    X.W_q                 U8 [values / parts / width, width]: the matrix, row by row, lies in lines
                          of `width`; the first half of the lines in the high bits, and so on
    X.scale, X.zero       one for each line (axis 1) or each place of a line (axis 0)
    X.nbits, X.group_size, X.axis, X.shape   numbers
    weight = (q - zero) * scale
Three bits, which are padded, and scales that are quantised themselves are not read.
"""

from dataclasses import dataclass
from math import prod
from typing import Final, final

import numpy as np

from filiation.readers.bytes.blocks import BLOCK_VALUES
from filiation.readers.bytes.dtypes import values
from filiation.readers.weights.packed.bench import Bench
from filiation.readers.weights.packed.packing import FLOATS, Float32, Held, Packing, along, checked

__all__ = ["hqq"]

_SUFFIX: Final = ".W_q"
_WHOLE: Final = ("I64", "I32", "I16", "I8", "U8")
_READ: Final = (8, 4, 2, 1)


def hqq(held: Held, bench: Bench) -> Packing | None:
    """The matrix in X.W_q, if it is packed so; None if it is something else.

    Raises:
        MisfitError: It is, and contradicts itself.
    """
    info, stem = held.info, held.info.name.removesuffix(_SUFFIX)
    scale, zero = bench.held(f"{stem}.scale"), bench.held(f"{stem}.zero")
    shape, nbits = bench.held(f"{stem}.shape"), bench.held(f"{stem}.nbits")
    if not info.name.endswith(_SUFFIX) or scale is None or zero is None or shape is None:
        return None
    rows, columns = _numbers(shape, 2)
    bits = _numbers(nbits, 1)[0] if nbits is not None else bench.quantised.bits
    checked(bits in _READ, f"{bits} bits, expected one of {list(_READ)}")
    parts = 8 // bits
    along(held, [info.shape], ("U8",))
    whole = len(info.shape) == 2 and prod(info.shape) * parts == rows * columns
    checked(whole, f"it is {list(info.shape)} for {rows} by {columns} values of {bits} bits")
    lines, width = info.shape[0] * parts, info.shape[1]
    checked(width <= BLOCK_VALUES, f"lines of {width} values, more than {BLOCK_VALUES}")
    axis = 0 if scale.info.shape in ((1, width), (width,)) and lines != width else 1
    told = bench.held(f"{stem}.axis")
    axis = _numbers(told, 1)[0] if told is not None else axis
    expected = [(lines, 1), (lines,)] if axis == 1 else [(1, width), (width,)]
    for one in (scale, zero):
        along(one, expected, FLOATS)
    names = (bench.held(f"{stem}.{x}") for x in _BESIDE)
    return Packing(
        held=held,
        word=f"HQQ{bits}",
        shape=(rows, columns),
        role=f"{stem}.weight",
        decoder=_Hqq(
            bits=bits, columns=columns, width=width, rows_of_part=rows // parts,
            scale=None if axis == 1 else scale.whole(), zero=None if axis == 1 else zero.whole(),
            scales=scale, zeros=zero,
        ),
        companions=tuple(one.info.name for one in names if one is not None),
        passes=parts,
    )  # fmt: skip


_BESIDE: Final = (
    "scale", "zero", "shape", "nbits", "axis", "group_size", "channel_wise", "optimize",
    "round_zero", "packing", "unpack_view_dtype", "view_as_float", "compute_dtype",
    "offload_meta", "quant_scale", "quant_zero", "stores_quant_config",
)  # fmt: skip


def _numbers(held: Held, count: int) -> tuple[int, ...]:
    """Whole numbers that a small tensor holds."""
    shapes = [(count,)] if count > 1 else [(), (1,)]
    found = along(held, shapes, _WHOLE)
    numbers = np.frombuffer(found.raw(0, count), dtype=_INTEGERS[found.info.dtype])
    return tuple(int(n) for n in numbers)


_INTEGERS: Final = {"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U8": "|u1"}


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Hqq:
    """Scale and zero are None where each line has its own, and are then read as lines come."""

    bits: int
    columns: int
    width: int
    rows_of_part: int
    scale: Float32 | None
    zero: Float32 | None
    scales: Held
    zeros: Held

    def rows(self, first: int, stored: memoryview) -> Float32:
        part = first // self.rows_of_part
        packed = np.frombuffer(stored, dtype=np.uint8)
        codes = packed >> np.uint8(8 - self.bits * (part + 1))
        codes = (codes & np.uint8((1 << self.bits) - 1)).astype(np.float32)
        begin = first * self.columns
        zero = self._along(self.zero, self.zeros, begin, len(codes))
        scale = self._along(self.scale, self.scales, begin, len(codes))
        return ((codes - zero) * scale).reshape(-1, self.columns)

    def _along(self, place: Float32 | None, line: Held, begin: int, count: int) -> Float32:
        """What belongs to each of `count` values from `begin` on, counted row by row."""
        if place is not None:
            return place[(begin + np.arange(count)) % self.width]
        low, high = begin // self.width, -(-(begin + count) // self.width)
        each = line.info.nbytes // max(1, prod(line.info.shape))
        raw = line.source.view(line.entry.start + low * each, line.entry.start + high * each)
        spread = np.repeat(values(line.info.dtype, raw), self.width)
        return spread[begin - low * self.width : begin - low * self.width + count]
