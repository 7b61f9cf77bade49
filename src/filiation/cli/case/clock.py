"""The verb `case clock`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

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
    from filiation.errors import UsageError
    from filiation.proceedings.clock import clock_on, resume_clock, stop_clock
    from filiation.report.wording import clock

    if stop is not None and resume:
        raise UsageError("--stop and --resume exclude each other")
    if stop is not None:
        said = clock.stopped(stop_clock(case, stop, on=on, acting=acting))
    elif resume:
        said = clock.resumed(resume_clock(case, on=on, acting=acting))
    else:
        read = clock_on(case, on)
        said, quiet = "\n".join([*clock.clock_lines(read), *clock.overdue(read)]), False
    if not quiet:
        typer.echo(said)
