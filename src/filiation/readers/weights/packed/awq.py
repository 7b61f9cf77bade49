"""AWQ: four bits packed along the outputs, eight to a word and in an order of their own.

Layout of X (https://github.com/casper-hansen/AutoAWQ, awq/utils/packing_utils.py, and
https://github.com/vllm-project/vllm, tests/kernels/quantization/test_awq_triton.py):
    X.qweight  I32 [in, out / 8]; the four bits at 4 n hold output 0, 2, 4, 6, 1, 3, 5, 7 of eight
    X.qzeros   I32 [groups, out / 8], likewise
    X.scales   F16 [groups, out]
    weight[out, in] = (q - zero) * scale, with the inputs of a group side by side
"""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.readers.weights.packed.bench import Bench
from filiation.readers.weights.packed.packing import (
    FLOATS,
    Float32,
    Held,
    Packing,
    Words,
    along,
    checked,
    unpacked,
)

__all__ = ["awq"]

_SUFFIX: Final = ".qweight"
_ORDER: Final = [0, 4, 1, 5, 2, 6, 3, 7]  # where each output stands among the eight of a word
_BITS: Final = 4


def awq(held: Held, bench: Bench) -> Packing | None:
    """The matrix in X.qweight, if it is packed so; None if it is something else.

    Raises:
        MisfitError: It is, and contradicts itself.
    """
    info, stem = held.info, held.info.name.removesuffix(_SUFFIX)
    scales, zeros = bench.held(f"{stem}.scales"), bench.held(f"{stem}.qzeros")
    if not info.name.endswith(_SUFFIX) or info.dtype not in ("I32", "U32") or scales is None:
        return None
    if len(info.shape) != 2 or len(scales.info.shape) != 2:
        return None
    inputs, words = info.shape
    groups, out = scales.info.shape
    if out != words * 8 or groups > inputs:
        return None
    along(scales, [(groups, out)], FLOATS)
    checked(groups > 0 and inputs % groups == 0, f"{groups} groups of {inputs} inputs")
    if zeros is not None:
        along(zeros, [(groups, words)], ("I32", "U32"))
    return Packing(
        held=held,
        word="AWQ4",
        shape=(inputs, out),
        role=f"{stem}.weight",
        decoder=_Awq(group=inputs // groups, scales=scales, zeros=zeros),
        companions=tuple(one.info.name for one in (scales, zeros) if one is not None),
        transposed=True,
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Awq:
    group: int
    scales: Held
    zeros: Held | None

    def rows(self, first: int, stored: memoryview) -> Float32:
        out = self.scales.info.shape[1]
        codes = _in_order(np.frombuffer(stored, dtype="<u4").reshape(-1, out // 8))
        of = (first + np.arange(len(codes))) // self.group
        low, high = int(of[0]), int(of[-1]) + 1
        zeros: Float32 | np.float32 = np.float32(1 << (_BITS - 1))
        if self.zeros is not None:
            zeros = _in_order(self.zeros.words(low, high))[of - low]
        return (codes - zeros) * self.scales.floats(low, high)[of - low]


def _in_order(words: Words) -> Float32:
    """Eight outputs of each word, float32 [rows, out]."""
    codes = unpacked(words, _BITS, words.shape[1] * 8)
    return codes.reshape(len(words), -1, 8)[:, :, _ORDER].reshape(len(words), -1).astype(np.float32)
