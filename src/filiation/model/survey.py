"""Survey: every pair of a population under every method that applies."""

from dataclasses import dataclass
from typing import Literal, final

from filiation.model.finding import Absent

__all__ = ["Pair", "Survey"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One pair of models under one method; all other models stand as its controls.

    Attributes:
        a: Name of one model.
        b: Name of the other.
        method: Full id.
        kind: Kind of the null.
        observed: The statistic, in the method's own units.
        z: In scatters of pairs of strangers.
        log_p: Natural log of p.
        items: Items that both answered (joint errors, where errors are compared).
        rank: (1 + strangers of either model at least as close) / (1 + strangers), the larger.
    """

    a: str
    b: str
    method: str
    kind: Literal["exact", "permutation", "calibrated"]
    observed: float
    z: float
    log_p: float
    items: int
    rank: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All pairs, most alike first within a method, and what could not be asked."""

    models: tuple[str, ...]
    pairs: tuple[Pair, ...]
    absent: tuple[Absent, ...]
    notes: tuple[str, ...] = ()
