"""One cell of the answer about weights: in which form a copy of a part would have been seen.

A share stands for its own cell alone: what would have been seen as stored says nothing of a copy
that was disguised.
"""

from typing import Literal, TypeAlias

from filiation.model.examination import Conclusion, Part
from filiation.report.wording.figures import percentage
from filiation.report.wording.part_names import ALTERNATIVES

__all__ = ["Reach", "is_open", "is_suspected", "parts_of", "reach", "seen_verb", "seen_words"]

Reach: TypeAlias = Literal["covered", "partly", "open"]


def reach(part: Part, conclusion: Conclusion) -> Reach:
    """Whether the share that the plan asks for would have been seen, a larger one, or none."""
    if part.share is None:
        return "open"
    return "covered" if part.reaches(conclusion.plan.power_share) else "partly"


def is_open(part: Part, conclusion: Conclusion) -> bool:
    """Whether a copy of the plan's share, or more, is not excluded there."""
    return reach(part, conclusion) != "covered"


def parts_of(conclusion: Conclusion) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Parts and forms of the table: as planned, then what the cells name beside."""
    plan, cells = conclusion.plan, conclusion.parts
    held = {part.alternative for part in cells}
    order = [*ALTERNATIVES, *plan.alternatives, *(part.alternative for part in cells)]
    return (
        tuple(dict.fromkeys((*plan.components, *(part.component for part in cells)))),
        tuple(name for name in dict.fromkeys(order) if name in held),
    )


def is_suspected(conclusion: Conclusion) -> bool:
    """Whether a warning spoke: what was seen is then told with the warning set aside."""
    return conclusion.support.reason == "disguise-suspected"


def seen_verb(conclusion: Conclusion) -> str:
    """What a copy would have done, after its noun."""
    return "would have shown" if is_suspected(conclusion) else "would have been seen"


def seen_words(part: Part, conclusion: Conclusion) -> str:
    """From which share on a copy would have been seen, for a cell."""
    if part.share is None:
        return "not excluded"
    only = "only " if is_open(part, conclusion) else ""
    return f"{only}from {percentage(part.share)}"
