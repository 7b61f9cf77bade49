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
    for asked, reach in zip(planned.plan.questions, fact.reaches, strict=True):
        if reach.share is None:
            typer.echo(f"event {event.sequence}: {reach.kind}: {reach.because}")
        else:
            typer.echo(
                f"event {event.sequence}: {reach.kind}: if {reach.share:.1%} of the source's units "
                f"were in the subject at cosine {reach.cosine:g}, the level {asked.level:g} would "
                "be met with 95 % probability"
            )
        enough = reach.share is not None and reach.share <= asked.power_share
        typer.echo(
            f"  independence can{'' if enough else 'not'} be supported by {reach.kind}: the plan "
            f"asks for {asked.power_share:.0%} or less"
        )
    typer.echo(
        f"  {fact.controls} controls: the least p of a place in the line-up is "
        f"{fact.least_rank_p:.2g}"
    )
