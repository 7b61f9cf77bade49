"""The verb `case documents judge`."""

from pathlib import Path
from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet
from filiation.cli.case.documents._options import DocumentName, say

__all__ = ["command"]


def command(
    case: CasePath,
    document: DocumentName,
    keys: Annotated[
        Path,
        typer.Option("--keys", help="Other DNS records, as `dig +noall +answer NAME TXT` prints."),
    ],
    keys_how: Annotated[
        str, typer.Option("--keys-how", help="Who took them, when, and from which server.")
    ],
    by: Annotated[str, typer.Option("--by", metavar="PARTY", help="Whose records they are.")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Judge the signatures of a mail by other DNS records than those it was put in with.

    Who put a mail in chose the records by which it was judged; the other side may bring its own.
    Records and verdict are kept, and `documents show` and `documents list` say both.
    """
    from filiation.proceedings.naming import present_at

    present_at([(case, "a case"), (keys, "kept DNS records")])
    from filiation.proceedings.documents.judging import judge
    from filiation.report.wording.document_deeds import judged_line

    done = judge(case, document, keys, by=by, how=keys_how, acting=acting)
    if not quiet:
        say([judged_line(done.event, document, done.fact.verdicts, by=by)])
