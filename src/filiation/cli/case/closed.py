"""The verb `case closed`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    name: Annotated[str, typer.Argument(help="What the days are called.")],
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day.")],
    last: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="The last day (default: one day).")
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Say on which days the authority is closed, besides weekends and public holidays."""
    from filiation.proceedings.deadlines import close_days
    from filiation.report.wording.clock import closed

    made = close_days(case, name, first=first, last=last, acting=acting)
    if not quiet:
        typer.echo(closed(made))
