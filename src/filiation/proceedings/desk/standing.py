"""Where a case stands, for whoever serves it: its state, and what is due."""

from pathlib import Path

from filiation.casefile.next import Due, due_next
from filiation.casefile.record import Record
from filiation.casefile.state import State

__all__ = ["Due", "State", "due_next", "stands"]


def stands(case: Path) -> State:
    """The state of the whole case.

    Raises:
        UsageError: No case.
        CaseError: It was altered.
    """
    return Record(case).state()
