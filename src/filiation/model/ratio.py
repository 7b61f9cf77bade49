"""A likelihood ratio, and how far from 1 one could have come before anything was compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias, final

from filiation.errors import FindingError

__all__ = ["Missed", "NoRatio", "Ratio", "Strength", "missed_bound"]

Bit: TypeAlias = Literal["sources", "expected-utility", "alternatives"]

ROUNDING = 1e-9  # of log10 LR
DIGITS = 1e-5  # of a bound that is kept in six digits


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """How often the population's own relatives of one class were missed.

    Attributes:
        alternative: The class, as the plan names it.
        missed: Pairs with a ratio below 1, their families left out of the fit.
        pairs: Pairs of that class; with none the class counts as missed.
    """

    alternative: str
    missed: int
    pairs: int

    @property
    def rate(self) -> float:
        """One more missed and one more found: a class of few pairs is not known to be found."""
        return (self.missed + 1) / (self.pairs + 2) if self.pairs else 1.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """The best that a population could support under one method: known before the comparison.

    Attributes:
        method: Full id.
        low: Smallest log10 LR it supports, at most 0 (support for independence).
        high: Largest log10 LR it supports, at least 0 (support for derivation).
        low_by: Which reckoning set it: the number of independent sources, expected utility, or how
            often relatives are missed over the alternatives that the plan names.
        high_by: The same for the largest.
        independent: Families that no pair relates, among the unrelated pairs.
        families: Families among the related pairs.
        related_pairs: Pairs that the calibration learns from.
        unrelated_pairs: The same.
        related_regimes: What the related pairs have in common by design, and how many have it.
        unrelated_regimes: The same for unrelated pairs.
        cllr: Cost in bits of the bounded LRs of pairs whose families were left out of the fit.
        misleading_related: Related pairs, left out likewise, with an LR below 1.
        misleading_unrelated: Unrelated pairs, left out likewise, with an LR above 1.
        missed: For each alternative that the plan names; empty if it names none.
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
    related_regimes: tuple[tuple[str, int], ...]
    unrelated_regimes: tuple[tuple[str, int], ...]
    cllr: float
    misleading_related: int
    misleading_unrelated: int
    missed: tuple[Missed, ...] = ()

    def __post_init__(self) -> None:
        if self.missed and self.low < missed_bound(self.missed) - DIGITS:
            raise FindingError(
                f"{self.method}: a log10 LR of {self.low} is said to be supported for independence,"
                f" but relatives are missed so often that none below {missed_bound(self.missed)} is"
            )
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
        if self.bounded == "below" and self.strength.missed:
            raise FindingError(
                f"{self.method}: a ratio for independence is said to be at least so much, though "
                "relatives of some class may be missed; on that side nothing is at least"
            )
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


def missed_bound(missed: Sequence[Missed]) -> float:
    """The smallest log10 LR for independence: a clean finding is never rarer among relatives."""
    return math.log10(sum(one.rate for one in missed) / len(missed))


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= ROUNDING
