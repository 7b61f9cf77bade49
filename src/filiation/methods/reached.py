"""How often were relatives found with so many controls and items? Read from `reached.toml`.

Each figure there was printed by a command (docs/validation/outputs.md); a test holds the two
together.
"""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from filiation.model.reach import FoundBefore, Reach

__all__ = ["PAGE", "figures", "found_before", "reach_of"]

FOUND_AT: Final = math.log(0.01)
PAGE: Final = "docs/validation/outputs.md"


def reach_of(method: str, log_floor: float, *, controls: int, items: int) -> Reach:
    """The least p of a method, with what was found by it before."""
    return Reach(
        method=method,
        log_floor=log_floor,
        controls=controls,
        items=items,
        before=found_before(method, log_floor, controls=controls, items=items),
    )


def found_before(method: str, log_floor: float, *, controls: int, items: int) -> FoundBefore | None:
    """The largest study of a method with no more controls and items; None if there is none.

    Nor is there one where the least p is above the p at which those studies found.
    """
    if log_floor > FOUND_AT:
        return None
    known = figures().get(method.partition("/")[0], [])
    rows = [row for row in known if row["controls"] <= controls and row["items"] <= items]
    if not rows:
        return None
    row = max(rows, key=lambda row: (row["controls"], row["items"]))
    return FoundBefore(share=row["found"], controls=row["controls"], items=row["items"], page=PAGE)


@cache
def figures() -> Mapping[str, list[dict[str, Any]]]:
    """Every study, by the stem of the method's id."""
    raw = files(__package__).joinpath("reached.toml").read_text(encoding="utf-8")
    return tomllib.loads(raw)
