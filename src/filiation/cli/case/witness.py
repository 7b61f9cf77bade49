"""The verbs `case witness keep` and `case witness compare`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli.case._options import Quiet

__all__ = ["compare", "keep"]

File: TypeAlias = Annotated[Path, typer.Argument(help="A witness file.")]


def keep(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The case, or an export of one.")],
    file: Annotated[Path, typer.Argument(help="Your witness file; made if there is none.")],
    quiet: Quiet = False,
) -> None:
    """Keep the head that the lead has signed, in a file of your own.

    The case is verified first, and must continue every head that the file holds. Keep the file
    where nobody else can write; `case verify --witness` holds any later copy of the case against
    it.
    """
    from filiation.proceedings.witnessing import keep_head
    from filiation.report.wording.witnessed import kept

    made = keep_head(case, file)
    if not quiet:
        typer.echo("\n".join(kept(made)))


def compare(file: File, other: File, quiet: Quiet = False) -> None:
    """Hold two witness files of one case against each other, without the case.

    Two heads of one size and two roots show that the lead signed two histories.
    """
    from filiation.proceedings.witnessing import compare_witnesses
    from filiation.report.wording.witnessed import compared

    found = compare_witnesses(file, other)
    if not quiet:
        typer.echo(compared(*found))
