"""The verb `case documents timeline`."""

from typing import Annotated, Literal

import typer

from filiation.cli.case._options import CasePath
from filiation.cli.case.documents._options import Most, row

__all__ = ["command"]

CUT = {"year": 4, "month": 7, "day": 10}


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
    from filiation.casefile.documents.index import Wanted
    from filiation.casefile.record import Record
    from filiation.proceedings.productions import indexed

    record = Record(case)
    wanted = Wanted(words=words, person=person, since=since, until=until)
    with indexed(record, record.state()) as index:
        if by is not None:
            for when, count in index.by_time(wanted, CUT[by]):
                typer.echo(f"{when or 'no date':10}  {count:,}")
            return
        for one in index.find(wanted, most, by_time=True):
            typer.echo(row(one))
