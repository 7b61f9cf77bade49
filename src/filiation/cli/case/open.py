"""The verb `case open`."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from filiation.cli.case._options import Quiet

__all__ = ["command"]


Folder: TypeAlias = Annotated[Path, typer.Argument(metavar="CASE", help="The directory to make.")]
Title: TypeAlias = Annotated[str, typer.Option(help="What the dispute is about.")]
Lead: TypeAlias = Annotated[str, typer.Option(help="Short name of who leads the case.")]
FullName: TypeAlias = Annotated[str | None, typer.Option(help="Full name of who leads the case.")]
Received: TypeAlias = Annotated[
    str | None, typer.Option(help="Day the complaint was received (default: today).")
]
Days: TypeAlias = Annotated[int, typer.Option(help="Days until a decision is due.")]
Counting: TypeAlias = Annotated[
    Literal["calendar", "working"], typer.Option(help="Which days count.")
]
Country: TypeAlias = Annotated[str, typer.Option(help="Whose holidays: ISO 3166 country, e.g. GB.")]
Part: TypeAlias = Annotated[str, typer.Option(help="Part of the country, e.g. ENG.")]
Zone: TypeAlias = Annotated[
    str, typer.Option(help="Time zone in which days begin and end (default: UTC).")
]
Clear: TypeAlias = Annotated[
    bool, typer.Option("--clear", help="Neither the first day nor the last counts.")
]
Starts: TypeAlias = Annotated[
    Literal["receipt", "service"],
    typer.Option(help="Days run from receipt, or from service on a respondent."),
]
Deemed: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="MEANS=DAYS", help="After how many days a service counts."),
]
Closes: TypeAlias = Annotated[
    str, typer.Option(metavar="HH:MM", help="From when a service counts as of the next day.")
]


def command(
    case: Folder, title: Title, lead: Lead = "lead", name: FullName = None,
    received: Received = None, days: Days = 60, counting: Counting = "calendar",
    jurisdiction: Country = "", subdivision: Part = "", zone: Zone = "", clear: Clear = False,
    starts: Starts = "receipt", deemed: Deemed = None, closes: Closes = "", quiet: Quiet = False,
) -> None:  # fmt: skip
    """Open a case: an append-only record that both sides can check.

    The lead signs with the key of that name (`filiation case key`); it is made if there is none.
    """
    from filiation.proceedings.opening import open_case, terms_of
    from filiation.report.wording.deeds import opened

    made = open_case(
        case,
        title=title,
        lead=lead,
        name=name,
        received=received,
        days=days,
        counting=counting,
        jurisdiction=jurisdiction,
        subdivision=subdivision,
        terms=terms_of(zone=zone, clear=clear, starts=starts, deemed=deemed or (), closes=closes),
    )
    if not quiet:
        typer.echo("\n".join(opened(made)))
