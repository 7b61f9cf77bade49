"""The verb `case reclass`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    table: Annotated[
        Path, typer.Argument(help="Functions, classes and reasons (TOML or JSON), by their ids.")
    ],
    examination: Annotated[
        int | None, typer.Option(help="Event of the examination (default: the last).")
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Put matched functions of source code into other classes, each with a reason.

    What was proposed stays as it is, and the deed is signed; reports show both classes, who moved
    what, and why.
    """
    from filiation.proceedings.reclassing import reclass
    from filiation.report.wording.deeds import reclassed

    made = reclass(case, table, examination=examination, acting=acting)
    if not quiet:
        typer.echo(reclassed(made))
