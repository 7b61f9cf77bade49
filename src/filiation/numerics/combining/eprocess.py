"""Betting against several nulls at once, item by item, valid whenever one stops.

Null c: the subject agrees with the source no more often than with control c. At each item the
bettor stakes a share fixed before the item is seen; capital E multiplies by 1 + stake d with d
of +1 (agrees with the source only), -1 (with the control only) or 0. Under the null E is a
supermartingale from 1, so P(E ever >= 1/alpha) <= alpha (Ville 1939). All nulls are rejected only
if the least capital says so; no correction is needed (intersection-union).
"""

import math
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bets"]

Float64: TypeAlias = NDArray[np.float64]

LARGEST = 0.5  # a stake never reaches it: one loss at most halves the capital
CAUTION = 10.0  # items: the stake grows from nothing as evidence comes in


@final
class Bets:
    """One capital per control; feed items in the order they were asked.

    The stake at item i is the mean difference so far over the mean square so far (the growth-rate
    optimal bet to second order), shrunk by ten items of no difference, cut to [0, 0.5). It uses
    items before i only.
    """

    __slots__ = ("_log_e", "_log_peak", "_squares", "_sums", "items")

    def __init__(self, controls: int) -> None:
        if controls < 1:
            raise ValueError("no control to bet against, expected at least one")
        self._log_e = np.zeros(controls)
        self._sums = np.zeros(controls)
        self._squares = np.zeros(controls)
        self._log_peak = 0.0
        self.items = 0

    def feed(self, with_source: bool, with_controls: NDArray[np.bool_]) -> float:
        """Add one item and return the log of the least capital.

        Args:
            with_source: Whether the subject's answer equals the source's.
            with_controls: bool [controls], whether it equals each control's.
        """
        difference = float(with_source) - np.asarray(with_controls, dtype=np.float64)
        self._log_e += np.log1p(self.stakes() * difference)
        self._sums += difference
        self._squares += difference**2
        self.items += 1
        self._log_peak = max(self._log_peak, self.log_e)
        return self.log_e

    def stakes(self) -> Float64:
        """What is staked on the next item, per control: float64 [controls] in [0, 0.5)."""
        best = self._sums / (self._squares + CAUTION)
        return np.asarray(np.clip(best, 0.0, np.nextafter(LARGEST, 0.0)))

    @property
    def log_e(self) -> float:
        """Log of the capital against the control that does best."""
        return float(self._log_e.min())

    @property
    def log_es(self) -> Float64:
        """Log capital per control: float64 [controls]."""
        return self._log_e.copy()

    @property
    def log_p(self) -> float:
        """Log of the anytime-valid p: one over the largest least capital so far."""
        return min(0.0, -self._log_peak)

    def enough(self, level: float) -> bool:
        """Whether the null may be rejected at this level, now and whatever comes."""
        return self._log_peak >= -math.log(level)
