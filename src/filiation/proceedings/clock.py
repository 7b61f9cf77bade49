"""Reading the clock of a case, stopping it, and letting it run again."""

from pathlib import Path

from filiation.casefile.clock import read_clock
from filiation.casefile.deeds import ClockRead
from filiation.casefile.facts import Resumed, Stopped
from filiation.casefile.next import due_next
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.proceedings.given import day, on_record

__all__ = ["clock_of", "clock_on", "resume_clock", "stop_clock"]


def clock_on(case: Path, on: str | None = None) -> ClockRead:
    """What the clock shows on a day, by default today, and what is due next.

    Raises:
        UsageError: Not a date, or one before the case was received.
    """
    return clock_of(Record(case).state(), on)


def clock_of(state: State, on: str | None) -> ClockRead:
    """The same, of a state that is at hand."""
    moment = day(on, "on")
    return ClockRead(
        on=moment,
        received=state.opening.received,
        counting=state.opening.counting,
        reading=read_clock(state, moment),
        due=tuple(due_next(state)),
    )


def stop_clock(
    case: Path, because: str, *, on: str | None = None, acting: str | None = None
) -> Entry[Stopped]:
    """Let the clock stand from a day on, by default today.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record, fact = Record(case), Stopped(on=day(on, "on"), because=because)
    signer = record.signer(acting)
    arguments = on_record({"stop": because, "on": on})
    event = record.append(Draft(verb="clock", fact=fact, arguments=arguments), *signer)
    return Entry(event=event, fact=fact)


def resume_clock(case: Path, *, on: str | None = None, acting: str | None = None) -> Entry[Resumed]:
    """Let the clock run again from a day on, by default today.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record, fact = Record(case), Resumed(on=day(on, "on"))
    signer = record.signer(acting)
    arguments = on_record({"resume": True, "on": on})
    event = record.append(Draft(verb="clock", fact=fact, arguments=arguments), *signer)
    return Entry(event=event, fact=fact)
