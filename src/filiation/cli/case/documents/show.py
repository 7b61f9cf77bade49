"""The verb `case documents show`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import DocumentName, say

__all__ = ["command"]


def command(
    case: CasePath,
    document: DocumentName,
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Write its bytes to this file instead.")
    ] = None,
) -> None:
    """Show a document: digests, where it lies, what its signatures show, its path, its words.

    Everything above the words comes from the account, checked against its digest; the bytes are
    checked against theirs.
    """
    from filiation.proceedings.naming import free, present

    present(case, "a case")
    from filiation.proceedings.documents.reading import show, write
    from filiation.report.wording.document_deeds import mark_lines, written_line
    from filiation.report.wording.documents import described

    if raw is not None:
        say([written_line(str(raw), write(case, document, free(raw)))])
        return
    found = show(case, document)
    marks = mark_lines(found.marks.privileged, found.marks.redacted, found.marks.tags)
    say(described(document, found.entry, found.produced, list(marks), found.marks.judged))
    say(["", found.words])
