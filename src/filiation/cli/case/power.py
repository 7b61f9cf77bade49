"""The verb `case power`."""

import typer

from filiation.cli.case._options import As, CasePath, Quiet

__all__ = ["command"]


def command(case: CasePath, acting: As = None, quiet: Quiet = False) -> None:
    """Reckon what these exhibits and controls could show at best, before looking."""
    from filiation.casefile.record import Draft, Record
    from filiation.proceedings.computing import reckoned
    from filiation.proceedings.exhibits import open_plan

    record = Record(case)
    who, key = record.signer(acting)
    planned = open_plan(record, record.state())
    fact = reckoned(planned)
    event = record.append(
        Draft(verb="power", fact=fact, reads={"plan": planned.fact.digest}), who, key
    )
    if quiet:
        return
    plan = planned.plan
    if fact.share is None:
        typer.echo(f"event {event.sequence}: weights: {fact.because}")
    else:
        typer.echo(
            f"event {event.sequence}: if {fact.share:.1%} of the source's units were in the "
            f"subject at cosine {fact.cosine:g}, the level {plan.level:g} would be met with 95 % "
            "probability"
        )
    enough = fact.share is not None and fact.share <= plan.power_share
    typer.echo(
        f"  independence can{'' if enough else 'not'} be supported: the plan asks for "
        f"{plan.power_share:.0%} or less"
    )
    typer.echo(
        f"  {fact.controls} controls: the least p of a place in the line-up is "
        f"{fact.least_rank_p:.2g}"
    )
