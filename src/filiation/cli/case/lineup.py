"""The verbs `case lineup draw`, `opinion` and `unmask`."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["draw", "opinion", "unmask"]


def draw(
    case: CasePath,
    foils: Annotated[int, typer.Option(help="How many controls stand beside the subject.")],
    name: Annotated[str, typer.Option(help="What this line-up is called.")] = "first",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Draw a line-up: foils by description, code names by lot, each compared with the source.

    Who is who is committed to in the log and kept outside the case, in the folder `masks` of
    FILIATION_HOME of whoever draws. That is not to be the examiner.
    """
    from filiation.proceedings import lineups
    from filiation.report.wording.deeds import drawn

    made = lineups.draw(case, foils=foils, name=name, acting=acting)
    if not quiet:
        typer.echo("\n".join(drawn(made)))


def opinion(
    case: CasePath,
    words: Annotated[str, typer.Argument(help="What the examiner sees, and why.")],
    stands_out: Annotated[
        list[str] | None, typer.Option(help="A code name that stands out; repeatable; none: none.")
    ] = None,
    name: Annotated[str, typer.Option(help="Which line-up.")] = "first",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Record the examiner's opinion; the first one before the names are shown."""
    from filiation.proceedings import lineups
    from filiation.report.wording.deeds import opined

    made = lineups.opine(case, words, stands_out=stands_out or (), name=name, acting=acting)
    if not quiet:
        typer.echo(opined(made))


def unmask(
    case: CasePath,
    name: Annotated[str, typer.Option(help="Which line-up.")] = "first",
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Show who is who; only after an opinion, by whoever drew the line-up."""
    from filiation.proceedings import lineups
    from filiation.report.wording.deeds import unmasked

    made = lineups.unmask(case, name=name, acting=acting)
    if not quiet:
        typer.echo("\n".join(unmasked(made)))
