"""compressed-tensors: whole numbers packed along the inputs, less half of their range.

Layout of X (https://github.com/vllm-project/compressed-tensors,
src/compressed_tensors/compressors/pack_quantized):
    X.weight_packed      I32 [out, in * bits / 32]; q + 2^(bits - 1)
    X.weight_shape       I64 [2]: out, in
    X.weight_scale       [out, groups], [out, 1], [out] or one
    X.weight_zero_point  optional: I32 [out * bits / 32, groups], packed along the first axis, or
                         I8 [out, groups]
    X.weight_g_idx       optional: I32 [in], the group of each input
    weight[out, in] = (q - zero) * scale
What it keeps unpacked (int8, fp8) is scaled as `readers.weights.scaling` says.
"""

from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.readers.weights.packed.bench import Bench
from filiation.readers.weights.packed.packing import (
    FLOATS,
    Float32,
    Held,
    Packing,
    along,
    checked,
    unpacked,
)

__all__ = ["compressed"]

_SUFFIX: Final = ".weight_packed"


def compressed(held: Held, bench: Bench) -> Packing | None:
    """The matrix in X.weight_packed, if it is packed so; None if it is something else.

    Raises:
        MisfitError: It is, and contradicts itself.
    """
    info, stem = held.info, held.info.name.removesuffix(_SUFFIX)
    scale, shape = bench.held(f"{stem}.weight_scale"), bench.held(f"{stem}.weight_shape")
    if not info.name.endswith(_SUFFIX) or info.dtype not in ("I32", "U32"):
        return None
    if scale is None or shape is None or len(info.shape) != 2:
        return None
    along(shape, [(2,)], ("I64",))
    out, inputs = (int(n) for n in np.frombuffer(shape.raw(0, 2), dtype="<i8"))
    checked(out == info.shape[0] and inputs > 0, f"weight_shape says {out} by {inputs}")
    bits = bench.bits(info.shape[1], inputs)
    groups = scale.info.shape[1] if len(scale.info.shape) == 2 else 1
    along(scale, [(out, groups), (out,), (1,), ()], FLOATS)
    index = bench.held(f"{stem}.weight_g_idx")
    zero = bench.held(f"{stem}.weight_zero_point")
    of = _groups(index, inputs, groups)
    if zero is not None:
        _check_zero(zero, out, groups, bits)
    return Packing(
        held=held,
        word=f"CT-INT{bits}",
        shape=(out, inputs),
        role=f"{stem}.weight",
        decoder=_Compressed(bits=bits, inputs=inputs, of=of, scale=scale, zero=zero),
        companions=tuple(x.info.name for x in (scale, shape, index, zero) if x is not None),
    )


def _groups(index: Held | None, inputs: int, groups: int) -> NDArray[np.int64]:
    """The group of each input, int64 [inputs]."""
    checked(0 < groups <= inputs, f"{groups} groups of {inputs} inputs")
    if index is None:
        return np.arange(inputs, dtype=np.int64) // -(-inputs // groups)
    along(index, [(inputs,)], ("I32", "I64"))
    dtype = "<i4" if index.info.dtype == "I32" else "<i8"
    found = np.frombuffer(index.raw(0, inputs), dtype=dtype).astype(np.int64)
    low, high = int(found.min()), int(found.max())
    checked(0 <= low <= high < groups, f"groups {low} to {high}, expected 0 to {groups - 1}")
    return found


def _check_zero(zero: Held, out: int, groups: int, bits: int) -> None:
    if zero.info.dtype == "I8":
        along(zero, [(out, groups), (out,), (1,), ()], ("I8",))
    else:
        along(zero, [(-(-out * bits // 32), groups)], ("I32", "U32"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Compressed:
    bits: int
    inputs: int
    of: NDArray[np.int64]
    scale: Held
    zero: Held | None

    def rows(self, first: int, stored: memoryview) -> Float32:
        words = len(stored) // 4 // -(-self.inputs * self.bits // 32)
        packed = np.frombuffer(stored, dtype="<u4").reshape(words, -1)
        codes = unpacked(packed, self.bits, self.inputs).astype(np.float32)
        codes -= np.float32(1 << (self.bits - 1))
        if self.zero is not None:
            codes -= self._spread(self._zeros(first, words))
        return codes * self._spread(_rows_of(self.scale, first, words))

    def _zeros(self, first: int, rows: int) -> Float32:
        zero = self.zero
        assert zero is not None
        if zero.info.dtype == "I8":
            return _rows_of(zero, first, rows)
        low = first * self.bits // 32
        high = -(-(first + rows) * self.bits // 32)
        low -= low % self.bits if 32 % self.bits else 0  # so that a number begins the first word
        begins = low * 32 // self.bits
        held = unpacked(zero.words(low, high), self.bits, first + rows - begins, axis=0)
        return held[first - begins :].astype(np.float32) - np.float32(1 << (self.bits - 1))

    def _spread(self, found: Float32) -> Float32:
        return found if found.shape[1] == 1 else found[:, self.of]


def _rows_of(held: Held, first: int, rows: int) -> Float32:
    """Rows of a scale, or all of it where it is one for all rows; float32 [rows or 1, groups]."""
    if not held.info.shape or held.info.shape == (1,):
        return held.whole().reshape(1, 1)
    return held.floats(first, first + rows)
