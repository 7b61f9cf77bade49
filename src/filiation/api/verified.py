"""Whether a record is what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

__all__ = ["Verified"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verified:
    """Does a record hold? True in an `if` exactly if it does. Made by a `verify()`.

    Attributes:
        problems: What does not hold, the first place first; empty if all does.
        notes: What an interruption left, what could not be checked, and which figures came again
            with other last digits.
        checked: How many of what are as recorded; empty where checking ended at a problem.

    Examples:
        >>> found = e.verify()
        >>> found.holds, found.problems, found.checked["exhibits"]
        (True, (), 3)
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    checked: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def holds(self) -> bool:
        """Whether there is no problem."""
        return not self.problems

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {what}" for what, count in self.checked.items())
        told = [counts, f"notes: {len(self.notes)}" if self.notes else ""]
        if self.problems:
            more = f" (and {len(self.problems) - 1} more)" if self.problems[1:] else ""
            return f"<Verified: does not hold; {self.problems[0]}{more}>"
        return f"<Verified: {'; '.join(['holds', *filter(None, told)])}>"
