"""The verb `case deadline`."""

from typing import Annotated, Literal

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(
    case: CasePath,
    step: Annotated[
        Literal["claim", "answer", "submission", "add", "plan", "examine", "review"],
        typer.Argument(help="What is to be done."),
    ],
    party: Annotated[str, typer.Option(metavar="PARTY", help="By whom.")],
    days: Annotated[int, typer.Option(help="How many days.")],
    served: Annotated[
        int | None,
        typer.Option(metavar="EVENT", help="From the service of that event (default: today)."),
    ] = None,
    counting: Annotated[
        Literal["calendar", "working"], typer.Option(help="Which days count.")
    ] = "calendar",
    clear: Annotated[
        bool, typer.Option("--clear", help="Neither the first day nor the last counts.")
    ] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Set by when a party is to take a step. More time needs an order: case extend."""
    from filiation.proceedings.deadlines import set_deadline
    from filiation.report.wording.clock import deadline_set

    made = set_deadline(
        case,
        step,
        party=party,
        days=days,
        counting=counting,
        clear=clear,
        served=served,
        acting=acting,
    )
    if not quiet:
        typer.echo(deadline_set(made))
