"""The verb `case verify`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath, Quiet
from filiation.cli.case._overdue import say_overdue

__all__ = ["command"]


def command(
    case: CasePath,
    head: Annotated[
        str | None, typer.Option("--head", metavar="SIZE:ROOT", help="A head kept elsewhere.")
    ] = None,
    exhibit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=PATH", help="Hold the files at PATH against an exhibit."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Check the whole record offline, and say exactly what was altered.

    Signatures, history, order and times of all events, the laws of a case, every file under its
    digest, time stamps, and that nothing was added. A whole case rewritten with other keys is
    found only against something kept elsewhere: --head, a time stamp, another party's export.
    """
    from filiation.errors import CaseError
    from filiation.proceedings.verifying import verify_case
    from filiation.report.wording.deeds import holds

    found = verify_case(case, head=head, exhibits=exhibit or ())
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    for problem in found.problems[1:]:
        typer.echo(f"filiation: {problem}", err=True)
    if found.problems:
        raise CaseError(found.problems[0])
    if not quiet:
        typer.echo("\n".join(holds(found)))
    say_overdue(case)
