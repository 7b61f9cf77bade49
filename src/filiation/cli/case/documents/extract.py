"""The verb `case documents extract`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import say

__all__ = ["command"]


def command(
    case: CasePath,
    document: Annotated[
        str,
        typer.Argument(
            metavar="DOCUMENT",
            help="As PRODUCTION:NUMBER for all that hangs on it; with /1 behind it, one file.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", help="The file to write; of a whole document, the folder."),
    ],
) -> None:
    """Write the files that hang on a document: attachments, files in a PDF or Word file.

    The bytes are taken out of the bytes of the document and checked against the SHA-256 on record.
    In a folder they lie under their number and what is harmless of their names. They are files of
    strangers: opening one in the program that it was made for may run what is in it.
    """
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents.extracting import extract
    from filiation.report.wording.document_deeds import extracted_line

    for one in extract(case, document, out):
        path = str(one.path) if one.path else None
        say([extracted_line(one.name, one.called, path, one.size, one.sha256)])
