"""How a case came to ask of an exhibit that has no plan of its own: by what stands on record."""

from collections.abc import Sequence

from filiation.casefile.state import State
from filiation.model.blind import Copy
from filiation.model.inquiry import InCase

__all__ = ["unplanned"]


def unplanned(
    state: State, name: str, others: Sequence[str], sides: Sequence[tuple[str, str]],
    copies: Sequence[tuple[str, Copy]] = (),
) -> InCase:  # fmt: skip
    """Whoever put it in chose what is asked: that event stands for plan and coin.

    Args:
        state: The case as it stands before the answer.
        name: The exhibit's.
        others: The other exhibits of its kind.
        sides: Each side's role, and which party that is; empty where none is known.
        copies: Other exhibits that hold the same, and what they hold of it.
    """
    exhibit = state.exhibits[name]
    entered = exhibit.event.sequence
    return InCase(
        exhibit=name,
        offered_by=exhibit.fact.offered_by,
        entered=entered,
        planned=entered,
        planned_by=exhibit.event.actor,
        plan=exhibit.fact.digest,
        coin=entered,
        tossed_by=exhibit.event.actor,
        place=1 + sum(state.exhibits[one].event.sequence < entered for one in others),
        others=tuple(others),
        sides=tuple(sides),
        copies=tuple(copies),
    )
