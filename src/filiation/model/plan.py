"""Question and Plan: what is asked and how it will be answered, fixed before looking."""

import math
from dataclasses import dataclass
from typing import Literal, final

from filiation.errors import UsageError

__all__ = ["Plan", "PlannedPopulation", "PlannedSubject", "Question"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A pair of mutually exclusive propositions, stated before any result."""

    derivation: str
    independence: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSubject:
    """An exhibit as the plan names it. `digest` is that of the model, not of the sketch."""

    side: Literal["subject", "source", "control"]
    name: str
    digest: str
    kind: Literal["weights", "recording"] = "weights"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPopulation:
    """The known pairs from which likelihood ratios will be made.

    Attributes:
        name: What the population calls itself.
        date: When it was made; empty for one made of the case's own controls.
        digest: SHA-256 (hex) of its file.
        origin: Whether the examiner named it, this version ships it, or the controls are it.
    """

    name: str
    date: str
    digest: str
    origin: Literal["named", "released", "controls"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Hashed before any comparison; every planned method ends in a Finding or an Absent.

    Attributes:
        question: The two propositions.
        exhibits: Which models, by digest.
        methods: Full ids, in the order they are run.
        sketch: Id of the sketch method.
        level: Overall probability of wrongly supporting derivation between unrelated models.
        clean_level: Independence is supported only if the combined p is above this.
        assumption_floor: Below this p, the assumption and not chance is what could be wrong.
        seed: Of every random stream; picked by the examiner, not by a party.
        power_share: Independence is supported only if inheriting this share of units, or less,
            would have been found with 95 % probability.
        power_cosine: How much of an inherited unit is left in that reckoning (cosine).
        combination: How findings of different methods are combined.
        population: Where likelihood ratios come from; None if there will be none.
        schema_version: Of this record; plans of schema 1 knew no population.
    """

    question: Question
    exhibits: tuple[PlannedSubject, ...]
    methods: tuple[str, ...]
    sketch: str
    level: float = 1e-6
    clean_level: float = 0.01
    assumption_floor: float = 1e-9
    seed: int = 0
    power_share: float = 0.25
    power_cosine: float = 0.5
    combination: Literal["harmonic-mean/1"] = "harmonic-mean/1"
    population: PlannedPopulation | None = None
    schema_version: Literal[1, 2] = 2

    def __post_init__(self) -> None:
        for field, low, high in (
            ("level", 0.0, 0.5),
            ("clean_level", 0.0, 1.0),
            ("assumption_floor", 0.0, 1.0),
            ("power_share", 0.0, 1.0),
            ("power_cosine", 0.0, 1.0),
        ):
            found = getattr(self, field)
            if not (math.isfinite(found) and low < found <= high):
                raise UsageError(f"plan: {field} is {found}, expected above {low} and up to {high}")
        if not 0 <= self.seed < 2**53:
            raise UsageError(f"plan: seed is {self.seed}, expected 0 to 2^53 - 1")
        if self.schema_version == 1 and self.population is not None:
            raise UsageError(
                "plan: schema_version is 1, and a population is named; plans of schema 1 know none"
            )
        if not self.methods:
            raise UsageError("plan: no method is named; nothing would be examined")
        if len(set(self.methods)) < len(self.methods):
            raise UsageError("plan: a method is named twice; it would be counted twice")
