"""The packed types of ggml: blocks of small integers with their scales, as GGUF files hold them.

Sizes are those of ggml's own structs; values are decoded by gguf-py, whose results upstream tests
against the C code. Source: https://github.com/ggml-org/llama.cpp (ggml-common.h; gguf-py).
"""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["PACKED", "Packed", "unpack", "which_scale_not_finite"]

Float32: TypeAlias = NDArray[np.float32]

_HALF_INFINITY = 0x7C00
TOGETHER: Final = 1 << 16  # values decoded at a time, so that they stay in the cache


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A type of ggml that packs several values into a block.

    Attributes:
        values: Values in one block.
        nbytes: Bytes of one block.
        scales: Where in a block its half-precision scales begin.
        read: Whether gguf-py can decode it.
    """

    values: int
    nbytes: int
    scales: tuple[int, ...] = ()
    read: bool = True


PACKED: Final = {
    "Q4_0": Packed(values=32, nbytes=18, scales=(0,)),
    "Q4_1": Packed(values=32, nbytes=20, scales=(0, 2)),
    "Q5_0": Packed(values=32, nbytes=22, scales=(0,)),
    "Q5_1": Packed(values=32, nbytes=24, scales=(0, 2)),
    "Q8_0": Packed(values=32, nbytes=34, scales=(0,)),
    "Q8_1": Packed(values=32, nbytes=40, read=False),
    "Q2_K": Packed(values=256, nbytes=84, scales=(80, 82)),
    "Q3_K": Packed(values=256, nbytes=110, scales=(108,)),
    "Q4_K": Packed(values=256, nbytes=144, scales=(0, 2)),
    "Q5_K": Packed(values=256, nbytes=176, scales=(0, 2)),
    "Q6_K": Packed(values=256, nbytes=210, scales=(208,)),
    "Q8_K": Packed(values=256, nbytes=292, read=False),
    "IQ2_XXS": Packed(values=256, nbytes=66, scales=(0,)),
    "IQ2_XS": Packed(values=256, nbytes=74, scales=(0,)),
    "IQ3_XXS": Packed(values=256, nbytes=98, scales=(0,)),
    "IQ1_S": Packed(values=256, nbytes=50, scales=(0,)),
    "IQ4_NL": Packed(values=32, nbytes=18, scales=(0,)),
    "IQ3_S": Packed(values=256, nbytes=110, scales=(0,)),
    "IQ2_S": Packed(values=256, nbytes=82, scales=(0,)),
    "IQ4_XS": Packed(values=256, nbytes=136, scales=(0,)),
    "IQ1_M": Packed(values=256, nbytes=56),
    "TQ1_0": Packed(values=256, nbytes=54, scales=(52,)),
    "TQ2_0": Packed(values=256, nbytes=66, scales=(64,)),
    "MXFP4": Packed(values=32, nbytes=17),
    "NVFP4": Packed(values=64, nbytes=36),
    "Q1_0": Packed(values=128, nbytes=18, read=False),
}


def unpack(word: str, raw: memoryview) -> Float32:
    """The values of whole blocks, float32 [n]; may hold NaN or infinity if a scale does.

    Raises:
        ValueError: The type is not one that is read (a broken law).
    """
    packed = PACKED[word]
    if not packed.read:
        raise ValueError(f"dtype {word} is not decoded")
    if not raw.nbytes:
        return np.empty(0, dtype=np.float32)
    from gguf import GGMLQuantizationType  # a tenth of a second, only for who has such a file
    from gguf.quants import dequantize

    stored = np.frombuffer(raw, dtype=np.uint8)
    kind: Any = getattr(GGMLQuantizationType, word)
    found = np.empty(len(stored) // packed.nbytes * packed.values, dtype=np.float32)
    step = TOGETHER // packed.values
    with np.errstate(over="ignore", invalid="ignore"):
        for n in range(0, len(stored) // packed.nbytes, step):
            row = stored[n * packed.nbytes : (n + step) * packed.nbytes]  # one: 16 make a call
            found[n * packed.values : (n + step) * packed.values] = dequantize(row[None], kind)[0]
    return found


def which_scale_not_finite(word: str, raw: memoryview) -> NDArray[np.int64]:
    """Positions (in values) of blocks whose scale is NaN or infinite, without decoding them."""
    packed = PACKED[word]
    if not packed.scales or not raw.nbytes:
        return np.empty(0, dtype=np.int64)
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, packed.nbytes)
    bad = np.zeros(len(blocks), dtype=bool)
    for at in packed.scales:  # the sixteen bits end in the second byte: sign, exponent, ...
        bad |= (blocks[:, at + 1] & 0x7C) == _HALF_INFINITY >> 8
    return np.flatnonzero(bad).astype(np.int64) * packed.values
