"""What an examination asks of a population of known pairs, whoever holds it."""

from collections.abc import Sequence
from typing import Protocol

from filiation.model.finding import Finding
from filiation.model.plan import PlannedPopulation
from filiation.model.population import Population
from filiation.model.ratio import NoRatio, Ratio, Strength

__all__ = ["Learning", "Ratings"]


class Learning(Protocol):
    """What a population teaches about one question, before anything is compared."""

    @property
    def strengths(self) -> tuple[Strength | NoRatio, ...]:
        """The best it could support under each method, or why it supports nothing."""

    def ratios(self, findings: Sequence[Finding]) -> tuple[Ratio | NoRatio, ...]:
        """One ratio for each finding, or the reason why there is none."""


class Ratings(Protocol):
    """A population of known pairs that the plan has fixed."""

    @property
    def planned(self) -> PlannedPopulation:
        """How the plan names it."""

    @property
    def population(self) -> Population:
        """The known pairs."""

    def learn(
        self, methods: Sequence[str], shown: Sequence[str], alternatives: Sequence[str] = ()
    ) -> Learning:
        """Learn for these methods, without the families of models that have these digests.

        A ratio for independence is bounded by how often relatives are missed over the alternatives.
        """
