"""The verb `case clock`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, day, on_record

__all__ = ["command"]


def command(
    case: CasePath,
    stop: Annotated[
        str | None, typer.Option("--stop", metavar="WHY", help="Let the clock stand, and why.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Let it run again.")] = False,
    on: Annotated[
        str | None, typer.Option("--on", help="On which day, e.g. 2026-03-02 (default: today).")
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Show when a decision is due and what is due next; stop or resume the clock."""
    from filiation.casefile.clock import read_clock
    from filiation.casefile.facts import Resumed, Stopped
    from filiation.casefile.next import due_next
    from filiation.casefile.record import Draft, Record
    from filiation.errors import UsageError
    from filiation.report.wording import clean

    if stop is not None and resume:
        raise UsageError("--stop and --resume exclude each other")
    record, moment = Record(case), day(on, "--on")
    if stop is not None or resume:
        who, key = record.signer(acting)
        fact = Resumed(on=moment) if stop is None else Stopped(on=moment, because=stop)
        given = on_record({"stop": stop, "resume": resume, "on": on})
        event = record.append(Draft(verb="clock", fact=fact, arguments=given), who, key)
        if not quiet:
            typer.echo(f"event {event.sequence}: the clock {'runs' if resume else 'stands'} from "
                       f"{moment} on")  # fmt: skip
        return
    state = record.state()
    read = read_clock(state, moment)
    typer.echo(
        f"{moment}: day {read.day} of {read.days} {state.opening.counting} days since "
        f"{state.opening.received}; {read.calendar}"
    )
    if read.due is None:
        typer.echo(f"  the clock stands: {clean(read.standing) or 'from a later day on'}")
    else:
        late = f"{-read.left} days overdue" if read.left < 0 else f"{read.left} left"
        typer.echo(f"  a decision is due on {read.due:%A}, {read.due} ({late})")
    for holiday, called in read.skipped:
        typer.echo(f"  {holiday} is {called}")
    for step in due_next(state):
        typer.echo(f"  next: {step}")
