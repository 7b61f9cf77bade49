"""What is overdue in a case is said by every verb that shows or hands out its record."""

from pathlib import Path

import typer

__all__ = ["say_overdue"]


def say_overdue(case: Path) -> None:
    """Say on standard error what is overdue today; nothing if nothing is."""
    from filiation.proceedings.clock import clock_today
    from filiation.report.wording.clock import overdue

    read = clock_today(case)
    for line in overdue(read) if read is not None else ():
        typer.echo(f"note: {line}", err=True)
