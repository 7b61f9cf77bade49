"""Survey: every pair of a population under every method that applies."""

from dataclasses import dataclass
from typing import Literal, final

from filiation.model.finding import Absent
from filiation.model.kinds import WEIGHTS
from filiation.model.stemma import Stemma

__all__ = ["Pair", "Screening", "SetAside", "Survey"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One pair of models under one method; of recordings, all other models are its controls.

    Attributes:
        a: Name of one model.
        b: Name of the other.
        method: Full id.
        kind: Kind of the null; `combined` for all methods as one p.
        observed: The statistic, in the method's own units.
        z: In scatters of pairs of strangers; None where the null needs none.
        log_p: Natural log of p.
        items: Items that both answered (joint errors, where errors are compared); of weights, the
            hidden units compared.
        rank: (1 + strangers of either model at least as close) / (1 + strangers), the larger; None
            where strangers were not asked.
    """

    a: str
    b: str
    method: str
    kind: Literal["exact", "permutation", "calibrated", "combined"]
    observed: float
    z: float | None
    log_p: float
    items: int
    rank: float | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A model that was given and is in no pair.

    Attributes:
        name: Of the model.
        reason: Why, in words.
        same_as: The model that has the same tensors and is in the pairs; None: it is no copy.
    """

    name: str
    reason: str
    same_as: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """How many pairs there are, and how many were compared in full.

    Attributes:
        pairs: All, over which the level is kept.
        compared: In full; the others did not look alike and were not compared.
        level: Chance of one stranger called related, over all pairs together.
    """

    pairs: int
    compared: int
    level: float

    @property
    def bar(self) -> float:
        """The p of a pair at or below which it counts as sharing weights (Bonferroni)."""
        return self.level / max(1, self.pairs)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All pairs, most alike first within a method, and what could not be asked.

    Attributes:
        models: By name.
        pairs: Of every method.
        absent: What could not be asked.
        notes: Facts a reader must know.
        stemma: How models hang together; of weights and tokenizers only.
        aside: Models that were given and are in no pair.
        screening: How many pairs were compared; of weights and tokenizers only.
        kind: Of the material that was compared.
    """

    models: tuple[str, ...]
    pairs: tuple[Pair, ...]
    absent: tuple[Absent, ...]
    notes: tuple[str, ...] = ()
    stemma: Stemma | None = None
    aside: tuple[SetAside, ...] = ()
    screening: Screening | None = None
    kind: str = WEIGHTS
