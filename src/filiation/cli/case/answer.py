"""The verb `case answer`."""

from typing import Annotated

import typer

from filiation.cli.case._options import (
    Alternative,
    By,
    CasePath,
    Confidential,
    Present,
    Quiet,
    WordsFile,
)

__all__ = ["command"]


def command(
    case: CasePath,
    by: By,
    text: Annotated[str | None, typer.Argument(help="What is answered.")] = None,
    file: WordsFile = None,
    title: Annotated[str, typer.Option(help="What it is called in lists.")] = "answer",
    alternative: Alternative = None,
    confidential: Confidential = False,
    present: Present = None,
    quiet: Quiet = False,
) -> None:
    """Put a respondent's answer on record.

    An alternative explanation is a proposition of its own, to be held against the claim.

    It is signed by the party's own key if it has one, otherwise received and signed by the lead.
    """
    from filiation.proceedings.stating import state_words
    from filiation.report.wording.deeds import stated

    made = state_words(
        case,
        "answer",
        party=by,
        title=title,
        text=text,
        file=file,
        alternative=alternative,
        confidential=confidential,
        present=present or (),
    )
    if not quiet:
        typer.echo("\n".join(stated(made)))
