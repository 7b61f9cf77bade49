"""The verb `case serve`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    party: Annotated[str, typer.Option(metavar="PARTY", help="On whom.")],
    of: Annotated[
        int, typer.Option(metavar="EVENT", help="What: an event; 0 is the complaint itself.")
    ] = 0,
    on: Annotated[
        str | None, typer.Option("--on", help="On which day, e.g. 2026-03-02 (default: today).")
    ] = None,
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="At which local time.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="MEANS", help="By which means.")] = "",
    proof: Annotated[
        str, typer.Option(metavar="EXHIBIT", help="The exhibit that proves the service.")
    ] = "",
    because: Annotated[str, typer.Option(help="Why it is served again.")] = "",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Record that something was served on a party; the terms of the case say when it counts."""
    from filiation.proceedings.deadlines import serve
    from filiation.report.wording.clock import served

    made = serve(
        case,
        of,
        party=party,
        on=on,
        at=at,
        means=by,
        proof=proof,
        because=because,
        acting=acting,
    )
    if not quiet:
        typer.echo("\n".join(served(made)))
