"""Rounding that makes a displayed number the same on every machine."""

import math
from typing import Final

__all__ = ["significant"]

DIGITS: Final = 6  # float32 sums in another order agree to about seven


def significant(x: float, digits: int = DIGITS) -> float:
    """Round to so many significant digits; zero and infinities stay what they are."""
    if x == 0.0 or not math.isfinite(x):
        return x
    return round(x, digits - 1 - math.floor(math.log10(abs(x))))
