"""MLX: whole numbers packed along the inputs, a scale and a bias for each group.

Layout of X (https://github.com/ml-explore/mlx, mlx/ops.cpp: affine_quantize, affine_dequantize):
    X.weight   U32 [out, in * bits / 32], lowest first; 3, 5 and 6 bits lie across words
    X.scales   [out, in / group]
    X.biases   [out, in / group]
    weight[out, in] = q * scale + bias
Bits and group stand in config.json (`quantization`), by the layer where they differ. The modes
mxfp4 and nvfp4, which have no biases, are read by `readers.weights.packed.fp4`.
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
    along,
    checked,
    unpacked,
)

__all__ = ["mlx"]

_SUFFIX: Final = ".weight"
_SIZES: Final = (16, 32, 64, 128)


def mlx(held: Held, bench: Bench) -> Packing | None:
    """The matrix in X.weight, if it is packed so; None if it is something else.

    Raises:
        MisfitError: It is, and contradicts itself.
    """
    info, stem = held.info, held.info.name.removesuffix(_SUFFIX)
    scales, biases = bench.held(f"{stem}.scales"), bench.held(f"{stem}.biases")
    if not info.name.endswith(_SUFFIX) or info.dtype != "U32" or len(info.shape) != 2:
        return None
    if scales is None or biases is None or len(scales.info.shape) != 2:
        return None
    out, words = info.shape
    groups = scales.info.shape[1]
    size = bench.quantised.group_of(stem)
    checked(
        size in _SIZES,
        f"config.json says a group of {size or 'unknown size'}, expected one of {list(_SIZES)}",
    )
    bits = bench.bits(words, groups * size)
    for one in (scales, biases):
        along(one, [(out, groups)], FLOATS)
    return Packing(
        held=held,
        word=f"MLX{bits}",
        shape=(out, groups * size),
        role=info.name,
        decoder=_Mlx(bits=bits, size=size, scales=scales, biases=biases),
        companions=(scales.info.name, biases.info.name),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Mlx:
    bits: int
    size: int
    scales: Held
    biases: Held

    def rows(self, first: int, stored: memoryview) -> Float32:
        groups = self.scales.info.shape[1]
        columns = groups * self.size
        packed = np.frombuffer(stored, dtype="<u4").reshape(-1, columns * self.bits // 32)
        codes = unpacked(packed, self.bits, columns).reshape(len(packed), groups, self.size)
        last = first + len(packed)
        scaled = codes * self.scales.floats(first, last)[:, :, None]
        return (scaled + self.biases.floats(first, last)[:, :, None]).reshape(len(packed), columns)
