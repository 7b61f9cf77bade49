"""Is what was computed again what is recorded, up to the last digits of the arithmetic?

Sums of floating-point numbers depend on their order, and that on the kind of processor. So an
honest examination, computed again elsewhere, may differ in the last digits of a few figures.
Nothing else may differ: no word, no count, no conclusion.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

__all__ = ["Agreement", "agreement"]

Pair: TypeAlias = tuple[str, object, object]  # where, recorded, computed again

NEAR: Final = 1e-4  # absolute or relative (measured between kinds of processors: up to 5e-6),
NEAR_LOG: Final = 1e-2  # of logarithms and standard deviations absolute (up to 1e-3)
LOG: Final = re.compile(r"(?:.*[._])?(?:z|log(?:10)?_[a-z]+)(?:\[\d+\])*")  # what they are called
SHARE: Final = 0.4  # of all figures that may differ at most (up to 0.19),
FEW: Final = 8  # or so many of a small record
LONGEST: Final = 80  # characters that are shown of what differs


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What came of holding one record against the same computed again.

    Attributes:
        figures: Numbers with a fraction; the others are counts, which may not differ.
        moved: How many of them differ in their last digits.
        most: The largest such difference.
        unlike: What differs otherwise, in words; empty if nothing does.
    """

    figures: int
    moved: int = 0
    most: float = 0.0
    unlike: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing differs but last digits."""
        return not self.unlike


def agreement(recorded: bytes, again: bytes) -> Agreement:
    """Hold a record in JSON against the same record computed again.

    Args:
        recorded: What is kept. Must be JSON.
        again: What was computed now.
    """
    figures, moved, most = 0, 0, 0.0
    for where, one, two in _pairs("", json.loads(recorded), json.loads(again)):
        figures += isinstance(one, float)
        if type(one) is type(two) and one == two:
            continue
        apart = _apart(where, one, two) if _number(one) and _number(two) else None
        if apart is None:
            unlike = f"{where or 'all of it'}: recorded {_shown(one)}, computed {_shown(two)}"
            return Agreement(figures=figures, unlike=unlike)
        moved, most = moved + 1, max(most, apart)
    if moved > max(FEW, SHARE * figures):
        unlike = f"{moved:,} of {figures:,} figures differ, more than last digits explain"
        return Agreement(figures=figures, moved=moved, most=most, unlike=unlike)
    return Agreement(figures=figures, moved=moved, most=most)


def _pairs(where: str, one: object, two: object) -> Iterator[Pair]:
    """Every leaf of both, and every branch at which they part."""
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        for key, value in one.items():
            yield from _pairs(f"{where}.{key}" if where else key, value, two[key])
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for place, (value, other) in enumerate(zip(one, two, strict=True)):
            yield from _pairs(f"{where}[{place}]", value, other)
    else:
        yield where, one, two


def _apart(where: str, one: object, two: object) -> float | None:
    """How far apart two figures are; None if it is more than their last digits."""
    if not (isinstance(one, int | float) and isinstance(two, int | float)):
        return None
    if isinstance(one, int) and isinstance(two, int):  # counts
        return None
    apart = abs(one - two)
    near = NEAR_LOG if LOG.fullmatch(where) else NEAR
    return apart if apart <= max(near, NEAR * abs(one)) else None


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]}.."
