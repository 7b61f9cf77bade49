"""One matrix of units, projected block by block while its tensor streams by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import UnitMatrix, WeightView
from filiation.model.sketch import AXES_COLUMNS, FRAMES, Frame, SketchMethod
from filiation.numerics.frames.directions import quantise
from filiation.numerics.frames.folding import folded
from filiation.numerics.rng import signs
from filiation.sketching.anchors import TokenFrame, gain_vector
from filiation.sketching.tables import TableFrame

__all__ = ["Found", "Onto", "Projection"]

Float32: TypeAlias = NDArray[np.float32]
Int8: TypeAlias = NDArray[np.int8]

FIXED: Final = 2.0**40  # steps to one, in which sums over layers are exact in any order


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Onto:
    """What the stream is projected to: the parameters, and the frames of one model."""

    method: SketchMethod
    token: TokenFrame
    table: TableFrame

    def frames(self, matrix: UnitMatrix) -> tuple[Frame, ...]:
        """The frames in which a matrix can be seen, in the order of FRAMES."""
        made = {"token": self.token.projections, "table": self.table.projections}
        return tuple(
            frame
            for frame in FRAMES
            if frame == "native"
            or (matrix.side in made[frame] and len(made[frame][matrix.side]) == matrix.width)
        )

    def matrices(self, matrix: UnitMatrix, frames: tuple[Frame, ...]) -> dict[Frame, Float32]:
        """Per frame, float32 [width, columns]."""
        columns, width = self.method.columns, matrix.width
        native = signs(self.method.seed, "native", str(width), rows=width, columns=columns)
        found: dict[Frame, Float32] = {"native": native / np.float32(np.sqrt(columns))}
        if "token" in frames:
            found["token"] = self.token.projections[matrix.side]
        if "table" in frames:
            found["table"] = self.table.projections[matrix.side]
        return found


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What is kept of one matrix.

    Attributes:
        norms: Float32 [units].
        directions: Per frame, int8 [units, columns].
        whole: Int8 [rows, columns]: native directions before heads were summed.
        axes: Int64 [width, columns]: its axes, in fixed point; None of an MLP.
    """

    norms: Float32
    directions: Mapping[Frame, Int8]
    whole: Int8
    axes: NDArray[np.int64] | None


@final
class Projection:
    """Takes in the blocks of a tensor and gives what is kept of one matrix in it."""

    def __init__(
        self,
        view: WeightView,
        matrix: UnitMatrix,
        onto: Onto,
        *,
        frames: tuple[Frame, ...],
        axes: bool = False,
    ) -> None:
        made = onto.matrices(matrix, frames)
        gain = np.broadcast_to(gain_vector(view, matrix.gain), (matrix.width,))
        self.matrix, self._widths = matrix, {f: x.shape[1] for f, x in made.items()}
        self._onto = np.ascontiguousarray(gain[:, None] * np.concatenate([*made.values()], axis=1))
        self._gain, self._plain = gain, matrix.gain is None
        self._sized = matrix.role not in ("attn.q", "attn.k")  # of which no norms are kept
        self._seen = np.zeros((matrix.units, self._onto.shape[1]), dtype=np.float32)
        # Squares are summed by numpy's own loops, which no kernel of a BLAS orders otherwise.
        self._squares = np.zeros(matrix.units, dtype=np.float32)
        self._axes = np.zeros((AXES_COLUMNS, matrix.width if axes else 0), dtype=np.float32)
        rows = matrix.units if axes else 0
        self._signs = signs(onto.method.seed, "axes", matrix.role, rows=rows, columns=1)[:, 0]

    def add(self, first: int, rows: Float32) -> None:
        """Take in the stored rows that begin at `first`."""
        with np.errstate(over="ignore", invalid="ignore"):  # finish() sees what came of it
            self._add(first, rows)

    def _add(self, first: int, rows: Float32) -> None:
        if self.matrix.run == 1:
            self._one_by_one(first, rows)
            return
        length = self.matrix.run or self.matrix.units
        for start, unit in self.matrix.runs:
            if self.matrix.unit_axis == 1:
                here = slice(first, first + len(rows))
                self._along(here, rows[:, start : start + length], unit)
            elif start < first + len(rows) and first < start + length:
                part = rows[max(start - first, 0) : max(start + length - first, 0)]
                self._across(part, unit + max(first - start, 0))

    def _one_by_one(self, first: int, rows: Float32) -> None:
        """The same where units stand singly, `step` apart: all of them at once."""
        start, step, units = self.matrix.start, self.matrix.step, self.matrix.units
        if self.matrix.unit_axis == 1:
            part = np.ascontiguousarray(rows[:, start::step][:, :units])
            self._along(slice(first, first + len(rows)), part, 0)
            return
        unit = max(0, -(-(first - start) // step))
        part = np.ascontiguousarray(rows[start + unit * step - first :: step][: units - unit])
        if len(part):
            self._across(part, unit)

    def _along(self, here: slice, part: Float32, at: int) -> None:
        """Some axes of the units from `at` on, which are columns of the tensor."""
        units = slice(at, at + part.shape[1])
        self._seen[units] += part.T @ self._onto[here]
        if self._sized:
            scaled = part if self._plain else part * self._gain[here, None]
            self._squares[units] += np.einsum("ij,ij->j", scaled, scaled)
        if self._signs.size:
            sums = folded(part.T, self._signs[units], AXES_COLUMNS)
            self._axes[:, here] += np.roll(sums, at % AXES_COLUMNS, axis=0)

    def _across(self, part: Float32, at: int) -> None:
        """The units from `at` on, which are rows of the tensor."""
        units = slice(at, at + len(part))
        np.matmul(part, self._onto, out=self._seen[units])
        if self._sized:
            scaled = part if self._plain else part * self._gain
            self._squares[units] = np.einsum("ij,ij->i", scaled, scaled)
        if self._signs.size:
            sums = folded(part, self._signs[units], AXES_COLUMNS)
            self._axes += np.roll(sums, at % AXES_COLUMNS, axis=0)

    def finish(self, *, heads: int = 0, groups: int = 0) -> Found:
        """What is kept; of heads that share a value, the columns of o are summed."""
        arrays = (self._seen, self._squares, self._axes)
        if not all(np.isfinite(array).all() for array in arrays):
            raise UnreadableError(
                f"{self.matrix.tensor}: values too large for 32-bit arithmetic, expected weights "
                "of ordinary size; the file is damaged or was exported wrongly"
            )
        whole = quantise(np.ascontiguousarray(self._seen[:, : self._widths["native"]]))
        seen, squares = self._seen, self._squares[:, None]
        if groups and heads > groups:
            seen, squares = (_summed(array, heads, groups) for array in (seen, squares))
        ends = np.cumsum([*self._widths.values()])[:-1]
        parts = np.split(seen, ends, axis=1)
        return Found(
            norms=np.sqrt(squares[:, 0]),
            directions={
                frame: quantise(np.ascontiguousarray(part))
                for frame, part in zip(self._widths, parts, strict=True)
            },
            whole=whole,
            axes=self._fixed() if self._signs.size else None,
        )

    def _fixed(self) -> NDArray[np.int64]:
        """The axes of this layer, each layer as large as the others, in fixed point."""
        axes = self._axes.T.astype(np.float64) * self._gain[:, None]
        size = np.sqrt(np.square(axes).sum())
        return np.asarray(np.rint(axes * (FIXED / size if size > 0 else 0.0)), dtype=np.int64)


def _summed(rows: Float32, heads: int, groups: int) -> Float32:
    """Rows of all heads to rows of the groups that share a key and a value."""
    size = len(rows) // heads
    parts = rows.reshape(groups, heads // groups, size, rows.shape[1])
    return np.ascontiguousarray(parts.sum(axis=1).reshape(groups * size, rows.shape[1]))
