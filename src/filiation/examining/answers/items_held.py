"""Which controls hold what both parties answered, so that none of them chooses the items?

Methods compare the items that everybody holds. One control that lacks those on which the parties
agree in error would acquit them, one that lacks those on which they err otherwise would accuse:
whoever names the controls could choose so. The controls that are kept may lack `LACKING` of the
items together; the others are set aside, as long as enough stay.
"""

from collections.abc import Sequence
from typing import Final

from filiation.model.recording import Recording
from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS

__all__ = ["LACKING", "holding", "lacking"]

LACKING: Final = 0.02  # of what both parties answered, for all controls that stay together


def holding(
    source: Recording, subject: Recording, controls: Sequence[Recording]
) -> tuple[tuple[Recording, ...], tuple[str, ...]]:
    """The controls that stay, in the order given, and a sentence on each that does not.

    Enough stay if they are as many as the methods need and at least half of them all; otherwise
    all stay, and how many items are lost by them is told.
    """
    asked = _answered(source) & _answered(subject)
    lacks = [asked.difference(item.id for item in one.items) for one in controls]
    order = sorted(range(len(controls)), key=lambda n: (len(lacks[n]), controls[n].digest))
    lost: set[str] = set()
    stay: set[int] = set()
    for n in order:
        if len(lost | lacks[n]) <= LACKING * len(asked):
            lost |= lacks[n]
            stay.add(n)
    if len(stay) == len(controls):
        return tuple(controls), ()
    if len(stay) < FEWEST_CONTROLS or 2 * len(stay) < len(controls):
        compared = [one for one in lacks if 2 * len(one) <= len(asked)]
        gone = len(set().union(*compared))
        return tuple(controls), _shrunk(gone, len(asked), len(controls) - len(stay))
    notes = tuple(
        f"{controls[n].name}: left out as a control, since it lacks {len(lacks[n]):,} of "
        f"{len(asked):,} items that both parties answered, which all would lose by it"
        for n in range(len(controls))
        if n not in stay
    )
    return tuple(controls[n] for n in sorted(stay)), notes


def lacking(one: Recording, other: Recording) -> tuple[str, ...]:
    """How many items of the other's the first does not hold; nothing where it holds all."""
    held = {item.id for item in one.items}
    gone = sum(item.id not in held for item in other.items)
    if not gone:
        return ()
    return (
        f"{one.name}: not in its recording are {gone:,} of {len(other.items):,} items of "
        f"{other.name}; they are not compared",
    )


def _shrunk(gone: int, asked: int, controls: int) -> tuple[str, ...]:
    if not gone:
        return ()
    return (
        f"{gone:,} of {asked:,} items that both parties answered are lost, since {controls:,} "
        "controls lack some of them and without these too few would stay; whoever chose the "
        "controls chose the items by it",
    )


def _answered(one: Recording) -> set[str]:
    answers = zip(one.items, one.outputs, strict=True)
    return {item.id for item, output in answers if output is not None}
