"""How far from 1 may a likelihood ratio lie, given how many pairs it was learnt from?

Two answers, and the stricter holds. *Sources*: n independent models support no LR above n/6
(science.md, section 4: n/2 disjoint pairs without one alarm leave a rate of alarms of up to three
in n/2, the rule of three, so that no LR above (n/2)/3 is known), and r independent families of
relatives none below 3/r. *Expected utility*: beyond the empirical bounds of Vergeer and others,
When to stop extrapolating?, Science and Justice 56 (2016), one more misleading LR would make a
decision by LR worse than one without.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import PopulationError
from filiation.numerics.likelihoods.isotonic import check_sides

__all__ = ["Bit", "Bounds", "bound", "elub", "source_bounds"]

Float64: TypeAlias = NDArray[np.float64]
Bit: TypeAlias = Literal["sources", "expected-utility"]

STEP: Final = 0.01  # of log10 LR: the grid of the source
EXTREME: Final = 9.0  # infinite log10 LRs stand here, as in the source


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The range of log10 LRs that is supported, and which of the two reckonings set each end."""

    low: float
    high: float
    low_by: Bit
    high_by: Bit

    def __post_init__(self) -> None:
        if not (-math.inf < self.low <= 0.0 <= self.high < math.inf):
            raise PopulationError(
                f"bounds of log10 LR are {self.low} and {self.high}, expected finite ones about 0"
            )


def bound(related: Float64, unrelated: Float64, *, independent: int, families: int) -> Bounds:
    """The stricter of both reckonings, at either end.

    Args:
        related: float64 [pairs], held-out log10 LRs of related pairs.
        unrelated: float64 [pairs], held-out log10 LRs of unrelated pairs.
        independent: Models (families) among the unrelated pairs that are independent of each other.
        families: Independent families among the related pairs.
    """
    low, high = source_bounds(independent=independent, families=families)
    lower, upper = elub(related, unrelated)
    return Bounds(
        low=max(low, lower),
        high=min(high, upper),
        low_by="sources" if low >= lower else "expected-utility",
        high_by="sources" if high <= upper else "expected-utility",
    )


def source_bounds(*, independent: int, families: int) -> tuple[float, float]:
    """Lowest and highest log10 LR that so many independent models and families support."""
    if independent < 0 or families < 0:
        raise PopulationError(f"{independent} models, {families} families: expected at least 0")
    high = math.log10(independent / 6.0) if independent > 6 else 0.0
    low = -math.log10(families / 3.0) if families > 3 else 0.0
    return low + 0.0, high


def elub(related: Float64, unrelated: Float64) -> tuple[float, float]:
    """Empirical lower and upper bounds of log10 LR, in steps of 0.01.

    At each threshold one misleading LR is added to either side; a threshold counts as long as
    deciding by these LRs is expected to cost no more than deciding without them.
    """
    related, unrelated = (
        np.clip(side, -EXTREME, EXTREME) for side in check_sides(related, unrelated)
    )
    lowest = min(float(related.min()), float(unrelated.min()))
    highest = max(float(related.max()), float(unrelated.max()))
    first = min(0, math.floor(max(lowest, -math.log10(related.size + 1)) / STEP))
    last = max(0, math.floor(min(highest, math.log10(unrelated.size + 1)) / STEP) + 1)
    grid = np.linspace(first * STEP, last * STEP, last - first + 1)
    costly = _utility_ratio(related, unrelated, grid) < 1.0
    low = np.max(grid[(grid <= 0.0) & costly] + STEP, initial=grid[0])
    high = np.min(grid[(grid >= 0.0) & costly] - STEP, initial=grid[-1])
    return min(float(low), 0.0), max(float(high), 0.0)


def _utility_ratio(related: Float64, unrelated: Float64, grid: Float64) -> Float64:
    """Expected cost without LRs over that with them, for decisions at each threshold."""
    threshold = 10.0**grid
    missed = (np.searchsorted(np.sort(related), grid, side="right") + 1) / (related.size + 1)
    below = np.searchsorted(np.sort(unrelated), grid, side="right")
    alarmed = (unrelated.size - below + 1) / (unrelated.size + 1)
    without = np.where(threshold < 1.0, threshold, 1.0)
    return np.asarray(without / (missed + threshold * alarmed))
