"""Unit directions in eight bits: how a row of any width becomes a few comparable bytes."""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["alive", "quantise", "stack"]

Float32: TypeAlias = NDArray[np.float32]
Int8: TypeAlias = NDArray[np.int8]

STEPS = 127
WORD: Final = 8  # bytes
MIXING: Final = np.uint64(0x9E3779B97F4A7C15)


def quantise(rows: Float32) -> Int8:
    """Round each row to 127ths of its largest entry. A zero row stays zero.

    The cosine of two rows of n entries moves by less than 0.01 for n >= 32.
    """
    largest = np.maximum(rows.max(axis=1, keepdims=True), -rows.min(axis=1, keepdims=True))
    scale = np.divide(STEPS, largest, out=np.zeros_like(largest), where=largest > 0)
    steps = rows * scale
    return np.asarray(np.rint(steps, out=steps), dtype=np.int8)


def alive(directions: Int8) -> NDArray[np.bool_]:
    """Which units are neither zero nor equal to another unit (both of an equal pair are dropped).

    Dead, padded and duplicated units carry no order of their own: ties between them would be
    settled by index and counted as agreement.
    """
    found: NDArray[np.bool_] = np.asarray(directions.any(axis=1))
    if not directions.shape[1]:
        return found
    suspect = np.flatnonzero(_repeated(_digest(directions)))  # all repeats, seldom another
    if not suspect.size:
        return found
    rows = np.ascontiguousarray(directions[suspect])
    found[suspect] &= ~_repeated(rows.view(np.dtype((np.void, rows.shape[1]))).ravel())
    return found


def _digest(rows: Int8) -> NDArray[np.uint64]:
    """One number of each row, equal for equal rows."""
    padded = np.zeros((len(rows), -(-rows.shape[1] // WORD) * WORD), dtype=np.int8)
    padded[:, : rows.shape[1]] = rows
    words = padded.view(np.uint64)
    odd = np.arange(1, words.shape[1] + 1, dtype=np.uint64) * MIXING | np.uint64(1)
    return np.asarray((words * odd).sum(axis=1, dtype=np.uint64))


def _repeated(keys: NDArray[Any]) -> NDArray[np.bool_]:
    """Which keys are there twice; seldom one is, and sorting them says so."""
    if keys.dtype.kind == "u":
        inorder = np.sort(keys)
        if not (inorder[1:] == inorder[:-1]).any():
            return np.zeros(len(keys), dtype=bool)
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] > 1)


def stack(parts: list[Int8], keep: NDArray[np.bool_]) -> Float32:
    """One row per unit from its directions in several matrices, unit length, centred.

    Each matrix weighs the same: the inner product of two rows is the mean of the matrices'
    cosines. The mean direction of the kept units is removed first, since all units share it.

    Returns:
        float32 [units, columns * len(parts)]; rows not kept are zero.
    """
    blocks = []
    for part in parts:
        rows = _unit(part.astype(np.float32))
        rows -= rows[keep].mean(axis=0) if keep.any() else 0.0
        blocks.append(_unit(rows))
    stacked = np.concatenate(blocks, axis=1) / np.float32(np.sqrt(len(parts)))
    stacked[~keep] = 0.0
    return np.ascontiguousarray(stacked, dtype=np.float32)


def _unit(rows: Float32) -> Float32:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0))
