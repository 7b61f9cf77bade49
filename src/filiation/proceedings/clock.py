"""Reading the clock of a case, stopping it, and letting it run again."""

from datetime import date
from pathlib import Path
from typing import Final

from filiation.casefile.clock import late_by, read_clock
from filiation.casefile.deadlines import read_steps
from filiation.casefile.deeds import ClockRead
from filiation.casefile.ended import ended_by
from filiation.casefile.facts import Decided, Resumed, Stopped
from filiation.casefile.next import due_next
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.proceedings.given import day, on_record

__all__ = ["clock_of", "clock_on", "clock_today", "resume_clock", "stop_clock"]

LOG: Final = "case.db"


def clock_on(case: Path, on: str | None = None) -> ClockRead:
    """What the clock shows on a day, by default today, and what is due next.

    Raises:
        UsageError: Not a date, or one before the case was received.
    """
    return clock_of(Record(case).state(), on)


def clock_today(case: Path) -> ClockRead | None:
    """The clock of today; None in a folder that holds no log, and before receipt."""
    if not (case / LOG).exists():
        return None
    state = Record(case).state()
    today = day(None, "today", state.opening.terms)
    return clock_of(state, str(today)) if today >= state.opening.received else None


def clock_of(state: State, on: str | None) -> ClockRead:
    """The same, of a state that is at hand."""
    opened = state.opening
    moment = day(on, "on", opened.terms)
    return ClockRead(
        on=moment,
        received=opened.received,
        counting=opened.counting,
        zone=opened.terms.zone,
        clear=opened.terms.clear,
        reading=read_clock(state, moment),
        due=tuple(due_next(state)),
        steps=tuple(read_steps(state, moment)),
        decision=_decision(state),
    )


def _decision(state: State) -> tuple[int, date | None] | None:
    """The decision that ended the time; the last day, if one on what stands came after it."""
    ended = ended_by(state)
    if ended is None:
        return None
    first = next(e for e in state.of(Decided) if e.event.sequence == ended)
    return ended, late_by(state, first)


def stop_clock(
    case: Path, because: str, *, on: str | None = None, acting: str | None = None
) -> Entry[Stopped]:
    """Let the clock stand from a day on, by default today.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record = Record(case)
    fact = Stopped(on=day(on, "on", record.state().opening.terms), because=because)
    signer = record.signer(acting)
    arguments = on_record({"stop": because, "on": on})
    event = record.append(Draft(verb="clock", fact=fact, arguments=arguments), *signer)
    return Entry(event=event, fact=fact)


def resume_clock(case: Path, *, on: str | None = None, acting: str | None = None) -> Entry[Resumed]:
    """Let the clock run again from a day on, by default today.

    Raises:
        UsageError: A law of the case forbids it.
    """
    record = Record(case)
    fact = Resumed(on=day(on, "on", record.state().opening.terms))
    signer = record.signer(acting)
    arguments = on_record({"resume": True, "on": on})
    event = record.append(Draft(verb="clock", fact=fact, arguments=arguments), *signer)
    return Entry(event=event, fact=fact)
