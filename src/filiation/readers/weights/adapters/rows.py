"""Rows of a matrix as changes leave it, computed in double precision when they are asked for.

A matrix lies as it is stored, [rows, columns]; nothing is held but the factors of its changes.

    LoRA    W + s B A                         Hu et al. 2021, arXiv:2106.09685, section 4.1
    DoRA    m (W + s B A) / |W + s B A|       Liu et al. 2024, arXiv:2402.09353, equation 5
    (IA)3   l W                               Liu et al. 2022, arXiv:2205.05638, section 3.3
"""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.readers.bytes.blocks import BLOCK_VALUES
from filiation.readers.weights.checkpoint import Checkpoint

__all__ = ["Lowered", "Magnified", "Rescaled", "Rows", "Stored", "column_norms"]

Float64: TypeAlias = NDArray[np.float64]
Axis: TypeAlias = Literal[0, 1]


class Rows(Protocol):
    """A matrix of which rows can be had."""

    @property
    def shape(self) -> tuple[int, int]: ...

    def rows(self, low: int, high: int) -> Float64:
        """The rows from `low` to `high`, [high - low, columns]."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A tensor of the base, its further axes laid out as columns."""

    model: Checkpoint
    tensor: str
    shape: tuple[int, int]

    def rows(self, low: int, high: int) -> Float64:
        """The rows from `low` to `high`; those of a table that are not finite read as nought."""
        found = self.model.lying(self.tensor, low, high).astype(np.float64)
        if self.tensor in self.model.odd:
            found[~np.isfinite(found).all(axis=1)] = 0
        return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A change of low rank was added: `of` + scale (left right).

    Attributes:
        left: [rows, rank].
        right: [rank, columns].
    """

    of: Rows
    left: Float64
    right: Float64
    scale: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.of.shape

    def rows(self, low: int, high: int) -> Float64:
        """The rows from `low` to `high`."""
        with np.errstate(over="ignore", invalid="ignore"):
            change: Float64 = self.left[low:high] @ self.right
            return np.asarray(self.of.rows(low, high) + self.scale * change)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Magnified:
    """Every row (axis 0) or column (1) was given a length.

    Attributes:
        lengths: One for each along the axis.
        norms: What they have in `of`; of rows none are held, they are taken as they come.
    """

    of: Rows
    lengths: Float64
    axis: Axis
    norms: Float64 | None = None

    @property
    def shape(self) -> tuple[int, int]:
        return self.of.shape

    def rows(self, low: int, high: int) -> Float64:
        """The rows from `low` to `high`; not finite where one that has no length was given one."""
        found = self.of.rows(low, high)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            if self.norms is not None:
                return np.asarray(found * (self.lengths / self.norms))
            norms = np.sqrt(np.einsum("ij,ij->i", found, found))
            return np.asarray(found * (self.lengths[low:high] / norms)[:, None])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rescaled:
    """Every row (axis 0) or column (1) was multiplied by a number."""

    of: Rows
    factors: Float64
    axis: Axis

    @property
    def shape(self) -> tuple[int, int]:
        return self.of.shape

    def rows(self, low: int, high: int) -> Float64:
        """The rows from `low` to `high`."""
        found = self.of.rows(low, high)
        factors = self.factors if self.axis else self.factors[low:high, None]
        with np.errstate(over="ignore", invalid="ignore"):
            return found * factors


def column_norms(of: Rows) -> Float64:
    """Euclidean length of every column; one pass over the matrix."""
    rows, columns = of.shape
    total = np.zeros(columns)
    step = max(1, BLOCK_VALUES // columns)
    with np.errstate(over="ignore", invalid="ignore"):
        for low in range(0, rows, step):
            part = of.rows(low, min(low + step, rows))
            total += np.einsum("ij,ij->j", part, part)
    return np.asarray(np.sqrt(total))
