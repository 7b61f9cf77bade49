"""The verb `case answer`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from filiation.cli.case._options import CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="Whose words these are.")],
    text: Annotated[str | None, typer.Argument(help="What is answered.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file that says it, of any kind.")] = None,
    title: Annotated[str, typer.Option(help="What it is called in lists.")] = "answer",
    alternative: Annotated[
        Literal["shared-data", "shared-teacher", "shared-recipe", "licence", "convergence"] | None,
        typer.Option(help="Which alternative explanation it puts forward."),
    ] = None,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Not for the other parties' exports.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Put a respondent's answer on record.

    An alternative explanation is a proposition of its own, to be held against the claim.

    It is signed by the party's own key if it has one, otherwise received and signed by the lead.
    """
    from filiation.cli.case._stating import put_on_record

    put_on_record(
        case,
        "answer",
        party=by,
        title=title,
        text=text,
        file=file,
        alternative=alternative,
        confidential=confidential,
        quiet=quiet,
    )
