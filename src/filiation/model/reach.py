"""What could be found with these controls and items at best, before anything is compared?"""

import math
from dataclasses import dataclass
from typing import final

from filiation.errors import FindingError
from filiation.model.finding import Absent

__all__ = ["Foreseen", "FoundBefore", "Reach"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBefore:
    """How many known relatives were found at one in a hundred, with so many controls and items.

    Attributes:
        share: Of the relatives, 0 to 1.
        controls: That each pair stood among.
        items: That were compared.
        page: Where it was printed.
    """

    share: float
    controls: int
    items: int
    page: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The least p that one method can give here.

    Attributes:
        method: Its full id; `together` for what all that count can give.
        log_floor: The smallest natural log p.
        controls: Independent ones.
        items: Put to source and subject both.
        before: The nearest that was measured with no more controls and items; None if nothing was.
        left_out: Controls that do not count, with reasons.
    """

    method: str
    log_floor: float
    controls: int
    items: int
    before: FoundBefore | None = None
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.log_floor) and self.log_floor <= 0.0):
            raise FindingError(
                f"{self.method}: least log p is {self.log_floor}, expected finite and at most 0"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What one question can reach, method by method and together.

    Attributes:
        kind: Of material.
        log_level: What a finding must reach, natural log.
        reaches: Of the methods that count and can tell beforehand.
        absent: Methods that will give no finding, and why; those that could not reach the level
            among them.
        unknown: Ids of methods that count and tell their least p with their finding only.
        aside: Ids of methods whose findings are reported and not counted.
        together: Of all that count; None where some are unknown or none can be applied.
        needed: Controls from which the level can be reached; None if it can, or is not known.
        besides: Of the methods aside, those that can tell their least p beforehand.
    """

    kind: str
    log_level: float
    reaches: tuple[Reach, ...]
    absent: tuple[Absent, ...]
    unknown: tuple[str, ...]
    aside: tuple[str, ...]
    together: Reach | None
    needed: int | None
    besides: tuple[Reach, ...] = ()

    @property
    def out_of_reach(self) -> bool:
        """Whether no agreement, however close, could meet the level."""
        if self.together is None:
            return not self.unknown
        return self.together.log_floor > self.log_level
