"""The verbs `case commit` and `case coin`: a lot that neither party chooses."""

from typing import Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["commit", "toss"]


def commit(
    case: CasePath,
    commitment: Annotated[str, typer.Argument(help="The digest that `owner seal` printed.")],
    by: Annotated[str, typer.Option("--by", help="The party that commits.")],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Put a party's commitment to the test of a secret on record, before its lot is drawn."""
    from filiation.proceedings.coins import commit_in_case
    from filiation.report.wording.coins import committed

    made = commit_in_case(case, commitment, by=by, acting=acting)
    if not quiet:
        typer.echo(committed(made))


def toss(
    case: CasePath,
    commitment: Annotated[
        str, typer.Argument(help="A commitment on record, or the log or history whose plan is.")
    ],
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Toss the coin for a commitment, or for the plan of a log or a history, once.

    Of a commitment `owner draw` makes the lot of it; of a plan the seed follows from it, and the
    interval of a history that is to be trained again.
    """
    from filiation.proceedings.coins import toss_coin
    from filiation.proceedings.history_in_case import interval_drawn
    from filiation.report.wording.coins import tossed
    from filiation.report.wording.inquiry_deeds import interval_lines

    made = toss_coin(case, commitment, acting=acting)
    if not quiet:
        typer.echo(tossed(made))
        drawn = interval_drawn(case, made.fact.commitment)
        if drawn is not None:
            typer.echo("\n".join(interval_lines(drawn.history, drawn.place, drawn.earlier)))
