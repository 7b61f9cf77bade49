"""The verb `case rule`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, Supersedes
from filiation.cli.case.documents._options import DocumentNames, say

__all__ = ["command"]


def command(
    case: CasePath,
    documents: DocumentNames,
    of: Annotated[str, typer.Option("--of", metavar="PARTY", help="Whose claim it is.")],
    upheld: Annotated[bool, typer.Option("--upheld/--dismissed", help="Whether the claim stands.")],
    because: Annotated[str, typer.Option(help="The reasons. All parties read them.")],
    supersedes: Supersedes = None,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Rule on a party's claim of privilege, as the lead.

    A claim withholds until it is ruled on; one that is dismissed withholds nothing from the exports
    to come. Nothing is ever withheld from the party that put the document in.
    """
    from filiation.proceedings.ruling import rule
    from filiation.report.wording.document_deeds import ruled_lines

    made = rule(
        case, documents, of=of, upheld=upheld, because=because, supersedes=supersedes, acting=acting
    )
    if not quiet:
        say(ruled_lines(made))
