"""Rounding to few bits, as the tools do it: by gguf itself where it can, else by the same arithmetic.

Rows of 32 are one block of Q4_0 to Q8_0. The K and I types work on blocks of 256, which such rows
do not fill: their arithmetic is followed in its groups of 16.
"""  # noqa: E501

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

import gguf
import numpy as np
from numpy.typing import NDArray

__all__ = ["ROUNDINGS", "by_groups"]

Array: TypeAlias = NDArray[np.float32]

# The sixteen levels of IQ4_NL in llama.cpp (ggml-common.h, kvalues_iq4nl)
LEVELS: Final = np.array(
    [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], dtype=np.float32
)


def by_groups(rows: Array, bits: int, group: int, *, whole: bool = False) -> Array:
    """Each run of `group` values between its least and its greatest in 2^bits levels.

    Args:
        rows: To be rounded.
        bits: Of each value.
        group: Values with one step.
        whole: Whether steps and minima are themselves rounded, to six bits of a row's largest.
    """
    parts = rows.reshape(-1, group)
    low = np.minimum(parts.min(axis=1, keepdims=True), 0.0)
    step = (parts.max(axis=1, keepdims=True) - low) / np.float32(2**bits - 1)
    if whole:
        step, low = _six_bits(step, len(rows)), -_six_bits(-low, len(rows))
    codes = np.clip(np.round((parts - low) / np.maximum(step, 1e-12)), 0, 2**bits - 1)
    return np.asarray((codes * step + low).reshape(rows.shape), dtype=np.float32)


def _six_bits(values: Array, rows: int) -> Array:
    unit = np.maximum(values.reshape(rows, -1).max(axis=1, keepdims=True), 1e-12) / np.float32(63)
    return np.asarray((np.round(values.reshape(rows, -1) / unit) * unit).reshape(-1, 1))


def _gguf(kind: gguf.GGMLQuantizationType, rows: Array) -> Array:
    return np.asarray(gguf.dequantize(gguf.quantize(rows, kind), kind), dtype=np.float32)


def _levels(rows: Array) -> Array:
    """The nearest of sixteen uneven levels (IQ4_NL)."""
    parts = rows.reshape(-1, 16)
    peak = np.abs(parts).max(axis=1, keepdims=True) / np.float32(127) + np.float32(1e-12)
    near = np.abs(parts[:, :, None] / peak[:, :, None] - LEVELS).argmin(axis=2)
    return np.asarray((LEVELS[near] * peak).reshape(rows.shape), dtype=np.float32)


def _ternary(rows: Array) -> Array:
    """Minus one, nought, one, times the mean size of the whole matrix (BitNet)."""
    unit = np.abs(rows).mean() + np.float32(1e-12)
    return np.asarray(np.clip(np.round(rows / unit), -1, 1) * unit, dtype=np.float32)


_TYPES: Final = gguf.GGMLQuantizationType

ROUNDINGS: Final[dict[str, Callable[[Array], Array]]] = {
    "Q2_K": partial(by_groups, bits=2, group=16, whole=True),
    "IQ4_NL": _levels,
    "ternary": _ternary,
    "Q4_0": partial(_gguf, _TYPES.Q4_0),
    "Q3_K": partial(by_groups, bits=3, group=16, whole=True),
    "Q4_K": partial(by_groups, bits=4, group=16, whole=True),
    "Q5_1": partial(_gguf, _TYPES.Q5_1),
    "Q6_K": partial(by_groups, bits=6, group=16, whole=True),
    "Q8_0": partial(_gguf, _TYPES.Q8_0),
}
