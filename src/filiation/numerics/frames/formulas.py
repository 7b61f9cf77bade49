"""Matrices that anybody can write down: the identity, cosines, Hadamard's, sinusoids.

Whoever adds one of them to random initial values, or puts it in their place, ties each row to its
number; so does everybody else who does the same.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FORMULAS", "Formula"]

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]
# Entries at [rows, 1] and [1, columns] of a matrix of so many rows and so many columns.
Formula: TypeAlias = Callable[[Indices, Indices, int, int], Float32]

BASE: Final = 10_000.0  # of sinusoids


def _identity(i: Indices, j: Indices, rows: int, columns: int) -> Float32:
    return np.asarray(i == j, dtype=np.float32)


def _again(i: Indices, j: Indices, rows: int, columns: int) -> Float32:
    """The identity again and again, where there are more rows than columns."""
    return np.asarray(i % columns == j, dtype=np.float32)


def _stretched(i: Indices, j: Indices, rows: int, columns: int) -> Float32:
    """Each row of the identity several times."""
    return np.asarray(i * columns // max(rows, columns) == j, dtype=np.float32)


def _cosines(i: Indices, j: Indices, rows: int, columns: int) -> Float32:
    """The second of the discrete cosine transforms."""
    return np.asarray(np.cos(np.pi / columns * (i % columns) * (j + 0.5)), dtype=np.float32)


def _hadamard(i: Indices, j: Indices, rows: int, columns: int) -> Float32:
    both = i & j
    odd = sum((both >> bit) & 1 for bit in range(max(rows, columns).bit_length())) % 2
    return np.asarray(1.0 - 2.0 * odd, dtype=np.float32)


def _sines(i: Indices, j: Indices, rows: int, columns: int, *, halves: bool) -> Float32:
    """Of positions: sines and cosines by turns, or first the ones and then the others."""
    half = max(1, columns // 2)
    number, second = (j % half, j >= half) if halves else (j // 2, j % 2 == 1)
    angle = i * BASE ** (-number / half)
    return np.asarray(np.where(second, np.cos(angle), np.sin(angle)), dtype=np.float32)


def _turned(formula: Formula, i: Indices, j: Indices, rows: int, columns: int) -> Float32:
    return formula(j, i, columns, rows)


BOTH_WAYS: Final[Mapping[str, Formula]] = {
    "cosines": _cosines,
    "sinusoids": partial(_sines, halves=False),
    "sinusoids in halves": partial(_sines, halves=True),
}

FORMULAS: Final[Mapping[str, Formula]] = {
    "the identity": _identity,
    "the identity repeated": _again,
    "the identity stretched": _stretched,
    "Hadamard's matrix": _hadamard,
    **BOTH_WAYS,
    **{f"{name}, turned": partial(_turned, formula) for name, formula in BOTH_WAYS.items()},
}
