"""The verb `case documents number`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Present, Quiet
from filiation.cli.case.documents._options import say

__all__ = ["command"]


def command(
    case: CasePath,
    production: Annotated[str, typer.Argument(help="Name of a production.")],
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", help="Of the party that put it in, e.g. ACME: A-Z and 0-9."),
    ] = None,
    first: Annotated[
        int | None, typer.Option(min=1, help="The first number, to go on behind earlier ones.")
    ] = None,
    present: Present = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Number the documents of a production for citing (Bates numbers), once and for good.

    A prefix belongs to one party. Numbers follow the order of the documents and go on behind the
    last that was given; none is changed, given twice, or put into a gap. What is withheld keeps its
    number. Lists, exports and logs show them, and every verb takes them for a document's name.
    """
    from filiation.proceedings.naming import present as there

    there(case, "a case")
    from filiation.proceedings.documents.numbering import number
    from filiation.report.wording.document_deeds import numbered_line

    done = number(
        case, production, prefix=prefix, first=first, present=present or (), acting=acting
    )
    if not quiet:
        say([numbered_line(done.event, done.production, done.first, done.last)])
