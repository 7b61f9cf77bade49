"""GPTQ: whole numbers packed along the inputs, a scale and a zero for each group of inputs.

Layout of X (https://github.com/AutoGPTQ/AutoGPTQ, auto_gptq/nn_modules/qlinear/qlinear_cuda_old.py;
https://github.com/ModelCloud/GPTQModel, gptqmodel/nn_modules/qlinear/torch.py):
    X.qweight  I32 [in * bits / 32, out], packed along the first axis
    X.qzeros   I32 [groups, out * bits / 32], packed along the second
    X.scales   F16 [groups, out]
    X.g_idx    I32 [in], the group of each input: in any order after act-order
    weight[out, in] = (q - zero) * scale
The first format stores each zero less one; `checkpoint_format` = gptq_v2 stores it as it is.
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

__all__ = ["gptq"]

_SUFFIX: Final = ".qweight"
_PLAIN: Final = frozenset({"gptq_v2"})
_OTHERS: Final = frozenset({"gptq_p", "marlin", "bitblas"})  # the same names, another order


def gptq(held: Held, bench: Bench) -> Packing | None:
    """The matrix in X.qweight, if it is packed so; None if it is something else.

    Raises:
        MisfitError: It is, and contradicts itself.
    """
    info, stem = held.info, held.info.name.removesuffix(_SUFFIX)
    scales, zeros = bench.held(f"{stem}.scales"), bench.held(f"{stem}.qzeros")
    if not info.name.endswith(_SUFFIX) or info.dtype not in ("I32", "U32") or scales is None:
        return None
    if len(info.shape) != 2 or scales.info.shape[1:] != info.shape[1:]:
        return None
    index, quantised = bench.held(f"{stem}.g_idx"), bench.quantised
    checked(quantised.format not in _OTHERS, f"in the order of {quantised.format}")
    words, out = info.shape
    groups = scales.info.shape[0]
    inputs = _inputs(words, out, index, zeros, quantised.bits)
    bits = bench.bits(words, inputs)
    along(scales, [(groups, out)], FLOATS)
    checked(0 < groups <= inputs, f"{groups} groups of {inputs} inputs")
    if zeros is not None:
        along(zeros, [(groups, -(-out * bits // 32))], ("I32", "U32"))
    of = _groups(index, inputs, groups, quantised.group)
    return Packing(
        held=held,
        word=f"GPTQ{bits}",
        shape=(inputs, out),
        role=f"{stem}.weight",
        decoder=_Gptq(
            bits=bits,
            groups=of,
            scales=scales,
            zeros=zeros,
            added=0 if quantised.format in _PLAIN else 1,
        ),
        companions=tuple(one.info.name for one in (scales, zeros, index) if one is not None),
        transposed=True,
        together=32 // int(np.gcd(bits, 32)),
    )


def _inputs(words: int, out: int, index: Held | None, zeros: Held | None, stated: int) -> int:
    """How many inputs there are; without their groups, by the bits that a zero has."""
    if index is not None:
        return index.info.shape[0] if index.info.shape else 0
    bits = zeros.info.shape[-1] * 32 // out if zeros is not None and zeros.info.shape else stated
    checked(bits > 0, "no groups, no zeros, and config.json does not say the bits")
    return words * 32 // bits


def _groups(index: Held | None, inputs: int, groups: int, stated: int) -> NDArray[np.int64]:
    """The group of each input, int64 [inputs]."""
    if index is None:
        size = stated if stated > 0 and -(-inputs // stated) == groups else -(-inputs // groups)
        found = np.arange(inputs, dtype=np.int64) // size
    else:
        along(index, [(inputs,)], ("I32", "I64"))
        dtype = "<i4" if index.info.dtype == "I32" else "<i8"
        found = np.frombuffer(index.raw(0, inputs), dtype=dtype).astype(np.int64)
    low, high = int(found.min()), int(found.max())
    checked(0 <= low <= high < groups, f"groups {low} to {high}, expected 0 to {groups - 1}")
    return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Gptq:
    bits: int
    groups: NDArray[np.int64]
    scales: Held
    zeros: Held | None
    added: int

    def rows(self, first: int, stored: memoryview) -> Float32:
        out = self.scales.info.shape[1]
        words = np.frombuffer(stored, dtype="<u4").reshape(-1, out)
        count = len(words) * 32 // self.bits
        codes = unpacked(words, self.bits, count, axis=0)
        of = self.groups[first : first + count]
        low, high = int(of.min()), int(of.max()) + 1
        return (codes - self._zeros(low, high, out)[of - low]) * self.scales.floats(low, high)[
            of - low
        ]

    def _zeros(self, low: int, high: int, out: int) -> Float32:
        """The zero of each group, float32 [high - low, out]."""
        if self.zeros is None:
            return np.full((high - low, out), 1 << (self.bits - 1), dtype=np.float32)
        stored = unpacked(self.zeros.words(low, high), self.bits, out)
        return ((stored + np.uint8(self.added)) & np.uint8((1 << self.bits) - 1)).astype(np.float32)
