"""The verb `case documents list`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, say

__all__ = ["command"]


def command(
    case: CasePath,
    production: Annotated[
        str | None, typer.Argument(help="Name of a production, to list its documents.")
    ] = None,
    most: Most = 50,
) -> None:
    """List the productions of a case, or the documents of one, with who withholds what."""
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents.reading import listed, productions
    from filiation.report.wording import document_deeds as words
    from filiation.report.wording.withheld import hidden_line, why_hidden

    if production is None:
        say(words.production_line(fact) for fact in productions(case))
        return
    found = listed(case, production, most=most)
    say(
        hidden_line(document, found.cited[document], why_hidden(marks.privileged, marks.redacted))
        if entry is None
        else words.entry_line(document, entry, privileged=marks.privileged,
                              redacted=marks.redacted is not None, tags=marks.tags,
                              judged=marks.judged, cited=found.cited[document],
                              alike=found.alike.get(document))
        for document, entry, marks in found.documents
    )  # fmt: skip
    if found.more:
        say([words.more_line(found.more)])
