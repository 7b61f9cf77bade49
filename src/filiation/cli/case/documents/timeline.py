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
    since: Annotated[str, typer.Option(help="From this day (UTC) on.")] = "",
    until: Annotated[str, typer.Option(help="Up to and with this day (UTC).")] = "",
    by: Annotated[
        Literal["year", "month", "day"] | None, typer.Option(help="Count instead of listing.")
    ] = None,
    most: Most = 100,
) -> None:
    """List documents by the dates that they give; a date is a claim of its document."""
    from filiation.proceedings.naming import present

    present(case, "a case")
    from filiation.proceedings.documents import searching
    from filiation.report.wording.document_deeds import found_line, when_line
    from filiation.report.wording.moments import by_day_note, without_zone_note

    wanted = searching.Wanted(words=words, person=person, since=since, until=until)
    without = searching.without_zone(case, wanted)
    if by is None:
        say(found_line(one) for one in searching.timeline(case, wanted, most=most))
        say([without_zone_note(without)] if without else [], err=True)
    else:
        say(when_line(when, count) for when, count in searching.counted_by(case, wanted, by))
        say([by_day_note(without)])
    say_withheld(case)
