"""The verb `case log`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath

__all__ = ["command"]


def command(
    case: CasePath,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every event whole, one JSON object a line.")
    ] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Without times.")] = False,
    head: Annotated[
        bool, typer.Option("--head", help="Print SIZE:ROOT alone, to be kept elsewhere.")
    ] = False,
) -> None:
    """List what was done, by whom and when."""
    from filiation.casefile.record import Record

    record = Record(case)
    if head:
        size, root = record.head()
        typer.echo(f"{size}:{root}")
        return
    for signed in record.signed():
        event = signed.event
        if as_json:
            typer.echo(signed.envelope.payload.decode())
            continue
        when = "" if brief else f"{event.time[:19]}Z  "
        given = "  ".join(f"{name}={value}" for name, value in event.arguments.items())
        line = f"{event.sequence:4d}  {when}{event.actor:12}  {event.verb}  {given}"
        typer.echo("".join(c if c.isprintable() else "?" for c in line.rstrip()))
