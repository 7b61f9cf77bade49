"""The least p of a method that stands texts on a line-up, before any two are compared."""

import math
from collections.abc import Mapping

from filiation.methods.answers.texts import MANY, LineUp
from filiation.methods.answers.texts_families import families_of
from filiation.methods.reached import reach_of
from filiation.model.finding import Absent
from filiation.model.reach import Reach
from filiation.numerics.pairs.among_controls import log_floor

__all__ = ["reach_of_texts", "texts_floor"]


def reach_of_texts(
    method: str, line: LineUp | Absent, *, families: Mapping[str, str], ranked: bool = False
) -> Reach | Absent:
    """What a line-up supports if none of its controls is found to be a relative."""
    if not isinstance(line, LineUp):
        return line
    independent = len(set(families_of(line.aligned.names[2 : 2 + line.controls], families)))
    return reach_of(
        method,
        texts_floor(independent, ranked=ranked),
        controls=independent,
        items=len(line.aligned.items),
    )


def texts_floor(controls: int, *, ranked: bool = False) -> float:
    """The smallest log p of so many controls; of a rank where a method reads its rank."""
    return -math.log1p(controls) if ranked and controls < MANY else log_floor(controls)
