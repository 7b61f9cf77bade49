"""The verb `case verify`."""

from pathlib import Path
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
    witness: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A witness file (case witness keep); repeatable."),
    ] = None,
    exhibit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=PATH", help="Hold the files at PATH against an exhibit."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A report as it was received: is it on record?"),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Check the whole record offline, and say exactly what was altered.

    Signatures, history, order and times of all events, the laws of a case, every file under its
    digest, time stamps, and that nothing was added. An earlier copy of the whole case, or one
    rewritten by who leads it, is found only against something kept elsewhere: what this computer
    saw last, --head, --witness, a time stamp, another party's export.
    """
    from filiation.errors import CaseError
    from filiation.proceedings.verifying import held_report, verify_case
    from filiation.report.wording.deeds import report_held
    from filiation.report.wording.verified import holds

    found = verify_case(case, head=head, witnesses=witness or (), exhibits=exhibit or ())
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    for problem in found.problems[1:]:
        typer.echo(f"filiation: {problem}", err=True)
    if found.problems:
        raise CaseError(found.problems[0])
    held = held_report(case, report) if report is not None else None
    if not quiet:
        typer.echo("\n".join(holds(found)))
        if held is not None and report is not None:
            typer.echo(report_held(report.name, held))
    say_overdue(case)
