"""What is measured, by name: known without torch."""

from typing import Final

from trainings.recipes import KEPT_ASIDE, RUNS, recipe

__all__ = ["FAMILIES", "STRENGTHS", "WIDE_HONEST"]

STRENGTHS: Final = ("as it is", "permuted", "disguised")
FAMILIES: Final = (
    "straight line", "line, noise, healing", "noise backwards, then trained", "swap at point 5",
    "merged in slowly", "end replaced", "missing stretch", "the source's own history",
    "drawn towards the copy", "the source's start, turned",
)  # fmt: skip
# Kept aside, and wide enough that a copy in every planned class would be found.
WIDE_HONEST: Final = tuple(
    n for n in range(RUNS - KEPT_ASIDE, RUNS) if recipe(n).shape.width >= 128
)
