"""Relation: what kind, under which disguise, how much of it, from which layers, which way."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from filiation.errors import CaseError
from filiation.model.sketch import Component

__all__ = [
    "Direction",
    "Disguise",
    "InCommon",
    "Ingredient",
    "MappedLayer",
    "Relation",
    "RelationKind",
    "Share",
]

RelationKind: TypeAlias = Literal[
    "identical",
    "re-exported",
    "quantised",
    "includes",
    "low-rank",
    "fine-tuned",
    "continued",
    "width-pruned",
    "depth-pruned",
    "sparse-pruned",
    "up-scaled",
    "upcycled",
    "merged",
    "partly-re-initialised",
    "embeddings-only",
    "shared-initialisation",
    "unrelated",
    "unknown",
]
Direction: TypeAlias = Literal["source-to-subject", "subject-to-source", "not-determined"]
# Whether a training was shared, or no more than the weights that both began with.
InCommon: TypeAlias = Literal["training", "initial-weights", "cannot-be-told", "not-asked"]
Disguise: TypeAlias = Literal["rotated", "axes-permuted", "permuted", "rescaled"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Share of the subject's hidden units in contact with the source's, with its 95 % interval.

    `low` and `high` are Clopper and Pearson's; units that sit at their place by chance (about one a
    layer) are not taken off.
    """

    low: float
    estimate: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.low <= self.estimate <= self.high <= 1.0:
            raise CaseError(
                f"share of units is {self.low} to {self.high} around {self.estimate}, expected "
                "three numbers in order between 0 and 1"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MappedLayer:
    """One layer of the subject and the source's layer it is in contact with; None for none."""

    subject: str
    source: str | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """One named candidate of a merge and its weight, with the 95 % interval over units."""

    name: str
    weight: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) for x in (self.weight, self.low, self.high)):
            raise CaseError(f"{self.name}: weight in the merge is not finite")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What kind of relation, as far as it was typed.

    Attributes:
        kind: The most specific kind that the evidence supports.
        because: The evidence, in one sentence.
        disguises: Which disguises were undone to see it.
        share_of_units: How much of the subject is in contact; None where that was not reckoned.
        layer_map: For every layer of the subject, in order; empty where there is no contact.
        mixture: Candidates of a merge; empty for any other kind.
        direction: Which way, only from what cannot be undone.
        direction_because: Why; empty where it was not determined.
        tables: Which tables are shared where nothing else is; empty for any other kind.
        in_common: Shared training, or shared initial weights only; `because` says how it shows.
    """

    kind: RelationKind
    because: str
    disguises: tuple[Disguise, ...] = ()
    share_of_units: Share | None = None
    layer_map: tuple[MappedLayer, ...] = ()
    mixture: tuple[Ingredient, ...] = ()
    direction: Direction = "not-determined"
    direction_because: str = ""
    in_common: InCommon = "not-asked"
    tables: tuple[Component, ...] = ()
