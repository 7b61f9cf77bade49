"""The verb `case documents tag`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.cli.case.documents._options import DocumentNames, say

__all__ = ["command"]


def command(
    case: CasePath,
    tag: Annotated[str, typer.Argument(help="a-z, 0-9 and '-'.")],
    documents: DocumentNames,
    off: Annotated[bool, typer.Option("--off", help="Take the tag off.")] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Tag documents for your own use. Tags are left out of the other parties' exports.

    But for one: `exculpatory` goes along with every export and stays once it is set.
    """
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents import marking
    from filiation.report.wording.document_deeds import tagged_line

    event, who = marking.tag(case, tag, documents, off=off, acting=acting)
    if not quiet:
        say([tagged_line(event, tag, documents, off=off, by=who)])
