"""The verb `case documents timeline`."""

from typing import Annotated, Literal

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, say
from filiation.cli.case.documents._withheld import say_withheld

__all__ = ["command"]


def command(
    case: CasePath,
    words: Annotated[str, typer.Argument(help="Only documents with these words (FTS5).")] = "",
    person: Annotated[str, typer.Option(help="An address, or part of a name.")] = "",
    since: Annotated[str, typer.Option(help="From this day on.")] = "",
    until: Annotated[str, typer.Option(help="Up to and with this day.")] = "",
    by: Annotated[
        Literal["year", "month", "day"] | None, typer.Option(help="Count instead of listing.")
    ] = None,
    most: Most = 100,
) -> None:
    """List documents by the dates that they give; a date is a claim of its document."""
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents.searching import Wanted, counted_by, timeline
    from filiation.report.wording.document_deeds import found_line, when_line

    wanted = Wanted(words=words, person=person, since=since, until=until)
    if by is None:
        say(found_line(one) for one in timeline(case, wanted, most=most))
    else:
        say(when_line(when, count) for when, count in counted_by(case, wanted, by))
    say_withheld(case)
