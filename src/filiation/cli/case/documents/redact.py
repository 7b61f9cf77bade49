"""The verb `case documents redact`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.cli.case.documents._options import DocumentName, say

__all__ = ["command"]


Ground: TypeAlias = Annotated[str, typer.Option("--ground", help="Why. All parties read this.")]
Words: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--passage", help="Words to take out, wherever the document has them."),
]
Listed: TypeAlias = Annotated[
    Path | None, typer.Option("--passages", help="A file with such words, one passage a line.")
]
Everywhere: TypeAlias = Annotated[
    bool, typer.Option("--everywhere", help="Also in every other document that holds them.")
]
DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Only say where the words stand; record nothing.")
]


def command(
    case: CasePath, document: DocumentName, ground: Ground, passage: Words = None,
    passages: Listed = None, everywhere: Everywhere = False, dry_run: DryRun = False,
    acting: As = None, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Take passages out of what other parties get of a document.

    Words are found however they are written: case, width, line breaks, quoting, hyphenation,
    ligatures, letters that are not seen. What comes near is named and left to you. Where the words
    stand, and which documents were not read whole, is said before anything is recorded. The others
    get the redacted words, signed by you, and the leaf that proves which document it is; not
    its bytes, and not the file it lies in. The case itself keeps everything. What was redacted
    before stays so. The passages are never put into the log.
    """
    from filiation.proceedings.naming import present_at

    present_at([(case, "a case"), (passages, "a list of passages")])
    from filiation.proceedings.documents.marking import find, passages_of, redact
    from filiation.report.wording import document_deeds as words

    taken = passages_of(passage or (), passages)
    found = find(case, document, taken)
    documents = [found.document, *(found.elsewhere if everywhere else ())]
    say([words.will_redact_line(documents)] if everywhere or dry_run else [])
    say(words.standing_lines(found.near, found.unread, found.elsewhere, everywhere=everywhere),
        err=True)  # fmt: skip
    if dry_run:
        return
    done = redact(case, documents, taken, ground=ground, acting=acting)
    if not quiet:
        say(words.redacted_line(one.event, one.document, one.passages) for one in done)
