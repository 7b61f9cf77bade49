"""The verb `case status`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath

__all__ = ["command"]


def command(
    case: CasePath,
    on: Annotated[
        str | None, typer.Option("--on", help="On which day, e.g. 2026-03-02 (default: today).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show where a case stands: parties, plan, examination, review, decision, clock, next step."""
    from filiation.proceedings.status import status_json, status_of
    from filiation.report.wording.standing import standing

    found = status_of(case, on)
    if as_json:
        typer.echo(status_json(found), nl=False)
    else:
        typer.echo("\n".join(standing(found)))
