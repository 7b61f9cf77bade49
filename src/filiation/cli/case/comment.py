"""The verb `case comment`."""

from typing import Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    about: Annotated[
        str,
        typer.Argument(help="PRODUCTION:NUMBER, an event's number, or EVENT#finding-1-3."),
    ],
    words: Annotated[str, typer.Argument(help="What is remarked.")],
    reach: Annotated[
        Literal["own", "shared", "exculpatory"],
        typer.Option(help="Who sees it: its author and the lead, or all."),
    ] = "own",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Remark on a document, an event or a finding.

    A remark of one's own stays out of the others' exports. One that is exculpatory goes along with
    every export, as shared ones do, and is never taken back.
    """
    from filiation.proceedings.commenting import comment
    from filiation.report.wording.deeds import commented

    made = comment(case, about, words, reach=reach, acting=acting)
    if not quiet:
        typer.echo(commented(made))
