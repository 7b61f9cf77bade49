"""What is known of one question before anything is compared."""

from dataclasses import dataclass
from typing import final

from filiation.model.kinds import Kind
from filiation.model.plan import PlannedQuestion
from filiation.model.ratio import NoRatio, Strength
from filiation.model.reach import Foreseen
from filiation.model.study import MeasuredPower
from filiation.model.words import MethodWords

__all__ = ["Beforehand"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """What one question could show at best, before anything is compared.

    Attributes:
        kind: Of material, with its words.
        plan: The question.
        words: Of its methods.
        strengths: What the population could support under each method.
        measured: The power measured on the population.
        foreseen: The least p of each method with these controls and items, and of all together.
    """

    kind: Kind
    plan: PlannedQuestion
    words: tuple[tuple[str, MethodWords], ...]
    strengths: tuple[Strength | NoRatio, ...]
    measured: MeasuredPower | None
    foreseen: Foreseen
