"""The verb `case documents logs`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import say

__all__ = ["command"]


def command(
    case: CasePath,
    out: Annotated[Path, typer.Option("-o", "--out", help="The folder to make.")],
    party: Annotated[
        str, typer.Option("--for", metavar="PARTY", help="As this party gets them in an export.")
    ] = "",
) -> None:
    """Write the privilege log, the redaction log and a list of all documents, for a spreadsheet.

    The privilege log tells of each claim the document's date, author, recipients and kind, the
    ground, who claims it, and the ruling. Without --for they are written as the case holds them:
    for the eyes of whoever may see it whole. Of an export they are those that came with it.
    """
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents.handing_over import write_logs

    say(str(path) for path in write_logs(case, out, party=party))
