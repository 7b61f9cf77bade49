"""Within which bands do real trainings move? Learnt by `tools/trainings`, kept in bands.json.

A value within the band of the trainings that were learnt from is as theirs. One beyond it by more
than the band's own width is called failing; between the two nothing is said.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, final

from filiation.errors import CaseError

__all__ = ["FEATURES", "Band", "bands_digest", "learnt_bands"]

FEATURES: Final = ("length", "turn", "spike", "uneven", "kept", "bend")
LIMITS: Final = {"length": (0.0, math.inf), "turn": (-1.0, 1.0), "spike": (0.0, math.inf),
                 "uneven": (1.0, math.inf), "kept": (0.0, 1.0), "bend": (-1.0, 1.0)}  # fmt: skip
# What a history drawn afterwards has: towards it, half the way from the band is called failing.
# Beyond these bands nothing is called failing: that units of an attention go as evenly in large
# trainings as in those that were learnt from is not known.
NEVER: Final = frozenset({"uneven"})
DRAWN: Final = {"spike": 1.0, "bend": 1.0, "turn": 1.0, "kept": 0.0}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Least and largest value of the trainings that were learnt from, and of how many."""

    low: float
    high: float
    values: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and self.low <= self.high < math.inf and self.values > 0):
            raise CaseError(f"a band from {self.low} to {self.high} of {self.values} values")

    def limits(self, feature: str) -> tuple[float, float]:
        """Beyond which a value is called failing."""
        low, high = 2 * self.low - self.high, 2 * self.high - self.low
        drawn = DRAWN.get(feature)
        if drawn is not None and drawn < self.low:
            low = (self.low + drawn) / 2
        if drawn is not None and drawn > self.high:
            high = (self.high + drawn) / 2
        least, most = LIMITS[feature]
        if feature in NEVER:
            return least, most
        return max(low, least), min(high, most)


@cache
def learnt_bands() -> Mapping[str, Band]:
    """The bands that ship; empty if none were learnt."""
    there = files(__package__).joinpath("bands.json")
    if not there.is_file():
        return {}
    told = json.loads(there.read_text(encoding="utf-8"))["bands"]
    return {
        name: Band(low=one["low"], high=one["high"], values=one["values"])
        for name, one in told.items()
    }


@cache
def bands_digest() -> str:
    """SHA-256 (hex) of the bands that ship; of nothing if none do."""
    there = files(__package__).joinpath("bands.json")
    return hashlib.sha256(there.read_bytes() if there.is_file() else b"").hexdigest()
