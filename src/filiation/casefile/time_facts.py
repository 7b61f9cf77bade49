"""What a case states about time: its terms, service, deadlines, extensions, closed days, stops."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, final

__all__ = [
    *("Allowed", "Closed", "Counting", "Extended", "Resumed"),
    *("Served", "Stopped", "Terms", "TimedStep"),
]

Counting: TypeAlias = Literal["calendar", "working"]
TimedStep: TypeAlias = Literal[
    "claim", "answer", "submission", "add", "plan", "examine", "review"
]  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How an authority counts time. Fixed when a case is opened; no event changes it.

    Attributes:
        zone: Time zone (IANA) in which days begin and end; empty for UTC.
        clear: Of the days for the decision neither the first nor the last is counted.
        starts: Days are counted from receipt, or from service of the complaint on a respondent.
        deemed: Of each means of service the days after which it counts; empty for no rule.
        closes: Local hour from which a service counts as made the next day; empty for none.
    """

    zone: str = ""
    clear: bool = False
    starts: Literal["receipt", "service"] = "receipt"
    deemed: tuple[tuple[str, int], ...] = ()
    closes: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The clock stands still from that day on."""

    on: date
    because: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The clock runs again from that day on."""

    on: date


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The authority is closed from the first day to the last, both included, under a name."""

    first: date
    last: date
    name: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A document was served on a party. The day it counts as served follows from the terms.

    Attributes:
        of: The event that put the document on record; 0 is the complaint itself.
        party: On whom.
        on: The local day on which it was sent or handed over.
        at: The local hour of that, as 16:45; empty if it was not said.
        means: By which means, one that the terms of the case name if they name any.
        proof: The exhibit that proves it; empty if none was put in.
        because: Why it was served again; empty the first time.
    """

    of: int
    party: str
    on: date
    at: str = ""
    means: str = ""
    proof: str = ""
    because: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Days that a party has for a step.

    They run from the day on which this is entered, or from the deemed day of a service if later.
    """

    step: TimedStep
    party: str
    days: int
    counting: Counting = "calendar"
    clear: bool = False
    served: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """More days, by an order that is kept: for the step of an event, or for the decision (0)."""

    of: int
    days: int
    because: str
