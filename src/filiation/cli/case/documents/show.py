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
    checked against theirs. Of a document that an export withholds: why, and the words that a
    redaction left.
    """
    from filiation.proceedings.naming import free, present

    present(case, "a case")
    from filiation.proceedings.documents.reading import Hidden, show, write
    from filiation.report.wording.document_deeds import mark_lines, written_line
    from filiation.report.wording.documents import described
    from filiation.report.wording.withheld import left_of_it, not_here_lines, why_hidden

    if raw is not None:
        say([written_line(str(raw), write(case, document, free(raw)))])
        return
    found = show(case, document)
    if isinstance(found, Hidden):
        why = why_hidden(found.marks.privileged, found.marks.redacted)
        say(not_here_lines(document, why, found.produced.offered_by, found.produced.how))
        say(["", left_of_it(found.words)])
        return
    marks = mark_lines(found.marks.privileged, found.marks.redacted, found.marks.tags)
    say(described(document, found.entry, found.produced, list(marks), found.marks.judged))
    say(["", found.words])
