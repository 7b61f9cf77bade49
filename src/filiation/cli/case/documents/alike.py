"""The verb `case documents alike`."""

from typing import Annotated

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, say
from filiation.cli.case.documents._withheld import say_not_compared

__all__ = ["command"]


def command(
    case: CasePath,
    document: Annotated[
        str | None, typer.Argument(metavar="DOCUMENT", help="As PRODUCTION:NUMBER, e.g. mail:17.")
    ] = None,
    other: Annotated[
        str | None, typer.Argument(metavar="OTHER", help="Another, to see where the two differ.")
    ] = None,
    most: Most = 50,
) -> None:
    """List groups of documents that say nearly the same, or show where two of them differ.

    Two documents are nearly the same where at least seven in ten of all runs of three words that
    stand in either stand in both, whatever case, signs and spaces they are set with. The text is
    compared, not the people, date and subject above it nor what hangs on it. Documents of fewer
    than ten words are not compared. Nothing follows from it about who copied whom.
    What an export withholds or has with words redacted is not compared, and named.
    """
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents import comparing
    from filiation.report.wording import alike as words

    if document is None:
        found = comparing.groups(case, most=most)
        say(words.group_lines(found.groups, found.more, found.short))
        say_not_compared(case)
    elif other is None:
        say(words.pair_lines(document, comparing.alike(case, document)))
        say_not_compared(case)
    else:
        say(words.difference_lines(comparing.compare(case, document, other), most))
