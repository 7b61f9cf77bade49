"""What witness files show, in words."""

from collections.abc import Iterator

from filiation.casefile.deeds import HeadKept
from filiation.casefile.exchange.witness import Witness

__all__ = ["compared", "kept"]


def kept(made: HeadKept) -> Iterator[str]:
    """A head that is in a witness file now, and what it does not cover."""
    heads = "1 head" if made.heads == 1 else f"{made.heads} heads"
    was = "kept" if made.new else "was kept already"
    yield f"the head of {made.size} events, signed by {made.lead}: {was}; the file holds {heads}"
    if made.later:
        yield f"  {made.lead} has not signed for the {made.later} after these (case countersign)"


def compared(one: Witness, other: Witness, met: bool) -> str:
    """Two files that show no fork, and whether they could have shown one."""
    if met:
        return f"{one.name} and {other.name}: where heads are of one size, they are the same"
    return (
        f"{one.name} and {other.name}: no two heads are of one size; nothing was compared, hold "
        "both against the case (case verify --witness)"
    )
