"""Whether the order in which one model lists its parts looks random, the model looked at alone."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from filiation.errors import FindingError

__all__ = ["Listed", "OrderTest"]

Listed: TypeAlias = Literal["units", "shards", "axes", "heads", "experts"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTest:
    """One kind of part of one model: does its order say anything about what the parts are?

    Attributes:
        what: Which parts.
        fact: What was looked at: the fact whose p is smallest.
        log_p: Natural log p if the order is uniformly random, times the number of facts.
        facts: How many facts were tested.
        parts: How many parts, over all layers looked at.
        level: At or below this p the order is not taken as random.
    """

    what: Listed
    fact: str
    log_p: float
    facts: int
    parts: int
    level: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.log_p) and self.log_p <= 0.0):
            raise FindingError(f"order of {self.what}: log p is {self.log_p}, expected at most 0")

    @property
    def random(self) -> bool:
        """Whether the order may be taken as random."""
        return self.log_p > math.log(self.level)
