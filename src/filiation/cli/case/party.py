"""The verb `case party`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    party: Annotated[str, typer.Argument(help="Short name: a-z, 0-9 and '-'.")],
    role: Annotated[
        Literal["examiner", "reviewer", "claimant", "respondent", "observer"],
        typer.Option(help="What they are in this case."),
    ],
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(help="Their public key (`filiation case key`). Without one, the lead records "
                     "what they say."),
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Admit a party to the case."""
    from filiation.proceedings.admitting import admit
    from filiation.report.wording.deeds import admitted

    made = admit(case, party, role=role, name=name, public_key=public_key, acting=acting)
    if not quiet:
        typer.echo(admitted(made))
