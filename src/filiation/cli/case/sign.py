"""The verb `case sign`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    deed: Annotated[
        str, typer.Argument(metavar="DEED", help="The file or the address that a page shows.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Of a file: where the signature goes, to be handed in."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking.")] = False,
) -> None:
    """Sign what a page of `filiation serve` has prepared, with a key of this computer.

    What is signed is shown first, read from the bytes themselves. Of an address the signature is
    handed in, and the head of the log is signed with it; of a file it is written to another one,
    which is handed in on the page. The key is never sent.
    """
    from filiation.proceedings.desk.signing import sign_at, sign_file
    from filiation.report.wording.desk import signed_written

    def agreed(lines: list[str]) -> bool:
        typer.echo("\n".join(lines))
        return yes or typer.confirm("Sign this?")

    if out is not None:
        typer.echo(signed_written(str(out), sign_file(Path(deed), out, agreed)))
    else:
        for line in sign_at(deed, agreed):
            typer.echo(line)
