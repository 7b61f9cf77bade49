"""bitsandbytes in four bits: numbers of a table of 16, scaled block by block along the rows.

Layout of W = X.weight (https://github.com/bitsandbytes-foundation/bitsandbytes,
bitsandbytes/functional.py: QuantState.as_dict, dequantize_4bit):
    W                                  U8 [values / 2, 1]: the first of two in the high four bits
    W.quant_state.bitsandbytes__nf4    U8, JSON: shape, blocksize, and what is nested (or __fp4)
    W.quant_map                        F32 [16]
    W.absmax                           F32 [blocks]; or U8, then itself in blocks:
    W.nested_absmax, W.nested_quant_map   F32 [blocks of blocks], F32 [256]
    absmax = nested_quant_map[absmax] * nested_absmax + nested_offset
    weight = quant_map[q] * absmax
Eight bits (X.SCB) are scaled as `readers.weights.scaling` says.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from filiation.readers.bytes.parsing import parse_object
from filiation.readers.weights.packed.bench import Bench
from filiation.readers.weights.packed.packing import Float32, Held, Packing, along, checked

__all__ = ["bitsandbytes"]

_STATES: Final = {"NF4": ".quant_state.bitsandbytes__nf4", "FP4": ".quant_state.bitsandbytes__fp4"}
_STATE_LIMIT: Final = 1 << 14  # bytes
_TABLE: Final = 16
_LARGEST: Final = 1 << 40
_BLOCK_LIMIT: Final = 1 << 16  # values that share a scale; the library has 4,096 at most


def bitsandbytes(held: Held, bench: Bench) -> Packing | None:
    """The matrix in W, if it is packed so; None if it is something else.

    Raises:
        MisfitError: It is, and contradicts itself.
        UnreadableError: What is said of it is no JSON.
    """
    name = held.info.name
    word, state = next(
        ((word, found) for word, end in _STATES.items() if (found := bench.held(name + end))),
        ("", None),
    )
    absmax, table = bench.held(f"{name}.absmax"), bench.held(f"{name}.quant_map")
    if state is None or absmax is None or table is None or held.info.dtype != "U8":
        return None
    said = _said(state)
    rows, columns = _shape(said)
    size = _number(said, "blocksize", _BLOCK_LIMIT)
    checked(columns % 2 == 0, f"rows of {columns} values, expected an even number")
    along(held, [(rows * columns // 2, 1), (1, rows * columns // 2)], ("U8",))
    along(table, [(_TABLE,)], ("F32",))
    blocks = -(-rows * columns // size)
    nested = _nested(name, bench, said, absmax, blocks)
    if nested is None:
        along(absmax, [(blocks,)], ("F32",))
    held_by = (state, absmax, table, *((nested.absmax, nested.table) if nested else ()))
    return Packing(
        held=held,
        word=word,
        shape=(rows, columns),
        role=name,
        decoder=_FourBits(
            columns=columns, size=size, table=table.whole(), absmax=absmax, nested=nested
        ),
        companions=tuple(one.info.name for one in held_by),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Nested:
    """How the scales themselves are stored."""

    absmax: Held
    table: Held
    size: int
    offset: float


def _said(state: Held) -> Mapping[str, Any]:
    checked(
        state.info.dtype == "U8" and state.info.nbytes <= _STATE_LIMIT,
        f"{state.info.name} has {state.info.nbytes} bytes, expected at most {_STATE_LIMIT}",
    )
    text = bytes(state.raw(0, state.info.shape[0] if state.info.shape else 1))
    return parse_object(text, what=state.info.name)


def _shape(said: Mapping[str, Any]) -> tuple[int, int]:
    shape = said.get("shape")
    plain = isinstance(shape, list) and len(shape) == 2
    checked(plain, f"its shape is {shape!a:.40}, expected rows and columns")
    rows, columns = (_natural(n, "shape") for n in shape or ())
    return rows, columns


def _number(said: Mapping[str, Any], key: str, most: int) -> int:
    return _natural(said.get(key), key, most)


def _natural(found: object, key: str, most: int = _LARGEST) -> int:
    checked(
        type(found) is int and 0 < found <= most,
        f"its {key} holds {found!a:.40}, expected whole numbers from 1 to {most}",
    )
    assert isinstance(found, int)
    return found


def _nested(
    name: str, bench: Bench, said: Mapping[str, Any], absmax: Held, blocks: int
) -> _Nested | None:
    outer, table = bench.held(f"{name}.nested_absmax"), bench.held(f"{name}.nested_quant_map")
    if outer is None or table is None:
        return None
    size, offset = _number(said, "nested_blocksize", _BLOCK_LIMIT), said.get("nested_offset")
    plain = isinstance(offset, int | float) and math.isfinite(offset)
    checked(plain, f"its nested_offset is {offset!a:.40}, expected a number")
    along(absmax, [(blocks,)], ("U8",))
    along(outer, [(-(-blocks // size),)], ("F32",))
    along(table, [(256,)], ("F32",))
    return _Nested(absmax=outer, table=table, size=size, offset=float(offset or 0))


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _FourBits:
    columns: int
    size: int
    table: Float32
    absmax: Held
    nested: _Nested | None

    def rows(self, first: int, stored: memoryview) -> Float32:
        packed = np.frombuffer(stored, dtype=np.uint8)
        codes = np.empty(2 * len(packed), dtype=np.uint8)
        codes[0::2], codes[1::2] = packed >> 4, packed & 15
        begin = first * self.columns
        low, high = begin // self.size, -(-(begin + len(codes)) // self.size)
        scale = np.repeat(self._scale(low, high), self.size)
        return (
            self.table[codes]
            * scale[begin - low * self.size : begin - low * self.size + len(codes)]
        ).reshape(-1, self.columns)

    def _scale(self, low: int, high: int) -> Float32:
        """The scales of blocks `low` to `high`, float32 [high - low]."""
        if self.nested is None:
            return self.absmax.floats(low, high)[:, 0]
        nested = self.nested
        outer_low, outer_high = low // nested.size, -(-high // nested.size)
        outer = np.repeat(nested.absmax.floats(outer_low, outer_high)[:, 0], nested.size)
        codes = np.frombuffer(self.absmax.raw(low, high), dtype=np.uint8)
        at = low - outer_low * nested.size
        return nested.table.whole()[codes] * outer[at : at + len(codes)] + np.float32(nested.offset)
