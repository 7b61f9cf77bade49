"""How stored numbers become float32, and whether they are finite.

Words are those of safetensors; beside them ggml's packed types (`readers.ggml`) and ONNX's 4 bits.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias, final

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from filiation.readers.weights.ggml import PACKED, unpack, which_scale_not_finite

__all__ = [
    "DTYPES",
    "EXAMINED",
    "Dtype",
    "block_values",
    "stored_bits",
    "values",
    "which_not_finite",
]

Float32: TypeAlias = NDArray[np.float32]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dtype:
    """What a dtype word of a file stands for.

    Attributes:
        bits: Stored size of one value.
        storage: Little-endian numpy type with the same bytes; None if values are not whole bytes.
        infinity: Smallest bit pattern without its sign that is not a finite number, if any.
        table: ml_dtypes name of an 8-bit float, decoded through a table of 256 entries.
    """

    bits: int
    storage: str | None
    infinity: int | None = None
    table: str | None = None


DTYPES: Final = {
    "F64": Dtype(bits=64, storage="<f8", infinity=0x7FF0_0000_0000_0000),
    "F32": Dtype(bits=32, storage="<f4", infinity=0x7F80_0000),
    "F16": Dtype(bits=16, storage="<f2", infinity=0x7C00),
    "BF16": Dtype(bits=16, storage="<u2", infinity=0x7F80),
    "F8_E4M3": Dtype(bits=8, storage="|u1", infinity=0x7F, table="float8_e4m3fn"),
    "F8_E5M2": Dtype(bits=8, storage="|u1", infinity=0x7C, table="float8_e5m2"),
    "F8_E8M0": Dtype(bits=8, storage="|u1", table="float8_e8m0fnu"),
    "F8_E4M3FNUZ": Dtype(bits=8, storage="|u1"),
    "F8_E5M2FNUZ": Dtype(bits=8, storage="|u1"),
    "F6_E2M3": Dtype(bits=6, storage=None),
    "F6_E3M2": Dtype(bits=6, storage=None),
    "F4": Dtype(bits=4, storage=None),
    "I8": Dtype(bits=8, storage="|i1"),
    "U8": Dtype(bits=8, storage="|u1"),
    "I16": Dtype(bits=16, storage="<i2"),
    "U16": Dtype(bits=16, storage="<u2"),
    "I32": Dtype(bits=32, storage="<i4"),
    "U32": Dtype(bits=32, storage="<u4"),
    "I64": Dtype(bits=64, storage="<i8"),
    "U64": Dtype(bits=64, storage="<u8"),
    "BOOL": Dtype(bits=8, storage="|u1"),
    "C64": Dtype(bits=64, storage="<c8"),
}

# Words of other containers that safetensors does not have.
_FOREIGN: Final = {"I4": Dtype(bits=4, storage=None), "U4": Dtype(bits=4, storage=None)}

# What a weight matrix may be stored in; the others are sized and digested only.
EXAMINED: Final = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "I8", "U8"}) | {
    word for word, packed in PACKED.items() if packed.read
}

_FLOAT32_MAX = float(np.finfo(np.float32).max)


def block_values(word: str) -> int:
    """How many values are stored together: 1 unless packed. A row is a multiple of it."""
    return PACKED[word].values if word in PACKED else 1


def stored_bits(word: str, count: int) -> int:
    """Bits that `count` values take; `count` is a multiple of `block_values`."""
    if word in PACKED:
        return count // PACKED[word].values * PACKED[word].nbytes * 8
    return count * (DTYPES.get(word) or _FOREIGN[word]).bits


def values(word: str, raw: memoryview) -> Float32:
    """The stored values as float32, [n]; integers as themselves, F64 clipped to what float32 holds.

    Raises:
        ValueError: The dtype has no values that could be weights or scales (a broken law).
    """
    if word in PACKED:
        return unpack(word, raw)
    dtype = DTYPES[word]
    if word == "BF16":
        return _bfloat16(raw)
    if dtype.table is not None:
        return np.take(_table(dtype.table), np.frombuffer(raw, dtype=np.uint8))
    if dtype.storage is None or word.startswith(("F8", "C")):
        raise ValueError(f"dtype {word} has no real values here")
    stored = np.frombuffer(raw, dtype=dtype.storage)
    if word == "F64":
        stored = np.clip(stored, -_FLOAT32_MAX, _FLOAT32_MAX)
    return stored.astype(np.float32)


def which_not_finite(word: str, raw: memoryview) -> NDArray[np.int64]:
    """Positions (in values) of NaN and infinity; empty for dtypes that cannot hold any.

    Two maxima over the bit patterns, signed and unsigned, decide without a copy.
    """
    if word in PACKED:
        return which_scale_not_finite(word, raw)
    dtype = DTYPES.get(word)
    if dtype is None or dtype.infinity is None or not raw.nbytes:
        return np.empty(0, dtype=np.int64)
    size = dtype.bits // 8
    signed = np.frombuffer(raw, dtype=f"<i{size}")
    unsigned = np.frombuffer(raw, dtype=f"<u{size}")
    sign = 1 << (dtype.bits - 1)
    if int(signed.max()) < dtype.infinity and int(unsigned.max()) < (dtype.infinity | sign):
        return np.empty(0, dtype=np.int64)
    magnitude = unsigned & unsigned.dtype.type(sign - 1)
    return np.flatnonzero(magnitude >= dtype.infinity).astype(np.int64)


def _bfloat16(raw: memoryview) -> Float32:
    stored = np.frombuffer(raw, dtype="<u2").astype(np.uint16, copy=False)
    wide: Float32 = stored.view(ml_dtypes.bfloat16).astype(np.float32)
    return wide


@cache
def _table(name: str) -> Float32:
    eight_bit: Any = getattr(ml_dtypes, name)
    codes = np.arange(256, dtype=np.uint8)
    table: Float32 = codes.view(eight_bit).astype(np.float32)
    table.setflags(write=False)
    return table
