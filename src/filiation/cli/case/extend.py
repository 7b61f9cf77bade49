"""The verb `case extend`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, WordsFile

__all__ = ["command"]


def command(
    case: CasePath,
    days: Annotated[int, typer.Option(help="How many days more.")],
    because: Annotated[str, typer.Option(help="The reason.")],
    order: Annotated[str | None, typer.Argument(help="The words of the order.")] = None,
    file: WordsFile = None,
    of: Annotated[
        int,
        typer.Option(metavar="EVENT", help="The deadline of that event; 0: for the decision."),
    ] = 0,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Give more time, by an order that the case keeps."""
    from filiation.proceedings.deadlines import extend
    from filiation.report.wording.clock import extended

    made = extend(case, of, days, because=because, order=order, file=file, acting=acting)
    if not quiet:
        typer.echo(extended(made))
