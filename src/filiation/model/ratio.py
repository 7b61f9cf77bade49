"""A likelihood ratio, and how far from 1 one could have come before anything was compared."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, final

from filiation.errors import FindingError

__all__ = ["NoRatio", "Ratio", "Strength"]

Bit: TypeAlias = Literal["sources", "expected-utility"]

ROUNDING = 1e-9  # of log10 LR


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """The best that a population could support under one method: known before the comparison.

    Attributes:
        method: Full id.
        low: Smallest log10 LR it supports, at most 0 (support for independence).
        high: Largest log10 LR it supports, at least 0 (support for derivation).
        low_by: Which reckoning set it: the number of independent sources, or expected utility.
        high_by: The same for the largest.
        independent: Families that no pair relates, among the unrelated pairs.
        families: Families among the related pairs.
        related_pairs: Pairs that the calibration learns from.
        unrelated_pairs: The same.
        cllr: Cost in bits of the bounded LRs of pairs whose families were left out of the fit.
        misleading_related: Related pairs, left out likewise, with an LR below 1.
        misleading_unrelated: Unrelated pairs, left out likewise, with an LR above 1.
    """

    method: str
    low: float
    high: float
    low_by: Bit
    high_by: Bit
    independent: int
    families: int
    related_pairs: int
    unrelated_pairs: int
    cllr: float
    misleading_related: int
    misleading_unrelated: int

    def __post_init__(self) -> None:
        if not (-math.inf < self.low <= 0.0 < self.high < math.inf):
            raise FindingError(
                f"{self.method}: log10 LRs from {self.low} to {self.high} are said to be "
                "supported, expected finite ones on both sides of 0"
            )
        counts = (self.independent, self.families, self.related_pairs, self.unrelated_pairs)
        if min(counts) < 1 or not (math.isfinite(self.cllr) and self.cllr >= 0.0):
            raise FindingError(
                f"{self.method}: learnt from {counts} models, families and pairs at a cost of "
                f"{self.cllr} bits; expected some of each and a finite cost"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times more probable a finding is if proposition 1 holds than if proposition 2 does.

    It stands beside the finding's p and is never multiplied with it or with another ratio: all
    come from the same models.

    Attributes:
        method: Full id of the finding's method.
        log10_lr: Log10 of the ratio, within what the population supports.
        low: Lower end of its 95 % interval.
        high: Upper end.
        bounded: Whether the population supports no more in that direction, so that the ratio is
            "at least" (above: that much for derivation; below: that much for independence).
        strength: What the population could support.
        population: SHA-256 (hex) of the population's file.
    """

    method: str
    log10_lr: float
    low: float
    high: float
    bounded: Literal["no", "above", "below"]
    strength: Strength
    population: str

    def __post_init__(self) -> None:
        least, most = self.strength.low, self.strength.high
        numbers = (least - ROUNDING, self.low, self.log10_lr, self.high, most + ROUNDING)
        if self.strength.method != self.method or not all(a <= b for a, b in pairwise(numbers)):
            raise FindingError(
                f"{self.method}: log10 LR {self.log10_lr} ({self.low} to {self.high}), but the "
                f"population supports {least} to {most} under {self.strength.method}"
            )
        if (self.bounded == "above" and not _same(self.log10_lr, most)) or (
            self.bounded == "below" and not _same(self.log10_lr, least)
        ):
            raise FindingError(
                f"{self.method}: log10 LR {self.log10_lr} is said to be bounded {self.bounded}, "
                f"but the bounds are {least} and {most}"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NoRatio:
    """Why a method has no likelihood ratio; never taken for a ratio of 1."""

    method: str
    reason: str


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= ROUNDING
