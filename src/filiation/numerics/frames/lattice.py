"""Is one set of values the rounding of another, and to how many bits?

A uniform quantiser maps the values of a group to z + s k with whole k. In a run of values of one
group the step s need not be known: the range of the run is a whole number n of steps, so n is tried
from 1 to 255 and the first that puts every value on a whole multiple is taken. By chance sixteen
values fit one of the 255 with probability 255 (2 t)^14, t the tolerance: below 1e-7 for t = 0.1.
What was rounded lies within half a step of where it is now.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVELS", "Lattice", "Taken", "find_lattice", "share_within", "taken"]

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]

LEVELS: Final = 255
TOLERANCE: Final = 0.02  # of a step, beside what the precision of the stored values allows
LOOSEST: Final = 0.1
SLACK: Final = 0.05  # of a step; scales are rounded themselves after the values were
SCALED: Final = 2.0**-11  # of a run: scale and offset, stored in half precision, move it by so much


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lattice:
    """The steps that values were rounded to, run by run.

    Attributes:
        steps: float64 [runs]; NaN where a run lies on no lattice.
        levels: int64 [runs]: steps from the smallest to the largest value; 0 where none.
    """

    steps: Float64
    levels: NDArray[np.int64]

    @property
    def found(self) -> NDArray[np.bool_]:
        return np.isfinite(self.steps)


def find_lattice(runs: Float32, precision: float) -> Lattice:
    """Find the step that each run of values was rounded to.

    Args:
        runs: float32 [runs, length], each within one group of the quantiser.
        precision: Relative error of the stored values (2^-9 for bfloat16, 2^-12 for half).
    """
    values = np.asarray(runs, dtype=np.float64)
    low, largest = values.min(axis=1, keepdims=True), np.abs(values).max(axis=1, keepdims=True)
    extent = values.max(axis=1, keepdims=True) - low
    tried = extent / np.arange(1.0, LEVELS + 1)  # [runs, LEVELS]
    with np.errstate(divide="ignore", invalid="ignore"):  # a run of one value has no step
        places = (values - low)[:, None, :] / tried[:, :, None]
        off = np.abs(places - np.rint(places)).max(axis=2)
        allowed = TOLERANCE + precision * largest / tried
    fits = (extent > 0) & (off <= allowed) & (allowed <= LOOSEST)
    first = np.argmax(fits, axis=1)
    found = fits.any(axis=1)
    return Lattice(
        steps=np.where(found, np.take_along_axis(tried, first[:, None], axis=1)[:, 0], np.nan),
        levels=np.where(found, first + 1, 0),
    )


def share_within(before: Float32, after: Float32, steps: Float64, precision: float) -> float:
    """Share of values that moved by no more than half a step: 1 for a rounding, less otherwise.

    Args:
        before: float32 [runs, length].
        after: float32 [runs, length].
        steps: float64 [runs], all finite.
        precision: Relative error of the stored values of both together.
    """
    if not len(steps):
        return 0.0
    moved = np.abs(np.asarray(after, np.float64) - np.asarray(before, np.float64))
    allowed = (0.5 + SLACK) * steps[:, None] + precision * np.abs(before)
    return float((moved <= allowed).mean())


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a rounding took of values that lie inside the range of their run; sums add up.

    Attributes:
        values: How many there are.
        beyond: How many of them are further than half a step from where they were.
        squares: Sum of the squares of what was taken, in steps.
    """

    values: int = 0
    beyond: int = 0
    squares: float = 0.0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            values=self.values + other.values,
            beyond=self.beyond + other.beyond,
            squares=self.squares + other.squares,
        )


def taken(before: Float32, after: Float32, lattice: Lattice, precision: float) -> Taken:
    """Count what rounding to a lattice took; the ends of a run may have been clipped, and are not.

    Args:
        before: float32 [runs, length].
        after: float32 [runs, length], of the runs in which the lattice was found.
        lattice: Of `after`.
        precision: Relative error of the stored values of both together.
    """
    on = lattice.found
    ones = np.asarray(before[on], dtype=np.float64)
    others = np.asarray(after[on], dtype=np.float64)
    steps, levels = lattice.steps[on][:, None], lattice.levels[on][:, None]
    low, high = others.min(axis=1, keepdims=True), others.max(axis=1, keepdims=True)
    inner = (others > low) & (others < high)
    moved = np.abs(ones - others) / steps
    allowed = 0.5 + SCALED * levels + precision * np.abs(ones) / steps
    return Taken(
        values=int(inner.sum()),
        beyond=int((inner & (moved > allowed)).sum()),
        squares=float(np.square(moved[inner]).sum()),
    )
