"""What a tribunal may say of each material when it begins a session, and what goes with what."""

from collections.abc import Sequence
from typing import Final

from filiation.errors import UsageError
from filiation.model.blind import LARGEST, LEAST, Material

__all__ = ["check_options", "hundredths"]

OPTIONS: Final[dict[str, tuple[Material, ...]]] = {
    "matches": ("set",),
    "epsilon": ("set",),
    "controls": ("set",),
    "items": ("answers",),
    "repeat": ("answers",),
    "columns": ("weights",),
    "deep": ("weights",),
    "whole": ("weights", "set"),
    "both": ("weights", "answers"),
}  # those that any session takes are not named
ASKED: Final[dict[Material, str]] = {
    "weights": "weights (neither --set nor --answers)",
    "answers": "answers (--answers BATTERY)",
    "set": "sets (--set)",
}


def check_options(material: Material, given: Sequence[str]) -> None:
    """Refuse what says nothing of this material, or contradicts what else is given.

    Args:
        material: What is compared.
        given: Names of the options that were typed.

    Raises:
        UsageError: An option of another material, or two of which one is meant.
    """
    for name in given:
        of = OPTIONS.get(name, (material,))
        if material not in of:
            expected = " or ".join(ASKED[one] for one in of)
            raise UsageError(
                f"--{name}: goes with a comparison of {expected}; this one is of "
                f"{ASKED[material].partition(' ')[0]}"
            )
    if {"epsilon", "matches"} <= set(given):
        raise UsageError("--epsilon is of counts, --matches tells what matches; expected one")
    if ("epsilon" in given) is not ("controls" in given):
        raise UsageError(
            "--epsilon and --controls go together: how many sets are counted beside the "
            "respondent's says how much noise each count gets; expected both, or neither"
        )


def hundredths(epsilon: float) -> int:
    """An epsilon as the terms have it.

    Raises:
        UsageError: Too small, too large, or finer than a hundredth.
    """
    found = round(100 * epsilon)
    if not LEAST <= found <= LARGEST or abs(found - 100 * epsilon) > 1e-6:
        raise UsageError(
            f"--epsilon {epsilon:g}: expected {LEAST / 100:g} to {LARGEST / 100:g}, in hundredths"
        )
    return found
