"""By when is each step due, and was it taken in time?

What counts is the day on which the step was put on record, in the time zone of the case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from filiation.casefile.calendar import local_day
from filiation.casefile.clock import Period, Reading, deemed_day, missed, read_period
from filiation.casefile.state import Entry, State
from filiation.casefile.taken import taken_by
from filiation.casefile.time_facts import Allowed, Served, TimedStep

__all__ = ["StepRead", "read_steps"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StepRead:
    """A deadline on a day.

    Attributes:
        event: The event that set it.
        step: What is to be done.
        party: By whom.
        reading: Its clock; once the step was taken, as it stood then.
        taken: The event that took the step; None if none did.
        missed: The last day, where it passed without the step, or the step was taken after it.
    """

    event: int
    step: TimedStep
    party: str
    reading: Reading
    taken: int | None
    missed: date | None


def read_steps(state: State, on: date) -> Iterator[StepRead]:
    """Every deadline that was set for a step, in the order of the record."""
    for entry in state.of(Allowed):
        taken = taken_by(state, entry)
        before = taken.event.sequence if taken is not None else None
        until = local_day(taken.event.time, state.opening.terms) if taken is not None else on
        reading = read_period(state, _period(state, entry), until, before)
        yield StepRead(
            event=entry.event.sequence,
            step=entry.fact.step,
            party=entry.fact.party,
            reading=reading,
            taken=before,
            missed=missed(reading, until),
        )


def _period(state: State, entry: Entry[Allowed]) -> Period:
    """From the service, or the day of entry if that is later: none is late before it is set."""
    fact, start = entry.fact, local_day(entry.event.time, state.opening.terms)
    for served in state.of(Served):
        if served.event.sequence == fact.served:
            start = max(start, deemed_day(state, served.fact, served.event.sequence))
    return Period(
        of=entry.event.sequence,
        start=start,
        days=fact.days,
        counting=fact.counting,
        clear=fact.clear,
    )
