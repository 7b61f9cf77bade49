"""The verbs `case stamp request` and `case stamp import`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["request", "take"]


def request(
    case: CasePath,
    out: Annotated[Path, typer.Option("-o", "--out", help="The request to write (.tsq).")],
    quiet: Quiet = False,
) -> None:
    """Write a request for the log as it stands; send it to an authority by any means."""
    from filiation.proceedings.stamping import ask_stamp
    from filiation.report.wording.deeds import asked_stamp

    made = ask_stamp(case, out)
    if not quiet:
        typer.echo(asked_stamp(made))


def take(
    case: CasePath,
    response: Annotated[Path, typer.Argument(help="The authority's response (.tsr).")],
    roots: Annotated[Path, typer.Option(help="Root certificates that are trusted (PEM).")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Check a response against the log and keep it; `case verify` checks it again."""
    from filiation.proceedings.stamping import take_stamp
    from filiation.report.wording.deeds import stamped

    made = take_stamp(case, response, roots=roots, acting=acting)
    if not quiet:
        typer.echo(stamped(made))
