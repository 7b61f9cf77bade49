"""The verb `case log`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case._overdue import say_overdue

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
    from filiation.files import shown
    from filiation.proceedings.reading_log import events_of, head_of
    from filiation.report.wording.deeds import log_line

    if head:
        typer.echo(head_of(case))
        return
    for signed in events_of(case):
        whole = as_json and signed.envelope.payload.decode()
        typer.echo(whole or shown(log_line(signed.event, brief=brief)))
    say_overdue(case)
