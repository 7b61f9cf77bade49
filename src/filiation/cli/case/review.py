"""The verb `case review`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    words: Annotated[str, typer.Argument(help="What the second examiner found, and why.")],
    agrees: Annotated[
        bool, typer.Option("--agrees/--disagrees", help="With how it was examined and read.")
    ],
    examination: Annotated[
        int | None, typer.Option(help="Event of the examination (default: the last).")
    ] = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Review an examination as a second person: derive it again, read it, and say so.

    The log refuses a review signed with the key that signed the examination.
    """
    from filiation.proceedings.reviewing import review
    from filiation.report.wording.deeds import reviewed

    made = review(case, words, agrees=agrees, examination=examination, acting=acting)
    if not quiet:
        typer.echo(reviewed(made))
