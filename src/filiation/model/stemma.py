"""Stemma: how the models of a population hang together, as far as their weights tell."""

from dataclasses import dataclass
from typing import final

__all__ = ["Merge", "Stemma", "Stock", "StockBranch"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StockBranch:
    """One edge of a stock's tree. Leaves are numbered by their place, inner nodes from there on.

    Attributes:
        upper: The node nearer to where the tree is held.
        lower: The other node.
        length: Drift between them: the part of a unit's direction that changed, 0 (the same) to
            1.41 (nothing left).
        support: Share of replicates, each of other layers, in which the same models stand on
            either side; None for the branch of a single model, which is in every tree.
    """

    upper: int
    lower: int
    length: float
    support: float | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Models that share weights, directly or through others, and the tree of their drift.

    Attributes:
        models: The leaves, by name. The tree has no root: it does not say who came first.
        branches: Of an unrooted tree over the leaves.
    """

    models: tuple[str, ...]
    branches: tuple[StockBranch, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A model that lies between two that share nothing with each other.

    Attributes:
        model: The model with two parents.
        parents: The nearest model on either side.
        cosines: Mean cosine of its units with either parent's units.
        explained: Part of the direction of its units that lies in the plane of the two (the sum
            of the squared cosines, for the parents' units are orthogonal); 1 is a pure merge.
    """

    model: str
    parents: tuple[str, str]
    cosines: tuple[float, float]
    explained: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stemma:
    """All of it.

    Attributes:
        stocks: Trees of two models and more, the largest first; no merge is among their leaves.
        merges: Models with two parents.
        alone: Models that share weights with no other, as far as was seen.
        level: Family-wise level at which two models count as sharing weights.
        replicates: Resamplings of layers behind each support value.
    """

    stocks: tuple[Stock, ...]
    merges: tuple[Merge, ...]
    alone: tuple[str, ...]
    level: float
    replicates: int
