"""Stemma: how the models of a population hang together, as far as their weights tell."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

__all__ = ["Link", "Loss", "Merge", "Stemma", "Stock", "StockBranch"]

Loss: TypeAlias = Literal["rounded", "pruned", "inherited", "orphaned"]
# What a model lacks of another, or that it has from another no more than a third has; of a
# tokenizer, what its tokens are made of.


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StockBranch:
    """One edge of a stock's tree. Leaves are numbered by their place, inner nodes from there on.

    Attributes:
        upper: The node nearer to where the tree is held.
        lower: The other node.
        length: Drift between them: the part of a unit's direction that changed, 0 (the same) to
            1.41 (nothing left); of tokenizers, the share of neighbours that are none any more.
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
class Link:
    """Two models that are alike beyond what any other model of the survey explains.

    Attributes:
        ends: The model on either side; several names where these cannot be told apart.
        correlation: Of their values side by side, where they hang together; of tokenizers, the
            share of neighbouring tokens kept.
        later: The model that lacks something which the other has; None if neither was seen to.
        loss: What it lacks.
        confirmed_by: Other models that hold what the later one lacks: it was not made up for the
            earlier one alone. Without any the link has no direction.
    """

    ends: tuple[tuple[str, ...], tuple[str, ...]]
    correlation: float
    later: str | None = None
    loss: Loss | None = None
    confirmed_by: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A model that lies between two that share nothing with each other, in the same matrices.

    Attributes:
        model: The model between.
        sides: The nearest model on either side; several names where kin cannot be told apart.
        weights: Of either side, as in a weighted sum.
        correlations: Of its values with those of the first name on either side.
        explained: Part of its values that lies in the plane of the two.
        exact: Whether nothing is left beside, up to the rounding of types: else the sum may have
            been trained on, or its true sides be kin of these.
        confirmed_by: For either side the other models that hold what the sum lacks of it. Without
            any this side has no direction.
    """

    model: str
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    weights: tuple[float, float]
    correlations: tuple[float, float]
    explained: float
    exact: bool
    confirmed_by: tuple[tuple[str, ...], tuple[str, ...]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stemma:
    """How all models of a survey hang together.

    Attributes:
        copies: Names of one model in several files; below only the first of them stands.
        stocks: Trees of two models and more, the largest first; no model between two stocks is
            among their leaves.
        links: Which models hang together directly, as far as these models tell.
        merges: Models that lie between two.
        unplaced: Models that share weights with others, whose values stand nowhere side by side
            with theirs (as after a rotation).
        alone: Models that share weights with no other, as far as was seen.
        level: Family-wise level at which two models count as sharing weights.
        replicates: Resamplings of layers behind each support value.
    """

    copies: tuple[tuple[str, ...], ...]
    stocks: tuple[Stock, ...]
    links: tuple[Link, ...]
    merges: tuple[Merge, ...]
    unplaced: tuple[str, ...]
    alone: tuple[str, ...]
    level: float
    replicates: int
