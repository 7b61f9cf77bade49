"""The verb `case documents threads`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, say
from filiation.cli.case.documents._withheld import say_withheld

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
    from dataclasses import asdict

    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents import searching
    from filiation.report.wording.document_deeds import found_line, thread_line

    if document is not None:
        say(found_line(one) for one in searching.thread_of(case, document))
    else:
        say(thread_line(**asdict(one)) for one in searching.threads(case, most=most))
    say_withheld(case)
