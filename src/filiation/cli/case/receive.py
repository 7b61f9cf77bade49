"""The verb `case receive`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    file: Annotated[Path, typer.Argument(help="A submission that a party signed (--offline).")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Put what a party signed at its own desk on record, as the lead.

    The signature must be that of the party's key in this case, made for this case and after this
    log. A file that was damaged on its way is refused, and one that came twice enters once.
    """
    from filiation.proceedings.submitting import receive
    from filiation.report.wording.deeds import received

    made = receive(case, file, acting=acting)
    if not quiet:
        typer.echo("\n".join(received(made)))
