"""A calibration as a table: the log10 LR and its interval for every value that a pair may have.

Values are read as their inverse hyperbolic sine to a hundredth, which leaves few distinct ones and
moves no LR visibly. So what known pairs teach is a short table, the same whatever pair is judged.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import PopulationError

__all__ = ["PER_ONE", "Curve", "Interval", "place_of", "read"]

Float64: TypeAlias = NDArray[np.float64]

PER_ONE: Final = 100  # places of the table


def read(values: Float64) -> Float64:
    """Values as calibrators see them."""
    return np.asarray(np.round(np.arcsinh(values) * PER_ONE) / PER_ONE)


def place_of(value: float) -> int:
    """The same in hundredths."""
    return round(float(np.arcsinh(value)) * PER_ONE)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A log10 LR with its 95 % interval over resampled families."""

    value: float
    low: float
    high: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Log10 LR and interval for every value that a method may give, in hundredths as it is read.

    Attributes:
        first: Hundredths of the first entry.
        values: One for each hundredth.
        lows: Lower end of each interval.
        highs: Upper end.
    """

    first: int
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]

    def __post_init__(self) -> None:
        sizes = {len(self.values), len(self.lows), len(self.highs)}
        known = all(map(math.isfinite, (*self.lows, *self.values, *self.highs)))
        if len(sizes) > 1 or not self.values or not known or not self._ordered():
            raise PopulationError(
                f"curve: {len(self.lows)} lower ends, {len(self.values)} values and "
                f"{len(self.highs)} upper ends; expected as many, finite and in this order"
            )

    def _ordered(self) -> bool:
        each = zip(self.lows, self.values, self.highs, strict=True)
        return all(low <= value <= high for low, value, high in each)

    def at(self, value: float) -> Interval:
        """What a pair of this value is given; beyond either end, what stands there."""
        place = min(max(place_of(value) - self.first, 0), len(self.values) - 1)
        return Interval(value=self.values[place], low=self.lows[place], high=self.highs[place])

    def within(self, low: float, high: float, *, rounded: Callable[[float], float]) -> "Curve":
        """Every number drawn into these bounds, and rounded."""
        drawn = [np.clip(of, low, high).tolist() for of in (self.values, self.lows, self.highs)]
        said = {x: rounded(x) + 0.0 for x in {x for of in drawn for x in of}}
        values, lows, highs = (tuple(said[x] for x in of) for of in drawn)
        return Curve(first=self.first, values=values, lows=lows, highs=highs)
