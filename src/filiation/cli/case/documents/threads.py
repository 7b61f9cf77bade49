"""The verb `case documents threads`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, printable, row

__all__ = ["command"]


def command(
    case: CasePath,
    document: Annotated[
        str | None,
        typer.Argument(metavar="DOCUMENT", help="As PRODUCTION:NUMBER, to list its whole thread."),
    ] = None,
    most: Most = 20,
) -> None:
    """List the longest threads, or every document in the thread of one.

    Threads follow References and In-Reply-To of mail, and threads or channels of chats.
    """
    from filiation.casefile.laws.documents import production
    from filiation.casefile.record import Record
    from filiation.proceedings.productions import indexed

    record = Record(case)
    state = record.state()
    if document is not None:
        production(state, document)
    with indexed(record, state) as index:
        if document is not None:
            for one in index.thread_of(document):
                typer.echo(row(one))
            return
        for subject, size, first, last, head in index.threads(most):
            span = f"{first[:10] or 'no date'} to {last[:10] or 'no date'}"
            typer.echo(printable(f"{head:12}  {size:,} documents, {span}  {subject[:60]}"))
