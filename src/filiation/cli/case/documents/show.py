"""The verb `case documents show`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import DocumentName, say

if TYPE_CHECKING:
    from filiation.proceedings.documents.reading import Hidden

__all__ = ["command"]


def command(
    case: CasePath,
    document: DocumentName,
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Write its bytes to this file instead.")
    ] = None,
) -> None:
    """Show a document: digests, where it lies, what its signatures show, its path, its words.

    With /1 behind its name (mail:17/1), show the first file that hangs on it.

    Everything above the words comes from the account, checked against its digest; the bytes are
    checked against theirs. Of a document that an export withholds: why, and the words that a
    redaction left.
    """
    from filiation.proceedings.naming import free, present

    present(case, "a case")
    from filiation.proceedings.documents.reading import Hidden, show, write
    from filiation.report.wording.document_deeds import mark_lines, written_line
    from filiation.report.wording.documents import described
    from filiation.report.wording.moments import with_zones

    if "/" in document:
        _attachment(case, document, raw)
        return
    if raw is not None:
        say([written_line(str(raw), write(case, document, free(raw)))])
        return
    found = show(case, document)
    if isinstance(found, Hidden):
        _withheld(found)
        return
    marks = mark_lines(found.marks.privileged, found.marks.redacted, found.marks.tags)
    say(described(found.document, found.entry, found.produced, list(marks), found.marks.judged,
                  found.cited, found.alike))  # fmt: skip
    say(["", with_zones(found.words)])


def _withheld(found: "Hidden") -> None:
    from filiation.report.wording.withheld import left_of_it, not_here_lines, why_hidden

    why = why_hidden(found.marks.privileged, found.marks.redacted)
    say([*not_here_lines(found, why), "", left_of_it(found.words)])


def _attachment(case: Path, name: str, raw: Path | None) -> None:
    from filiation.proceedings.documents.extracting import extract, show_attachment
    from filiation.proceedings.documents.reading import Hidden
    from filiation.report.wording.document_deeds import extracted_line
    from filiation.report.wording.documents import attachment_described

    if raw is not None:
        (one,) = extract(case, name, raw)
        say([extracted_line(one.name, one.called, str(one.path), one.size, one.sha256)])
        return
    found = show_attachment(case, name)
    if isinstance(found, Hidden):
        _withheld(found)
        return
    say(attachment_described(found.document, found.number, found.fields, found.entry,
                             found.produced))  # fmt: skip
    say(["", found.words])
