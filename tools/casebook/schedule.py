"""How long, how fast and on what a model is trained; plain numbers, so a recipe can be hashed."""

import math
from dataclasses import dataclass, field
from typing import final

from casebook.recipe import LATER


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One training run.

    Attributes:
        mixture: windows of each domain in every batch.
        steps: updates.
        rate: peak learning rate, reached after `warm_up` steps, then cosine down to a tenth.
        order_seed: fixes which windows are seen, and when.
        parts: a batch's gradient is the sum of so many parts': the same sum, rounded otherwise, as
            on another machine.
    """

    mixture: tuple[tuple[str, int], ...]
    steps: int
    rate: float
    order_seed: int
    weight_decay: float = 0.1
    warm_up: int = 30
    window: int = 128
    parts: int = field(default=1, metadata=LATER)

    def __post_init__(self) -> None:
        if self.steps < 1 or self.rate <= 0 or sum(count for _, count in self.mixture) < 1:
            raise ValueError(f"schedule: found {self}, expected all above zero")

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(domain for domain, _ in self.mixture)

    def rate_at(self, step: int) -> float:
        """Learning rate of the step, counted from zero."""
        if step < self.warm_up:
            return self.rate * (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.rate * (0.1 + 0.45 * (1 + math.cos(math.pi * done)))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A low-rank addition W + (scale / rank) B A to each projection, merged after training (LoRA).

    A is normal, B zero at the start (Hu et al. 2021, arXiv 2106.09685).
    """

    rank: int
    seed: int
    scale: float = 8.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """So many texts drawn from a model, token by token, each begun by a piece of the corpus."""

    texts: int
    seed: int
    temperature: float = 1.0
    prompt: int = 8
